package dockerfile

import "strings"

// Bounds on values, so that doubling ENV lines do not grow.
const (
	maxValue = 4 << 10
	maxDepth = 8
)

// fields splits at white space outside quotes, keeping quotes and escapes.
func fields(text string, escape byte) []string {
	var out []string
	start, quote := -1, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		space := c == ' ' || c == '\t'
		switch {
		case start < 0 && space:
			continue
		case quote == 0 && space:
			out = append(out, text[start:i])
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
		switch {
		case c == escape && quote != '\'':
			i++
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

// expander puts variables into words: $X, ${X}, ${X:-word}, ${X-word}, ${X:+word}, ${X+word}. Every other form,
// and every variable that is not known, makes the word dynamic.
type expander struct {
	env    map[string]Word
	escape byte
	depth  int
}

func (x expander) word(raw string) Word {
	var out Word
	var text strings.Builder
	if templated(raw) {
		out.Dynamic = true
	}
	quote := byte(0)
	for i := 0; i < len(raw) && text.Len() <= maxValue; i++ {
		c := raw[i]
		switch {
		case c == x.escape && quote != '\'' && i+1 < len(raw):
			i++
			if quote == '"' && raw[i] != '"' && raw[i] != '$' && raw[i] != x.escape {
				text.WriteByte(c)
			}
			text.WriteByte(raw[i])
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case c == '$' && quote != '\'':
			value, size := x.variable(raw[i:])
			out.Dynamic = out.Dynamic || value.Dynamic
			text.WriteString(value.Text)
			i += size - 1
		default:
			text.WriteByte(c)
		}
	}
	out.Text = text.String()
	if len(out.Text) > maxValue {
		return Word{Dynamic: true}
	}
	return out
}

// variable reads what stands at a dollar sign and how long it is.
func (x expander) variable(s string) (Word, int) {
	if name := identifier(s[1:]); name != "" {
		return x.get(name), 1 + len(name)
	}
	if !strings.HasPrefix(s, "${") {
		return Word{Text: "$"}, 1
	}
	end := closing(s)
	if end < 0 || x.depth >= maxDepth {
		return Word{Dynamic: true}, len(s)
	}
	name := identifier(s[2:])
	value, known := x.env[name]
	modifier := s[2+len(name) : end]
	if name == "" {
		return Word{Dynamic: true}, end + 1
	}
	if modifier == "" {
		return x.get(name), end + 1
	}
	empty := false
	if strings.HasPrefix(modifier, ":") {
		modifier, empty = modifier[1:], true
	}
	if modifier == "" || value.Dynamic && known && !value.unset() {
		return Word{Dynamic: true}, end + 1
	}
	set := known && !value.unset() && (!empty || value.Text != "")
	inner := expander{x.env, x.escape, x.depth + 1}
	switch modifier[0] {
	case '-':
		if set {
			return value, end + 1
		}
		return inner.word(modifier[1:]), end + 1
	case '+':
		if !set {
			return Word{Dynamic: !known}, end + 1
		}
		return inner.word(modifier[1:]), end + 1
	}
	return Word{Dynamic: true}, end + 1
}

// unset tells an ARG without a value from one whose value is not known.
func (w Word) unset() bool { return w == argUnset }

// argUnset is an ARG that was declared and given nothing: dynamic, but ${X:-default} takes the default.
var argUnset = Word{Dynamic: true}

func (x expander) get(name string) Word {
	if w, ok := x.env[name]; ok {
		return w
	}
	return Word{Dynamic: true}
}

// closing is the offset of the brace that ends s, which begins with "${".
func closing(s string) int {
	open := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

func identifier(s string) string {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return s[:i]
		}
	}
	return s
}

// templated reports marks of template engines: {{ x }}, {% x %}, <% x %>, %%X%%, @X@.
func templated(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%") ||
		strings.HasPrefix(s, "%%") || len(s) > 2 && s[0] == '@' && s[len(s)-1] == '@'
}
