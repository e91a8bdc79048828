package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// gunicornModuleReader reads gunicorn's configuration modules: gunicorn.conf.py, or any Python file with gunicorn in
// its name that assigns some of its settings.
func gunicornModuleReader() reader {
	return reader{layer: "gunicorn", wants: wantsGunicornModule, read: readPython("="), resolve: resolveGunicornModule}
}

func wantsGunicornModule(e *checks.Entry) bool {
	return wantsPython(e) && strings.Contains(strings.ToLower(e.Name()), "gunicorn")
}

func resolveGunicornModule(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := newPythonTree("gunicorn", docs)
	known := map[string]bool{"logconfig_dict": true, "secure_scheme_headers": true, "wsgi_app": true}
	for _, f := range gunicorn.flags {
		known[f.setting] = true
	}
	var out []*checks.Scope
	for _, d := range t.docs {
		scope := &checks.Scope{Layer: "gunicorn", Kind: "module", Name: dottedName(d.path), Place: checks.Place{Path: d.path, Line: 1}}
		s := t.follow(d)
		for _, id := range s.Own() {
			b, _ := s.Lookup(id)
			if _, assigned := b.Stmt.(*python.Assign); known[id] && assigned {
				scope.Settings = append(scope.Settings, t.settingOf(s, id, b.Stmt, b.Expr, b.Value))
			}
		}
		if len(scope.Settings) == 0 {
			continue
		}
		withDefaults(scope, gunicorn.defaults, "")
		out = append(out, scope)
	}
	return out, nil
}
