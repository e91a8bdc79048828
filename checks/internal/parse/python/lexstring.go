package python

import "strings"

// literal reads a string whose prefix begins at start and whose quotes are at pos. A format string is only opened.
func (l *lexer) literal(start int) {
	prefix := l.src[start:l.pos]
	quote := l.src[l.pos]
	triple := strings.HasPrefix(l.src[l.pos:], `"""`) || strings.HasPrefix(l.src[l.pos:], "'''")
	raw := strings.ContainsAny(prefix, "rR")
	l.pos++
	if triple {
		l.pos += 2
	}
	if strings.ContainsAny(prefix, "fFtT") {
		l.emit(formatStart, start, l.pos)
		l.push(frame{what: '"', quote: quote, triple: triple, raw: raw})
		return
	}
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\\':
			l.pos += l.escape()
			continue
		case c == '\n' && !triple: // never closed
			l.emit(plainString, start, l.pos)
			return
		case l.closes(quote, triple):
			l.pos += quoteSize(triple)
			l.emit(plainString, start, l.pos)
			return
		}
		l.pos++
	}
	l.emit(plainString, start, l.pos)
}

// escape is the length of a backslash and what it protects.
func (l *lexer) escape() int {
	if strings.HasPrefix(l.src[l.pos:], "\\\r\n") {
		return 3
	}
	return min(2, len(l.src)-l.pos)
}

func (l *lexer) closes(quote byte, triple bool) bool {
	if l.src[l.pos] != quote {
		return false
	}
	return !triple || l.pos+2 < len(l.src) && l.src[l.pos+1] == quote && l.src[l.pos+2] == quote
}

func quoteSize(triple bool) int {
	if triple {
		return 3
	}
	return 1
}

// closed reports whether a plain string token ends with the quotes that it begins with.
func closed(token string) bool {
	_, _, ok := splitLiteral(token)
	return ok
}

// splitLiteral takes a plain string token apart. ok is false where the closing quotes are missing.
func splitLiteral(token string) (prefix, body string, ok bool) {
	i := strings.IndexAny(token, `"'`)
	prefix, body = token[:i], token[i:]
	quote := body[:1]
	if strings.HasPrefix(body, strings.Repeat(quote, 3)) {
		quote = body[:3]
	}
	body = body[len(quote):]
	if inner, ok := strings.CutSuffix(body, quote); ok {
		return prefix, inner, true
	}
	return prefix, body, false
}

// text reads literal text of a format string, or of a format spec, up to its end or to a field.
func (l *lexer) text() bool {
	f := l.stack[len(l.stack)-1]
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\\' && f.raw || c == '\\' && !l.named():
			l.pos += l.rawEscape(f.raw)
			continue
		case c == '\\':
			l.pos += strings.IndexByte(l.src[l.pos:], '}') + 1
			continue
		case f.what == '"' && (c == '{' || c == '}') && l.doubled(c):
			l.pos += 2
			continue
		case c == '{':
			l.textToken(start)
			l.emit(operator, l.pos, l.pos+1)
			l.pos++
			return l.push(frame{what: '}', quote: f.quote, triple: f.triple, raw: f.raw})
		case f.what == ':' && c == '}':
			l.textToken(start)
			l.stack = l.stack[:len(l.stack)-1] // the field closes itself
			return true
		case l.closes(f.quote, f.triple):
			l.textToken(start)
			l.closeFormat(f)
			return true
		case c == '\n' && !f.triple:
			l.textToken(start)
			l.emit(unreadable, l.pos, l.pos)
			l.stack = l.stack[:0]
			return true
		}
		l.pos++
	}
	l.textToken(start)
	return false
}

// rawEscape is the length of a backslash and what it protects in a format string: braces are never protected.
func (l *lexer) rawEscape(raw bool) int {
	if l.pos+1 < len(l.src) && (l.src[l.pos+1] == '{' || l.src[l.pos+1] == '}') {
		return 1
	}
	return l.escape()
}

// named reports whether a \N{...} escape begins here.
func (l *lexer) named() bool {
	rest := l.src[l.pos:min(l.pos+100, len(l.src))]
	return strings.HasPrefix(rest, `\N{`) && strings.IndexByte(rest, '}') > 0
}

func (l *lexer) doubled(c byte) bool { return l.pos+1 < len(l.src) && l.src[l.pos+1] == c }

func (l *lexer) textToken(start int) {
	if l.pos > start {
		l.emit(formatText, start, l.pos)
	}
}

// closeFormat closes a format string and whatever was left open inside it.
func (l *lexer) closeFormat(f frame) {
	l.emit(formatEnd, l.pos, l.pos+quoteSize(f.triple))
	l.pos += quoteSize(f.triple)
	for len(l.stack) > 0 {
		top := l.stack[len(l.stack)-1]
		l.stack = l.stack[:len(l.stack)-1]
		if top.what == '"' {
			return
		}
	}
}
