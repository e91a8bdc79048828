package settings

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// flaskReader reads applications of Flask: Flask(...), what is set on app.config and by objects of the tree that it
// is loaded from, app.run, flask-cors, flask-talisman and the headers of after_request functions.
func flaskReader() reader {
	return reader{layer: "flask", hints: []string{"flask"}, wants: func(e *checks.Entry) bool { return wantsPython(e) || wantsPins(e) },
		resolve: resolveFlask, read: readFlask}
}

var readFlaskCode = readPython("Flask(", "Quart(", "SESSION_COOKIE_", "MAX_CONTENT_LENGTH", "SECRET_KEY", "BaseSettings", "app.run(", "set_cookie(")

func readFlask(f *checks.File) (any, []checks.Problem) {
	if wantsPins(f.Entry) {
		return readPins(f), nil
	}
	return readFlaskCode(f)
}

var flaskClasses = words("flask.Flask flask.app.Flask Flask quart.Quart apiflask.APIFlask")

// flaskDefaults are those of flask/app.py; MAX_FORM_MEMORY_SIZE is that of Flask 3.1, before which there is none.
var flaskDefaults = []serverDefault{
	{"DEBUG", false}, {"TESTING", false}, {"SECRET_KEY", nil}, {"SESSION_COOKIE_SECURE", false}, {"SESSION_COOKIE_HTTPONLY", true},
	{"SESSION_COOKIE_SAMESITE", nil}, {"MAX_CONTENT_LENGTH", nil}, {"MAX_FORM_MEMORY_SIZE", int64(500000)}, {"MAX_FORM_PARTS", int64(1000)},
	{"PERMANENT_SESSION_LIFETIME", int64(31 * 86400)}, {"PREFERRED_URL_SCHEME", "http"}, {"PROPAGATE_EXCEPTIONS", nil}, {"USE_X_SENDFILE", false},
}

// defaults are those of the version that the tree pins, where it does: Flask 3.1 bounds the memory of forms, Werkzeug
// 2.2.3 the number of parts, and Quart every body. What Werkzeug 2.3 counts as it reads, those before it only took from Content-Length.
func (t *flaskTree) defaults(pins []*pythonPins) []serverDefault {
	out := slices.Clone(flaskDefaults)
	flask, werkzeug := pinned(pins, t.app.doc.path, "flask"), pinned(pins, t.app.doc.path, "werkzeug")
	for i := range out {
		switch d := &out[i]; {
		case d.setting == "MAX_CONTENT_LENGTH" && t.app.in.Qualified(t.app.call.Func) == "quart.Quart":
			d.value = 16 * megabyte
		case d.setting == "MAX_FORM_MEMORY_SIZE" && before(flask, "3.1"), d.setting == "MAX_FORM_PARTS" && before(werkzeug, "2.2.3"):
			d.value = nil
		}
	}
	for _, v := range []serverDefault{{"flask version", flask}, {"werkzeug version", werkzeug}} {
		if v.value != "" {
			out = append(out, v)
		}
	}
	return out
}

// flaskTree follows applications and the objects that they load.
type flaskTree struct {
	*pythonTree
	app       *pythonApp
	only      bool               // the file makes one application
	elsewhere string             // where configuration comes from that cannot be read
	given     python.Value       // what decides whether the statement being visited runs
	after     [][]checks.Setting // what each after_request function sets, in the order of registration
}

func resolveFlask(docs []document) ([]*checks.Scope, []checks.Problem) {
	pins, docs := splitPins(docs)
	tree := newPythonTree("flask", docs)
	var found []*flaskTree
	only := map[*pythonDoc]*flaskTree{} // the application of a file that makes one
	var problems []checks.Problem
	for _, d := range tree.docs {
		if !makesFlask(d) {
			continue
		}
		var here []*flaskTree
		for _, app := range tree.apps(d, flaskClasses) {
			here = append(here, &flaskTree{pythonTree: tree, app: app})
		}
		if len(here) == 0 {
			continue
		}
		if len(here) == 1 {
			here[0].only, only[d] = true, here[0]
		}
		tree.follow(d).Each(func(s *python.Scope, n python.Node) {
			for _, t := range here {
				t.visit(s, n)
			}
		})
		found = append(found, here...)
		problems = append(problems, tree.unread(d)...)
	}
	for _, d := range tree.docs {
		if len(only) > 0 && !makesFlask(d) && strings.Contains(d.module.Source, "app.run(") {
			tree.runElsewhere(d, only)
		}
	}
	var out []*checks.Scope
	for _, t := range found {
		for i := len(t.after) - 1; i >= 0; i-- {
			for _, set := range t.after[i] {
				t.app.add(set)
			}
		}
		for _, set := range t.cookiesOf(t.app.doc, len(found) == 1, "", "flask", "quart") {
			t.app.add(set)
		}
		withDefaults(t.app.scope, t.defaults(pins), t.elsewhere)
		out = append(out, t.app.scope)
	}
	return out, problems
}

func makesFlask(d *pythonDoc) bool {
	return strings.Contains(d.module.Source, "Flask(") || strings.Contains(d.module.Source, "Quart(")
}

