package unpack

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// pdfToken is one token of a content stream or an object.
type pdfToken struct {
	kind byte // 's' string, 'n' number, '/' name, 'o' operator or other word, or the delimiter itself
	text []byte
}

// pdfLexer reads tokens (7.2, 7.3).
type pdfLexer struct {
	data []byte
	text []byte // of the last string
}

func (l *pdfLexer) next() (pdfToken, bool) {
	for {
		l.data = bytes.TrimLeft(l.data, pdfSpace)
		if len(l.data) == 0 {
			return pdfToken{}, false
		}
		if l.data[0] != '%' {
			break
		}
		at := bytes.IndexAny(l.data, "\r\n")
		if at < 0 {
			at = len(l.data)
		}
		l.data = l.data[at:]
	}
	b := l.data[0]
	switch {
	case b == '(':
		return pdfToken{'s', l.literal()}, true
	case b == '<' && !(len(l.data) > 1 && l.data[1] == '<'):
		return pdfToken{'s', l.hex()}, true
	case b == '/':
		n := 1
		for n < len(l.data) && pdfNameByte(l.data[n]) {
			n++
		}
		return l.take('/', n), true
	case !pdfNameByte(b):
		n := 1
		if len(l.data) > 1 && l.data[1] == b && (b == '<' || b == '>') {
			n = 2
		}
		return l.take(b, n), true
	}
	n := 1
	for n < len(l.data) && pdfNameByte(l.data[n]) {
		n++
	}
	if b >= '0' && b <= '9' || b == '-' || b == '+' || b == '.' {
		return l.take('n', n), true
	}
	return l.take('o', n), true
}

func (l *pdfLexer) take(kind byte, n int) pdfToken {
	t := pdfToken{kind, l.data[:n]}
	l.data = l.data[n:]
	return t
}

var pdfEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// literal reads a string in parentheses, which may hold balanced ones and escapes.
func (l *pdfLexer) literal() []byte {
	out, depth := l.text[:0], 0
	i := 0
scan:
	for ; i < len(l.data); i++ {
		b := l.data[i]
		switch b {
		case '(':
			if depth++; depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				i++
				break scan
			}
		case '\\':
			i++
			if i == len(l.data) {
				break scan
			}
			b = l.data[i]
			if b >= '0' && b <= '7' {
				v := 0
				for k := 0; k < 3 && i < len(l.data) && l.data[i] >= '0' && l.data[i] <= '7'; k++ {
					v = v<<3 | int(l.data[i]-'0')
					i++
				}
				i--
				b = byte(v)
			} else if b == '\r' || b == '\n' { // the line goes on
				if b == '\r' && i+1 < len(l.data) && l.data[i+1] == '\n' {
					i++
				}
				continue
			} else if e, ok := pdfEscapes[b]; ok {
				b = e
			}
		}
		out = append(out, b)
	}
	l.data = l.data[i:]
	l.text = out
	return out
}

func (l *pdfLexer) hex() []byte {
	end := bytes.IndexByte(l.data, '>')
	if end < 0 {
		end = len(l.data) - 1
	}
	out := asciiHex(l.data[1:max(1, end)])
	l.data = l.data[end+1:]
	return out
}

// pdfFont maps the codes of a font's strings to text (9.10.3).
type pdfFont struct {
	wide bool // codes have two bytes
	runs map[uint16]string
}

// appendText appends a string shown in a font, nil where it is not known.
func (f *pdfFont) appendText(out, text []byte) []byte {
	if f == nil {
		return appendPDFString(out, text)
	}
	for len(text) > 0 {
		code, n := uint16(text[0]), 1
		if f.wide && len(text) > 1 {
			code, n = binary.BigEndian.Uint16(text), 2
		}
		if s, ok := f.runs[code]; ok {
			out = append(out, s...)
		} else if code >= ' ' && code < 0x7f && !f.wide {
			out = append(out, byte(code))
		}
		text = text[n:]
	}
	return out
}

