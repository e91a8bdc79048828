package unpack

import "fmt"

// lzmaWindow is the dictionary, which is also the output that has not been read.
type lzmaWindow struct {
	buf    []byte
	max    int // bytes that buf may grow to
	pos    int // of the next byte in buf
	total  uint64
	unread int
	grow   func(n int64) error // asked for memory
}

// setSize takes the size that a header states.
func (w *lzmaWindow) setSize(size uint64) error {
	if size > lzmaDictMost {
		return &failure{expected: fmt.Sprintf("an LZMA dictionary of at most %d bytes", lzmaDictMost), actual: fmt.Sprint(size)}
	}
	w.max = max(w.max, int(size), lzmaDictLeast)
	return nil
}

func (w *lzmaWindow) put(b byte) error {
	if w.pos == len(w.buf) {
		if err := w.turn(); err != nil {
			return err
		}
	}
	w.buf[w.pos] = b
	w.pos++
	w.total++
	w.unread++
	return nil
}

// turn makes room at the end of the buffer: a larger one while that is allowed, the beginning again then.
func (w *lzmaWindow) turn() error {
	if len(w.buf) == w.max {
		w.pos = 0
		return nil
	}
	size := min(max(2*len(w.buf), lzmaDictLeast), w.max)
	if size > lzmaDictJump { // once, so that there are never two large buffers
		size = w.max
	}
	if err := w.grow(int64(size - len(w.buf))); err != nil {
		return err
	}
	w.buf = append(make([]byte, 0, size), w.buf...)[:size]
	return nil
}

// back is the byte at a distance, where 0 is the last one; bytes that never were are zero.
func (w *lzmaWindow) back(distance uint32) byte {
	if uint64(distance) >= w.total || int(distance) >= len(w.buf) {
		return 0
	}
	at := w.pos - 1 - int(distance)
	if at < 0 {
		at += len(w.buf)
	}
	return w.buf[at]
}

func (w *lzmaWindow) repeat(distance uint32, n int) error {
	if uint64(distance) >= w.total || int(distance) >= w.max {
		return errLZMA
	}
	for range n {
		if err := w.put(w.back(distance)); err != nil {
			return err
		}
	}
	return nil
}

// read takes what is unread.
func (w *lzmaWindow) read(p []byte) int {
	n := 0
	for n < len(p) && w.unread > 0 {
		from := w.pos - w.unread
		to := w.pos
		if from < 0 {
			from += len(w.buf)
			to = len(w.buf)
		}
		k := copy(p[n:], w.buf[from:to])
		n += k
		w.unread -= k
	}
	return n
}