// runElsewhere follows app.run() in a file that imports the application, or the factory that makes it.
func (t *pythonTree) runElsewhere(d *pythonDoc, only map[*pythonDoc]*flaskTree) {
	var given python.Value
	t.follow(d).Each(func(s *python.Scope, n python.Node) {
		if python.Simple(n) {
			given = s.Chosen(n)
		}
		call, ok := n.(*python.Call)
		if !ok {
			return
		}
		method, ok := call.Func.(*python.Attribute)
		if !ok || method.Name != "run" {
			return
		}
		q := s.Qualified(method.X)
		if made, ok := s.Bound(q).(*python.Call); ok { // app = create_app()
			q = s.Qualified(made.Func)
		}
		level := len(q) - len(strings.TrimLeft(q, "."))
		module := q[level:max(level, strings.LastIndexByte(q, '.'))]
		if made := t.module(d.path, level, module); made != nil && only[made] != nil {
			only[made].given = given
			only[made].run(s, call)
		}
	})
}

func (t *flaskTree) isApp(x python.Expr) bool { return t.app.is(x, false) }

// config reports whether an expression is app.config.
func (t *flaskTree) config(x python.Expr) bool {
	a, ok := x.(*python.Attribute)
	return ok && a.Name == "config" && t.app.is(a.X, t.only)
}

// set records configuration, which does not count for certain under a condition.
func (t *flaskTree) set(set checks.Setting) {
	if t.given.Dynamic {
		if !t.given.Known {
			set.Fallback = nil
		} else if set.Origin == checks.OriginSet {
			set.Fallback = set.Value
		}
		set.Value, set.Origin = nil, checks.OriginDynamic
		set.Raw += " (under a condition)"
	}
	t.app.add(set)
}

func (t *flaskTree) visit(s *python.Scope, n python.Node) {
	if python.Simple(n) {
		t.given = s.Chosen(n)
	}
	switch n := n.(type) {
	case *python.Assign:
		t.assigned(s, n)
	case *python.Call:
		t.called(s, n)
	case *python.Function:
		for _, d := range n.Decorators {
			if a, ok := d.(*python.Attribute); ok && (a.Name == "after_request" || a.Name == "after_app_request") {
				t.registered(t.headersSet(s.Function(n), n.Body))
			}
		}
	}
}

// registered notes what a function does with every answer. Flask runs the functions from the last to the first.
func (t *flaskTree) registered(list []checks.Setting) {
	if len(t.after) < maxAppSettings {
		t.after = append(t.after, list)
	}
}

func (t *flaskTree) assigned(s *python.Scope, n *python.Assign) {
	if n.Value == nil {
		return
	}
	for _, target := range n.Targets {
		switch target := target.(type) {
		case *python.Subscript:
			if key, ok := s.Eval(target.Index).V.(string); ok && t.config(target.X) {
				t.set(t.changed(s, key, n))
			}
		case *python.Attribute:
			if n.Op == "|=" && t.config(target) && !t.mapping(s, n.Value) {
				t.elsewhere = cmp.Or(t.elsewhere, pythonRaw(s, n.Value))
			}
			name := map[string]string{"debug": "DEBUG", "secret_key": "SECRET_KEY", "testing": "TESTING"}[target.Name]
			if name != "" && t.isApp(target.X) {
				t.set(t.setting(s, name, n, n.Value))
			}
		}
	}
}

// changed is what app.config["KEY"] is assigned. What *= and its like make of the value before is not followed.
func (t *flaskTree) changed(s *python.Scope, key string, n *python.Assign) checks.Setting {
	v := s.Eval(n.Value)
	if n.Op != "=" {
		v = python.Value{Dynamic: true}
	}
	return t.settingOf(s, key, n, n.Value, v)
}

func (t *flaskTree) called(s *python.Scope, n *python.Call) {
	switch q := s.Qualified(n.Func); q {
	case "flask_cors.CORS", "flask_talisman.Talisman", "CORS", "Talisman":
		if len(n.Args) > 0 && t.app.is(n.Args[0].Value, t.only) {
			t.extension(s, q[strings.LastIndexByte(q, '.')+1:], n)
		}
		return
	}
	method, ok := n.Func.(*python.Attribute)
	if !ok {
		return
	}
	switch {
	case method.Name == "run" && t.isApp(method.X):
		t.run(s, n)
	case method.Name == "after_request" && len(n.Args) == 1:
		t.afterNamed(s, n.Args[0].Value)
	case method.Name == "init_app" && len(n.Args) > 0 && t.app.is(n.Args[0].Value, t.only):
		t.initialised(s, method.X, n)
	case t.config(method.X):
		t.configured(s, method.Name, n)
	}
}

func (t *flaskTree) afterNamed(s *python.Scope, x python.Expr) {
	id, ok := x.(*python.Name)
	if !ok {
		return
	}
	b, _ := s.Lookup(id.ID)
	if f, ok := b.Stmt.(*python.Function); ok && b.Scope != nil {
		t.registered(t.headersSet(b.Scope.Function(f), f.Body))
	}
}

// initialised follows X.init_app(app, ...), where X was made without the application.
func (t *flaskTree) initialised(s *python.Scope, x python.Expr, n *python.Call) {
	id, ok := x.(*python.Name)
	if !ok {
		return
	}
	made, ok := s.Bound(id.ID).(*python.Call)
	if !ok {
		return
	}
	q := s.Qualified(made.Func)
	if name := q[strings.LastIndexByte(q, '.')+1:]; name == "CORS" || name == "Talisman" {
		t.extension(s, name, &python.Call{Range: n.Range, Func: n.Func, Args: append(n.Args[:len(n.Args):len(n.Args)], made.Args...)})
	}
}
