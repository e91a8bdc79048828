// Package haproxy reads HAProxy configuration files into sections and lines with places: quoting, escapes and comments
// as in section 2.2 of the configuration manual. It knows the names of sections and no keyword, and it never fails;
// what cannot be read becomes a note, and the placeholders of templates are kept as such.
package haproxy

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
)

// Config is one file.
type Config struct {
	Sections []*Section
	Notes    []Note // what HAProxy would refuse, and what was left out
}

// Note is something that could not be read as HAProxy would.
type Note struct {
	Place checks.Place
	Text  string
}

// Section is a proxy (frontend, backend, listen, defaults) or another section with its lines.
type Section struct {
	Kind  string
	Args  []Word // the name, and what follows it
	Lines []*Line
	Place checks.Place
}

// Name is the section's first argument, or "".
func (s *Section) Name() string {
	if len(s.Args) > 0 {
		return s.Args[0].Text
	}
	return ""
}

// Line is a keyword with its arguments.
type Line struct {
	Words []Word // at least one
	// Conditional marks a line inside .if or a template's condition.
	Conditional bool
	Place       checks.Place
}

// Text is the words from the given one on, joined by single spaces.
func (l *Line) Text(from int) string {
	var parts []string
	for i := from; i < len(l.Words); i++ {
		parts = append(parts, l.Words[i].Text)
	}
	return strings.Join(parts, " ")
}

// Is reports whether the line begins with these keywords.
func (l *Line) Is(keywords ...string) bool {
	for i, k := range keywords {
		if i >= len(l.Words) || l.Words[i].Text != k {
			return false
		}
	}
	return true
}

// Word is one word without its quotes.
type Word struct {
	Text    string
	Dynamic bool // holds an environment variable or a template's placeholder
}

// Bounds of one file; HAProxy itself takes 64 words a line and lines of 2,048 bytes.
const (
	maxLines = 100000
	maxWords = 256
)

var sectionKinds = map[string]bool{"global": true, "defaults": true, "frontend": true, "backend": true, "listen": true, "peers": true,
	"mailers": true, "userlist": true, "resolvers": true, "http-errors": true, "cache": true, "program": true, "ring": true,
	"log-forward": true, "fcgi-app": true, "crt-store": true, "traces": true, "acme": true, "log-profile": true}

type key struct{}

// Of returns the file's parsed form, made once.
func Of(f *checks.File) *Config {
	return checks.Memo(f, key{}, func() *Config { return parse(f) })
}

func parse(f *checks.File) *Config {
	c := &Config{}
	at, conditions, count := 0, 0, 0
	for line := range strings.Lines(f.Text()) {
		start := at
		at += len(line)
		body := strings.TrimLeft(line, " \t")
		start += len(line) - len(body)
		body = strings.TrimRight(body, " \t\r\n")
		if nesting, ok := condition(body); ok {
			conditions = max(0, conditions+nesting)
			continue
		}
		words := split(body)
		if len(words) == 0 {
			continue
		}
		if count++; count > maxLines {
			c.Notes = append(c.Notes, Note{f.Place(start, start), "more lines than a configuration has"})
			break
		}
		place := f.Place(start, start+len(body))
		switch {
		case sectionKinds[words[0].Text]:
			c.Sections = append(c.Sections, &Section{Kind: words[0].Text, Args: words[1:], Place: place})
		case len(c.Sections) > 0:
			in := c.Sections[len(c.Sections)-1]
			in.Lines = append(in.Lines, &Line{Words: words, Conditional: conditions > 0, Place: place})
		case len(c.Notes) == 0:
			c.Notes = append(c.Notes, Note{place, "a keyword outside of any section"})
		}
	}
	return c
}

// condition reports whether a line is a condition of HAProxy (.if) or of a template alone, and how it nests.
func condition(line string) (nesting int, ok bool) {
	switch word, _, _ := strings.Cut(line, " "); word {
	case ".if":
		return 1, true
	case ".endif":
		return -1, true
	case ".elif", ".else", ".notice", ".warning", ".alert", ".diag":
		return 0, true
	}
	if end := template.End(line, 0); end > 0 && end == len(line) {
		return template.Nesting(line), true
	}
	return 0, false
}

// split divides a line into words. A backslash takes the next character as it is, single quotes take everything, double
// quotes all but backslashes and variables; "#" begins a comment where it is not quoted.
func split(line string) []Word {
	var out []Word
	var b strings.Builder
	open, dynamic, quote := false, false, byte(0)
	flush := func() {
		if open && len(out) < maxWords {
			out = append(out, Word{b.String(), dynamic})
		}
		b.Reset()
		open, dynamic = false, false
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		if end := template.End(line, i); end > 0 {
			b.WriteString(line[i:end])
			i, open, dynamic = end-1, true, true
			continue
		}
		switch {
		case quote == 0 && (c == ' ' || c == '\t'):
			flush()
			continue
		case quote == 0 && c == '#':
			flush()
			return out
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			b.WriteString(unescape(line[i]))
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		case c == '$' && quote == '"' && i+1 < len(line):
			dynamic = true
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
		open = true
	}
	flush()
	return out
}

// unescape gives what a backslash makes of the character after it: before most it is a character like any other.
func unescape(c byte) string {
	switch {
	case c == 'n':
		return "\n"
	case c == 'r':
		return "\r"
	case c == 't':
		return "\t"
	case !strings.ContainsRune("\"\\$# '", rune(c)):
		return "\\" + string(c)
	}
	return string(c)
}
