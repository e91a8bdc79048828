// Package sql splits SQL of PostgreSQL and MySQL into statements of tokens: comments, quotes of each kind and delimiters are
// those of the servers' clients. It runs and resolves nothing, and takes linear time.
package sql

import "strings"

// Kind is what a token is.
type Kind int

// Kinds of tokens.
const (
	Word   Kind = iota // a key word, a name or a number, not quoted
	Name               // a name in double quotes or backticks
	Text               // a string, whichever its quotes
	Symbol             // one character of anything else
)

// Token is a word of a statement.
type Token struct {
	Kind  Kind
	Text  string // without quotes; a Word in upper case
	Start int    // offset in the text
}

// Statement is the tokens up to a delimiter, never empty.
type Statement []Token

// maxTokens bounds one statement: what a long INSERT says is of no interest.
const maxTokens = 4000

// Parse splits a text into its statements.
func Parse(text string) []Statement {
	l := &lexer{text: text, delimiter: ";", backslash: strings.Contains(text, "`") || strings.Contains(text, "@'") || strings.Contains(text, "ENGINE=")}
	for l.at < len(l.text) {
		l.next()
	}
	l.end()
	return l.out
}

type lexer struct {
	text      string
	at        int
	delimiter string
	backslash bool // MySQL's strings, in which a backslash escapes
	current   Statement
	out       []Statement
}

func (l *lexer) end() {
	if len(l.current) > 0 {
		l.out = append(l.out, l.current)
	}
	l.current = nil
}

func (l *lexer) add(kind Kind, text string, start int) {
	if len(l.current) < maxTokens {
		l.current = append(l.current, Token{kind, text, start})
	}
}

func (l *lexer) next() {
	c, rest, start := l.text[l.at], l.text[l.at:], l.at
	switch {
	case strings.HasPrefix(rest, l.delimiter):
		l.at += len(l.delimiter)
		l.end()
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		l.at++
	case strings.HasPrefix(rest, "--") || c == '#' && l.backslash:
		l.at += line(rest)
	case strings.HasPrefix(rest, "/*"):
		l.comment()
	case c == '\'':
		l.quoted(c, Text, l.backslash || len(l.current) > 0 && l.current[len(l.current)-1].Text == "E" && l.current[len(l.current)-1].Start == start-1)
	case c == '"' || c == '`':
		l.quoted(c, Name, false)
	case c == '$' && dollarTag(rest) != "":
		l.dollar(dollarTag(rest))
	case c == '\\' && len(l.current) == 0:
		l.at += line(rest) // a command of psql
	case wordByte(c):
		for l.at < len(l.text) && wordByte(l.text[l.at]) {
			l.at++
		}
		l.word(strings.ToUpper(l.text[start:l.at]), start)
	default:
		l.at++
		l.add(Symbol, string(c), start)
	}
}

// word adds a word. DELIMITER at the beginning of a statement is a command of MySQL's client.
func (l *lexer) word(text string, start int) {
	if text == "DELIMITER" && len(l.current) == 0 {
		n := line(l.text[l.at:])
		if d := strings.TrimSpace(l.text[l.at : l.at+n]); d != "" {
			l.delimiter = d
		}
		l.at += n
		return
	}
	l.add(Word, text, start)
}

func line(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

// comment passes a comment; PostgreSQL's nest.
func (l *lexer) comment() {
	depth := 0
	for l.at < len(l.text) {
		switch rest := l.text[l.at:]; {
		case strings.HasPrefix(rest, "/*") && (depth == 0 || !l.backslash):
			depth++
			l.at += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			l.at += 2
			if depth == 0 {
				return
			}
		default:
			l.at++
		}
	}
}

func (l *lexer) quoted(quote byte, kind Kind, escapes bool) {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		switch {
		case c == '\\' && escapes && l.at+1 < len(l.text):
			l.at++
			b.WriteByte(l.text[l.at])
		case c == quote && l.at+1 < len(l.text) && l.text[l.at+1] == quote:
			l.at++
			b.WriteByte(c)
		case c == quote:
			l.at++
			l.add(kind, b.String(), start)
			return
		default:
			b.WriteByte(c)
		}
	}
	l.add(kind, b.String(), start)
}

// dollarTag is the tag that begins a dollar-quoted string: $$ or $name$.
func dollarTag(text string) string {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '$':
			return text[:i+1]
		case !wordByte(text[i]) || i == 1 && text[i] >= '0' && text[i] <= '9':
			return ""
		}
	}
	return ""
}

func (l *lexer) dollar(tag string) {
	start := l.at
	body := l.text[l.at+len(tag):]
	end := strings.Index(body, tag)
	if end < 0 {
		l.add(Text, body, start+len(tag))
		l.at = len(l.text)
		return
	}
	l.add(Text, body[:end], start+len(tag))
	l.at += end + 2*len(tag)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
