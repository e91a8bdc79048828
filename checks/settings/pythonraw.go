package settings

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/python"
)

// pythonRaw is an expression as written, on one line, without the literals that are credentials: those under a key or
// argument that names one, and the defaults of variables that do.
func pythonRaw(s *python.Scope, x python.Expr) string {
	var c credentialLiterals
	python.Walk(x, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			c.arguments(n)
		case *python.Dict:
			for i, key := range n.Keys {
				if text, ok := key.(*python.String); ok && secretName(text.Text) {
					c.hide(n.Values[i])
				}
			}
		}
		return true
	})
	if c.ranges == nil {
		return s.Raw(x)
	}
	start, _ := x.Span()
	return python.OneLine(c.cut(s.Module().Text(x), start))
}

// credentialLiterals are the ranges of a source that must not be shown.
type credentialLiterals struct{ ranges [][2]int }

// cut replaces the ranges in text, which begins at that offset of the source.
func (c *credentialLiterals) cut(text string, offset int) string {
	slices.SortFunc(c.ranges, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	var b strings.Builder
	at := 0
	for _, r := range c.ranges {
		from, to := r[0]-offset, r[1]-offset
		if from < at {
			continue // inside another one, or found twice
		}
		b.WriteString(text[at:from])
		b.WriteString("(secret)")
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}

// hide takes every text of an expression but the names of variables that it reads.
func (c *credentialLiterals) hide(x python.Expr) {
	python.Walk(x, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.String:
			from, to := n.Span()
			c.ranges = append(c.ranges, [2]int{from, to})
		case *python.Subscript: // os.environ["NAME"]
			c.hide(n.X)
			return false
		case *python.Call:
			if readsVariable(n) {
				for _, a := range n.Args[1:] {
					c.hide(a.Value)
				}
				return false
			}
		}
		return true
	})
}

// arguments hides those that name a credential, and the defaults of a variable that does.
func (c *credentialLiterals) arguments(call *python.Call) {
	named := false
	for i, a := range call.Args {
		text, ok := a.Value.(*python.String)
		switch {
		case i == 0 && a.Name == "" && ok:
			named = secretName(text.Text)
		case named || secretName(a.Name):
			c.hide(a.Value)
		}
	}
}

// readsVariable reports a call whose first argument is the name of a variable: os.getenv, env, environ.get, config.
func readsVariable(call *python.Call) bool {
	if len(call.Args) == 0 {
		return false
	}
	switch f := call.Func.(type) {
	case *python.Name:
		return f.ID == "env" || f.ID == "config" || f.ID == "getenv"
	case *python.Attribute:
		if f.Name == "getenv" {
			return true
		}
		switch x := f.X.(type) {
		case *python.Name:
			return x.ID == "env" || x.ID == "environ"
		case *python.Attribute:
			return x.Name == "environ"
		}
	}
	return false
}
