package decode

import (
	"bytes"
	"unicode/utf8"
)

// sextets maps the characters of both base64 alphabets to their values, and others to 0xff.
var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

var base64Armor = armor{isWord, 4, true}

// run looks at a run of at least minRun word bytes that begins at data[start:].
func (f *finder) run(start int) {
	data := f.data
	if start < max(f.done[base64Text], f.done[hexText]) {
		return
	}
	if start > 0 && data[start-1] == '\\' && (start < 2 || data[start-2] != '\\') {
		switch data[start] {
		case 'n', 'r', 't':
			if hasDigit(data[start : start+minRun]) { // the letter would hide where a key begins
				f.word(start-1, escapedText)
			}
			start++
		case '/':
			if from := f.beforeSlash(start); from < start && f.base64Run(from, base64Armor.runEnd(data, from)) {
				return
			}
		}
	}
	if allHex(data[start : start+minRun-1]) {
		f.hexRun(start) // it would be no text in base64, but for numbers that look like UTF-8
		return
	}
	if f.base32Run(start) {
		return
	}
	if !startsBase64(data[start:]) || !f.base64Run(start, base64Armor.runEnd(data, start)) {
		f.segments(start)
	}
}

func allHex(data []byte) bool {
	for i, c := range data {
		if !isHex(c) && (i != 1 || c|0x20 != 'x') {
			return false
		}
	}
	return true
}

func hasDigit(data []byte) bool { return bytes.ContainsAny(data, "0123456789") }

// beforeSlash is where the text begins of which JSON has escaped the slash data[at].
func (f *finder) beforeSlash(at int) int {
	for low := max(f.done[base64Text], at-blockSize); at-2 > low && f.data[at] == '/' && f.data[at-1] == '\\'; {
		from := at
		for at -= 2; at > low && isWord(f.data[at]) && isWord(f.data[at-1]); at-- {
		}
		if !isWord(f.data[at]) {
			return from
		}
	}
	return at
}

// startsBase64 reports whether the first characters decode to what plausible may accept.
func startsBase64(data []byte) bool {
	if len(data) < minRun {
		return false
	}
	d := (*[16]byte)(data)
	var head [12]byte
	high := byte(0)
	for i, o := 0, 0; i < 16; i, o = i+4, o+3 {
		a, b, c, e := sextets[d[i]], sextets[d[i+1]], sextets[d[i+2]], sextets[d[i+3]]
		x, y, z := a<<2|b>>4, b<<4|c>>2, c<<6|e
		if !mayBeText(x) || !mayBeText(y) || !mayBeText(z) || i == 0 && breaksUTF8(x, y) {
			return i == 0 && (startsContainer(x, y, z) || startsWide(x, y))
		}
		head[o], head[o+1], head[o+2] = x, y, z
		high |= x | y | z
	}
	whole := bytes.TrimRightFunc(head[:], func(r rune) bool { return r == utf8.RuneError })
	return high < 0x80 || readsAsText(whole, 0) || startsContainer(head[0], head[1], head[2])
}

// startsWide reports whether UTF-16 may begin with two bytes: a character of ASCII or the byte order mark.
func startsWide(x, y byte) bool {
	return x == 0 && textByte[y] || y == 0 && textByte[x] || x == 0xff && y == 0xfe || x == 0xfe && y == 0xff
}

// breaksUTF8 reports whether a text in UTF-8 cannot begin with two bytes: most names that are no base64 decode to such.
func breaksUTF8(x, y byte) bool {
	if x < utf8.RuneSelf {
		return y >= utf8.RuneSelf && y < 0xc2
	}
	return x < 0xc2 || y < utf8.RuneSelf || y >= 0xc0
}

func mayBeText(c byte) bool { return textByte[c] || c >= 0x80 }

// base64Run judges the base64 that begins with the run data[start:end], with the lines that follow it or without.
func (f *finder) base64Run(start, end int) bool {
	if start >= f.armorRead {
		if last := base64Armor.wrapped(f.data, start, end); last > end {
			if f.base64Lines(start, padding(f.data, last)) {
				f.wrapped = [2]candidate{f.wrapped[1], {start: start, end: last}}
				return true
			}
			f.armorRead = last
		}
	}
	return f.base64Lines(start, padding(f.data, end))
}

func (f *finder) base64Lines(start, end int) bool {
	f.out = appendBase64(f.out[:0], f.data[:end], start)
	if !plausible(f.out) {
		return false
	}
	f.add(start, end, base64Text)
	return true
}

// segments looks at the parts of a run between / - and _, in case it is a path or a name with base64 in it.
func (f *finder) segments(start int) {
	data := f.data
	whole := true // one segment may go on to the end of the run; more would take quadratic time
	for from := start; from+minRun <= len(data); {
		last := from + minRun - 1 // back to what ends a segment that is too short
		for last >= from && sextets[data[last]] < 62 {
			last--
		}
		if last >= from {
			if !isWord(data[last]) {
				return
			}
			from = last + 1
			continue
		}
		end := from + minRun
		for end < len(data) && sextets[data[end]] < 62 {
			end++
		}
		if from > start && startsBase64(data[from:]) {
			if whole && f.base64Run(from, base64Armor.runEnd(data, from)) {
				return
			}
			whole = false
			f.base64Lines(from, padding(data, end))
		}
		if end == len(data) || !isWord(data[end]) {
			return
		}
		from = end + 1
	}
}

// appendBase64 decodes the base64 at data[at:], over the gaps between lines. Characters that make no whole byte are
// dropped.
func appendBase64(out, data []byte, at int) []byte {
	var bits uint32
	n := 0
	for at < len(data) {
		for n == 0 && at+4 <= len(data) {
			a, b, c, d := sextets[data[at]], sextets[data[at+1]], sextets[data[at+2]], sextets[data[at+3]]
			if a|b|c|d == 0xff {
				break
			}
			out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
			at += 4
		}
		if at == len(data) {
			break
		}
		v := sextets[data[at]]
		if v == 0xff {
			if at = gap(data, at); at < 0 {
				break
			}
			continue
		}
		bits = bits<<6 | uint32(v)
		at++
		if n++; n == 4 {
			out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
			n = 0
		}
	}
	switch n {
	case 2:
		out = append(out, byte(bits>>4))
	case 3:
		out = append(out, byte(bits>>10), byte(bits>>2))
	}
	return out
}
