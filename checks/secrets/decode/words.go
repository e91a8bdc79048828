package decode

import "bytes"

// mark looks at the \ % or & at data[at:].
func (f *finder) mark(at int) {
	data := f.data
	if at+2 >= len(data) {
		return
	}
	next := data[at+1]
	switch data[at] {
	case '%':
		if isHex(next) && isHex(data[at+2]) {
			f.word(at, percentText)
		}
	case '&':
		if next == '#' || next|0x20 >= 'a' && next|0x20 <= 'z' {
			f.word(at, entityText)
		}
	case '\\':
		switch next {
		case 'x', 'u', 'U', '0', '1':
			f.word(at, escapedText)
		case '/': // the URL of a JSON text
			if at > 0 && data[at-1] == ':' && bytes.HasPrefix(data[at+2:], []byte(`\/`)) {
				f.word(at, escapedText)
			}
		case '\n', '\r':
			f.continued(at)
		}
	}
}

// continued looks at a backslash before a line end, in case both stand inside a word.
func (f *finder) continued(at int) {
	after := at + 1
	if f.data[after] == '\r' {
		after++
	}
	if after++; at > 0 && isWord(f.data[at-1]) && after < len(f.data) && f.data[after-1] == '\n' && isWord(f.data[after]) {
		f.word(at, escapedText)
	}
}

// soft looks at the = at data[at:], in case it is one of quoted-printable's (RFC 2045, section 6.7): an escaped =, or
// the end of a full line that goes on inside a word.
func (f *finder) soft(at int) {
	data := f.data
	next := data[at+1:]
	n := lineEnd(next)
	switch {
	case at == 0 || !isWord(data[at-1]):
	case bytes.HasPrefix(next, []byte("3D")):
		f.word(at, quotedPrintable)
	case n > 0 && n < len(next) && (isWord(next[n]) || next[n] == '=') && fullLine(data, at):
		f.word(at, quotedPrintable)
	}
}

// fullLine reports whether the line that the = at data[at:] ends is as long as quoted-printable's are where they are
// broken: 76 characters at most, and no more than an escape shorter.
func fullLine(data []byte, at int) bool {
	const longest, shortest = 76, 73
	low := max(0, at-longest)
	line := at - low
	if i := bytes.LastIndexByte(data[low:at], '\n'); i >= 0 {
		line -= i + 1
	} else if low > 0 {
		return false
	}
	return line+1 >= shortest && line+1 <= longest
}

const minGraphic = 12 // bytes of the shortest stretch without blanks, with an escape, that is worth giving

// word judges the text around the escape at data[at:], from the last blank or quote to the next.
func (f *finder) word(at int, k kind) {
	if at < f.done[k] {
		return
	}
	data := f.data
	if first, size := appendUnit(f.out[:0], data[at:], k); size == 0 || len(first) > 1 || len(first) == 1 && !textByte[first[0]] {
		return
	}
	start, limit := at, max(f.done[k], at-lookBack+blockSize)
	for start > limit && !endsWord(data[start-1], k) {
		start--
	}
	end, worth := f.readWord(start, at, k)
	f.done[k] = max(f.done[k], end)
	if worth && isText(f.out) {
		f.add(start, end, k)
	}
}

func endsWord(c byte, k kind) bool {
	return c <= ' ' || isQuote(c) || c == '<' && k != entityText || c == '>' && k != entityText
}

// readWord decodes the word that begins at data[start:] and has an escape at data[at:]. It reports where the word ends
// and whether an escape stands in or before a long stretch without blanks.
func (f *finder) readWord(start, at int, k kind) (end int, worth bool) {
	data, out := f.data, f.out[:0]
	graphic, escape := 0, -1 // where in out the stretch and the last escape began
	i := start
	for bound := at + lookBack; i < len(data) && i < bound; {
		n, size := len(out), 0
		if isUnitStart(data[i], k) {
			out, size = appendUnit(out, data[i:], k)
		}
		switch {
		case size > 0:
			bound = i + lookBack
			if len(out) <= n+1 {
				escape = n
			}
		case endsWord(data[i], k):
			f.out = out
			return i, worth
		default:
			out, size = append(out, data[i]), 1
		}
		i += size
		for ; n < len(out); n++ {
			if out[n] <= ' ' || out[n] >= 0x7f {
				graphic = n + 1
			}
		}
		worth = worth || len(out)-graphic >= minGraphic && escape >= 0 && escape >= graphic-1
	}
	f.out = out
	return i, worth
}

func isUnitStart(c byte, k kind) bool {
	switch k {
	case percentText:
		return c == '%'
	case entityText:
		return c == '&'
	case escapedText:
		return c == '\\'
	}
	return c == '='
}

// appendUnits decodes the escapes of a kind in data.
func appendUnits(out, data []byte, k kind) []byte {
	for i := 0; i < len(data); {
		if isUnitStart(data[i], k) {
			size := 0
			if out, size = appendUnit(out, data[i:], k); size > 0 {
				i += size
				continue
			}
		}
		out = append(out, data[i])
		i++
	}
	return out
}

// appendUnit decodes the escape that data begins with and returns its size, 0 where there is none.
func appendUnit(out, data []byte, k kind) ([]byte, int) {
	switch k {
	case percentText:
		return appendHexUnit(out, data)
	case entityText:
		return appendEntity(out, data)
	case escapedText:
		return appendEscape(out, data)
	}
	if n := lineEnd(data[1:]); n > 0 {
		return out, 1 + n
	}
	return appendHexUnit(out, data)
}

// appendHexUnit decodes a mark and two hexadecimal digits.
func appendHexUnit(out, data []byte) ([]byte, int) {
	if len(data) < 3 || !isHex(data[1]) || !isHex(data[2]) {
		return out, 0
	}
	return append(out, unhex[data[1]]<<4|unhex[data[2]]), 3
}

// lineEnd is the size of the line end that data begins with.
func lineEnd(data []byte) int {
	switch {
	case len(data) > 0 && data[0] == '\n':
		return 1
	case len(data) > 1 && data[0] == '\r' && data[1] == '\n':
		return 2
	}
	return 0
}
