package source

import "strings"

// quoted reads a text in quotes. One that does not end on its line, where it must, is no text but a sign by itself: an
// apostrophe in the text of a page.
func (l *lexer) quoted(quote byte) {
	start := l.at
	switch {
	case quote == '"' && (l.lang == Java || l.lang == Kotlin || l.lang == CSharp) && strings.HasPrefix(l.src[l.at:l.limit], `"""`):
		l.at += 3
		l.body(start, `"""`, l.lang.double, false)
		return
	case quote == '`':
		l.at++
		l.body(start, "`", dollarBrace, true)
		return
	case quote == '\'' && !l.lang.quotes:
		l.character()
		return
	}
	many := l.lang == PHP || l.lang == Ruby
	if !many && !l.endsOnLine(quote) {
		l.at++
		l.emit(punct, start, l.src[start:l.at])
		return
	}
	values := l.lang.double
	if quote == '\'' {
		values = 0
	}
	l.at++
	l.body(start, string(quote), values, true)
}

// endsOnLine reports whether the quote here is closed before the line ends.
func (l *lexer) endsOnLine(quote byte) bool {
	for i := l.at + 1; i < l.limit; i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			return true
		case '\n':
			return false
		}
	}
	return false
}

// character reads 'x' of a language where a text stands in double quotes.
func (l *lexer) character() {
	start := l.at
	for i := l.at + 1; i < l.limit && i < l.at+12 && l.src[i] != '\n'; i++ {
		if l.src[i] == '\\' {
			i++
		} else if l.src[i] == '\'' {
			l.at = i + 1
			l.emit(text, start, l.src[start+1:i])
			return
		}
	}
	l.at++
	l.emit(punct, start, "'")
}

// body reads the rest of a text up to its mark, with the values inside it.
func (l *lexer) body(start int, end string, values marks, escapes bool) {
	from := l.at
	var parts []part
	piece := l.at
	for l.at < l.limit {
		switch c := l.src[l.at]; {
		case c == '\\' && escapes:
			l.at += 2
			continue
		case c == end[0] && strings.HasPrefix(l.src[l.at:l.limit], end):
			l.finish(start, from, piece, parts, len(end))
			return
		case c == '{' && values&brace != 0 && strings.HasPrefix(l.src[l.at:l.limit], "{{"):
			l.at += 2
			continue
		case c == '$' || c == '#' || c == '{':
			if width, braced := l.value(values); width > 0 && l.depth < maxTemplates {
				parts = append(parts, part{text: l.src[piece:l.at], start: piece, end: l.at})
				parts = append(parts, l.inner(width, braced))
				piece = l.at
				continue
			}
		}
		l.at++
	}
	l.at = l.limit
	l.finish(start, from, piece, parts, 0)
}

func (l *lexer) finish(start, from, piece int, parts []part, width int) {
	l.at = min(l.at, l.limit)
	content := l.src[min(from, l.at):l.at]
	last := l.src[min(piece, l.at):l.at]
	lastEnd := l.at
	l.at += width
	if parts == nil {
		l.emit(text, start, content)
		return
	}
	parts = append(parts, part{text: last, start: piece, end: lastEnd})
	l.emit(template, start, content).parts = parts
}

// value reports how wide the mark of a value here is, 0 for none, and whether a brace closes the value.
func (l *lexer) value(values marks) (width int, braced bool) {
	rest := l.src[l.at:l.limit]
	if len(rest) < 2 {
		return 0, false
	}
	switch {
	case rest[0] == '$' && rest[1] == '{' && values&dollarBrace != 0, rest[0] == '#' && rest[1] == '{' && values&hashBrace != 0:
		return 2, true
	case rest[0] == '{' && rest[1] == '$' && values&braceDollar != 0:
		return 1, true
	case rest[0] == '{' && rest[1] != '{' && values&brace != 0:
		return 1, true
	case rest[0] == '$' && values&dollarName != 0 && wordByte[rest[1]] && rest[1] != '$' && (rest[1] < '0' || rest[1] > '9'):
		return 1, false
	}
	return 0, false
}

// inner reads a value inside a text.
func (l *lexer) inner(width int, braced bool) part {
	p := part{start: l.at}
	in := lexer{lang: l.lang, src: l.src, at: l.at + width, limit: l.limit, depth: l.depth + 1}
	if braced {
		in.run(true)
		l.at = min(in.at+1, l.limit)
	} else {
		if l.lang == PHP {
			in.at-- // the sign is part of the name
		}
		in.simple()
		l.at = in.at
	}
	l.cut = l.cut || in.cut
	p.tokens, p.end = in.out, l.at
	return p
}

