// Package ini reads INI files: sections, and keys with values on one line or several. Every product has a grammar of
// its own; what differs is in Dialect.
package ini

import (
	"fmt"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
)

// MaxSize bounds a file.
const MaxSize = 4 << 20

// Dialect is what products do differently. A line that begins with ; or # is a comment in each.
type Dialect struct {
	// Delimiters separate a key from its value; the first of them in a line does.
	Delimiters string
	// Indented lines continue the value before them.
	Indented bool
	// Inline is what begins a comment after a value: ";" anywhere, or " ;" after a blank; "" for nothing.
	Inline string
	// Quoted values lose their quotes, and double quotes may hold several lines and what begins a comment.
	Quoted bool
}

// The dialects of the products that are read.
var (
	// PHP is parse_ini_file of PHP 8: php.ini, .user.ini and the pools of FPM.
	PHP = Dialect{Delimiters: "=", Inline: ";", Quoted: true}
	// Supervisor is Python's configparser as supervisord sets it up (supervisor/options.py, UnhosedConfigParser).
	Supervisor = Dialect{Delimiters: "=:", Indented: true, Inline: " ;"}
	// UWSGI is uwsgi_ini_config (core/ini.c).
	UWSGI = Dialect{Delimiters: "="}
)

// Entry is one key with its value. A key may repeat, and so may a section.
type Entry struct {
	Section, Key, Value string
	Place               checks.Place // from the key to the end of the value
	// Dynamic marks a value with ${x}, $(x), @(x), %(x)s or a placeholder of a template: not known before the product
	// reads it.
	Dynamic bool
}

// Document is what a file holds. Err says why reading ended early.
type Document struct {
	Entries []Entry
	Err     *checks.Problem
}

type memoKey struct{ Dialect }

// Of reads the file once in each dialect.
func Of(f *checks.File, d Dialect) Document {
	return checks.Memo(f, memoKey{d}, func() Document { return read(f, d) })
}

func read(f *checks.File, d Dialect) Document {
	r := reader{Dialect: d, file: f, text: f.Text()}
	if len(r.text) > MaxSize {
		return Document{Err: &checks.Problem{Op: "read INI", Expected: "at most " + checks.FormatSize(MaxSize),
			Actual: fmt.Sprintf("%d bytes", len(r.text)), Retry: checks.RetryUseless, Where: f.Path}}
	}
	for r.at < len(r.text) {
		r.line()
	}
	return Document{Entries: r.entries}
}

type reader struct {
	Dialect
	file    *checks.File
	text    string
	at      int // where the next line begins
	section string
	entries []Entry
}

// line reads one section header, comment or entry.
func (r *reader) line() {
	start, end := r.at, r.lineEnd(r.at)
	r.at = end + 1
	line := r.text[start:end]
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || isComment(trimmed) {
		return
	}
	if name, ok := header(trimmed); ok {
		r.section = name
		return
	}
	start += strings.Index(line, trimmed)
	cut := strings.IndexAny(trimmed, r.Delimiters)
	if cut < 0 {
		return
	}
	key := strings.TrimSpace(trimmed[:cut])
	if key == "" {
		return
	}
	value, valueEnd := r.value(start+cut+1, start+len(trimmed))
	r.entries = append(r.entries, Entry{r.section, key, value, r.file.Place(start, valueEnd), dynamic(value)})
}

func (r *reader) lineEnd(at int) int {
	if i := strings.IndexByte(r.text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(r.text)
}

// header is the name of a section. What follows the bracket is a comment or nothing.
func header(line string) (string, bool) {
	end := strings.IndexByte(line, ']')
	if line[0] != '[' || end < 0 {
		return "", false
	}
	return strings.TrimSpace(line[1:end]), true
}

func isComment(line string) bool { return line[0] == ';' || line[0] == '#' }

// value reads what stands between start and end and, where the dialect has them, the lines that continue it.
func (r *reader) value(start, end int) (value string, valueEnd int) {
	if r.Quoted {
		if value, valueEnd, ok := r.quoted(start, end); ok {
			return value, valueEnd
		}
	}
	first := r.withoutComment(r.text[start:end])
	parts, valueEnd := []string{strings.TrimSpace(first)}, start+len(strings.TrimRight(first, " \t\r"))
	for r.Indented && r.at < len(r.text) && (r.text[r.at] == ' ' || r.text[r.at] == '\t') {
		at := r.at
		line := r.text[at:r.lineEnd(at)]
		if strings.TrimSpace(line) == "" {
			break
		}
		r.at += len(line) + 1
		if isComment(strings.TrimSpace(line)) {
			continue
		}
		line = r.withoutComment(line)
		parts, valueEnd = append(parts, strings.TrimSpace(line)), at+len(strings.TrimRight(line, " \t\r"))
	}
	return strings.TrimSpace(strings.Join(parts, "\n")), valueEnd
}

func (r *reader) withoutComment(text string) string {
	if r.Inline == "" {
		return text
	}
	before, _, _ := strings.Cut(strings.ReplaceAll(text, "\t", " "), r.Inline)
	return text[:len(before)]
}

// maxQuoted bounds a value in quotes, so that an unclosed quote costs little.
const maxQuoted = 64 << 10

// quoted reads a value that a pair of quotes holds. Only double quotes may hold a line break.
func (r *reader) quoted(start, end int) (value string, valueEnd int, ok bool) {
	for start < end && (r.text[start] == ' ' || r.text[start] == '\t') {
		start++
	}
	if start >= end || r.text[start] != '"' && r.text[start] != '\'' {
		return "", 0, false
	}
	quote := r.text[start]
	if quote == '"' {
		end = min(len(r.text), start+maxQuoted)
	}
	for i := start + 1; i < end; i++ {
		switch {
		case r.text[i] == '\\' && quote == '"':
			i++
		case r.text[i] == quote:
			r.at = max(r.at, r.lineEnd(i)+1)
			return r.text[start+1 : i], i + 1, true
		}
	}
	return "", 0, false
}

func dynamic(value string) bool {
	for _, mark := range []string{"${", "$(", "@(", "%("} {
		if strings.Contains(value, mark) {
			return true
		}
	}
	return template.Has(value)
}
