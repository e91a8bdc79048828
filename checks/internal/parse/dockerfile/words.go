package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// Bounds on values, so that doubling ENV lines do not grow.
const (
	maxValue  = 4 << 10
	maxNested = 64
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

// expander puts variables into words as BuildKit does, all its forms included. A word with a variable that is not known
// before the build is dynamic; ${X:-default} of one that nothing set is its default.
type expander struct {
	env    map[string]Word
	escape byte
}

func (x expander) word(raw string) Word {
	if len(raw) > maxValue || strings.Count(raw, "${") > maxNested {
		return Word{Dynamic: true}
	}
	lex := shell.NewLex(rune(x.escape))
	got, err := lex.ProcessWordWithMatches(raw, variables(x.env))
	switch {
	case err != nil || len(got.Result) > maxValue:
		return Word{Dynamic: true}
	case strings.Contains(got.Result, unknown):
		return Word{Text: strings.ReplaceAll(got.Result, unknown, ""), Dynamic: true}
	}
	out := Word{Text: got.Result, Dynamic: templated(raw)}
	if len(got.Unmatched) == 0 {
		return out
	}
	// What nothing here sets may be set by the base image: the word is known where its value would change nothing.
	guess := maps.Clone(x.env)
	for name := range got.Unmatched {
		if !defaulted(raw, name) {
			if guess == nil {
				guess = map[string]Word{}
			}
			guess[name] = Word{Text: unknown}
		}
	}
	other, _, err := lex.ProcessWord(raw, variables(guess))
	out.Dynamic = out.Dynamic || err != nil || other != got.Result
	return out
}

// defaulted reports that the text names the variable only in ${NAME:-default} and ${NAME-default}.
func defaulted(raw, name string) bool {
	rest := strings.NewReplacer("${"+name+":-", "", "${"+name+"-", "").Replace(raw)
	return !strings.Contains(rest, "$"+name) && !strings.Contains(rest, "${"+name)
}

// unknown stands for the value of a variable that has one, but not before the build.
const unknown = "\x00?"

// variables answers BuildKit's expansion.
type variables map[string]Word

// Get returns the value of a variable; an ARG without a value is not set.
func (v variables) Get(name string) (string, bool) {
	w, ok := v[name]
	switch {
	case !ok || w == argUnset:
		return "", false
	case w.Dynamic:
		return unknown, true
	}
	return w.Text, true
}

// Keys lists the variables.
func (v variables) Keys() []string { return slices.Collect(maps.Keys(v)) }

// argUnset is an ARG that was declared and given nothing: dynamic, but ${X:-default} takes the default.
var argUnset = Word{Dynamic: true}

// templated reports marks of template engines: {{ x }}, {% x %}, <% x %>, %%X%%, @X@.
func templated(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%") ||
		strings.HasPrefix(s, "%%") || len(s) > 2 && s[0] == '@' && s[len(s)-1] == '@'
}
