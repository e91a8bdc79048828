package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Language is what differs between the languages of the shared lexer.
type Language struct {
	ID        string
	regexps   bool   // /pattern/
	backticks bool   // `text ${value}`
	hash      bool   // # begins a comment
	slashes   bool   // so do // and /*
	lineEnds  bool   // a line's end ends a statement
	values    bool   // a brace where a value is expected begins an object
	blocks    bool   // a brace behind a call begins a function, as in Kotlin
	types     bool   // Type name: two words stand side by side in a declaration
	dot       string // the operator that joins text, where it is not +
	double    marks  // what a "text" holds
	quotes    bool   // 'x' is a text of any length
}

// marks say how values stand in a text.
type marks uint8

const (
	dollarName  marks = 1 << iota // $name
	dollarBrace                   // ${value}
	hashBrace                     // #{value}
	braceDollar                   // {$value}
	brace                         // {value}
)

// The languages.
var (
	JavaScript = &Language{ID: "javascript", regexps: true, backticks: true, slashes: true, values: true, quotes: true}
	Java       = &Language{ID: "java", slashes: true, types: true}
	Kotlin     = &Language{ID: "kotlin", slashes: true, lineEnds: true, blocks: true, double: dollarName | dollarBrace}
	CSharp     = &Language{ID: "csharp", slashes: true, types: true}
	PHP        = &Language{ID: "php", slashes: true, hash: true, dot: ".", double: dollarName | dollarBrace | braceDollar, quotes: true}
	Ruby       = &Language{ID: "ruby", regexps: true, hash: true, lineEnds: true, values: true, double: hashBrace, quotes: true}
	Python     = &Language{ID: "python"}
	Go         = &Language{ID: "go"}
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
	space      bool // white space stands before it
	start, end int
	text       string // without quotes
	match      int
	parts      []part
}

// part is a piece of a template: a literal, or the tokens of a value.
type part struct {
	text       string
	tokens     []token
	start, end int
}

// Bounds of one file.
const (
	maxTokens    = 3_000_000
	maxTemplates = 16 // templates inside templates
)

// lexer cuts source into tokens. What is no token is skipped.
type lexer struct {
	lang    *Language
	src     string
	at      int
	limit   int // where it stops, for a value inside a text
	depth   int
	out     []token
	fresh   bool // nothing was read on this line yet
	cut     bool
	heredoc []pendingDoc // Ruby's, whose texts begin on the next line
}

