package workflows

import "strings"

// Embedded is one ${{ }} in a text.
type Embedded struct {
	Raw        string // with its braces
	Start, End int    // byte range in the text
	Expr       Expr   // nil where it is not an expression
}

// Find lists the expressions in a text. A brace pair inside a string literal does not end one.
func Find(s string) []Embedded {
	var out []Embedded
	for at := 0; ; {
		i := strings.Index(s[at:], "${{")
		if i < 0 {
			return out
		}
		start := at + i
		size := bodySize(s[start+3:])
		if size < 0 { // GitHub refuses the whole file; what was looked through is not looked through again
			at = min(len(s), start+3+maxExpression)
			continue
		}
		stop := start + 3 + size
		e, _ := ParseExpr(s[start+3 : stop])
		out = append(out, Embedded{Raw: s[start : stop+2], Start: start, End: stop + 2, Expr: e})
		at = stop + 2
	}
}

// bodySize is the length of an expression up to its closing braces, or -1. It looks no further than an expression may be
// long, so that unclosed openings stay linear.
func bodySize(s string) int {
	s = s[:min(len(s), maxExpression)]
	inside := false
	for i := range len(s) {
		switch {
		case s[i] == '\'':
			inside = !inside
		case !inside && s[i] == '}' && i+1 < len(s) && s[i+1] == '}':
			return i
		}
	}
	return -1
}

// Condition parses an if:, whose ${{ }} may be left out. literal reports text around an expression, which makes a
// condition a text that is always true.
func Condition(s string) (e Expr, literal bool) {
	found := Find(s)
	if len(found) == 0 {
		e, _ = ParseExpr(s)
		return e, false
	}
	if len(found) == 1 && found[0].Start == 0 && found[0].End == len(s) {
		return found[0].Expr, false
	}
	if len(found) == 1 && strings.TrimSpace(s) == found[0].Raw {
		return found[0].Expr, true
	}
	return nil, true
}
