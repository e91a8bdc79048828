package clike

import "strings"

// open moves over what a file of PHP holds outside of <?php ... ?>.
func (l *lexer) open() {
	i := strings.Index(l.src[l.at:], "<?")
	if i < 0 {
		l.at = len(l.src)
		return
	}
	l.at += i + len("<?")
	for _, mark := range []string{"php", "PHP", "="} {
		if strings.HasPrefix(l.src[l.at:], mark) {
			l.at += len(mark)
			break
		}
	}
	l.fresh = true
}

// php reads what PHP writes in another way than the rest of the family: its strings, and operators that become the
// family's: -> and :: are a member's dot, the dot between texts is a plus, => is a colon.
func (l *lexer) php() bool {
	start, rest := l.at, l.src[l.at:]
	switch {
	case strings.HasPrefix(rest, "?>"):
		l.emit(punct, start, ";")
		l.open()
	case rest[0] == '\'':
		l.phpQuoted('\'')
	case rest[0] == '"':
		l.phpQuoted('"')
	case strings.HasPrefix(rest, "<<<"):
		return l.heredoc()
	case strings.HasPrefix(rest, "?->"):
		l.as(3, ".")
	case strings.HasPrefix(rest, "->"), strings.HasPrefix(rest, "::"):
		l.as(2, ".")
	case strings.HasPrefix(rest, "=>"):
		l.as(2, ":")
	case strings.HasPrefix(rest, ".="):
		l.as(2, "+=")
	case rest[0] == '.' && !strings.HasPrefix(rest, "..."):
		l.as(1, "+")
	case rest[0] == '@', rest[0] == '\\', rest[0] == '&' && len(rest) > 1 && rest[1] == '$': // keep quiet, the root of names, a reference
		l.at++
	default:
		return false
	}
	return true
}

// as emits an operator of so many bytes under the name that the family has for it.
func (l *lexer) as(size int, op string) {
	start := l.at
	l.at += size
	l.emit(punct, start, op)
}

// phpQuoted reads a text, which may span lines.
func (l *lexer) phpQuoted(quote byte) {
	start := l.at
	for l.at++; l.at < len(l.src) && l.src[l.at] != quote; l.at++ {
		if l.src[l.at] == '\\' {
			l.at++
		}
	}
	body := l.src[min(start+1, len(l.src)):min(l.at, len(l.src))]
	l.at = min(l.at+1, len(l.src))
	l.phpText(start, body, quote == '"')
}

// heredoc reads <<<END and <<<'END' up to the word that ends it.
func (l *lexer) heredoc() bool {
	start := l.at
	line, _, _ := strings.Cut(l.src[l.at+3:], "\n")
	word := strings.Trim(strings.TrimSpace(line), `"'`)
	if word == "" || !isWord(rune(word[0])) {
		return false
	}
	from := min(l.at+3+len(line)+1, len(l.src))
	for at := from; at < len(l.src); {
		text, _, _ := strings.Cut(l.src[at:], "\n")
		if trimmed := strings.TrimLeft(text, " \t"); strings.HasPrefix(trimmed, word) {
			l.at = at + len(text) - len(trimmed) + len(word)
			l.phpText(start, l.src[from:at], !strings.Contains(line, "'"))
			return true
		}
		at += len(text) + 1
	}
	l.at = len(l.src) // never closed
	l.phpText(start, l.src[from:], false)
	return true
}

// maxField bounds the bytes of an expression inside a text.
const maxField = 1000

// phpText emits a text, in which double quotes let $name, $name[...], $name->member and {$expression} stand.
func (l *lexer) phpText(start int, body string, fields bool) {
	if !fields || !strings.Contains(body, "$") {
		l.emit(text, start, strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(body))
		return
	}
	var parts []part
	for body != "" {
		i := strings.IndexByte(body, '$')
		if i < 0 || i+1 == len(body) {
			break
		}
		field, rest := phpField(body[i:], i > 0 && body[i-1] == '{')
		if field == "" {
			parts, body = append(parts, part{text: body[:i+1]}), body[i+1:]
			continue
		}
		inner := lexer{lang: l.lang, src: field, depth: l.depth + 1}
		if inner.depth <= maxTemplates {
			inner.run(false)
		}
		for k := range inner.out { // positions are those of the whole text
			inner.out[k].start, inner.out[k].end = start, l.at
		}
		parts = append(parts, part{text: strings.TrimSuffix(body[:i], "{")}, part{tokens: append(inner.out, token{kind: punct, text: ";", start: start, end: l.at, match: -1})})
		body = rest
	}
	l.closeTemplate(start, append(parts, part{text: body}))
}

// phpField is the expression at the start of a text, and what is behind it.
func phpField(text string, braced bool) (field, rest string) {
	if braced {
		if end := strings.IndexByte(text[:min(len(text), maxField)], '}'); end > 0 {
			return text[:end], text[end+1:]
		}
	}
	end := 1
	for end < len(text) && isWord(rune(text[end])) && text[end] != '$' {
		end++
	}
	if end == 1 {
		return "", text
	}
	if end < len(text) && text[end] == '[' {
		if i := strings.IndexByte(text[end:min(len(text), end+maxField)], ']'); i > 0 {
			end += i + 1
		}
	}
	return text[:end], text[end:]
}
