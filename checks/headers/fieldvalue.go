package headers

import "strings"

// decodeSplit divides a header's combined value as browsers do (Fetch, "get, decode, and split"): at commas outside
// quotes, each element trimmed of spaces and tabs. An empty value is one empty element.
func decodeSplit(value string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			out = append(out, strings.Trim(value[start:i], " \t"))
			start = i + 1
		}
	}
	return append(out, strings.Trim(value[start:], " \t"))
}

// combined is the header's value as Fetch's "get" gives it: its lines joined by a comma and a space. ok is false where
// there is no line.
func (r *response) combined(name string) (value string, ok bool) {
	lines := r.all(name)
	values := make([]string, len(lines))
	for i, l := range lines {
		values[i] = l.value
	}
	return strings.Join(values, ", "), len(lines) > 0
}

// asciiLower is "ASCII lowercase". strings.ToLower and EqualFold also fold letters that browsers tell apart, such as
// the Kelvin sign and k, or the long s and s.
func asciiLower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}

func equalASCII(a, b string) bool { return asciiLower(a) == asciiLower(b) }
