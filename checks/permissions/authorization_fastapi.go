package permissions

import (
	"regexp"
	"strings"

	"hardcheck/checks/internal/parse/python"
)

var (
	// authDependency is in the names of FastAPI dependencies that ask who calls.
	authDependency = regexp.MustCompile(`(?i)auth|login|user|token|permission|role|admin|api_?key|verify|jwt|require|security|scope|principal|identity|credential|tenant|member|account`)
	// neutralDependency are names of dependencies that give a view what it works with.
	neutralDependency = regexp.MustCompile(`(?i)^(get_?|provide_?|make_?)?(async_?)?(db|database|session|db_?session|settings|config|configuration|redis|cache|engine|client|http_?client|conn|connection|pool|uow|unit_of_work|logger|queue|broker|storage|` +
		`\w*repo|\w*repository|\w*service|pagination\w*|paginate|page|common_\w+|query_\w+|\w*params|\w*filters?)$`)
	// aliasSuffix ends the names of types that carry a dependency: SessionDep.
	aliasSuffix = regexp.MustCompile(`(?i)(_?dep(endency|endencies|s)?)$`)
)

// fastapiRoute reads a route of FastAPI: what its parameters, its decorator and its own text ask.
func (v *viewReader) fastapiRoute(s *python.Scope, f *python.Function, d python.Expr, owner, method string) {
	out := v.dependencies(s, d.(*python.Call))
	for _, p := range f.Params {
		out = max(out, v.parameter(s, p.Annotation), v.parameter(s, p.Default))
	}
	for _, other := range f.Decorators {
		if other != d && out == silent {
			out = unclear
		}
	}
	if out == silent && asks.MatchString(v.j.source(f)) {
		out = unclear
	}
	v.add(view{framework: "fastapi", owner: owner, name: f.Name, place: v.j.place(f), stance: out, writes: method != "get" && method != "route"})
}

// dependencies is what dependencies=[...] of a call asks.
func (v *viewReader) dependencies(s *python.Scope, c *python.Call) stance {
	for _, arg := range c.Args {
		if arg.Name == "dependencies" {
			if list, ok := arg.Value.(*python.Sequence); ok && len(list.Items) == 0 {
				return silent
			}
			return max(v.parameter(s, arg.Value), unclear)
		}
	}
	return silent
}

// parameter is what an annotation, a default or a list of dependencies asks.
func (v *viewReader) parameter(s *python.Scope, x python.Expr) stance {
	out := silent
	if x == nil {
		return out
	}
	python.Walk(x, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			name := s.Qualified(n.Func)
			switch {
			case strings.HasSuffix(name, "Security"):
				out = asking
			case strings.HasSuffix(name, "Depends") && len(n.Args) > 0:
				out = max(out, dependency(s.Raw(n.Args[0].Value)))
			}
			return false
		case *python.Name: // an alias of Annotated, such as CurrentUser
			switch base := aliasSuffix.ReplaceAllString(n.ID, ""); {
			case strings.HasPrefix(n.ID, "Current") || strings.Contains(n.ID, "Authenticated"):
				out = asking
			case base != n.ID:
				out = max(out, dependency(base))
			}
		}
		return true
	})
	return out
}

func dependency(text string) stance {
	name := text[strings.LastIndexByte(text, '.')+1:]
	switch {
	case neutralDependency.MatchString(name):
		return silent
	case authDependency.MatchString(text):
		return asking
	}
	return unclear
}
