package secrets

import (
	"bytes"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/unpack"
)

// text is one text to judge: a file's own bytes, a member of a container, or what an encoding in one of them hid.
type text struct {
	*checks.Entry        // its name and path decide its syntax; for a member the path goes on inside the container
	data          []byte // offsets count from here
	kind          syntax
	binary        bool
	// hidden says how the file's own bytes lead here: the path inside a container, then the encodings. Empty for the own bytes.
	hidden []string
	// encodings counts those among them. The place is that of the text that the outermost encodes.
	encodings int
	layer     string // of the container image that the text lies in
	// owns reports whether a match that ends there is this text's to report; windows of one file overlap.
	owns func(end int) bool
	// place is where a range of data stands in what is audited.
	place func(start, end int) checks.Place
	// raw are the file's own bytes behind a range of data; nil where that is not known.
	raw    func(start, end int) []byte
	python *pythonText
	// examplePath is the path of which example last said whether it is that of an example.
	examplePath string
	isExample   bool
}

// ownText is the part of a file that one call of a check sees, as bytes whose offsets are those of File.Text.
func ownText(f *checks.File) *text {
	t := &text{Entry: f.Entry, data: f.Data, kind: syntaxOf(f.Entry), binary: f.Binary(), place: f.Place}
	last := f.Whole || f.Offset+int64(len(f.Data)) >= f.Size
	t.raw = func(start, end int) []byte { return t.data[start:end] }
	switch {
	case bytes.HasPrefix(f.Data, []byte{0xff, 0xfe}), bytes.HasPrefix(f.Data, []byte{0xfe, 0xff}):
		t.data, t.raw = []byte(f.Text()), nil
	case bytes.HasPrefix(f.Data, []byte("\xef\xbb\xbf")):
		t.data = f.Data[3:]
	}
	t.owns = func(end int) bool {
		end += lookahead
		return (last || end < len(t.data)) && (f.Overlap == 0 || end >= f.Overlap)
	}
	return t
}

// lookahead is how far behind its end a match may have looked, in bytes. What comes near the end of a window may go on
// behind it, so the next window, which sees it whole in its overlap, reports it instead.
const lookahead = 12 << 10

// example reports whether the path names a test, an example or documentation.
func (t *text) example() bool {
	if t.examplePath != t.Path {
		t.examplePath, t.isExample = t.Path, isExample(t.Path)
	}
	return t.isExample
}

// inside names how the text is reached from the file's own bytes; "" for those themselves.
func (t *text) inside() string { return strings.Join(t.hidden, ", ") }

// decoded is the text that an encoding hid in data[start:end].
func (t *text) decoded(data []byte, start, end int, encoding string) *text {
	inner := *t
	inner.data, inner.python, inner.encodings = data, nil, t.encodings+1
	inner.binary = bytes.IndexByte(data, 0) >= 0
	inner.hidden = append(t.hidden[:len(t.hidden):len(t.hidden)], encoding)
	inner.owns = func(int) bool { return t.owns(end) }
	if t.raw != nil {
		inner.raw = func(int, int) []byte { return t.raw(start, end) }
	}
	inner.place = func(from, _ int) checks.Place {
		p := t.place(start, end)
		if n := inner.linesBefore(from); n > 0 && p.Line > 0 {
			p.Line += n
			p.Column, p.EndLine, p.EndColumn = 0, 0, 0
		}
		p.Inside = inner.inside()
		return p
	}
	return &inner
}

// linesBefore counts the lines from where the encoded text begins to data[at:], where its lines are the file's: in
// UTF-16 and UTF-32.
func (t *text) linesBefore(at int) int {
	if t.encodings != 1 || !strings.HasPrefix(t.hidden[len(t.hidden)-1], "UTF-") {
		return 0
	}
	return bytes.Count(t.data[:min(at, len(t.data))], []byte{'\n'})
}

// named is the text as a member of a container that an encoding hides.
func (t *text) named(member string) *text {
	inner := *t
	entry := *t.Entry
	entry.Path += "/" + member
	inner.Entry, inner.kind = &entry, syntaxOf(&entry)
	inner.hidden = append(t.hidden[:len(t.hidden):len(t.hidden)], redactedName(printable(member)))
	place := t.place
	inner.place = func(start, end int) checks.Place {
		p := place(start, end)
		p.Inside = inner.inside()
		return p
	}
	return &inner
}

// member is a text inside the container that the text is.
func (t *text) member(m unpack.Member) *text {
	entry := *t.Entry
	entry.Path = strings.TrimSuffix(t.Path+"/"+m.Path, "/")
	entry.Size = m.Offset + int64(len(m.Data))
	if len(m.Data) >= unpack.PieceSize {
		entry.Size++ // another piece follows
	}
	f := &checks.File{Entry: &entry, Data: m.Data, Offset: m.Offset, Line: m.Lines + 1}
	if m.Offset > 0 {
		f.Overlap = unpack.Overlap
	}
	inner := ownText(f)
	inner.layer, inner.raw = m.Layer, nil
	name := m.Path
	if name == "" {
		name = string(m.Kinds[len(m.Kinds)-1])
	}
	inner.hidden = append(t.hidden[:len(t.hidden):len(t.hidden)], redactedName(printable(name)))
	inner.place = func(start, end int) checks.Place {
		p := f.Place(start, end)
		p.Path, p.Inside = t.Path, inner.inside()
		return p
	}
	return inner
}
