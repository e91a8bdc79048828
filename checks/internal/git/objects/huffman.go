package objects

import "math/bits"

// An entry of a decoding table says what the next bits of the stream mean:
//
//	bits 0 to 3    how many bits the code has, in the second table those behind the first table's
//	bit 4          it is a literal
//	bit 5          it is something else than a literal, a length or a distance
//	bit 6          with bit 5: the end of the block; with neither 6 nor 7 a second table follows
//	bit 7          with bit 5: no code
//	bits 8 to 12   how many extra bits follow, or how many bits the second table looks at
//	bits 16 to 31  the literal, the base of the length or distance, or where the second table starts
const (
	codeBits   = 0x0f
	isLiteral  = 1 << 4
	isSpecial  = 1 << 5
	isEnd      = 1 << 6
	isInvalid  = 1 << 7
	extraShift = 8
	extraMask  = 31
	valueShift = 16

	maxCodeBits = 15
	codeOrders  = 19  // symbols of the code that gives the codes
	literals    = 288 // symbols of the code of literals and lengths, with two that no stream may use
	distances   = 32  // and of the distances
)

// The meanings of the symbols (RFC 1951, 3.2.5).
var (
	literalSymbols  = makeLiterals()
	distanceSymbols = makeDistances()
	orderSymbols    = makeOrders()
)

func makeLiterals() (out [literals]uint32) {
	for i := range 256 {
		out[i] = uint32(i)<<valueShift | isLiteral
	}
	out[256] = isSpecial | isEnd
	base := uint32(3)
	for i := 257; i < 285; i++ {
		extra := uint32(0)
		if i >= 265 {
			extra = uint32(i-261) / 4
		}
		out[i] = base<<valueShift | extra<<extraShift
		base += 1 << extra
	}
	out[285] = 258 << valueShift
	out[286], out[287] = isSpecial|isInvalid, isSpecial|isInvalid
	return out
}

func makeDistances() (out [distances]uint32) {
	base := uint32(1)
	for i := range 30 {
		extra := uint32(0)
		if i >= 4 {
			extra = uint32(i-2) / 2
		}
		out[i] = base<<valueShift | extra<<extraShift
		base += 1 << extra
	}
	out[30], out[31] = isSpecial|isInvalid, isSpecial|isInvalid
	return out
}

func makeOrders() (out [codeOrders]uint32) {
	for i := range out {
		out[i] = uint32(i) << valueShift
	}
	return out
}

// buildTable makes the table of a canonical code from the lengths of its codes: the first 1<<width entries are found
// by the next bits, longer codes in second tables behind them. It reports false for lengths that make no code:
// too many, or too few unless there is one of one bit or none at all.
func buildTable(table []uint32, lengths []uint8, symbols []uint32, width uint) bool {
	var count, next [maxCodeBits + 2]uint16
	for _, l := range lengths {
		count[l&codeBits]++
	}
	used := len(lengths) - int(count[0])
	count[0] = 0
	left, longest := 1, 0
	for l := 1; l <= maxCodeBits; l++ {
		left = left<<1 - int(count[l])
		if left < 0 {
			return false
		}
		next[l+1] = next[l] + count[l]
		if count[l] > 0 {
			longest = l
		}
	}
	if left > 0 {
		if used > 1 || longest > 1 {
			return false
		}
		for i := range table[:1<<width] {
			table[i] = isSpecial | isInvalid
		}
	}
	var sorted [literals]uint16 // by length
	for sym, l := range lengths {
		if l != 0 {
			sorted[next[l]] = uint16(sym)
			next[l]++
		}
	}
	return fillTable(table, lengths, symbols, sorted[:used], &count, width, longest)
}

// fillTable goes through the codes in order. The stream has the first bit of a code lowest, so codes are turned
// around to find their places.
func fillTable(table []uint32, lengths []uint8, symbols []uint32, sorted []uint16, count *[maxCodeBits + 2]uint16, width uint, longest int) bool {
	code, length := uint(0), uint(0)
	size := 1 << width
	second, secondBits, secondCode := size, uint(0), ^uint(0) // where the next second table goes; the last one's bits and first code bits
	start := 0
	for _, sym := range sorted {
		l := uint(lengths[sym])
		code <<= l - length
		length = l
		place := int(bits.Reverse16(uint16(code)) >> (16 - l))
		entry := symbols[sym]
		if l <= width {
			for i := place; i < size; i += 1 << l {
				table[i] = entry | uint32(l)
			}
		} else {
			rest := l - width
			if first := code >> rest; first != secondCode {
				secondCode, secondBits = first, rest
				for room := 1 << rest; secondBits+width < uint(longest); secondBits, room = secondBits+1, room<<1 {
					if room -= int(count[secondBits+width]); room <= 0 {
						break
					}
				}
				start, second = second, second+1<<secondBits
				if second > len(table) {
					return false
				}
				table[place&(size-1)] = isSpecial | uint32(start)<<valueShift | uint32(secondBits)<<extraShift | uint32(width)
			}
			for i := place >> width; i < 1<<secondBits; i += 1 << rest {
				table[start+i] = entry | uint32(rest)
			}
		}
		count[l]--
		code++
	}
	return true
}
