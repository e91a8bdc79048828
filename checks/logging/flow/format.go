package flow

import "strings"

// verbsOf are the verbs of a format in the order of its arguments: "s", "-50q", "#v".
func verbsOf(format string) []string {
	if !strings.Contains(format, "%") {
		return nil
	}
	var out []string
	for i := 0; i < len(format) && len(out) < 64; i++ {
		if format[i] != '%' {
			continue
		}
		start := i + 1
		for i = start; i < len(format) && strings.IndexByte("0123456789.-+# *[]$l", format[i]) >= 0; i++ {
			if format[i] == '*' {
				out = append(out, "d")
			}
		}
		if i >= len(format) || format[i] == '%' {
			continue
		}
		if format[i] == '(' { // %(name)s
			end := strings.IndexByte(format[i:], ')')
			if end < 0 {
				return out
			}
			i += end + 1
			continue
		}
		out = append(out, format[start:i+1])
	}
	return out
}

// verb is what does not get through a verb.
func (t *table) verb(v string) Kind {
	switch v[len(v)-1] {
	case 'd', 'i', 'u', 'f', 'e', 'g', 'F', 'E', 'G', 'b', 'o', 'O', 'c':
		return everything
	case 'x', 'X':
		return Input
	case 'T', 'p', 't':
		return everything
	case 'q':
		if strings.Contains(v, "#") {
			return 0
		}
		return Input
	case 'r', 'a':
		return Input
	case 'j':
		return Input
	case 's':
		if strings.HasPrefix(v, ".") && len(v) < 4 { // %.4s is a beginning
			return Credential
		}
	}
	return 0
}
