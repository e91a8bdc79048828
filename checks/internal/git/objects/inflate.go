package objects

import (
	"encoding/binary"
	"errors"
	"hash/adler32"
)

// errDeflate is a stream that is no zlib stream of the size that it should have.
var errDeflate = errors.New("not a compressed object of the size its header gives")

// slack is how far a decoder may write beyond the end of what it makes, where the buffer has room: the last bytes
// come as fast as the others then.
const slack = 300

// inflater inflates zlib streams (RFC 1950, RFC 1951) in one go, as their sizes are known. It is for one goroutine.
type inflater struct {
	lit     [1<<11 + 1024]uint32
	dist    [1<<8 + 512]uint32
	order   [1 << 7]uint32
	lengths [literals + distances]uint8
	fixed   *fixedTables

	src   []byte
	in    int
	acc   uint64 // bits that were read and not used, the next one lowest
	nbits uint   // how many
	dst   []byte // to its full capacity
	out   int
	size  int
}

// fixedTables are those of blocks that bring no code (RFC 1951, 3.2.6).
type fixedTables struct {
	lit  [1 << 9]uint32
	dist [1 << 5]uint32
}

// inflate fills dst from the stream that src starts with, and returns how many bytes of src it took. Up to slack
// bytes of dst's capacity behind its length may be overwritten.
func (f *inflater) inflate(dst, src []byte) (int, error) {
	if len(src) < 6 || src[0]&0x0f != 8 || src[0]>>4 > 7 || src[1]&0x20 != 0 || (uint(src[0])<<8|uint(src[1]))%31 != 0 {
		return 0, errDeflate
	}
	f.src, f.in, f.acc, f.nbits = src, 2, 0, 0
	f.dst, f.out, f.size = dst[:min(cap(dst), len(dst)+slack)], 0, len(dst)
	ok := f.blocks()
	used := f.in
	f.src, f.dst = nil, nil
	if !ok || len(src)-used < 4 || binary.BigEndian.Uint32(src[used:]) != adler32.Checksum(dst) {
		return 0, errDeflate
	}
	return used + 4, nil
}

// blocks decodes all blocks.
func (f *inflater) blocks() bool {
	for {
		if !f.need(3) {
			return false
		}
		final, kind := f.acc&1, f.acc>>1&3
		f.drop(3)
		ok := false
		switch kind {
		case 0:
			ok = f.stored()
		case 1:
			if f.fixed == nil {
				f.fixed = newFixedTables()
			}
			ok = f.block(f.fixed.lit[:], f.fixed.dist[:], 9, 5)
		case 2:
			ok = f.dynamic()
		}
		if !ok {
			return false
		}
		if final == 1 {
			break
		}
	}
	f.in -= int(f.nbits / 8) // whole bytes that were not used
	return f.out == f.size
}

// need reads bytes until there are n bits.
func (f *inflater) need(n uint) bool {
	for f.nbits < n {
		if f.in >= len(f.src) {
			return false
		}
		f.acc |= uint64(f.src[f.in]) << f.nbits
		f.in++
		f.nbits += 8
	}
	return true
}

func (f *inflater) drop(n uint) {
	f.acc >>= n
	f.nbits -= n
}

func (f *inflater) stored() bool {
	f.in -= int(f.nbits / 8)
	f.acc, f.nbits = 0, 0
	if len(f.src)-f.in < 4 {
		return false
	}
	n := int(binary.LittleEndian.Uint16(f.src[f.in:]))
	if n^0xffff != int(binary.LittleEndian.Uint16(f.src[f.in+2:])) {
		return false
	}
	f.in += 4
	if n > len(f.src)-f.in || n > f.size-f.out {
		return false
	}
	copy(f.dst[f.out:], f.src[f.in:f.in+n])
	f.in += n
	f.out += n
	return true
}

func newFixedTables() *fixedTables {
	t := new(fixedTables)
	var lengths [literals]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	buildTable(t.lit[:], lengths[:], literalSymbols[:], 9)
	for i := range distances {
		lengths[i] = 5
	}
	buildTable(t.dist[:], lengths[:distances], distanceSymbols[:], 5)
	return t
}

// lengthOrder is the order in which the lengths of the code that gives the codes are sent.
var lengthOrder = [codeOrders]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamic decodes a block that brings its codes (RFC 1951, 3.2.7).
func (f *inflater) dynamic() bool {
	if !f.need(14) {
		return false
	}
	nlit, ndist, norder := int(f.acc&31)+257, int(f.acc>>5&31)+1, int(f.acc>>10&15)+4
	f.drop(14)
	if nlit > 286 || ndist > 30 {
		return false
	}
	var orders [codeOrders]uint8
	for i := range norder {
		if !f.need(3) {
			return false
		}
		orders[lengthOrder[i]] = uint8(f.acc & 7)
		f.drop(3)
	}
	if !buildTable(f.order[:], orders[:], orderSymbols[:], 7) || !f.codeLengths(nlit+ndist) {
		return false
	}
	litBits, distBits := uint(9), uint(6) // tables that are made quickly, for little to decode
	if f.size > 4<<10 {
		litBits, distBits = 11, 8
	}
	return buildTable(f.lit[:], f.lengths[:nlit], literalSymbols[:], litBits) &&
		buildTable(f.dist[:], f.lengths[nlit:nlit+ndist], distanceSymbols[:], distBits) &&
		f.block(f.lit[:], f.dist[:], litBits, distBits)
}

// codeLengths reads the lengths of the codes of a block.
func (f *inflater) codeLengths(n int) bool {
	for i := 0; i < n; {
		f.need(14) // the most that one takes; at the end of the stream there may be less
		e := f.order[f.acc&(1<<7-1)]
		width := uint(e & codeBits)
		if e&isSpecial != 0 || width == 0 || width > f.nbits {
			return false
		}
		f.drop(width)
		sym := uint8(e >> valueShift)
		if sym < 16 {
			f.lengths[i] = sym
			i++
			continue
		}
		extra, times, value := uint(2), 3, uint8(0)
		switch {
		case sym == 16 && i == 0:
			return false
		case sym == 16:
			value = f.lengths[i-1]
		case sym == 17:
			extra = 3
		default:
			extra, times = 7, 11
		}
		if extra > f.nbits {
			return false
		}
		times += int(f.acc & (1<<extra - 1))
		f.drop(extra)
		if times > n-i {
			return false
		}
		for range times {
			f.lengths[i] = value
			i++
		}
	}
	return true
}
