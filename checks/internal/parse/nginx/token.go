package nginx

import (
	"strings"

	"hardcheck/checks/internal/parse/template"
)

// word reads one token that begins at pos. A quote counts only as its first character.
func (p *parser) word() Arg {
	var quote byte
	if c := p.text[p.pos]; c == '"' || c == '\'' {
		quote = c
		p.pos++
	}
	a := Arg{Quoted: quote != 0}
	var b strings.Builder
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		if end := p.placeholder(quote == 0); end > 0 {
			b.WriteString(p.text[p.pos:end])
			a.Template = true
			p.pos = end
			continue
		}
		if quote != 0 && c == quote {
			p.pos++
			break
		}
		if quote == 0 && p.ends(c) {
			break
		}
		if c == '\\' && p.pos+1 < len(p.text) {
			b.WriteString(unescape(p.text[p.pos : p.pos+2]))
			p.pos += 2
			continue
		}
		a.Template = a.Template || c == '$' && environment(p.text[p.pos+1:])
		b.WriteByte(c)
		p.pos++
	}
	a.Text = b.String()
	return a
}

// environment reports whether what stands after a dollar is a variable that envsubst fills in: ${PORT}, $PORT. The
// variables of nginx itself are written in lower case.
func environment(rest string) bool {
	name := strings.TrimPrefix(rest[:min(len(rest), maxName)], "{")
	n := len(name) - len(strings.TrimLeft(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))
	return n > 1 && name[0] > '9' && (n == len(name) || !(name[n] >= 'a' && name[n] <= 'z'))
}

// ends reports whether c ends an unquoted token. The brace of a variable ${name} does not.
func (p *parser) ends(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ';':
		return true
	case '{':
		return p.pos == 0 || p.text[p.pos-1] != '$'
	}
	return false
}

// placeholder returns the end of a template's placeholder at pos, or 0. Unquoted, "{#" is a block that begins
// with a comment. A name alone in braces, as Python's str.format has it, can be no block: nothing ends it.
func (p *parser) placeholder(unquoted bool) int {
	end := template.End(p.text, p.pos)
	if end > 0 && unquoted && strings.HasPrefix(p.text[p.pos:], "{#") {
		return 0
	}
	if end > 0 || p.text[p.pos] != '{' || p.pos > 0 && p.text[p.pos-1] == '$' {
		return end
	}
	inner := p.text[p.pos+1 : min(len(p.text), p.pos+maxName)]
	n := len(inner) - len(strings.TrimLeft(inner, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"))
	if n == 0 || n == len(inner) || inner[n] != '}' || inner[0] >= '0' && inner[0] <= '9' {
		return 0
	}
	return p.pos + 1 + n + 1
}

const maxName = 80

// unescape gives what nginx makes of a backslash and the character after it.
func unescape(pair string) string {
	switch pair[1] {
	case '"', '\'', '\\':
		return pair[1:]
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case 'n':
		return "\n"
	}
	return pair
}

// raw reads up to the brace that closes a Lua block, knowing Lua's strings and comments, and returns what is
// inside.
func (p *parser) raw() string {
	start, depth := p.pos, 1
	for p.pos < len(p.text) {
		rest := p.text[p.pos:]
		switch c := rest[0]; {
		case c == '{':
			depth++
		case c == '}':
			depth--
			if depth == 0 {
				p.pos++
				return p.text[start : p.pos-1]
			}
		case c == '"' || c == '\'':
			p.pos += quoted(rest)
			continue
		case strings.HasPrefix(rest, "--[["):
			p.pos += through(rest, "]]")
			continue
		case strings.HasPrefix(rest, "--"):
			p.pos += through(rest, "\n")
			continue
		case strings.HasPrefix(rest, "[["):
			p.pos += through(rest, "]]")
			continue
		}
		p.pos++
	}
	p.note(p.pos, "the file ends inside a block")
	return p.text[start:]
}

// quoted is the length of the Lua string that rest begins with. It ends with its line at the latest.
func quoted(rest string) int {
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case rest[0]:
			return i + 1
		case '\n':
			return i
		}
	}
	return len(rest)
}

// through is the length of rest up to and with the mark, or all of it.
func through(rest, mark string) int {
	if i := strings.Index(rest, mark); i >= 0 {
		return i + len(mark)
	}
	return len(rest)
}
