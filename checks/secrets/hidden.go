package secrets

import (
	"bytes"
	"fmt"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/decode"
	"hardcheck/checks/secrets/unpack"
)

const (
	// maxChain is how many encodings inside each other are undone.
	maxChain = 5
	// maxDecoded bounds what the encodings in one window are decoded to, in all, in bytes.
	maxDecoded = 64 << 20
)

// decode looks at what the encodings in a text hide.
func (d *discoveries) decode(t *text) {
	decode.Each(t.data, func(s decode.Span) {
		switch d.decoded += len(s.Data); {
		case !t.owns(s.End):
		case t.encodings >= maxChain:
			d.bound(t, fmt.Sprintf("at most %d encodings inside each other", maxChain))
		case d.decoded > maxDecoded:
			d.bound(t, fmt.Sprintf("at most %s behind the encodings of one text", checks.FormatSize(maxDecoded)))
		case unpack.Sniff(s.Data) == "":
			d.judge(t.decoded(s.Data, s.Start, s.End, s.Encoding))
		default:
			d.decodedContainer(t, s)
		}
	})
}

// decodedContainer looks at the members of a container that an encoding hides.
func (d *discoveries) decodedContainer(t *text, s decode.Span) {
	limits := unpack.Limits{Depth: 2, Bytes: maxDecoded, Member: maxDecoded, Memory: unpack.SmallMemory, Name: unnamed}
	problems := unpack.Walk(d.ctx, bytes.NewReader(s.Data), int64(len(s.Data)), limits, func(m unpack.Member) {
		d.decoded += len(m.Data)
		chain := s.Encoding
		for _, kind := range m.Kinds {
			chain += " of " + string(kind)
		}
		inner := t.decoded(m.Data, s.Start, s.End, chain)
		if m.Path != "" && m.Path != unnamed {
			inner = inner.named(m.Path)
		}
		d.judge(inner)
	})
	d.tell(t.Path, problems)
}

// unnamed is what a compressed text in an encoding is called, which has no name.
const unnamed = "data"

// bound tells that one kept part of a text from being seen.
func (d *discoveries) bound(t *text, expected string) {
	if d.bounded[expected] {
		return
	}
	if d.bounded == nil {
		d.bounded = map[string]bool{}
	}
	d.bounded[expected] = true
	d.problems.Add(checks.Problem{Op: "decode", Expected: expected, Actual: "more", Retry: checks.RetryUseless, Where: redactedName(t.Path)})
}

// unpack looks at the members of a container, and reports whether the file was one whose own bytes show nothing more.
func (d *discoveries) unpack(f *checks.File) bool {
	kind := unpack.Sniff(f.Data)
	if kind == "" && f.Whole {
		kind = unpack.SniffTail(f.Data)
	}
	if kind == "" {
		return false
	}
	at := f.Reader()
	if at == nil {
		d.problems.Add(checks.Problem{Op: "unpack", Expected: "a file that can be read at any place", Actual: "a stream", Retry: checks.RetryUseless, Where: redactedName(f.Path), Blind: true})
		return false
	}
	outer := ownText(f)
	shown := 0
	problems := unpack.Walk(d.ctx, at, f.Size, unpack.Limits{Name: f.Name()}, func(m unpack.Member) {
		if m.Path == "" && len(m.Kinds) == 0 {
			return // no container after all
		}
		shown++
		inner := outer.member(m)
		if m.Offset == 0 {
			d.judgeName(inner)
		}
		d.judge(inner)
	})
	d.tell(f.Path, problems)
	return shown > 0 && !textBeside[kind]
}

// textBeside are the kinds whose own bytes may hold more than their members show: free pages, comments, attachments.
var textBeside = map[unpack.Kind]bool{unpack.SQLite: true, unpack.PDF: true, unpack.PNG: true, unpack.JPEG: true, unpack.GIF: true}

// tell reports what of a container could not be seen. What is damaged or locked is so for every reader, so it blinds
// no verdict; it is told, and counted.
func (d *discoveries) tell(file string, problems []checks.Problem) {
	if len(problems) == 0 {
		return
	}
	p := problems[0]
	p.Blind = false
	p.Where = redactedName(strings.TrimSuffix(file+"/"+printable(p.Where), "/"))
	p.Actual = printable(p.Actual)
	if n := len(problems) - 1; n > 0 {
		p.Actual += fmt.Sprintf("; %d more like it in the file", n)
	}
	d.problems.Add(p)
}
