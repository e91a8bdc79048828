package canary

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
)

// Form is how a marker is written in a log.
type Form string

// Forms.
const (
	Raw        Form = "as it is"
	Percent    Form = "percent-encoded"
	Base64     Form = "base64"
	JSONEscape Form = "JSON-escaped"
	HexEscape  Form = `\x-escaped`
	Hex        Form = "hexadecimal"
)

// encoding is one way in which a marker can stand in a line.
type encoding struct {
	form   Form
	encode func(text string) string // of a longer text it begins with the encoding of a shorter one
}

// encodings are all of them. Base64 depends on how many bytes stand before the marker.
var encodings = []encoding{
	{Raw, strings.Clone},
	{Percent, bytewise("%")},
	{JSONEscape, bytewise(`\u00`)},
	{HexEscape, bytewise(`\x`)},
	{Hex, bytewise("")},
	{Base64, aligned(0)},
	{Base64, aligned(1)},
	{Base64, aligned(2)},
}

// bytewise writes each byte as two hexadecimal digits after a prefix.
func bytewise(prefix string) func(string) string {
	const digits = "0123456789abcdef"
	return func(text string) string {
		var out strings.Builder
		for i := range len(text) {
			out.WriteString(prefix)
			out.WriteByte(digits[text[i]>>4])
			out.WriteByte(digits[text[i]&15])
		}
		return out.String()
	}
}

// aligned are the characters of base64 that depend on nothing but the text, where that many bytes stand before it. The
// alphabets of RFC 4648, 4 and 5, are the same for them.
func aligned(before int) func(string) string {
	return func(text string) string {
		whole := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", before) + text))
		return whole[(8*before+5)/6 : 8*(before+len(text))/6]
	}
}

// Hit is a marker in a line.
type Hit struct {
	Marker     *Marker
	Form       Form
	Start, End int // bytes of the line
}

// searcher finds the markers of one run.
type searcher struct{ needles []needle }

type needle struct {
	form  Form
	begin []byte // what every marker of the run begins with
	whole []encoded
}

type encoded struct {
	marker *Marker
	text   []byte
}

func newSearcher(m *markers) *searcher {
	s := &searcher{}
	for _, e := range encodings {
		n := needle{form: e.form, begin: []byte(e.encode(m.run))}
		for _, marker := range m.list {
			n.whole = append(n.whole, encoded{marker, []byte(e.encode(marker.Text))})
		}
		s.needles = append(s.needles, n)
	}
	return s
}

// longest bounds the bytes of a marker in any form, and of what stands between two that belong together.
const longest = 512

// search finds every marker in the text, in the order of their places. It takes linear time: a text is looked through
// once for each form, and each place where a run's letters stand is compared with the run's few markers.
func (s *searcher) search(text []byte) []Hit {
	var hits []Hit
	for _, n := range s.needles {
		for at := 0; ; {
			i := bytes.Index(text[at:], n.begin)
			if i < 0 {
				break
			}
			at += i
			for _, w := range n.whole {
				if bytes.HasPrefix(text[at:], w.text) {
					hits = append(hits, Hit{w.marker, n.form, at, at + len(w.text)})
					break
				}
			}
			at += len(n.begin)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return hits
}
