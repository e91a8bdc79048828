package clike

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	punct tokenKind = iota
	word
	number
	text
	template
	pattern
)

// token is a lexical element. match is the index of the bracket that closes or opens it, or -1.
type token struct {
	kind       tokenKind
	newline    bool // stands first on its line
	start, end int
	text       string // decoded, for texts and patterns
	match      int
	parts      []part
}

// part is a piece of a template: a literal, or an expression's tokens.
type part struct {
	text   string
	tokens []token
}

// Bounds of one file.
const (
	maxTokens    = 400_000
	maxTemplates = 16 // templates inside templates
)

// lexer cuts source into tokens. What is no token is skipped byte by byte.
type lexer struct {
	lang  *Language
	src   string
	at    int
	depth int
	out   []token
	fresh bool // nothing was read on this line yet
	cut   bool
}

// operators are those of more than one byte, longer ones first.
var operators = []string{">>>=", "===", "!==", "**=", "<<=", "&&=", "||=", "??=", "...", "=>", "->", "==", "!=", "<=", ">=", "&&", "||", "??",
	"?.", "?:", "::", "++", "--", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "**", "<<"}

// run reads until the end, or until the bracket that closes what it began inside of.
func (l *lexer) run(inside bool) {
	open := 0
	if l.lang.php && l.depth == 0 {
		l.open()
	}
	for {
		l.space()
		if l.at >= len(l.src) {
			return
		}
		if len(l.out) >= maxTokens {
			l.cut = true
			l.at = len(l.src)
			return
		}
		switch l.src[l.at] {
		case '{':
			open++
		case '}':
			if open--; inside && open < 0 {
				return
			}
		}
		l.next()
		l.fresh = false
	}
}

func (l *lexer) space() {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		switch c := rest[0]; {
		case c == '\n':
			l.fresh = true
			l.at++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case strings.HasPrefix(rest, "//") && !l.lang.ruby, l.at == 0 && strings.HasPrefix(rest, "#!"), c == '#' && l.lang.ruby,
			c == '#' && l.lang.php && !strings.HasPrefix(rest, "#["):
			l.skipTo("\n", 0)
		case strings.HasPrefix(rest, "/*") && !l.lang.ruby:
			l.skipTo("*/", 2)
		case strings.HasPrefix(rest, "\ufeff"):
			l.at += len("\ufeff")
		default:
			return
		}
	}
}

// skipTo moves to the mark, or behind it.
func (l *lexer) skipTo(mark string, behind int) {
	from := min(l.at+behind, len(l.src))
	if i := strings.Index(l.src[from:], mark); i >= 0 {
		l.fresh = l.fresh || strings.Contains(l.src[l.at:from+i], "\n")
		l.at = from + i + behind
		return
	}
	l.at = len(l.src)
}

func (l *lexer) emit(kind tokenKind, start int, value string) *token {
	l.out = append(l.out, token{kind: kind, newline: l.fresh, start: start, end: l.at, text: value, match: -1})
	return &l.out[len(l.out)-1]
}

func (l *lexer) next() {
	start, c := l.at, l.src[l.at]
	r, _ := utf8.DecodeRuneInString(l.src[l.at:])
	switch {
	case l.lang.php && l.php():
	case wordStart(r):
		l.word()
	case c >= '0' && c <= '9':
		for l.at < len(l.src) && (isWord(rune(l.src[l.at])) || l.src[l.at] == '.' && l.at+1 < len(l.src) && l.src[l.at+1] >= '0' && l.src[l.at+1] <= '9') {
			l.at++
		}
		l.emit(number, start, l.src[start:l.at])
	case c == '"' || c == '\'':
		l.quoted(c)
	case c == '`' && l.lang.backticks:
		l.at++
		l.template("`", "${")
	case l.lang.verbatim && (c == '@' || c == '$') && l.verbatim():
	case l.lang.ruby && (c == ':' || c == '%') && l.symbol():
	case c == '/' && l.lang.regexps && l.operandNext() && l.regexp():
	default:
		l.operator()
	}
}

func wordStart(r rune) bool {
	return r == '_' || r == '$' || r == '#' || unicode.IsLetter(r)
}

func isWord(r rune) bool { return wordStart(r) && r != '#' || unicode.IsDigit(r) }

func (l *lexer) word() {
	start := l.at
	for i, r := range l.src[start:] {
		if i > 0 && !isWord(r) {
			break
		}
		l.at = start + i + utf8.RuneLen(r)
	}
	if l.lang.verbatim && l.src[start] == '$' && l.at == start+1 && l.at < len(l.src) && l.src[l.at] == '"' {
		l.at = start
		l.verbatim()
		return
	}
	if l.lang.ruby && l.at+1 < len(l.src) && (l.src[l.at] == '?' || l.src[l.at] == '!') && l.src[l.at+1] != '=' {
		l.at++ // production?
	}
	l.emit(word, start, l.src[start:l.at])
}

func (l *lexer) operator() {
	start := l.at
	for _, op := range operators {
		if strings.HasPrefix(l.src[l.at:], op) && (op != "?." || l.at+2 >= len(l.src) || l.src[l.at+2] < '0' || l.src[l.at+2] > '9') &&
			(op != "?:" || l.lang.lambdas) {
			l.at += len(op)
			l.emit(punct, start, op)
			return
		}
	}
	_, size := utf8.DecodeRuneInString(l.src[l.at:])
	l.at += size
	l.emit(punct, start, l.src[start:l.at])
}

// beforeOperand are words behind which a slash begins a pattern.
var beforeOperand = map[string]bool{"return": true, "typeof": true, "case": true, "in": true, "of": true, "delete": true, "void": true,
	"throw": true, "new": true, "else": true, "do": true, "await": true, "yield": true, "instanceof": true}

// operandNext reports whether a value, and no operator, is expected here.
func (l *lexer) operandNext() bool {
	if len(l.out) == 0 {
		return true
	}
	switch last := l.out[len(l.out)-1]; last.kind {
	case word:
		return beforeOperand[last.text]
	case punct:
		return last.text != ")" && last.text != "]" && last.text != "}"
	}
	return false
}

// regexp reads /pattern/flags on one line.
func (l *lexer) regexp() bool {
	class := false
	for i := l.at + 1; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			start := l.at
			body := l.src[start+1 : i]
			l.at = i + 1
			for l.at < len(l.src) && l.src[l.at] >= 'a' && l.src[l.at] <= 'z' {
				l.at++
			}
			l.emit(pattern, start, body)
			return true
		}
	}
	return false
}
