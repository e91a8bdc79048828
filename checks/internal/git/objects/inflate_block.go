package objects

import "encoding/binary"

// block decodes the literals and matches of a block: fast while there is room for the longest of everything, then
// with care.
func (f *inflater) block(lit, dist []uint32, litBits, distBits uint) bool {
	switch f.fast(lit, dist, litBits, distBits) {
	case blockEnd:
		return true
	case blockWrong:
		return false
	}
	return f.slow(lit, dist, litBits, distBits)
}

// How fast ended.
const (
	blockMore = iota // near the end of the input or of the room
	blockEnd
	blockWrong
)

// fast decodes while 16 bytes of input are left and room for the longest match, copied in words, and two literals.
// One refill makes 56 bits: three literals from the first table, or a length (15 bits, 5 extra) and a distance (15,
// 13 extra).
func (f *inflater) fast(lit, dist []uint32, litBits, distBits uint) int {
	src, dst := f.src, f.dst
	in, out, acc, nbits := f.in, f.out, f.acc, f.nbits
	litMask, distMask := uint64(1)<<litBits-1, uint64(1)<<distBits-1
	inEnd, outEnd := len(src)-16, min(len(dst)-(258+8+2), f.size)
	state := blockMore
	for in <= inEnd && out < outEnd {
		acc |= binary.LittleEndian.Uint64(src[in:]) << (nbits & 63)
		in += int((63 - nbits) >> 3)
		nbits |= 56
		e := lit[acc&litMask]
		if e&isLiteral != 0 {
			acc >>= e & codeBits
			nbits -= uint(e & codeBits)
			dst[out] = byte(e >> valueShift)
			out++
			e = lit[acc&litMask]
			if e&isLiteral != 0 {
				acc >>= e & codeBits
				nbits -= uint(e & codeBits)
				dst[out] = byte(e >> valueShift)
				out++
				continue
			}
			acc |= binary.LittleEndian.Uint64(src[in:]) << (nbits & 63)
			in += int((63 - nbits) >> 3)
			nbits |= 56
		}
		if e&isSpecial != 0 {
			if e&(isEnd|isInvalid) == 0 {
				acc >>= litBits & 63
				nbits -= litBits
				e = lit[uint64(e>>valueShift)+acc&(1<<(e>>extraShift&extraMask)-1)]
			}
			if e&isLiteral != 0 {
				acc >>= e & codeBits
				nbits -= uint(e & codeBits)
				dst[out] = byte(e >> valueShift)
				out++
				continue
			}
			if e&isSpecial != 0 {
				acc >>= e & codeBits
				nbits -= uint(e & codeBits)
				state = blockWrong
				if e&isEnd != 0 {
					state = blockEnd
				}
				break
			}
		}
		acc >>= e & codeBits
		extra := e >> extraShift & extraMask
		length := int(e>>valueShift) + int(acc&(1<<extra-1))
		acc >>= extra
		nbits -= uint(e&codeBits + extra)
		e = dist[acc&distMask]
		if e&isSpecial != 0 {
			if e&isInvalid == 0 {
				acc >>= distBits & 63
				nbits -= distBits
				e = dist[uint64(e>>valueShift)+acc&(1<<(e>>extraShift&extraMask)-1)]
			}
			if e&isSpecial != 0 {
				state = blockWrong
				break
			}
		}
		acc >>= e & codeBits
		extra = e >> extraShift & extraMask
		back := int(e>>valueShift) + int(acc&(1<<extra-1))
		acc >>= extra
		nbits -= uint(e&codeBits + extra)
		if back > out {
			state = blockWrong
			break
		}
		copyMatch(dst, out, back, length)
		out += length
	}
	f.in, f.out, f.acc, f.nbits = in, out, acc, nbits
	if nbits < 64 {
		f.acc &= 1<<nbits - 1 // a refill leaves bits above the count
	}
	if out > f.size {
		return blockWrong
	}
	return state
}

// copyMatch copies length bytes from back bytes before out, which may overlap, in words where that is right. It may
// write up to 7 bytes more.
func copyMatch(dst []byte, out, back, length int) {
	if back >= 8 {
		from := dst[out-back:]
		to := dst[out:]
		for i := 0; i < length; i += 8 {
			binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(from[i:]))
		}
		return
	}
	from := dst[out-back : out-back+length]
	to := dst[out : out+length]
	for i := range to {
		to[i] = from[i]
	}
}

// slow decodes up to the end of the block, one symbol after the other.
func (f *inflater) slow(lit, dist []uint32, litBits, distBits uint) bool {
	for {
		e, ok := f.symbol(lit, litBits)
		switch {
		case !ok:
			return false
		case e&isEnd != 0:
			return true
		case e&isLiteral != 0:
			if f.out >= f.size {
				return false
			}
			f.dst[f.out] = byte(e >> valueShift)
			f.out++
			continue
		}
		length, ok := f.value(e)
		if !ok {
			return false
		}
		if e, ok = f.symbol(dist, distBits); !ok {
			return false
		}
		back, ok := f.value(e)
		if !ok || back > f.out || length > f.size-f.out {
			return false
		}
		from := f.dst[f.out-back : f.out-back+length]
		to := f.dst[f.out : f.out+length]
		for i := range to {
			to[i] = from[i]
		}
		f.out += length
	}
}

// symbol reads a code. There may be fewer bits left than the table looks at.
func (f *inflater) symbol(table []uint32, width uint) (uint32, bool) {
	f.need(maxCodeBits)
	e := table[f.acc&(1<<width-1)]
	if e&(isSpecial|isEnd|isInvalid) == isSpecial {
		if width > f.nbits {
			return 0, false
		}
		f.drop(width)
		e = table[uint64(e>>valueShift)+f.acc&(1<<(e>>extraShift&extraMask)-1)]
	}
	n := uint(e & codeBits)
	if e&isInvalid != 0 && e&isSpecial != 0 || n > f.nbits {
		return 0, false
	}
	f.drop(n)
	return e, true
}

// value adds the extra bits of a length or distance to its base.
func (f *inflater) value(e uint32) (int, bool) {
	extra := uint(e >> extraShift & extraMask)
	if !f.need(extra) {
		return 0, false
	}
	v := int(e>>valueShift) + int(f.acc&(1<<extra-1))
	f.drop(extra)
	return v, true
}
