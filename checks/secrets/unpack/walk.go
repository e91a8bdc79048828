package unpack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

// PieceSize is how much of one member's text is shown at once, in bytes; two pieces overlap by Overlap.
const (
	PieceSize = 8 << 20
	Overlap   = 64 << 10
)

const firstRoom = 64 << 10 // of a new buffer

// source is where the bytes of a node are had: a stream, or where it is not nil any part of at, which saves copies.
type source struct {
	stream io.Reader
	at     io.ReaderAt
	size   int64 // bytes, -1 where a stream does not say
}

func (s source) reader() io.Reader {
	if s.at != nil {
		return io.NewSectionReader(s.at, 0, s.size)
	}
	return s.stream
}

// buffers keeps the buffers of members between walks.
var buffers = sync.Pool{New: func() any { return &buffer{data: make([]byte, 0, firstRoom)} }}

// buffer holds the beginning of a member, or all of it.
type buffer struct{ data []byte }

func (b *buffer) free() {
	if cap(b.data) <= PieceSize {
		b.data = b.data[:0]
		buffers.Put(b)
	}
}

// fill reads until the buffer holds limit bytes or the stream ends, which it reports as io.EOF. hint is the size the
// member states, or less than 0.
func (b *buffer) fill(r io.Reader, limit int, hint int64) error {
	for len(b.data) < limit {
		if len(b.data) == cap(b.data) {
			room := min(2*cap(b.data), limit)
			if hint > int64(room) && len(b.data) >= headSize && hint < int64(limit) {
				room = int(hint) + 1 // the end is seen without another growth
			}
			b.data = append(make([]byte, 0, room), b.data...)
		}
		n, err := r.Read(b.data[len(b.data):min(cap(b.data), limit)])
		b.data = b.data[:len(b.data)+n]
		if err != nil {
			return err
		}
	}
	return nil
}

// open looks into a node: shows it where it is no container, and what is in it otherwise. What it returns went wrong
// with this node and is not told yet.
func (w *walker) open(n node, s source) error {
	b := buffers.Get().(*buffer)
	defer b.free()
	r := s.reader()
	err := b.fill(r, headSize, s.size)
	kind := Sniff(b.data)
	if kind == Zlib && !inflates(b.data) {
		kind = ""
	}
	if kind == "" && s.at != nil && hasZipEnd(s, b.data) {
		kind = Zip
	}
	if n.file != "" && !kind.archive() && !kind.compression() {
		n = n.member(n.file)
		n.file = ""
	}
	if kind == "" || n.plain {
		return w.show(n, b, r, s, err)
	}
	if (kind.archive() && n.depth >= w.limits.Depth) || len(n.kinds) >= 2*w.limits.Depth {
		w.tell(n, &failure{expected: fmt.Sprintf("at most %d archives inside each other", w.limits.Depth), actual: "more"})
		return w.show(n, b, r, s, err)
	}
	if s.at == nil {
		s.stream = io.MultiReader(bytes.NewReader(b.data), failing(r, err))
	}
	return within(kind, w.enter(n.inside(kind), kind, s))
}

// failing is the rest of a stream of which err came last.
func failing(r io.Reader, err error) io.Reader {
	if err == nil {
		return r
	}
	return errReader{err}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

// enter looks into a container of a known kind.
func (w *walker) enter(n node, kind Kind, s source) error {
	switch {
	case kind.compression():
		return w.decompress(n, kind, s)
	case kind == Tar:
		return w.tar(n, s)
	case kind == Zip:
		return w.zip(n, s)
	case kind == SevenZ:
		return w.sevenZ(n, s)
	case kind == Ar:
		return w.inSequence(n, s, (*sequence).ar)
	case kind == Cpio:
		return w.inSequence(n, s, (*sequence).cpio)
	case kind == RPM:
		return w.inSequence(n, s, (*sequence).rpm)
	case kind == Asar:
		return w.asar(n, s)
	case kind == PNG:
		return w.inSequence(n, s, (*sequence).png)
	case kind == JPEG:
		return w.inSequence(n, s, (*sequence).jpeg)
	case kind == GIF:
		return w.inSequence(n, s, (*sequence).gif)
	case kind == PDF:
		return w.pdf(n, s)
	case kind == SQLite:
		return w.sqlite(n, s)
	}
	return nil
}

// show gives a text to the visitor, in pieces where it is long. b holds its beginning; err is what reading that ended
// with.
func (w *walker) show(n node, b *buffer, r io.Reader, s source, err error) error {
	if e := w.count(); e != nil {
		return e
	}
	m := Member{Path: n.path, Kinds: n.kinds, Layer: n.layer, Size: s.size}
	for {
		if err == nil {
			err = b.fill(r, PieceSize, s.size-m.Offset)
		}
		if len(b.data) > 0 {
			if e := w.piece(&m, b.data, s); e != nil {
				return e
			}
			if e := w.showOffice(n, b.data); e != nil {
				return e
			}
		}
		if err != nil {
			break
		}
		keep := b.data[len(b.data)-Overlap:]
		gone := b.data[:len(b.data)-Overlap]
		m.Offset += int64(len(gone))
		m.Lines += bytes.Count(gone, []byte{'\n'})
		b.data = b.data[:copy(b.data, keep)]
		if m.Offset >= w.limits.Member {
			return &failure{expected: fmt.Sprintf("a member of at most %d bytes", w.limits.Member), actual: "more"}
		}
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// piece shows one piece, after charging what no decompressor has.
func (w *walker) piece(m *Member, data []byte, s source) error {
	if s.at != nil {
		if err := w.charge(len(data)); err != nil {
			return err
		}
	}
	m.Data = data
	w.visit(*m)
	return nil
}
