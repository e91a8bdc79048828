package objects

// Span is the range [Start, End) of an object's bytes.
type Span struct{ Start, End int }

// deltaSizes reads the two sizes at the start of a delta: of its base and of its result.
func deltaSizes(delta []byte) (base, result uint64, ops []byte, err error) {
	base, delta, ok := deltaSize(delta)
	if !ok {
		return 0, 0, nil, wrong("the size of a delta's base", "none")
	}
	result, delta, ok = deltaSize(delta)
	if !ok {
		return 0, 0, nil, wrong("the size of a delta's result", "none")
	}
	return base, result, delta, nil
}

func deltaSize(b []byte) (uint64, []byte, bool) {
	var v uint64
	for i := 0; i < len(b) && i < 9; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, b[i+1:], true
		}
	}
	return 0, nil, false
}

// applyDelta carries a delta's instructions out (gitformat-pack, "Deltified representation"): dst has the size of
// the result. Where spans is not nil it appends what the delta brings that the base does not have: what it inserts
// and the seams where pieces of the base meet that were apart, both widened by context on either side, merged and
// in order.
func applyDelta(dst, base, ops []byte, spans *spans) error {
	out, next := 0, 0 // next: where in the base the last copy ended
	for len(ops) > 0 {
		op := ops[0]
		if op&0x80 == 0 { // insert
			n := int(op)
			if n == 0 || n >= len(ops) || n > len(dst)-out {
				return wrong("an instruction of a delta", "an insertion of %d bytes", n)
			}
			copy(dst[out:], ops[1:1+n])
			spans.add(out, out+n)
			ops = ops[1+n:]
			out += n
			next = -1
			continue
		}
		off, size, width := copyOp(ops)
		if width > len(ops) || off < 0 || off > len(base) || size > len(base)-off || size > len(dst)-out {
			return wrong("an instruction of a delta", "a copy of %d bytes at %d of a base of %d", size, off, len(base))
		}
		copy(dst[out:out+size], base[off:off+size])
		if next >= 0 && off != next {
			spans.add(out, out)
		}
		if spans.keepsCopies() {
			spans.copies = append(spans.copies, copied{out, off, size})
		}
		ops = ops[width:]
		out += size
		next = off + size
	}
	if out != len(dst) {
		return wrong("a delta that fills its result", "%d of %d bytes", out, len(dst))
	}
	if next >= 0 && next != len(base) { // the end of the base was cut off
		spans.add(out, out)
	}
	return nil
}

// copyOp reads a copy instruction. width counts the bytes it needs, there or not.
func copyOp(ops []byte) (off, size, width int) {
	width = 1
	for i := range 7 {
		if ops[0]>>i&1 == 0 {
			continue
		}
		if width < len(ops) {
			if i < 4 {
				off |= int(ops[width]) << (8 * i)
			} else {
				size |= int(ops[width]) << (8 * (i - 4))
			}
		}
		width++
	}
	if size == 0 {
		size = 1 << 16
	}
	return off, size, width
}

// copied are size bytes that a delta takes from its base.
type copied struct{ to, from, size int }

func (c copied) end() int { return c.to + c.size }

// spans gathers ranges that are added in order, each widened by context and joined to the last where they touch.
type spans struct {
	context, size int
	list          []Span

	keepCopies bool
	copies     []copied // what lies between what was added
}

func (s *spans) reset(size int) { s.size, s.list, s.copies = size, s.list[:0], s.copies[:0] }

func (s *spans) keepsCopies() bool { return s != nil && s.keepCopies }

func (s *spans) add(start, end int) {
	if s == nil {
		return
	}
	start, end = max(start-s.context, 0), min(end+s.context, s.size)
	if n := len(s.list); n > 0 && start <= s.list[n-1].End {
		s.list[n-1].End = max(s.list[n-1].End, end)
		return
	}
	s.list = append(s.list, Span{start, end})
}
