package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// pythonApp is an application object of Flask or Starlette that a file makes.
type pythonApp struct {
	doc      *pythonDoc
	variable string // what it is assigned to, as written: "app", "self.app"; "" where nothing names it
	call     *python.Call
	in       *python.Scope
	scope    *checks.Scope
}

// apps finds the calls of the named classes. Their order is that of the source.
func (t *pythonTree) apps(d *pythonDoc, classes map[string]bool) []*pythonApp {
	var out []*pythonApp
	names := map[*python.Call]string{}
	t.follow(d).Each(func(s *python.Scope, n python.Node) {
		switch n := n.(type) {
		case *python.Assign:
			if call, ok := n.Value.(*python.Call); ok {
				names[call] = d.module.Text(n.Targets[0])
			}
		case *python.Call:
			q := s.Qualified(n.Func)
			if !classes[q] {
				return
			}
			if len(out) == maxApps {
				d.cut = true
				return
			}
			place := t.place(d.module, n)
			scope := &checks.Scope{Layer: t.layer, Kind: "app", Place: place}
			scope.Name = names[n]
			if scope.Name == "" {
				scope.Name = q[strings.LastIndexByte(q, '.')+1:]
			}
			out = append(out, &pythonApp{doc: d, variable: names[n], call: n, in: s, scope: scope})
		}
	})
	return out
}

// is reports whether an expression in the application's file means the application. Where the file makes only one,
// any plain name of a parameter counts too.
func (a *pythonApp) is(x python.Expr, only bool) bool {
	switch x.(type) {
	case *python.Name, *python.Attribute:
		return only || a.variable != "" && a.doc.module.Text(x) == a.variable
	}
	return false
}

// Bounds of one file's applications, and of one application's settings. The tests of a framework make dozens.
const (
	maxApps        = 100
	maxAppSettings = 2000
)

func (a *pythonApp) add(set checks.Setting) {
	if len(a.scope.Settings) == maxAppSettings {
		a.doc.cut = true
		return
	}
	a.scope.Settings = append(a.scope.Settings, set)
}
