package clike

import (
	"strconv"
	"strings"
)

// quoted reads a text on one line, or a text block between three quotes.
func (l *lexer) quoted(quote byte) {
	start := l.at
	if block := strings.Repeat(string(quote), 3); quote == '"' && !l.lang.regexps && strings.HasPrefix(l.src[l.at:], block) {
		l.at += 3
		end := strings.Index(l.src[l.at:], block)
		if end < 0 {
			end = len(l.src) - l.at
		}
		body := l.src[l.at : l.at+end]
		l.at = min(l.at+end+3, len(l.src))
		l.literal(start, strings.TrimSpace(body))
		return
	}
	var b strings.Builder
	for l.at++; l.at < len(l.src); {
		switch c := l.src[l.at]; c {
		case quote:
			l.at++
			l.literal(start, b.String())
			return
		case '\\':
			b.WriteString(l.escape())
		case '\n': // never closed: an apostrophe in text that is no code
			l.emit(punct, start, string(quote))
			return
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	l.emit(punct, start, string(quote))
}

// literal emits a text, which in Kotlin may hold $values.
func (l *lexer) literal(start int, body string) {
	if l.lang.dollars && strings.Contains(body, "$") || l.lang.ruby && strings.Contains(body, "#{") && l.src[start] == '"' {
		t := l.emit(template, start, body)
		t.parts = []part{{text: body}, {}}
		return
	}
	l.emit(text, start, body)
}

// escape decodes an escape sequence.
func (l *lexer) escape() string {
	l.at++
	if l.at >= len(l.src) {
		return ""
	}
	c := l.src[l.at]
	l.at++
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '\n':
		return ""
	case 'x':
		return l.hex(2)
	case 'u':
		if l.at < len(l.src) && l.src[l.at] == '{' {
			if end := strings.IndexByte(l.src[l.at:min(l.at+10, len(l.src))], '}'); end > 0 {
				n, err := strconv.ParseUint(l.src[l.at+1:l.at+end], 16, 32)
				if err == nil {
					l.at += end + 1
					return string(rune(n))
				}
			}
		}
		return l.hex(4)
	}
	return string(c)
}

func (l *lexer) hex(digits int) string {
	if l.at+digits > len(l.src) {
		return ""
	}
	n, err := strconv.ParseUint(l.src[l.at:l.at+digits], 16, 32)
	if err != nil {
		return ""
	}
	l.at += digits
	return string(rune(n))
}

// template reads up to the closing mark; fields begin with the other.
func (l *lexer) template(end, field string) {
	start := l.at - 1
	var parts []part
	var b strings.Builder
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		switch {
		case strings.HasPrefix(rest, end):
			l.at += len(end)
			l.closeTemplate(start, append(parts, part{text: b.String()}))
			return
		case rest[0] == '\\':
			b.WriteString(l.escape())
		case strings.HasPrefix(rest, field) && l.depth < maxTemplates:
			parts = append(parts, part{text: b.String()}, l.field(len(field)))
			b.Reset()
		default:
			b.WriteByte(rest[0])
			l.at++
		}
	}
	l.closeTemplate(start, append(parts, part{text: b.String()}))
}

func (l *lexer) closeTemplate(start int, parts []part) {
	if len(parts) == 1 {
		l.emit(text, start, parts[0].text)
		return
	}
	l.emit(template, start, "").parts = parts
}

// field reads the expression inside ${ }.
func (l *lexer) field(open int) part {
	inner := lexer{lang: l.lang, src: l.src, at: l.at + open, depth: l.depth + 1}
	inner.run(true)
	l.at = min(inner.at+1, len(l.src))
	l.cut = l.cut || inner.cut
	return part{tokens: inner.out}
}

// verbatim reads C#'s @"text", $"text {value}" and $@"text".
func (l *lexer) verbatim() bool {
	start, at := l.at, l.at
	for at < min(len(l.src), start+3) && (l.src[at] == '@' || l.src[at] == '$') {
		at++
	}
	if at >= len(l.src) || l.src[at] != '"' {
		return false
	}
	marks := l.src[start:at]
	if strings.HasPrefix(l.src[at:], `"""`) {
		l.at = at
		l.quoted('"')
	} else if strings.Contains(marks, "@") {
		l.at = at + 1
		l.doubled(start)
	} else {
		l.at = at
		l.quoted('"')
	}
	if last := &l.out[len(l.out)-1]; strings.Contains(marks, "$") && last.kind == text && strings.Contains(last.text, "{") {
		last.kind, last.parts = template, []part{{text: last.text}, {}}
	}
	return true
}

// doubled reads a text in which a quote is written twice.
func (l *lexer) doubled(start int) {
	var b strings.Builder
	for l.at < len(l.src) {
		if l.src[l.at] == '"' {
			if l.at++; l.at >= len(l.src) || l.src[l.at] != '"' {
				break
			}
		}
		b.WriteByte(l.src[l.at])
		l.at++
	}
	l.emit(text, start, b.String())
}

// symbol reads Ruby's :symbol as a text, and %w[a b] as a list of texts.
func (l *lexer) symbol() bool {
	start, rest := l.at, l.src[l.at:]
	if len(rest) > 3 && rest[0] == '%' && (rest[1] == 'w' || rest[1] == 'i') && strings.IndexByte("[({", rest[2]) >= 0 {
		end := strings.IndexByte(rest, "])}"[strings.IndexByte("[({", rest[2])])
		if end < 0 {
			return false
		}
		l.at = start + 2
		l.emit(punct, start, "[")
		for _, item := range strings.Fields(rest[3:end]) {
			l.emit(text, start, item)
			l.emit(punct, start, ",")
		}
		l.at = start + end + 1
		l.emit(punct, start, "]")
		return true
	}
	if rest[0] != ':' || len(rest) < 2 || !isWord(rune(rest[1])) || start > 0 && (l.src[start-1] == ':' || isWord(rune(l.src[start-1]))) {
		return false
	}
	end := 1
	for end < len(rest) && (isWord(rune(rest[end])) || rest[end] == '?') {
		end++
	}
	l.at = start + end
	l.emit(text, start, rest[1:end])
	return true
}
