package settings

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// pythonBodyReader reads the body limits of aiohttp, Tornado, Sanic, Litestar and waitress, and those of Starlette's forms.
func pythonBodyReader() reader {
	return reader{layer: "aiohttp", gives: pythonBodyLayers(), hints: []string{"aiohttp", "tornado", "sanic", "litestar"}, wants: wantsPython,
		read: readPython("aiohttp", "tornado", "anic", "itestar", "waitress", ".form("), resolve: resolvePythonBody}
}

// pythonBody is a call that takes a limit as a keyword argument.
type pythonBody struct {
	callee  map[string]bool
	layer   string
	kind    string
	options []serverDefault
}

// pythonBodies are as of aiohttp 3.8, Tornado 6, Litestar 2 and waitress 3. Tornado's max_body_size is max_buffer_size
// where it is not given.
var pythonBodies = []pythonBody{
	{words("aiohttp.web.Application web.Application"), "aiohttp", "app", []serverDefault{{"client_max_size", megabyte}}},
	{words("tornado.httpserver.HTTPServer"), "tornado", "app", []serverDefault{{"max_body_size", nil}, {"max_buffer_size", 100 * megabyte}}},
	{words("litestar.Litestar litestar.app.Litestar"), "litestar", "app",
		[]serverDefault{{"request_max_body_size", int64(10_000_000)}, {"multipart_form_part_limit", int64(1000)}}},
	{words("litestar.post litestar.put litestar.patch litestar.handlers.post"), "litestar", "route", []serverDefault{{"request_max_body_size", nil}}},
	{words("sanic.Sanic"), "sanic", "app", []serverDefault{{"REQUEST_MAX_SIZE", int64(100_000_000)}}},
	{words("waitress.serve"), "waitress", "server", []serverDefault{{"max_request_body_size", int64(1 << 30)}}},
}

func pythonBodyLayers() []string {
	out := []string{"starlette-form"}
	for _, b := range pythonBodies {
		if !slices.Contains(out, b.layer) {
			out = append(out, b.layer)
		}
	}
	return out
}

const maxPythonBodies = 1000

func resolvePythonBody(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := &pythonBodyTree{pythonTree: newPythonTree("aiohttp", docs)}
	for _, d := range t.docs {
		here := len(t.out)
		t.follow(d).Each(func(s *python.Scope, n python.Node) {
			if len(t.out) >= maxPythonBodies {
				return
			}
			switch n := n.(type) {
			case *python.Call:
				t.call(d, s, n)
			case *python.Assign:
				t.assigned(s, n, t.out[here:])
			}
		})
	}
	for _, s := range t.out {
		finishPythonBody(s)
	}
	return t.out, nil
}

type pythonBodyTree struct {
	*pythonTree
	out []*checks.Scope
}

// call makes the scope of a call of the table, of listen() of Tornado's applications, and of request.form().
func (t *pythonBodyTree) call(d *pythonDoc, s *python.Scope, n *python.Call) {
	q := s.Qualified(n.Func)
	method, _ := n.Func.(*python.Attribute)
	for i := range pythonBodies {
		if b := &pythonBodies[i]; b.callee[q] {
			t.scopeOf(d, s, n, b.layer, b.kind, q, b.options)
			return
		}
	}
	switch {
	case method == nil:
	case method.Name == "listen" && strings.Contains(d.module.Source, "tornado"):
		if made, ok := s.Bound(d.module.Text(method.X)).(*python.Call); ok && strings.HasPrefix(s.Qualified(made.Func), "tornado.web.") || strings.Contains(d.module.Source, "tornado.web.Application") && !t.hasServer(d) {
			t.scopeOf(d, s, n, "tornado", "app", "listen", pythonBodies[1].options)
		}
	case method.Name == "form" && len(n.Args) > 0 && strings.Contains(d.module.Source, "starlette") || method.Name == "form" && len(n.Args) > 0 && strings.Contains(d.module.Source, "fastapi"):
		t.scopeOf(d, s, n, "starlette-form", "form", "request.form", []serverDefault{{"max_files", int64(1000)}, {"max_fields", int64(1000)}, {"max_part_size", megabyte}})
	case (method.Name == "update" || method.Name == "update_config") && strings.Contains(d.module.Source, "anic"):
		for _, a := range n.Args {
			t.updated(s, a)
		}
	}
}

