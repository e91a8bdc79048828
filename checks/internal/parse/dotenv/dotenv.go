// Package dotenv reads .env files the way the common loaders (python-dotenv, docker compose, dotenv for Node)
// agree on: export, quotes, values over several lines, comments after a blank.
package dotenv

import (
	"strings"

	"hardcheck/checks"
)

// Var is one assignment.
type Var struct {
	Name, Value string
	Place       checks.Place // the assignment, from the name to the end of the value
	// Dynamic marks a value with ${NAME}, $NAME, a command or a template tag: not known before it is loaded.
	Dynamic bool
}

type memoKey struct{}

// Of reads the file once. Lines that are no assignment are left out.
func Of(f *checks.File) []Var {
	return checks.Memo(f, memoKey{}, func() []Var { return read(f) })
}

func read(f *checks.File) []Var {
	var vars []Var
	text := f.Text()
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		line := text[at:end]
		start := at + len(line) - len(strings.TrimLeft(line, " \t"))
		name, eq := assignment(text[start:end])
		if name == "" {
			at = end + 1
			continue
		}
		valueAt := start + eq + 1
		value, raw, next := value(text, valueAt)
		vars = append(vars, Var{name, value, f.Place(start, next), raw.dynamic(value)})
		at = lineEnd(text, next) + 1
	}
	return vars
}

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

// assignment returns the name and where its = is, or "" where the line is none.
func assignment(line string) (name string, eq int) {
	eq = strings.IndexByte(line, '=')
	if eq < 0 || line[0] == '#' {
		return "", 0
	}
	name = strings.TrimSpace(line[:eq])
	if rest, ok := strings.CutPrefix(name, "export"); ok && strings.TrimLeft(rest, " \t") != rest {
		name = strings.TrimSpace(rest)
	}
	name = strings.Trim(name, `'`)
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '.' && c != '-') {
			return "", 0
		}
	}
	return name, eq
}

// quoting is how a value was written.
type quoting byte

func (q quoting) dynamic(value string) bool {
	if strings.Contains(value, "{{") || strings.Contains(value, "{%") {
		return true
	}
	return q != '\'' && interpolates(value)
}

func interpolates(value string) bool {
	for i := 0; i+1 < len(value); i++ {
		switch c := value[i+1]; {
		case value[i] == '\\':
			i++
		case value[i] == '`':
			return true
		case value[i] != '$':
		case c == '{' || c == '(' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z':
			return true
		}
	}
	return false
}

// value reads what follows the =; next is where it ended.
func value(text string, at int) (value string, how quoting, next int) {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if at < len(text) && (text[at] == '"' || text[at] == '\'' || text[at] == '`') {
		if end := closing(text, at); end > 0 {
			inner := text[at+1 : end]
			if text[at] == '"' {
				inner = strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(inner)
			}
			if text[at] == '`' { // Node's third kind of quote
				return inner, '\'', end + 1
			}
			return inner, quoting(text[at]), end + 1
		}
	}
	line := text[at:lineEnd(text, at)]
	if i := comment(line); i >= 0 {
		line = line[:i]
	}
	line = strings.TrimRight(line, " \t\r")
	return line, 0, at + len(line)
}

// maxValue bounds a quoted value, so that an unclosed quote costs little: no key or certificate is longer.
const maxValue = 64 << 10

// closing finds the quote that ends the one at text[at], or 0: on the same line, or on a later one if what
// follows it there is nothing but a comment.
func closing(text string, at int) int {
	quote, firstLine := text[at], lineEnd(text, at)
	for i := at + 1; i < min(len(text), at+maxValue); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote:
			rest := strings.TrimSpace(text[i+1 : lineEnd(text, i)])
			if i < firstLine || rest == "" || rest[0] == '#' {
				return i
			}
			return 0
		}
	}
	return 0
}

// comment is where an unquoted value's comment begins: a # at its start or after a blank; -1 for none.
func comment(line string) int {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return i
		}
	}
	return -1
}