// simple reads $name, and in PHP one ->member or [key] behind it.
func (l *lexer) simple() {
	start := l.at
	for l.at < l.limit && (wordByte[l.src[l.at]] && (l.at == start || l.src[l.at] != '$')) {
		l.at++
	}
	l.emit(word, start, l.src[start:l.at])
	if l.lang != PHP || l.at+2 >= l.limit {
		return
	}
	switch {
	case l.src[l.at] == '-' && l.src[l.at+1] == '>' && wordByte[l.src[l.at+2]]:
		l.operator()
		start = l.at
		for l.at < l.limit && wordByte[l.src[l.at]] && l.src[l.at] != '$' {
			l.at++
		}
		l.emit(word, start, l.src[start:l.at])
	case l.src[l.at] == '[':
		stop := strings.IndexByte(l.src[l.at:min(l.limit, l.at+80)], ']')
		if stop < 0 {
			return
		}
		stop += l.at
		key := strings.Trim(l.src[l.at+1:stop], `'"`)
		open := l.at
		l.at++
		l.emit(punct, open, "[")
		l.at = stop
		if strings.HasPrefix(key, "$") {
			l.emit(word, open+1, key)
		} else {
			l.emit(text, open+1, key)
		}
		l.at++
		l.emit(punct, stop, "]")
	}
}

// verbatim reads the texts of C# that begin with signs: @"a""b", $"a {b}", $@"...", $"""...""".
func (l *lexer) verbatim() bool {
	start := l.at
	i, values, raw, dollars := l.at, marks(0), false, 0
	for i < l.limit && (l.src[i] == '$' || l.src[i] == '@') {
		if l.src[i] == '$' {
			values = brace
			dollars++
		} else {
			raw = true
		}
		i++
	}
	if i >= l.limit || l.src[i] != '"' {
		return false
	}
	l.at = i + 1
	switch {
	case strings.HasPrefix(l.src[i:l.limit], `"""`):
		l.at = i + 3
		if dollars > 1 { // the braces are doubled, which is read as one inside another
			values = brace
		}
		l.body(start, `"""`, values, false)
	case raw:
		l.doubled(start, values)
	default:
		l.body(start, `"`, values, true)
	}
	return true
}

// doubled reads a text of C# in which a quote is written twice.
func (l *lexer) doubled(start int, values marks) {
	from := l.at
	for {
		l.body(start, `"`, values, false)
		if l.at >= l.limit || l.src[l.at] != '"' {
			break
		}
		l.at++ // the text goes on: the piece before is joined
	}
	if n := len(l.out); n > 1 {
		first := n - 1
		for first > 0 && l.out[first-1].start == start {
			first--
		}
		joined := l.out[first]
		for _, t := range l.out[first+1:] {
			joined.parts = append(joined.parts, t.parts...)
			if len(t.parts) > 0 {
				joined.kind = template
			}
		}
		joined.end, joined.text = l.at, l.src[from:max(from, l.at-1)]
		l.out = append(l.out[:first], joined)
	}
}

// phpDocument reads <<<WORD and <<<'WORD' up to a line that begins with the word.
func (l *lexer) phpDocument() bool {
	start := l.at
	i := l.at + 3
	for i < l.limit && (l.src[i] == ' ' || l.src[i] == '"' || l.src[i] == '\'') {
		i++
	}
	end := i
	for end < l.limit && wordByte[l.src[end]] {
		end++
	}
	if end == i {
		return false
	}
	values := l.lang.double
	if l.src[i-1] == '\'' {
		values = 0
	}
	stop, next := documentEnd(l.src[:l.limit], end, l.src[i:end])
	l.document(start, end, stop, values)
	l.at = next
	return true
}

// documentEnd finds the line that holds the word alone, blanks before it; stop is where the text ends, next is behind
// the word.
func documentEnd(src string, from int, word string) (stop, next int) {
	for at := from; ; {
		i := strings.IndexByte(src[at:], '\n')
		if i < 0 {
			return len(src), len(src)
		}
		at += i + 1
		line := at
		for line < len(src) && (src[line] == ' ' || src[line] == '\t') {
			line++
		}
		if strings.HasPrefix(src[line:], word) && (line+len(word) >= len(src) || !wordByte[src[line+len(word)]]) {
			return at, line + len(word)
		}
	}
}

// document emits a text that ends at a given place.
func (l *lexer) document(start, from, stop int, values marks) {
	in := lexer{lang: l.lang, src: l.src, at: min(from, stop), limit: stop, depth: l.depth + 1}
	in.body(start, "\x00", values, true)
	l.cut = l.cut || in.cut
	for _, t := range in.out {
		t.newline, t.space = l.fresh, true
		l.out = append(l.out, t)
	}
}
