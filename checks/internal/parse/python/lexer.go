package python

import "strings"

// kind is what a token is.
type kind uint8

const (
	endToken    kind = iota // of the logical line
	name                    // an identifier or a soft keyword
	keyword                 // a reserved word
	number                  // 1_000, 0xff, 1e3, 2j
	plainString             // a whole literal without fields, prefix and quotes included
	formatStart             // prefix and opening quotes of an f-string or t-string
	formatText              // literal text inside one
	formatEnd               // its closing quotes
	operator
	unreadable // a byte that starts nothing
)

// token is a range of the source.
type token struct {
	kind       kind
	start, end int32
}

// frame is something opened and not yet closed: a bracket, a format string, its field, its format spec.
type frame struct {
	what   byte // ( [ { for brackets; " for the text of a format string; } for a field; : for a format spec
	quote  byte // of a format string
	triple bool
	raw    bool
}

// maxNesting bounds brackets and fields inside each other; Python itself stops at 200.
const maxNesting = 200

// maxRestarts bounds how often a bracket or string that runs to the end of the file is read again from its next
// line, so that the time stays linear.
const maxRestarts = 8

// lexer cuts source into logical lines. It never recurses and never goes back, but for restarts.
type lexer struct {
	src      string
	pos      int
	indent   int // of the current logical line, tabs to the next multiple of 8
	toks     []token
	stack    []frame
	restarts int
}

// next reads the next logical line that has a token into toks, ended by an endToken. It returns false at the end.
func (l *lexer) next() bool {
	l.toks, l.stack = l.toks[:0], l.stack[:0]
	if !l.skipBlank() {
		return false
	}
	start := l.pos
	for l.step() {
	}
	if l.pos >= len(l.src) && l.unclosed() && l.restarts < maxRestarts {
		l.restarts++
		l.restart(start)
	}
	l.emit(endToken, l.pos, l.pos)
	return true
}

// unclosed reports whether the line ended inside a bracket or inside a string of several lines.
func (l *lexer) unclosed() bool {
	if len(l.stack) > 0 {
		return true
	}
	if len(l.toks) == 0 {
		return false
	}
	t := l.toks[len(l.toks)-1]
	return t.kind == plainString && !closed(l.src[t.start:t.end])
}

// restart keeps the first physical line of what was read and continues after it.
func (l *lexer) restart(start int) {
	cut := len(l.src)
	if i := strings.IndexByte(l.src[start:], '\n'); i >= 0 {
		cut = start + i + 1
	}
	for len(l.toks) > 0 && int(l.toks[len(l.toks)-1].end) > cut {
		l.toks = l.toks[:len(l.toks)-1]
	}
	l.emit(unreadable, cut, cut)
	l.pos = cut
}

// skipBlank moves over empty and comment lines to the first token of a logical line and measures its indentation.
func (l *lexer) skipBlank() bool {
	column := 0
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; c {
		case ' ':
			column++
		case '\t':
			column = column/8*8 + 8
		case '\n', '\r', '\f':
			column = 0
		case '#':
			l.skipComment()
			continue
		case '\\':
			if n := l.continuation(); n > 0 {
				l.pos += n
				continue
			}
			l.indent = column
			return true
		default:
			l.indent = column
			return true
		}
		l.pos++
	}
	return false
}

func (l *lexer) skipComment() {
	i := strings.IndexByte(l.src[l.pos:], '\n')
	if i < 0 {
		l.pos = len(l.src)
		return
	}
	l.pos += i
}

// continuation is the length of a backslash and the line end after it, or 0.
func (l *lexer) continuation() int {
	rest := l.src[l.pos:]
	switch {
	case strings.HasPrefix(rest, "\\\n"):
		return 2
	case strings.HasPrefix(rest, "\\\r\n"):
		return 3
	}
	return 0
}

func (l *lexer) emit(k kind, start, end int) {
	l.toks = append(l.toks, token{k, int32(start), int32(end)})
}

// step reads one token or some space. It returns false at the end of the logical line.
func (l *lexer) step() bool {
	if l.pos >= len(l.src) {
		return false
	}
	if n := len(l.stack); n > 0 && (l.stack[n-1].what == '"' || l.stack[n-1].what == ':') {
		return l.text()
	}
	switch c := l.src[l.pos]; {
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.pos++
	case c == '\n':
		l.pos++
		return len(l.stack) > 0 && !l.atStatement()
	case c == '#':
		l.skipComment()
	case letter(c):
		l.word()
	case c >= '0' && c <= '9', c == '.' && l.pos+1 < len(l.src) && digit(l.src[l.pos+1]):
		l.number()
	case c == '"' || c == '\'':
		l.literal(l.pos)
	case c == '\\':
		if n := l.continuation(); n > 0 {
			l.pos += n
			break
		}
		fallthrough
	default:
		return l.operator()
	}
	return true
}

