package source

import "strings"

// pendingDoc is <<~WORD: its text begins on the next line.
type pendingDoc struct {
	token  int // its index
	word   string
	values marks
}

// rubyText reads what only Ruby has: :symbol, @field, %w[...], %(...), <<~WORD.
func (l *lexer) rubyText() bool {
	rest := l.src[l.at:l.limit]
	if len(rest) < 2 {
		return false
	}
	start := l.at
	switch c := rest[0]; {
	case c == '@':
		for l.at < l.limit && (l.src[l.at] == '@' || wordByte[l.src[l.at]]) {
			l.at++
		}
		l.emit(word, start, l.src[start:l.at])
		return true
	case c == ':' && rest[1] == '"':
		l.at++
		l.quoted('"')
		return true
	case c == ':' && rest[1] != ':' && (wordByte[rest[1]] && (rest[1] < '0' || rest[1] > '9')) && (len(l.out) == 0 || l.symbolHere()):
		for l.at++; l.at < l.limit && wordByte[l.src[l.at]]; l.at++ {
		}
		if l.at < l.limit && (l.src[l.at] == '?' || l.src[l.at] == '!') {
			l.at++
		}
		l.emit(text, start, l.src[start+1:l.at])
		return true
	case c == '%' && l.operandNext():
		return l.percent(rest)
	case c == '<' && strings.HasPrefix(rest, "<<"):
		return l.rubyDocument(rest)
	}
	return false
}

// symbolHere reports whether a colon here begins a symbol and is not the second half of a choice or of a key.
func (l *lexer) symbolHere() bool {
	last := l.out[len(l.out)-1]
	return last.end < l.at || last.kind == punct && last.text != ")" && last.text != "]" && last.text != "}"
}

var closing = map[byte]byte{'(': ')', '[': ']', '{': '}', '<': '>', '|': '|', '!': '!', '/': '/'}

func (l *lexer) percent(rest string) bool {
	i, kind := 1, byte('Q')
	if rest[1] >= 'A' && rest[1] <= 'z' && strings.IndexByte("wWiIqQr", rest[1]) >= 0 {
		kind = rest[1]
		i = 2
	}
	if i >= len(rest) {
		return false
	}
	end, ok := closing[rest[i]]
	if !ok {
		return false
	}
	start := l.at
	l.at += i + 1
	values := l.lang.double
	if kind == 'w' || kind == 'i' || kind == 'q' {
		values = 0
	}
	l.body(start, string(end), values, true)
	return true
}

func (l *lexer) rubyDocument(rest string) bool {
	i := 2
	if rest[i-1] == '<' && i < len(rest) && (rest[i] == '~' || rest[i] == '-') {
		i++
	}
	plain := i == 2
	quote := byte(0)
	if i < len(rest) && (rest[i] == '\'' || rest[i] == '"') {
		quote = rest[i]
		i++
	}
	end := i
	for end < len(rest) && wordByte[rest[end]] {
		end++
	}
	if end == i || rest[i] < 'A' || rest[i] > 'Z' && rest[i] != '_' || plain && !l.operandNext() {
		return false
	}
	start := l.at
	name := rest[i:end]
	l.at += end
	values := l.lang.double
	if quote != 0 {
		if end < len(rest) && rest[end] == quote {
			l.at++
		}
		if quote == '\'' {
			values = 0
		}
	}
	l.emit(text, start, "")
	l.heredoc = append(l.heredoc, pendingDoc{len(l.out) - 1, name, values})
	return true
}

// documents reads the texts announced on the line that has just ended.
func (l *lexer) documents() {
	for _, d := range l.heredoc {
		stop, next := documentEnd(l.src[:l.limit], l.at-1, d.word)
		in := lexer{lang: l.lang, src: l.src, at: min(l.at, stop), limit: stop, depth: l.depth + 1}
		in.body(l.out[d.token].start, "\x00", d.values, true)
		if len(in.out) > 0 {
			t := &l.out[d.token]
			t.kind, t.text, t.parts = in.out[0].kind, in.out[0].text, in.out[0].parts
		}
		l.at = next
	}
	l.heredoc = nil
}
