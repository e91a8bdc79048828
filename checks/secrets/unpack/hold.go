package unpack

import (
	"fmt"
	"io"
	"sync"
)

const chunkSize = 256 << 10

// chunks keeps the pieces that held bytes lie in.
var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// held is a stream's bytes in memory, in pieces so that growing copies nothing.
type held struct {
	pieces []*[chunkSize]byte
	size   int64
}

func (h *held) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < h.size {
		piece := h.pieces[off/chunkSize][off%chunkSize:]
		k := copy(p[n:], piece[:min(int64(len(piece)), h.size-off)])
		n += k
		off += int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// hold makes a stream one that can be read anywhere, in memory. Where it is damaged, which is told, the bytes in front
// of that are held. The function gives the memory back.
func (w *walker) hold(n node, s source) (source, func(), error) {
	if s.at != nil {
		return s, func() {}, nil
	}
	h := &held{}
	release := func() {
		w.release(int64(len(h.pieces)) * chunkSize)
		for _, piece := range h.pieces {
			chunks.Put(piece)
		}
	}
	for {
		if w.reserve("a nested container", chunkSize) != nil {
			release()
			return s, nil, &failure{expected: fmt.Sprintf("nested containers of at most %d bytes", w.limits.Memory), actual: "more"}
		}
		piece := chunks.Get().(*[chunkSize]byte)
		h.pieces = append(h.pieces, piece)
		err := h.fill(piece, s.stream)
		if err == nil {
			continue
		}
		if err == errStopped {
			release()
			return s, nil, err
		}
		if err != io.EOF {
			w.tell(n, err)
		}
		return source{at: h, size: h.size}, release, nil
	}
}

// fill reads one piece.
func (h *held) fill(piece *[chunkSize]byte, r io.Reader) error {
	for room := piece[:]; len(room) > 0; {
		n, err := r.Read(room)
		h.size += int64(n)
		room = room[n:]
		if err != nil {
			return err
		}
	}
	return nil
}

// whole reads all of a source into one piece of memory.
func (w *walker) whole(n node, s source) (data []byte, release func(), err error) {
	s, free, err := w.hold(n, s)
	if err != nil {
		return nil, nil, err
	}
	defer free()
	if err := w.reserve("a document", s.size); err != nil {
		return nil, nil, err
	}
	release = func() { w.release(s.size) }
	data = make([]byte, s.size)
	got, err := s.at.ReadAt(data, 0)
	if err != nil && err != io.EOF {
		release()
		return nil, nil, err
	}
	return data[:got], release, nil
}