// atStatement reports whether a line inside brackets begins with a word that only begins a statement, which
// means that a bracket was never closed.
func (l *lexer) atStatement() bool {
	i := l.pos
	for i < len(l.src) && (l.src[i] == ' ' || l.src[i] == '\t') {
		i++
	}
	j := i
	for j < len(l.src) && letter(l.src[j]) {
		j++
	}
	switch l.src[i:j] {
	case "def", "class", "return", "raise", "assert", "del", "global", "nonlocal", "pass", "break", "continue",
		"while", "try", "import", "with", "except", "finally":
		if j == len(l.src) || !digit(l.src[j]) {
			l.emit(unreadable, l.pos, l.pos)
			return true
		}
	}
	return false
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// word reads an identifier, a keyword or a string with a prefix.
func (l *lexer) word() {
	start := l.pos
	for l.pos < len(l.src) && (letter(l.src[l.pos]) || digit(l.src[l.pos])) {
		l.pos++
	}
	text := l.src[start:l.pos]
	if len(text) <= 2 && l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'') && stringPrefix(text) {
		l.literal(start)
		return
	}
	k := name
	if reserved(text) {
		k = keyword
	}
	l.emit(k, start, l.pos)
}

func stringPrefix(s string) bool {
	switch strings.ToLower(s) {
	case "r", "b", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt", "ur":
		return true
	}
	return false
}

func reserved(s string) bool {
	if len(s) < 2 || len(s) > 8 {
		return false
	}
	switch s {
	case "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
		"except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
		"pass", "raise", "return", "try", "while", "with", "yield", "None", "True", "False":
		return true
	}
	return false
}

func (l *lexer) number() {
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		sign := (c == '+' || c == '-') && (l.src[l.pos-1] == 'e' || l.src[l.pos-1] == 'E') &&
			!strings.HasPrefix(l.src[start:], "0x") && !strings.HasPrefix(l.src[start:], "0X")
		if !digit(c) && c != '.' && c != '_' && !(letter(c) && c < 0x80) && !sign || l.beforeWord(start) {
			break
		}
		l.pos++
	}
	l.emit(number, start, l.pos)
}

// beforeWord reports whether a keyword follows the digits without a space, as in "1if x else 2".
func (l *lexer) beforeWord(start int) bool {
	if !letter(l.src[l.pos]) || !digit(l.src[l.pos-1]) || strings.HasPrefix(l.src[start:], "0x") {
		return false
	}
	for _, w := range []string{"if", "else", "and", "or", "in", "is", "for", "not"} {
		if strings.HasPrefix(l.src[l.pos:], w) {
			return true
		}
	}
	return false
}

// operator reads the longest operator and keeps the bracket stack.
func (l *lexer) operator() bool {
	start := l.pos
	size := operatorSize(l.src[start:])
	if size == 0 {
		l.pos++
		l.emit(unreadable, start, l.pos)
		return true
	}
	c := l.src[start]
	field := len(l.stack) > 0 && l.stack[len(l.stack)-1].what == '}'
	if field && (c == ':' || c == '!' && size == 1) {
		size = 1 // in a field ":=" is a format spec that begins with "="
	}
	l.pos += size
	l.emit(operator, start, l.pos)
	switch {
	case c == '(' || c == '[' || c == '{':
		return l.push(frame{what: c})
	case field && c == '}':
		l.stack = l.stack[:len(l.stack)-1]
	case field && c == ':':
		f := l.stack[len(l.stack)-1]
		return l.push(frame{what: ':', quote: f.quote, triple: f.triple, raw: f.raw})
	case (c == ')' || c == ']' || c == '}') && len(l.stack) > 0 && !field:
		l.stack = l.stack[:len(l.stack)-1]
	}
	return true
}

func (l *lexer) push(f frame) bool {
	if len(l.stack) >= 2*maxNesting {
		l.emit(unreadable, l.pos, l.pos)
		l.skipComment()
		return false
	}
	l.stack = append(l.stack, f)
	return true
}

// operatorSize is the length of the operator at the start of s, or 0.
func operatorSize(s string) int {
	if len(s) >= 3 {
		switch s[:3] {
		case "**=", "//=", ">>=", "<<=", "...":
			return 3
		}
	}
	if len(s) >= 2 {
		switch s[:2] {
		case "**", "//", ">>", "<<", "==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "<>":
			return 2
		}
	}
	if strings.IndexByte("()[]{},:;.=+-*/%&|^~<>@!`", s[0]) >= 0 {
		return 1
	}
	return 0
}
