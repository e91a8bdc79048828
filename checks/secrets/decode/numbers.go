package decode

import "bytes"

const (
	minCodes     = 16 // character codes in a list
	maxSeparator = 24 // bytes between two of them, indentation left out
)

// numbers looks at the lists of character codes in the 64 bytes at data[at:], which hold many digits: arrays of
// bytes, calls such as chr(103).chr(104), and hexadecimal pairs.
func (f *finder) numbers(at int) {
	end := min(at+blockSize, len(f.data))
	if !listNear(f.data[:end], at) {
		return
	}
	at = max(0, at-4*blockSize, f.done[numberList], f.done[entityText], f.done[escapedText], f.done[percentText])
	for at < end {
		if !isDigit(f.data[at]) || at > 0 && isWord(f.data[at-1]) && f.data[at-1] != '-' {
			at++
			continue
		}
		start := at
		var count int
		f.out, count, at = readCodes(f.out[:0], f.data, start, len(f.data))
		if count >= minCodes && isText(f.out) && wordLike(f.out) {
			f.add(start, at, numberList)
		}
		at = max(at, start+1)
	}
	f.done[numberList] = max(f.done[numberList], at)
}

// listNear probes the last 64 bytes of data at a few places for three codes in a row.
func listNear(data []byte, at int) bool {
	var codes [4]byte
	for ; at < len(data); at += blockSize / 4 {
		i := at
		for i < len(data) && isWord(data[i]) {
			i++
		}
		for i < len(data) && !isDigit(data[i]) {
			i++
		}
		if _, count, _ := readCodes(codes[:0], data, i, 3); count == 3 {
			return true
		}
	}
	return false
}

// wordLike tells words from other small numbers: seven of ten bytes are of the alphabets that keys are written in,
// and they are in no order.
func wordLike(b []byte) bool {
	words, falls := 0, 0
	for i, c := range b {
		if isWord(c) {
			words++
		}
		if i > 0 && c < b[i-1] {
			falls++
		}
	}
	return words*10 >= len(b)*7 && falls*8 >= len(b)
}

// readCodes decodes the list of at most limit codes at data[at:]: numbers in one notation with one separator, but for
// indentation and line ends. It returns the text, the number of codes, and where the last one ends.
func readCodes(out, data []byte, at, limit int) (text []byte, count, end int) {
	code, size, notation := readCode(data[at:], anyNotation)
	from, to := -1, -1 // the separator
	for end = at; size > 0; {
		out = append(out, code)
		end = at + size
		if count++; count == limit {
			break
		}
		at = separatorEnd(data, end, notation)
		if at == end || from >= 0 && !sameSeparator(data[from:to], data[end:at]) {
			break
		}
		if from < 0 {
			from, to = end, at
		}
		code, size, _ = readCode(data[at:], notation)
	}
	return out, count, end
}

// notation is how a list writes its codes.
type notation uint8

const (
	anyNotation notation = iota
	decimal
	prefixed // 0x41
	pairs    // 41 42
)

// readCode reads one code that is text, and no further digits or letters.
func readCode(data []byte, n notation) (code byte, size int, read notation) {
	if len(data) >= 4 && data[0] == '0' && data[1]|0x20 == 'x' && (n == prefixed || n == anyNotation) {
		if isHex(data[2]) && isHex(data[3]) && !wordAt(data, 4) {
			return textCode(int(unhex[data[2]])<<4|int(unhex[data[3]]), 4, prefixed)
		}
		return 0, 0, n
	}
	if len(data) >= 2 && isHex(data[0]) && isHex(data[1]) && !wordAt(data, 2) && (n == pairs || n == anyNotation && pairFollows(data)) {
		return textCode(int(unhex[data[0]])<<4|int(unhex[data[1]]), 2, pairs)
	}
	if n != decimal && n != anyNotation {
		return 0, 0, n
	}
	v := 0
	for size < len(data) && size < 3 && isDigit(data[size]) {
		v = v*10 + int(data[size]-'0')
		size++
	}
	if size == 0 || wordAt(data, size) {
		return 0, 0, n
	}
	return textCode(v, size, decimal)
}

func textCode(v, size int, n notation) (byte, int, notation) {
	if v > 0x7f || !textByte[v] {
		return 0, 0, n
	}
	return byte(v), size, n
}

func wordAt(data []byte, at int) bool {
	return at < len(data) && data[at] != '+' && data[at] != '-' && data[at] != '/' && isWord(data[at])
}

// pairFollows tells hexadecimal pairs from decimal numbers by what follows: a blank, colon or dash, and within the
// next pairs a letter.
func pairFollows(data []byte) bool {
	if len(data) < 3 || data[2] != ' ' && data[2] != ':' && data[2] != '-' {
		return false
	}
	for i := 0; i+1 < len(data) && i < 6*minCodes && isHex(data[i]) && isHex(data[i+1]); i += 3 {
		if data[i] > '9' || data[i+1] > '9' {
			return true
		}
	}
	return false
}

// separatorEnd is where the next code begins: behind anything but digits.
func separatorEnd(data []byte, at int, n notation) int {
	sep, end := 0, at
	for end < len(data) && end-at < 4*maxSeparator {
		c := data[end]
		if isDigit(c) || n == pairs && isHex(c) {
			return end
		}
		if isQuote(c) {
			break
		}
		if c > ' ' {
			if sep++; sep > maxSeparator {
				break
			}
		}
		end++
	}
	return at
}

// sameSeparator compares two separators without their blanks and line ends.
func sameSeparator(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	for {
		for len(a) > 0 && a[0] <= ' ' {
			a = a[1:]
		}
		for len(b) > 0 && b[0] <= ' ' {
			b = b[1:]
		}
		if len(a) == 0 || len(b) == 0 {
			return len(a) == len(b)
		}
		if a[0] != b[0] {
			return false
		}
		a, b = a[1:], b[1:]
	}
}

func appendNumbers(out, data []byte) []byte {
	out, _, _ = readCodes(out, data, 0, len(data))
	return out
}
