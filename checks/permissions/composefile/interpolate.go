package composefile

import "strings"

// Variables are what .env sets.
type Variables map[string]string

// home stands for the home directory, as in a path that begins with a tilde.
const home = "~"

// resolved is a copy of the value with the variables of its scalars put in. Keys are not interpolated.
func (v *Value) resolved(env Variables) *Value {
	out := *v
	switch v.Kind {
	case Scalar:
		if strings.Contains(v.Raw, "$") {
			text, known := env.interpolate(v.Raw, 0)
			out.Text, out.Unknown = text, !known || v.Unknown
		}
		if out.Unknown {
			out.Text = ""
		}
	case List:
		out.Items = make([]*Value, len(v.Items))
		for i, item := range v.Items {
			out.Items[i] = item.resolved(env)
		}
	case Map:
		out.Fields = make(map[string]*Value, len(v.Fields))
		for key, field := range v.Fields {
			out.Fields[key] = field.resolved(env)
		}
	}
	return &out
}

// maxNested bounds ${A:-${B:-...}}, maxText what a value may grow to.
const (
	maxNested = 16
	maxText   = 64 << 10
)

// interpolate puts in $NAME and ${NAME} with its forms :- - :? ? :+ + ($$ is a dollar sign). A variable that .env does not
// set may come from the shell: the text is then not known, unless there is a default.
func (env Variables) interpolate(text string, depth int) (out string, known bool) {
	var b strings.Builder
	known = true
	for at := 0; at < len(text); {
		i := strings.IndexByte(text[at:], '$')
		if i < 0 || depth > maxNested || b.Len() > maxText {
			b.WriteString(text[at:])
			return b.String(), known && i < 0
		}
		b.WriteString(text[at : at+i])
		at += i
		value, size, ok := env.reference(text[at:], depth)
		known = known && ok
		b.WriteString(value)
		at += size
	}
	return b.String(), known
}

// reference reads what stands at a dollar sign, and how long it is.
func (env Variables) reference(s string, depth int) (value string, size int, known bool) {
	switch {
	case strings.HasPrefix(s, "$$"):
		return "$", 2, true
	case !strings.HasPrefix(s, "${"):
		name := s[1 : 1+nameSize(s[1:])]
		if name == "" {
			return "$", 1, true
		}
		value, known = env.get(name)
		return value, 1 + len(name), known
	}
	end := closing(s)
	if end < 0 {
		return "", len(s), false
	}
	inner := s[2:end]
	name := inner[:nameSize(inner)]
	value, set := env.get(name)
	form, word := operator(inner[len(name):])
	if form == "" {
		return value, end + 1, set && word == ""
	}
	if strings.HasPrefix(form, ":") && value == "" {
		set = false
	}
	switch form[len(form)-1] {
	case '-':
		if !set {
			value, known = env.interpolate(word, depth+1)
			return value, end + 1, known
		}
	case '+':
		if set {
			value, known = env.interpolate(word, depth+1)
			return value, end + 1, known
		}
		return "", end + 1, false
	}
	return value, end + 1, set
}

func operator(s string) (form, word string) {
	for _, form := range []string{":-", ":?", ":+", "-", "?", "+"} {
		if rest, ok := strings.CutPrefix(s, form); ok {
			return form, rest
		}
	}
	return "", s
}

func (env Variables) get(name string) (string, bool) {
	if value, ok := env[name]; ok {
		return value, true
	}
	switch name {
	case "HOME":
		return home, true
	case "PWD":
		return ".", true
	}
	return "", false
}

func nameSize(s string) int {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// closing is the offset of the brace that ends s, which begins with "${".
func closing(s string) int {
	open := 0
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '{' && s[i-1] == '$':
			open++
		case s[i] == '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}
