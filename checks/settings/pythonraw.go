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
	var hide func(n python.Expr)
	hide = func(n python.Expr) {
		python.Walk(n, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.String:
				from, to := n.Span()
				hidden = append(hidden, [2]int{from, to})
			case *python.Subscript: // os.environ["NAME"]
				hide(n.X)
				return false
			case *python.Call:
				if readsVariable(n) {
					hideRest(n, hide)
					return false
				}
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

func hideRest(call *python.Call, hide func(python.Expr)) {
	for _, a := range call.Args[1:] {
		hide(a.Value)
	}
}
