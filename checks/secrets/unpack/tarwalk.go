package unpack

import (
	"bufio"
	"io"
	"strings"
)

// tar looks into the files of a tar file.
func (w *walker) tar(n node, s source) error {
	if n.image != "" {
		n.layer, n.image = n.image, ""
	}
	if s.at != nil && s.size >= tarBlock {
		if done, err := w.image(n, s); done {
			return err
		}
	}
	t, free := w.tarReader(s)
	defer free()
	for {
		e, err := t.next()
		if err != nil {
			return t.end(err)
		}
		if err := w.tarMember(n, t, e); err != nil {
			return err
		}
	}
}

// tarReader reads a source; the function gives its buffer back.
func (w *walker) tarReader(s source) (*tarReader, func()) {
	t := &tarReader{at: s.at, size: s.size, tick: func() error { return w.charge(0) }}
	if s.at != nil {
		return t, func() {}
	}
	t.stream = inputs.Get().(*bufio.Reader)
	t.stream.Reset(s.stream)
	return t, func() { inputs.Put(t.stream) }
}

// end is what went wrong at the end of the file.
func (t *tarReader) end(err error) error {
	switch {
	case err != io.EOF:
		return err
	case t.damaged:
		return &failure{expected: "tar headers", actual: "other bytes between them"}
	}
	return nil
}

// tarMember looks into one entry. Only what ends the walk is returned.
func (w *walker) tarMember(n node, t *tarReader, e tarEntry) error {
	if err := w.charge(0); err != nil {
		return err
	}
	if e.size == 0 || e.kind == '5' {
		return w.count()
	}
	member := n.member(strings.TrimPrefix(e.name, "./"))
	if n.layer == "" {
		member.image = imageLayer(e.name)
	}
	s := t.source(e)
	err := w.open(member, s)
	if s.at != nil && err == nil && s.size < e.size {
		err = io.ErrUnexpectedEOF
	}
	return w.settle(member, err)
}
