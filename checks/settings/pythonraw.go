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
	start, _ := x.Span()
	var hidden [][2]int
	hide := func(n python.Expr) {
		python.Walk(n, func(n python.Node) bool {
			if _, ok := n.(*python.String); ok {
				from, to := n.Span()
				hidden = append(hidden, [2]int{from, to})
			}
			return true
		})
	}
	python.Walk(x, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			hideArguments(n, hide)
		case *python.Dict:
			for i, key := range n.Keys {
				if text, ok := key.(*python.String); ok && secretName(text.Text) {
					hide(n.Values[i])
				}
			}
		}
		return true
	})
	if hidden == nil {
		return s.Raw(x)
	}
	slices.SortFunc(hidden, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	source := s.Module().Text(x)
	var b strings.Builder
	at := 0
	for _, h := range hidden {
		from, to := h[0]-start, h[1]-start
		if from < at {
			continue // inside another one, or hidden twice
		}
		b.WriteString(source[at:from])
		b.WriteString("(secret)")
		at = to
	}
	b.WriteString(source[at:])
	return python.OneLine(b.String())
}

func hideArguments(call *python.Call, hide func(python.Expr)) {
	of := false // a variable that names a credential
	for i, a := range call.Args {
		text, ok := a.Value.(*python.String)
		switch {
		case i == 0 && a.Name == "" && ok:
			of = secretName(text.Text)
		case of || secretName(a.Name):
			hide(a.Value)
		}
	}
}
