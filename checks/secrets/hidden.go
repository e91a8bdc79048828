package secrets

import (
	"bytes"
	"context"
	"fmt"

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
	if len(t.hidden) >= maxChain || d.decoded > maxDecoded {
		return
	}
	decode.Each(t.data, func(s decode.Span) {
		if d.decoded += len(s.Data); d.decoded > maxDecoded || !t.owns(s.End) {
			return
		}
		inner := t.decoded(s.Data, s.Start, s.End, s.Encoding)
		if unpack.Sniff(s.Data) == "" {
			d.judge(inner)
			return
		}
		unpack.Walk(context.Background(), bytes.NewReader(s.Data), int64(len(s.Data)), unpack.Limits{Depth: 2, Bytes: maxDecoded, Member: maxDecoded},
			func(m unpack.Member) {
				d.decoded += len(m.Data)
				via := s.Encoding + " of " + string(m.Kinds[len(m.Kinds)-1])
				d.judge(t.decoded(m.Data, s.Start, s.End, via))
			})
	})
}

// unpack looks at the members of a container, and reports whether the file was one whose own bytes show nothing more.
func (d *discoveries) unpack(ctx context.Context, f *checks.File) bool {
	kind := unpack.Sniff(f.Data)
	if kind == "" && f.Whole {
		kind = unpack.SniffTail(f.Data)
	}
	if kind == "" {
		return false
	}
	at := f.Reader()
	if at == nil {
		d.problems.Add(checks.Problem{Op: "unpack", Expected: "a file that can be read at any place", Actual: "a large object of git", Retry: checks.RetryUseless, Where: f.Path})
		return false
	}
	outer := ownText(f)
	shown := 0
	problems := unpack.Walk(ctx, at, f.Size, unpack.Limits{}, func(m unpack.Member) {
		if m.Path == "" && len(m.Kinds) == 0 {
			return // no container after all
		}
		shown++
		d.judge(outer.member(m))
	})
	if len(problems) > 0 {
		d.tell(f, problems)
	}
	return shown > 0 && !textBeside[kind]
}

// textBeside are the kinds whose own bytes may hold more than their members show: free pages, comments, attachments.
var textBeside = map[unpack.Kind]bool{unpack.SQLite: true, unpack.PDF: true, unpack.PNG: true, unpack.JPEG: true, unpack.GIF: true}

// tell reports what of a container could not be seen. What is damaged or locked is so for every reader, so it blinds
// no verdict; it is told, and counted.
func (d *discoveries) tell(f *checks.File, problems []checks.Problem) {
	p := problems[0]
	p.Blind = false
	if p.Where == "" {
		p.Where = f.Path
	} else {
		p.Where = f.Path + "/" + printable(p.Where)
	}
	p.Actual = printable(p.Actual)
	if n := len(problems) - 1; n > 0 {
		p.Actual += fmt.Sprintf("; %d more like it in the file", n)
	}
	d.problems.Add(p)
}
