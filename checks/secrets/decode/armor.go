package decode

import "bytes"

const (
	maxGap    = 160 // bytes between two lines of encoded text
	minListed = 40  // characters of the lines that may be the elements of a list
)

// gap steps from the end of a line of encoded text to where it goes on: over quotes, operators, comment marks,
// indentation and one line end, real or escaped, or over the backslash of JSON's "\/". It is -1 where it does not.
func gap(data []byte, at int) int {
	line, escaped := 0, 0
	if at+1 < len(data) && data[at] == '\\' && data[at+1] == '/' {
		return at + 1
	}
	for i := at; i < len(data) && i-at <= maxGap; {
		c := data[i]
		var next byte
		if i+1 < len(data) {
			next = data[i+1]
		}
		switch {
		case c == '\n':
			line++
			i++
		case c == '\\' && next == 'n':
			escaped++
			i += 2
		case c == '\\' && (next == 'r' || next == 't'):
			i += 2
		case isWord(c) && !joinsLines(data, i):
			if line|escaped != 1 {
				return -1
			}
			return i
		case isWord(c) && c != '_':
			for i < len(data) && data[i] == c {
				i++
			}
		case bytes.IndexByte([]byte(" \t\r\"'`\\,.&|*#>;()_"), c) >= 0:
			i++
		default:
			return -1
		}
		if line > 1 || escaped > 1 {
			return -1
		}
	}
	return -1
}

// joinsLines reports whether the word byte data[at] is no encoded text but an operator or a comment mark: "+" before
// a blank or a quote, "//" and "--" before a blank, and Visual Basic's "_" before a line end.
func joinsLines(data []byte, at int) bool {
	c := data[at]
	if c != '+' && c != '/' && c != '-' && c != '_' {
		return false
	}
	end := at
	for end < len(data) && data[end] == c && end-at < 3 {
		end++
	}
	if end == len(data) {
		return false
	}
	blank := data[end] == ' ' || data[end] == '\t'
	switch c {
	case '+':
		return end-at == 1 && (blank || isQuote(data[end]) || data[end] == '\n' || data[end] == '\r')
	case '_':
		return end-at == 1 && (data[end] == '\n' || data[end] == '\r')
	}
	return end-at == 2 && blank
}

// armor is the text of one encoding that is wrapped over lines.
type armor struct {
	accepts func(c byte) bool
	group   int // characters that stand for whole bytes
	padded  bool
}

func (a armor) runEnd(data []byte, at int) int {
	for at < len(data) && a.accepts(data[at]) {
		at++
	}
	return at
}

// padding steps over at most two (base64) padding characters.
func padding(data []byte, at int) int {
	end := at
	for end < len(data) && data[end] == '=' && end-at < 2 {
		end++
	}
	return end
}

// wrapped is the end of the lines of encoded text of which data[start:end] is the first. All but the first and the
// last are of one width.
func (a armor) wrapped(data []byte, start, end int) int {
	first := end - start
	width := 0
	for prev := first; !a.padded || padding(data, end) == end; {
		next := gap(data, end)
		if next < 0 {
			break
		}
		if next == end+1 && data[end] == '\\' { // "\/" does not end the line
			lineEnd := a.runEnd(data, next)
			prev += lineEnd - next
			if width == 0 {
				first = prev
			}
			end = lineEnd
			continue
		}
		lineEnd := a.runEnd(data, next)
		size := lineEnd - next
		if width == 0 {
			width = max(first, size)
		}
		if prev < minListed && bytes.IndexByte(data[end:next], ',') >= 0 {
			break // texts of a list, each on its own
		}
		if prev != width && prev%a.group != 0 || size > width || prev != width && prev != first || !endsLine(data, lineEnd) {
			break
		}
		prev, end = size, lineEnd
		if size == 0 {
			break
		}
	}
	return end
}

// endsLine reports whether nothing but padding, quotes, operators and closing marks follows on the line.
func endsLine(data []byte, at int) bool {
	at = padding(data, at)
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at == len(data) || bytes.IndexByte([]byte("\r\n\"'`\\,;)]}<+&."), data[at]) >= 0
}
