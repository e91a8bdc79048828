package unpack

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

const (
	pdfObjects = 200_000
	pdfStream  = 16 << 20 // bytes of one decoded stream that are read
)

// pdfObject is one object of the file, or of a stream of objects.
type pdfObject struct {
	number int
	body   []byte // up to its stream
	stream []byte // packed
	data   bool   // it has a stream
}

// pdfFile is a document at work.
type pdfFile struct {
	w       *walker
	n       node
	objects []pdfObject
	byID    map[int]int // index of the last object of a number
	fonts   map[string]*pdfFont
	data    []byte // a decoded stream
	out     []byte // its text

	reserved int64 // memory of these two
}

// pdf shows the text of each content stream, the strings of the objects, and the files attached (ISO 32000-1). Objects
// are found by going through the file, so that a damaged table of them costs nothing.
func (w *walker) pdf(n node, s source) error {
	data, release, err := w.whole(n, s)
	if err != nil {
		return err
	}
	defer release()
	f := &pdfFile{w: w, n: n, byID: map[int]int{}, fonts: map[string]*pdfFont{}}
	defer func() { w.release(f.reserved) }()
	f.find(data)
	if bytes.Contains(data, []byte("/Encrypt")) && f.encrypted(data) {
		return &failure{expected: "a readable document", actual: "an encrypted one", told: true}
	}
	if err := f.objectStreams(); err != nil {
		return err
	}
	if err := f.readFonts(); err != nil {
		return err
	}
	if err := f.strings(); err != nil {
		return err
	}
	for i := range f.objects {
		if err := f.content(&f.objects[i]); err != nil {
			return err
		}
	}
	return nil
}

// encrypted reports whether a trailer names an encryption dictionary.
func (f *pdfFile) encrypted(data []byte) bool {
	for rest := data; ; {
		at := bytes.Index(rest, []byte("/Encrypt"))
		if at < 0 {
			return false
		}
		rest = rest[at+len("/Encrypt"):]
		if _, ok := pdfReference(rest); ok || bytes.HasPrefix(bytes.TrimLeft(rest, pdfSpace), []byte("<<")) {
			return true
		}
	}
}

// objectStreams adds the objects that lie in streams (7.5.7).
func (f *pdfFile) objectStreams() error {
	for i := range len(f.objects) {
		o := f.objects[i]
		if !o.data || !pdfIs(o.body, "/Type", "/ObjStm") {
			continue
		}
		data, err := f.decode(&o)
		if err != nil {
			if err := f.tell(&o, err); err != nil {
				return err
			}
		}
		data = bytes.Clone(data)
		if err := f.w.reserve("objects of a document", int64(len(data))); err != nil {
			return err
		}
		defer f.w.release(int64(len(data)))
		f.split(o.body, data)
	}
	return nil
}

// split finds the objects in a stream of them: pairs of number and offset, then the objects.
func (f *pdfFile) split(body, data []byte) {
	first, _ := pdfValue(body, "/First")
	base, _, ok := pdfInt(first)
	if !ok || base > len(data) {
		return
	}
	words, last := bytes.Fields(data[:base]), 0
	for i := 0; i+1 < len(words) && len(f.objects) < pdfObjects; i += 2 {
		number, err1 := strconv.Atoi(string(words[i]))
		from, err2 := strconv.Atoi(string(words[i+1]))
		to := len(data) - base
		if i+3 < len(words) {
			if next, err := strconv.Atoi(string(words[i+3])); err == nil {
				to = next
			}
		}
		if err1 != nil || err2 != nil || from < last || from > to || to > len(data)-base {
			continue // objects do not overlap
		}
		last = to
		f.byID[number] = len(f.objects)
		f.objects = append(f.objects, pdfObject{number: number, body: data[base+from : base+to]})
	}
}

// tell says what went wrong with an object. Only what ends the walk is returned.
func (f *pdfFile) tell(o *pdfObject, err error) error {
	if err == errPDFSkipped {
		return nil
	}
	return f.w.settle(f.n.member(fmt.Sprintf("stream %d", o.number)), err)
}

// strings shows the strings in the objects: the document's title and author, links, values of forms, scripts.
func (f *pdfFile) strings() error {
	f.out = f.out[:0]
	for i := range f.objects {
		f.out = appendPDFStrings(f.out, f.objects[i].body)
		if len(f.out) > pdfStream {
			break
		}
	}
	return f.show("objects", f.out)
}

// show shows a text of the document.
func (f *pdfFile) show(name string, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	n := f.n.member(name)
	n.plain = true
	return f.w.settle(n, f.w.open(n, source{at: bytes.NewReader(text), size: int64(len(text))}))
}

// content shows what a stream holds: a page's text, or the bytes of an attachment, a script or metadata.
func (f *pdfFile) content(o *pdfObject) error {
	if !o.data || pdfIs(o.body, "/Subtype", "/Image") || pdfIs(o.body, "/Type", "/ObjStm") || pdfIs(o.body, "/Type", "/XRef") {
		return nil
	}
	if _, font := pdfValue(o.body, "/Length1"); font || bytes.Contains(o.body, []byte("/Type1C")) ||
		bytes.Contains(o.body, []byte("/CIDFontType0C")) || pdfIs(o.body, "/Subtype", "/OpenType") {
		return nil
	}
	data, err := f.decode(o)
	if err == errStopped {
		return err
	}
	name := fmt.Sprintf("stream %d", o.number)
	switch {
	case bytes.Contains(data, []byte("begincmap")): // a font's table
	case pdfIs(o.body, "/Type", "/EmbeddedFile") || pdfIs(o.body, "/Subtype", "/XML") || !bytes.Contains(data, []byte("BT")):
		n := f.n.member(name)
		if e := f.w.settle(n, f.w.open(n, source{at: bytes.NewReader(data), size: int64(len(data))})); e != nil {
			return e
		}
	default:
		f.out = f.text(f.out[:0], data)
		if e := f.show(name, f.out); e != nil {
			return e
		}
	}
	return f.tell(o, err)
}

// account reserves what the buffers have grown by.
func (f *pdfFile) account() error {
	grown := int64(cap(f.data)+cap(f.out)) - f.reserved
	if grown <= 0 {
		return nil
	}
	if err := f.w.reserve("a page of a document", grown); err != nil {
		f.data, f.out = nil, nil
		return err
	}
	f.reserved += grown
	return nil
}

// readAll reads a decoded stream into the buffer for that.
func (f *pdfFile) readAll(r io.Reader) ([]byte, error) {
	b := buffer{data: f.data[:0]}
	if cap(b.data) == 0 {
		b.data = make([]byte, 0, firstRoom)
	}
	err := b.fill(r, pdfStream, -1)
	f.data = b.data
	if e := f.account(); e != nil {
		return nil, e
	}
	switch err {
	case io.EOF:
		return b.data, nil
	case nil:
		err = &failure{expected: fmt.Sprintf("a stream of at most %d bytes", pdfStream), actual: "more"}
	}
	return b.data, err
}