// operators are those of more than one byte, longer ones first.
var operators = [...]string{">>>=", "<=>", "===", "!==", "**=", "<<=", "&&=", "||=", "??=", "...", "?->", "=>", "->", "==", "!=", "<=", ">=", "&&", "||",
	"??", "?.", "?:", "::", "++", "--", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", ".=", "**", "<<", "..", "!!", "=~", "&."}

// run reads until the limit, or until the brace that closes what it began inside of.
func (l *lexer) run(inside bool) {
	open := 0
	for {
		l.space()
		if l.at >= l.limit {
			return
		}
		if len(l.out) >= maxTokens {
			l.cut = true
			l.at = l.limit
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

// space moves over white space and comments.
func (l *lexer) space() {
	for l.at < l.limit {
		switch c := l.src[l.at]; {
		case c == '\n':
			l.fresh = true
			l.at++
			l.documents()
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case c == '\\' && l.lang == Ruby && l.at+1 < l.limit && l.src[l.at+1] == '\n':
			l.at += 2
		case c == '/' && l.lang.slashes && strings.HasPrefix(l.src[l.at:l.limit], "//"):
			l.line()
		case c == '/' && l.lang.slashes && strings.HasPrefix(l.src[l.at:l.limit], "/*"):
			l.behind("*/")
		case c == '#' && (l.lang.hash && !strings.HasPrefix(l.src[l.at:], "#[") || l.at == 0):
			l.line()
		case c == '#' && l.lang.hash && l.lang == Ruby:
			l.line()
		case c == '=' && l.lang == Ruby && l.fresh && strings.HasPrefix(l.src[l.at:l.limit], "=begin"):
			l.behind("\n=end")
		case c == '?' && l.lang == PHP && strings.HasPrefix(l.src[l.at:l.limit], "?>"):
			l.behind("<?")
			l.tag()
		case c == 0xef && strings.HasPrefix(l.src[l.at:], "\ufeff"):
			l.at += len("\ufeff")
		default:
			return
		}
	}
}

// tag moves over what stands behind PHP's opening mark.
func (l *lexer) tag() {
	switch rest := l.src[l.at:l.limit]; {
	case strings.HasPrefix(rest, "php"):
		l.at += 3
	case strings.HasPrefix(rest, "="):
		l.at++
		l.fresh = true
		l.emit(punct, l.at, ";")
		l.emit(word, l.at, "echo")
		return
	}
	l.fresh = true
	l.emit(punct, l.at, ";")
}

// line moves to the end of the line, and in PHP to the end of the code.
func (l *lexer) line() {
	rest := l.src[l.at:l.limit]
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	if l.lang == PHP {
		if i := strings.Index(rest[:end], "?>"); i >= 0 {
			end = i
		}
	}
	l.at += end
}

// behind moves behind a mark, or to the end.
func (l *lexer) behind(mark string) {
	i := strings.Index(l.src[l.at:l.limit], mark)
	if i < 0 {
		l.at = l.limit
		return
	}
	l.fresh = l.fresh || strings.Contains(l.src[l.at:l.at+i], "\n")
	l.at += i + len(mark)
}

func (l *lexer) emit(kind tokenKind, start int, value string) *token {
	spaced := start == 0 || len(l.out) == 0 || l.out[len(l.out)-1].end < start
	l.out = append(l.out, token{kind: kind, newline: l.fresh, space: spaced, start: start, end: l.at, text: value, match: -1})
	return &l.out[len(l.out)-1]
}

func (l *lexer) next() {
	start, c := l.at, l.src[l.at]
	switch {
	case wordByte[c] && (c < '0' || c > '9'), c >= utf8.RuneSelf:
		l.word()
	case c >= '0' && c <= '9':
		for l.at < l.limit && (wordByte[l.src[l.at]] || l.src[l.at] == '.' && l.at+1 < l.limit && l.src[l.at+1] >= '0' && l.src[l.at+1] <= '9') {
			l.at++
		}
		l.emit(number, start, l.src[start:l.at])
	case c == '"', c == '\'', c == '`' && (l.lang.backticks || l.lang == Ruby):
		l.quoted(c)
	case (c == '@' || c == '$') && l.lang == CSharp && l.verbatim():
	case l.lang == Ruby && l.rubyText():
	case c == '<' && l.lang == PHP && strings.HasPrefix(l.src[l.at:l.limit], "<<<") && l.phpDocument():
	case c == '/' && l.lang.regexps && l.operandNext() && l.regexp():
	default:
		l.operator()
	}
}

// wordByte are the bytes of words; an at sign is one in Ruby only.
var wordByte = func() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
	}
	return t
}()

func (l *lexer) word() {
	start := l.at
	for l.at < l.limit {
		if c := l.src[l.at]; c < utf8.RuneSelf {
			if !wordByte[c] {
				break
			}
			l.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.src[l.at:l.limit])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			break
		}
		l.at += size
	}
	switch {
	case l.at == start: // no letter at all
		_, size := utf8.DecodeRuneInString(l.src[l.at:l.limit])
		l.at += size
		return
	case l.lang == CSharp && l.src[start] == '$' && l.at == start+1 && l.at < l.limit && (l.src[l.at] == '"' || l.src[l.at] == '@'):
		l.at = start
		if l.verbatim() {
			return
		}
		l.at = start + 1
	case l.lang == Ruby && l.at+1 < l.limit && (l.src[l.at] == '?' || l.src[l.at] == '!') && l.src[l.at+1] != '=':
		l.at++ // empty?
	}
	l.emit(word, start, l.src[start:l.at])
}

func (l *lexer) operator() {
	start := l.at
	rest := l.src[l.at:l.limit]
	if len(rest) > 1 && isOperator(rest[1]) {
		for _, op := range operators {
			if rest[0] == op[0] && strings.HasPrefix(rest, op) && l.knows(op, rest) {
				l.at += len(op)
				l.emit(punct, start, op)
				return
			}
		}
	}
	l.at++
	l.emit(punct, start, rest[:1])
}

func isOperator(c byte) bool { return strings.IndexByte("=<>&|?.:*+-!~", c) >= 0 }

// knows leaves out operators that are two others in a language.
func (l *lexer) knows(op, rest string) bool {
	switch op {
	case "?.":
		return len(rest) < 3 || rest[2] < '0' || rest[2] > '9'
	case "?:":
		return l.lang == Kotlin || l.lang == PHP
	case "!!":
		return l.lang == Kotlin
	case ".=", "?->":
		return l.lang == PHP
	case "&.", "=~":
		return l.lang == Ruby
	case "::":
		return l.lang != JavaScript
	case "<<":
		return l.lang != Java && l.lang != CSharp
	}
	return true
}

// beforeOperand are words behind which a slash begins a pattern.
var beforeOperand = map[string]bool{"return": true, "typeof": true, "case": true, "in": true, "of": true, "delete": true, "void": true,
	"throw": true, "new": true, "else": true, "do": true, "await": true, "yield": true, "instanceof": true, "if": true, "unless": true,
	"when": true, "and": true, "or": true, "not": true, "while": true, "until": true}

// operandNext reports whether a value, and no operator, is expected here.
func (l *lexer) operandNext() bool {
	if len(l.out) == 0 {
		return true
	}
	switch last := l.out[len(l.out)-1]; last.kind {
	case word:
		if l.lang == Ruby && last.end < l.at && l.at+1 < l.limit && l.src[l.at+1] != ' ' && l.src[l.at+1] != '=' {
			return true // split /x/
		}
		return beforeOperand[last.text]
	case punct:
		if last.text == "<" && last.end == l.at { // </p>
			return false
		}
		return last.text != ")" && last.text != "]" && last.text != "}"
	}
	return false
}

// regexp reads /pattern/flags on one line; flags stay with the pattern.
func (l *lexer) regexp() bool {
	class := false
	for i := l.at + 1; i < l.limit && l.src[i] != '\n' && i < l.at+4096; i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			start := l.at
			for l.at = i + 1; l.at < l.limit && l.src[l.at] >= 'a' && l.src[l.at] <= 'z'; l.at++ {
			}
			l.emit(pattern, start, l.src[start:l.at])
			return true
		}
	}
	return false
}