func (t *pythonBodyTree) hasServer(d *pythonDoc) bool {
	return strings.Contains(d.module.Source, "HTTPServer(")
}

// updated follows app.config.update(REQUEST_MAX_SIZE=...) and update({"REQUEST_MAX_SIZE": ...}).
func (t *pythonBodyTree) updated(s *python.Scope, a python.Arg) {
	if a.Name == "REQUEST_MAX_SIZE" {
		t.sanic(t.setting(s, a.Name, a, a.Value), t.out)
	}
	pairs, _ := s.Eval(a.Value).V.(python.Pairs)
	for _, p := range pairs {
		if p.Key == "REQUEST_MAX_SIZE" {
			t.sanic(t.settingOf(p.Scope, p.Key, p.Expr, p.Expr, p.Value), t.out)
		}
	}
}

// assigned follows app.config.REQUEST_MAX_SIZE = n and app.config["REQUEST_MAX_SIZE"] = n.
func (t *pythonBodyTree) assigned(s *python.Scope, n *python.Assign, here []*checks.Scope) {
	if n.Value == nil || n.Op != "=" {
		return
	}
	key := ""
	switch target := n.Targets[0].(type) {
	case *python.Attribute:
		key = target.Name
	case *python.Subscript:
		key, _ = s.Eval(target.Index).V.(string)
	}
	if key == "REQUEST_MAX_SIZE" {
		t.sanic(t.setting(s, key, n, n.Value), here)
	}
}

// sanic sets a limit on the applications of Sanic of a file.
func (t *pythonBodyTree) sanic(set checks.Setting, scopes []*checks.Scope) {
	for _, scope := range scopes {
		if scope.Layer == "sanic" && scope.Place.Path == set.Place.Path {
			set.Layer = scope.Layer
			scope.Settings = append(scope.Settings, set)
		}
	}
}

// scopeOf makes a scope of the keyword arguments that matter.
func (t *pythonBodyTree) scopeOf(d *pythonDoc, s *python.Scope, n *python.Call, layer, kind, name string, options []serverDefault) {
	scope := &checks.Scope{Layer: layer, Kind: kind, Name: name, Place: t.place(d.module, n)}
	elsewhere := ""
	for _, a := range n.Args {
		if star, ok := a.Value.(*python.Unary); ok && star.Op == "**" {
			elsewhere = t.spread(scope, s, star)
		}
		if slices.ContainsFunc(options, func(o serverDefault) bool { return o.setting == a.Name }) {
			set := t.setting(s, a.Name, a, a.Value)
			if x, ok := a.Value.(*python.Call); ok && pythonRaw(s, x) == `float("inf")` {
				set.Value, set.Origin = nil, checks.OriginSet
			}
			scope.Settings = append(scope.Settings, set)
		}
	}
	if kind == "route" {
		if len(scope.Settings) == 0 {
			return
		}
		if len(n.Args) > 0 && n.Args[0].Name == "" {
			if route, ok := s.Eval(n.Args[0].Value).V.(string); ok {
				scope.Settings = append(scope.Settings, checks.Setting{Name: "path", Value: route, Raw: route, Origin: checks.OriginSet, Place: scope.Place})
			}
		}
	} else {
		withDefaults(scope, options, elsewhere)
	}
	t.out = append(t.out, scope)
}

// finishPythonBody names the layer in every setting, and gives Tornado's max_body_size what holds without it.
func finishPythonBody(s *checks.Scope) {
	buffer, _ := s.Get("max_buffer_size")
	for i := range s.Settings {
		set := &s.Settings[i]
		set.Layer, set.Scope = s.Layer, s.Name
		if set.Name == "max_body_size" && set.Origin == checks.OriginDefault {
			*set = buffer
			set.Layer, set.Scope, set.Name = s.Layer, s.Name, "max_body_size"
		}
	}
}
