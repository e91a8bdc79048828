package decode

import (
	"math/bits"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	minUnits    = 16 // characters of ASCII in a row in a text of two or four bytes a character,
	minWideWord = 8  // and as many at its beginning
	foreign     = 64 // other characters in a row
)

// wide looks at the NULs among the 64 bytes at data[at:], in case they are part of UTF-16 or UTF-32: of the shortest
// stretches that are given, some block holds eight or six characters.
func (f *finder) wide(nul uint64, at int) {
	two := nul >> 1 &^ nul // bytes with one NUL behind them
	four := two & (nul >> 2) & (nul >> 3)
	two &= two >> 2
	two &= two >> 4
	two &= two >> 8
	four &= four >> 4
	four &= four >> 8
	four &= four >> 8
	for m := two | four; m != 0; m &= m - 1 {
		if p := at + bits.TrailingZeros64(m); p >= f.done[utf16LE] && p < len(f.data) && textByte[f.data[p]] {
			f.wideText(p)
		}
	}
}

// wideText judges the text whose character at data[p:] is ASCII, in the order that its place suggests.
func (f *finder) wideText(p int) {
	data := f.data
	size := 0
	switch {
	case p+2 < len(data) && data[p+1] == 0 && textByte[data[p+2]]:
		size = 2
	case p+4 < len(data) && data[p+1]|data[p+2]|data[p+3] == 0 && textByte[data[p+4]]:
		size = 4
	default:
		return
	}
	k, start := byteOrder(data, p, size)
	for low := max(f.done[utf16LE], p-lookBack/2); start-size >= low && startsUnit(data[start-size:start], k); {
		start -= size
	}
	end, stop := wideEnd(data, start, k)
	if end > start {
		f.add(start, end, k)
	}
	f.done[utf16LE] = max(stop, p+1)
}

// byteOrder is the order of the bytes of the characters of a size of which data[p] is one, and where the first begins.
// Texts begin at multiples of their characters' size; where one seems not to, it may follow a byte that is no part of
// it, and then no NUL stands behind its last character.
func byteOrder(data []byte, p, size int) (k kind, start int) {
	little := utf16LE
	if size == 4 {
		little = utf32LE
	}
	if p%size != size-1 {
		return little, p
	}
	if zeros(data[p+1-size : p]) {
		return little + 1, p + 1 - size
	}
	last := p
	for last+size < len(data) && textByte[data[last+size]] && zeros(data[last+1:last+size]) {
		last += size
	}
	if last+1 == len(data) || data[last+1] != 0 {
		return little + 1, p + 1
	}
	return little, p
}

// startsUnit reports whether a character of ASCII fills unit.
func startsUnit(unit []byte, k kind) bool {
	r, _ := wideRune(unit, k)
	return r > 0 && r < utf8.RuneSelf && textByte[r]
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// wideEnd is the end of the wide text at data[start:], or start where it is none, and how far that was looked for.
// Most of it may be in other scripts than ASCII, but not all.
func wideEnd(data []byte, start int, k kind) (end, stop int) {
	var graphic, stretch, longest, words, others int // characters of ASCII, and of others in a row
	end = start
	at := start
	for at < len(data) {
		r, size := wideRune(data[at:], k)
		if size == 0 || r < utf8.RuneSelf && !textByte[r&0x7f] {
			break
		}
		if r < utf8.RuneSelf {
			if isWord(byte(r)) {
				words++
			}
			if r > ' ' {
				graphic++
			}
			stretch++
			longest = max(longest, stretch)
			others = 0
			end = at + size
		} else if others++; longest < minWideWord || others > foreign || !isForeign(r) {
			break
		} else {
			stretch = 0
		}
		at += size
	}
	few := min(minUnits/2, graphic/2)
	if k >= utf32LE { // pictures and tables hold such numbers more often
		few = graphic * 7 / 10
	}
	if longest < minUnits || words < few {
		return start, at
	}
	return end, at
}

func isForeign(r rune) bool { return r == 0xfeff || unicode.IsPrint(r) }

// wideRune reads the character that data begins with; its size is 0 where there is none.
func wideRune(data []byte, k kind) (r rune, size int) {
	if k == utf32LE || k == utf32BE {
		if len(data) < 4 {
			return 0, 0
		}
		d := data[:4]
		if k == utf32LE {
			return rune(d[3]&0x7f)<<24 | rune(d[2])<<16 | rune(d[1])<<8 | rune(d[0]), 4
		}
		return rune(d[0]&0x7f)<<24 | rune(d[1])<<16 | rune(d[2])<<8 | rune(d[3]), 4
	}
	low, high := 0, 1
	if k == utf16BE {
		low, high = 1, 0
	}
	if len(data) < 2 {
		return 0, 0
	}
	r = rune(data[high])<<8 | rune(data[low])
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(data) < 4 {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, rune(data[2+high])<<8|rune(data[2+low])); r == unicode.ReplacementChar {
		return 0, 0
	}
	return r, 4
}

// appendWide decodes the wide text in data to UTF-8.
func appendWide(out, data []byte, k kind) []byte {
	for len(data) > 0 {
		r, size := wideRune(data, k)
		if size == 0 {
			break
		}
		out = utf8.AppendRune(out, r)
		data = data[size:]
	}
	return out
}
