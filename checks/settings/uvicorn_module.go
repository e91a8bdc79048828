package settings

import (
	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// uvicornModuleReader reads uvicorn.run(...) and uvicorn.Config(...).
func uvicornModuleReader() reader {
	return reader{layer: "uvicorn", hints: []string{"uvicorn"}, wants: wantsPython, read: readPython("uvicorn.run", "uvicorn.Config", "from uvicorn", "BaseSettings"), resolve: resolveUvicornModule}
}

var uvicornCalls = words("uvicorn.run uvicorn.Config uvicorn.main.run uvicorn.config.Config")

func resolveUvicornModule(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := newPythonTree("uvicorn", docs)
	var out []*checks.Scope
	for _, d := range t.docs {
		t.follow(d).Each(func(s *python.Scope, n python.Node) {
			call, ok := n.(*python.Call)
			if !ok || !uvicornCalls[s.Qualified(call.Func)] {
				return
			}
			scope := &checks.Scope{Layer: "uvicorn", Kind: "module", Name: s.Qualified(call.Func), Place: t.place(d.module, call)}
			elsewhere := ""
			for _, a := range call.Args {
				star, _ := a.Value.(*python.Unary)
				switch {
				case a.Name != "":
					scope.Settings = append(scope.Settings, t.setting(s, a.Name, a, a.Value))
				case star != nil && star.Op == "**":
					elsewhere = t.spread(scope, s, star)
				}
			}
			withDefaults(scope, uvicorn.defaults, elsewhere)
			out = append(out, scope)
		})
	}
	return out, nil
}

// spread takes the arguments of **settings. It returns what could not be read.
func (t *pythonTree) spread(scope *checks.Scope, s *python.Scope, star *python.Unary) string {
	v := s.Eval(star.X)
	pairs, known := v.V.(python.Pairs)
	for _, p := range pairs {
		scope.Settings = append(scope.Settings, t.settingOf(p.Scope, p.Key, p.Expr, p.Expr, p.Value.Given(v)))
	}
	if known && !v.Dynamic {
		return ""
	}
	return pythonRaw(s, star)
}
