// Package systemd reads unit files as systemd.syntax(7) describes them: sections, repeated keys, continuation
// lines, and values split into words.
package systemd

import (
	"strings"

	"hardcheck/checks"
)

// Entry is one assignment. A key may repeat; an empty value resets what came before for keys that are lists.
type Entry struct {
	Section, Key, Value string
	Place               checks.Place
	// Dynamic marks a value with a specifier (%i, %h) or a template tag: not known before the unit runs.
	Dynamic bool
}

// Unit is a unit file or a drop-in.
type Unit struct {
	Entries []Entry
}

type memoKey struct{}

// Of reads the file once.
func Of(f *checks.File) Unit {
	return checks.Memo(f, memoKey{}, func() Unit { return read(f) })
}

func read(f *checks.File) Unit {
	var u Unit
	text, section := f.Text(), ""
	for at := 0; at < len(text); {
		start := at
		line, next := logicalLine(text, at)
		at = next
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || isComment(trimmed) {
			continue
		}
		if trimmed[0] == '[' && trimmed[len(trimmed)-1] == ']' {
			section = trimmed[1 : len(trimmed)-1]
			continue
		}
		key, value, ok := strings.Cut(trimmed, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			continue
		}
		start += len(line) - len(strings.TrimLeft(line, " \t\r\n"))
		value = strings.TrimSpace(value)
		end := start + len(strings.TrimRight(text[start:next], " \t\r\n"))
		u.Entries = append(u.Entries, Entry{section, key, value, f.Place(start, end), hasSpecifier(value)})
	}
	return u
}

// logicalLine joins the lines that a backslash continues, each break becoming a space; comment lines in between
// are left out.
func logicalLine(text string, at int) (line string, next int) {
	var b strings.Builder
	for first := true; at < len(text); first = false {
		end := strings.IndexByte(text[at:], '\n')
		next = at + end + 1
		if end < 0 {
			next = len(text)
		}
		piece := strings.TrimRight(text[at:next], "\r\n")
		at = next
		if isComment(strings.TrimSpace(piece)) {
			if first {
				return "", next
			}
			continue
		}
		if !strings.HasSuffix(piece, `\`) {
			b.WriteString(piece)
			break
		}
		b.WriteString(piece[:len(piece)-1])
		b.WriteByte(' ')
	}
	return b.String(), next
}

func isComment(line string) bool {
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";")
}

func hasSpecifier(value string) bool {
	if strings.Contains(value, "{{") || strings.Contains(value, "{%") {
		return true
	}
	for i := 0; i+1 < len(value); i++ {
		if value[i] != '%' {
			continue
		}
		i++
		if c := value[i] | 0x20; c >= 'a' && c <= 'z' {
			return true
		}
	}
	return false
}

// Words splits a value as systemd does: blanks separate, quotes group, a backslash escapes. The words of
// Environment= and ExecStart= are these.
func Words(value string) []string {
	var words []string
	var b strings.Builder
	started, quote := false, byte(0)
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			b.WriteByte(unescape(value[i]))
			started = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, started = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			if started {
				words = append(words, b.String())
				b.Reset()
				started = false
			}
		default:
			b.WriteByte(c)
			started = true
		}
	}
	if started {
		words = append(words, b.String())
	}
	return words
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 's':
		return ' '
	}
	return c
}

// Command is the command line of an Exec value without its prefixes (@ - : + ! |), in words.
func Command(value string) []string {
	return Words(strings.TrimLeft(value, "@-:+!|"))
}
