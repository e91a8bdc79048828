package caddyfile

import (
	"strings"

	"hardcheck/checks/internal/parse/template"
)

// token is a word with its place in the text.
type token struct {
	Token
	start, end int
	newline    bool // the first of its line
	nesting    int  // of a template's placeholder that stands for itself
	statement  bool
}

type lexer struct {
	text   string
	pos    int
	tokens []token
	failed int // heredocs without an end, each of which costs a scan of the rest
}

const maxFailed = 4

// lex cuts the text into words as Caddy's lexer does: quotes and backticks count at the start of a word only, a
// backslash before the end of a line continues it.
func lex(text string) []token {
	l := &lexer{text: text}
	newline := true
	for l.pos < len(text) {
		switch c := text[l.pos]; c {
		case '\n':
			newline = true
			l.pos++
			continue
		case ' ', '\t', '\r', '\v', '\f':
			l.pos++
			continue
		case '#':
			l.pos += lineLength(text[l.pos:])
			continue
		case '\\':
			if n := continuation(text[l.pos:]); n > 0 {
				l.pos += n
				continue
			}
		}
		t := l.word(newline)
		t.newline, newline = newline, false
		if t.statement {
			newline = t.newline
		}
		l.tokens = append(l.tokens, t)
	}
	return l.tokens
}

func lineLength(rest string) int {
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		return n
	}
	return len(rest)
}

func continuation(rest string) int {
	if strings.HasPrefix(rest, "\\\n") {
		return 2
	}
	if strings.HasPrefix(rest, "\\\r\n") {
		return 3
	}
	return 0
}

func (l *lexer) word(newline bool) token {
	t := token{start: l.pos}
	rest := l.text[l.pos:]
	switch {
	case rest[0] == '"' || rest[0] == '`':
		t.Quoted = true
		t.Text = l.quoted(rest[0])
	case strings.HasPrefix(rest, "<<") && l.heredoc(&t):
	default:
		if end := template.End(l.text, l.pos); end > 0 && newline && l.alone(end) {
			t.Text = l.text[l.pos:end]
			t.statement, t.nesting = true, template.Nesting(t.Text)
			l.pos = end
			break
		}
		t.Text = l.plain()
	}
	t.end = l.pos
	t.Dynamic = strings.Contains(t.Text, "{$") || template.Has(t.Text)
	return t
}

// alone reports whether the placeholder that ends at end is a statement: of a kind that yields no text, or with
// nothing after it on its line.
func (l *lexer) alone(end int) bool {
	p := l.text[l.pos:end]
	if template.Nesting(p) != 0 || strings.HasPrefix(p, "{%") || strings.HasPrefix(p, "{#") || strings.HasPrefix(p, "<%") && !strings.HasPrefix(p, "<%=") {
		return true
	}
	return strings.TrimSpace(l.text[end:end+lineLength(l.text[end:])]) == ""
}

func (l *lexer) plain() string {
	var b strings.Builder
	for l.pos < len(l.text) {
		if end := template.End(l.text, l.pos); end > 0 {
			b.WriteString(l.text[l.pos:end])
			l.pos = end
			continue
		}
		c := l.text[l.pos]
		if c == '\\' && continuation(l.text[l.pos:]) > 0 {
			break
		}
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f' {
			break
		}
		b.WriteByte(c)
		l.pos++
	}
	return b.String()
}

// quoted reads up to the closing quote. Inside double quotes only the quote itself can be escaped.
func (l *lexer) quoted(quote byte) string {
	var b strings.Builder
	for l.pos++; l.pos < len(l.text); l.pos++ {
		c := l.text[l.pos]
		if quote == '"' && c == '\\' && l.pos+1 < len(l.text) {
			l.pos++
			if l.text[l.pos] != '"' {
				b.WriteByte(c)
			}
			b.WriteByte(l.text[l.pos])
			continue
		}
		if c == quote {
			l.pos++
			break
		}
		b.WriteByte(c)
	}
	return b.String()
}

// heredoc reads <<MARKER up to a line that is MARKER, whose indentation is taken off every line.
func (l *lexer) heredoc(t *token) bool {
	rest := l.text[l.pos+2:]
	head := rest[:lineLength(rest)]
	marker := strings.TrimRight(head, "\r")
	if l.failed > maxFailed || marker == "" || len(head) == len(rest) || strings.Trim(marker, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return false
	}
	var lines []string
	for at := len(head) + 1; at < len(rest); {
		line := rest[at : at+lineLength(rest[at:])]
		body := strings.TrimLeft(line, " \t")
		if after, ok := strings.CutPrefix(body, marker); ok && (after == "" || strings.ContainsAny(after[:1], " \t\r")) {
			indent := line[:len(line)-len(body)]
			for i := range lines {
				lines[i] = strings.TrimPrefix(lines[i], indent)
			}
			t.Text, t.Quoted = strings.Join(lines, "\n"), true
			l.pos += 2 + at + len(indent) + len(marker)
			return true
		}
		lines = append(lines, strings.TrimSuffix(line, "\r"))
		at += len(line) + 1
	}
	l.failed++
	return false
}