// appendPDFString appends a text string: UTF-16 behind a mark, UTF-8 behind another, Latin otherwise (7.9.2.2).
func appendPDFString(out, text []byte) []byte {
	if bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return appendUTF16(out, text[2:])
	}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		return append(out, text[3:]...)
	}
	for _, b := range text {
		if b != 0 {
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

func appendUTF16(out, text []byte) []byte {
	for len(text) >= 2 {
		r := rune(binary.BigEndian.Uint16(text))
		text = text[2:]
		if utf16.IsSurrogate(r) && len(text) >= 2 {
			r = utf16.DecodeRune(r, rune(binary.BigEndian.Uint16(text)))
			text = text[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// pdfGap is the move back in a TJ array, in thousandths of the font's size, that stands for a space between words.
const pdfGap = -180

// pdfPage is a content stream on the way through it.
type pdfPage struct {
	f       *pdfFile
	l       pdfLexer
	out     []byte
	font    *pdfFont
	name    string // the last one
	numbers [6]float64
	count   int
	array   bool
	last    int     // where the last string begins in out
	y, line float64 // where text would be shown, and where the last was
	shown   bool    // something is on the line
	spaced  bool    // strings have spaces: parts of a line that lie side by side are parts of words
}

// text appends the text that a content stream shows (9.4): a line for each line of the page.
func (f *pdfFile) text(out, data []byte) []byte {
	p := &pdfPage{f: f, l: pdfLexer{data: data}, out: out}
	for {
		t, ok := p.l.next()
		if !ok {
			return p.out
		}
		switch t.kind {
		case 's':
			p.show(t.text)
		case 'n':
			p.number(t.text)
		case '/':
			p.name = string(t.text[1:])
		case '[', ']':
			p.array = t.kind == '['
		default:
			p.operator(string(t.text))
			p.count, p.numbers = 0, [6]float64{}
		}
	}
}

// show appends a string, on a new line where it is not on the one of the last.
func (p *pdfPage) show(text []byte) {
	if p.shown && p.y != p.line {
		p.out = append(p.out, '\n')
	}
	p.last = len(p.out)
	p.out = p.font.appendText(p.out, text)
	p.spaced = p.spaced || bytes.IndexByte(p.out[p.last:], ' ') >= 0
	p.shown, p.line = true, p.y
}

func (p *pdfPage) number(text []byte) {
	v, _ := strconv.ParseFloat(string(text[:min(len(text), 32)]), 64)
	if p.array && v < pdfGap && p.shown {
		p.out = append(p.out, ' ')
	}
	if p.count < len(p.numbers) {
		p.numbers[p.count] = v
		p.count++
	}
}

func (p *pdfPage) operator(name string) {
	switch name {
	case "Tf":
		p.font = p.f.fonts[p.name]
	case "BT":
		p.y = 0
	case "Td", "TD":
		p.move(p.y + p.numbers[1])
	case "Tm":
		p.move(p.numbers[5])
	case "T*":
		p.newLine()
	case "'", "\"": // the string comes on a new line
		if p.last > 0 && p.last <= len(p.out) && p.out[p.last-1] != '\n' {
			p.out = slices.Insert(p.out, p.last, '\n')
		}
	case "cm": // what comes is elsewhere
		p.newLine()
	case "ID":
		p.l.skipImage()
	}
}

// move goes to another place on the page.
func (p *pdfPage) move(y float64) {
	p.y = y
	if p.shown && p.y == p.line && !p.spaced {
		p.out = append(p.out, ' ')
	}
}

func (p *pdfPage) newLine() {
	if p.shown {
		p.out, p.shown = append(p.out, '\n'), false
	}
}

// skipImage passes over an inline image, up to "EI".
func (l *pdfLexer) skipImage() {
	if at := bytes.Index(l.data, []byte("\nEI")); at >= 0 {
		l.data = l.data[at+3:]
	} else if at := bytes.Index(l.data, []byte(" EI")); at >= 0 {
		l.data = l.data[at+3:]
	}
}

// appendPDFStrings appends the strings of an object, each on a line behind its key.
func appendPDFStrings(out, body []byte) []byte {
	if bytes.IndexByte(body, '(') < 0 && bytes.IndexByte(body, '<') < 0 {
		return out
	}
	l := &pdfLexer{data: body}
	var key []byte
	for {
		t, ok := l.next()
		if !ok {
			return out
		}
		switch t.kind {
		case '/':
			key = t.text[1:]
		case 's':
			if len(t.text) > 0 {
				out = append(append(out, key...), " = "...)
				out = append(appendPDFString(out, t.text), '\n')
			}
		}
	}
}
