package decode

import "unicode/utf8"

// appendEscape decodes the escape of a string literal that data begins with: \x41 and \x{41}, \u0041 and \u{41},
// \U00000041, \101, the named ones of line ends and tabs, \/ and \\, and a line end, which joins two lines.
func appendEscape(out, data []byte) ([]byte, int) {
	if len(data) < 2 {
		return out, 0
	}
	switch c := data[1]; c {
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		return append(out, '\r'), 2
	case 't':
		return append(out, '\t'), 2
	case '/', '\\':
		return append(out, c), 2
	case '\n', '\r':
		if n := lineEnd(data[1:]); n > 0 {
			return out, 1 + n
		}
	case 'x', 'u', 'U':
		return appendCode(out, data)
	case '0', '1', '2', '3':
		if len(data) >= 4 && data[2] >= '0' && data[2] <= '7' && data[3] >= '0' && data[3] <= '7' {
			return append(out, (c-'0')<<6|(data[2]-'0')<<3|(data[3]-'0')), 4
		}
	}
	return out, 0
}

// appendCode decodes the hexadecimal code of a byte or a character.
func appendCode(out, data []byte) ([]byte, int) {
	code, size, braced := 0, 2, len(data) > 2 && data[2] == '{'
	digits := 2
	switch {
	case braced:
		size, digits = 3, 6
	case data[1] == 'u':
		digits = 4
	case data[1] == 'U':
		digits = 8
	}
	n := 0
	for ; n < digits && size < len(data) && isHex(data[size]); n++ {
		code = code<<4 | int(unhex[data[size]])
		size++
	}
	switch {
	case braced:
		if n == 0 || size == len(data) || data[size] != '}' {
			return out, 0
		}
		size++
	case n < digits:
		return out, 0
	case digits == 2:
		return append(out, byte(code)), size
	}
	if low, n := lowSurrogate(code, data[size:]); n > 0 {
		return utf8.AppendRune(out, low), size + n
	}
	return utf8.AppendRune(out, rune(code)), size
}

// lowSurrogate completes the first half of a pair with the \u escape that data begins with (RFC 8259, section 7).
func lowSurrogate(high int, data []byte) (r rune, size int) {
	if high < 0xd800 || high > 0xdbff || len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, 0
	}
	low := 0
	for _, c := range data[2:6] {
		if !isHex(c) {
			return 0, 0
		}
		low = low<<4 | int(unhex[c])
	}
	if low < 0xdc00 || low > 0xdfff {
		return 0, 0
	}
	return rune(0x10000 + (high-0xd800)<<10 + low - 0xdc00), 6
}
