package settings

import (
	"path"
	"strings"

	"hardcheck/checks/internal/parse/python"
)

// configured follows a method of app.config.
func (t *flaskTree) configured(s *python.Scope, method string, n *python.Call) {
	switch method {
	case "update", "from_mapping":
		for _, a := range n.Args {
			switch {
			case a.Name != "":
				t.set(t.setting(s, a.Name, a, a.Value))
			case !forTests(a.Value) && !t.mapping(s, a.Value):
				t.from(s, n)
			}
		}
	case "from_object":
		if len(n.Args) != 1 || !t.object(s, n.Args[0].Value) {
			t.from(s, n)
		}
	case "from_pyfile":
		if len(n.Args) == 0 || !t.file(s, n.Args[0].Value) {
			t.from(s, n)
		}
	case "from_envvar", "from_prefixed_env", "from_file", "from_json":
		t.from(s, n)
	}
}

// forTests reports what a factory takes for its tests: app.config.update(test_config).
func forTests(x python.Expr) bool {
	id, ok := x.(*python.Name)
	return ok && strings.Contains(strings.ToLower(id.ID), "test")
}

// from notes a source of configuration that cannot be read.
func (t *flaskTree) from(s *python.Scope, n *python.Call) {
	if t.elsewhere == "" {
		t.elsewhere = pythonRaw(s, n)
	}
}

func (t *flaskTree) mapping(s *python.Scope, x python.Expr) bool {
	v := s.Eval(x)
	pairs, ok := v.V.(python.Pairs)
	for _, p := range pairs {
		t.set(t.settingOf(p.Scope, p.Key, p.Expr, p.Expr, p.Value.Given(v)))
	}
	return ok && !v.Dynamic
}

// object follows from_object: a dotted name in a string, a class, or a module.
func (t *flaskTree) object(s *python.Scope, x python.Expr) bool {
	if text, ok := s.Eval(x).V.(string); ok {
		return t.dotted(strings.ReplaceAll(text, ":", "."), 0)
	}
	switch n := x.(type) {
	case *python.Call: // from_object(Config())
		if len(n.Args) == 0 {
			x = n.Func
		}
	case *python.Subscript:
		return t.chosen(s, n)
	}
	if id, ok := x.(*python.Name); ok {
		if id.ID == "__name__" {
			t.upper(s)
			return true
		}
		if b, ok := s.Lookup(id.ID); ok {
			c, ok := b.Stmt.(*python.Class)
			return ok && t.class(t.app.doc, c, maxBases) // a variable may be anything
		}
	}
	q := s.Qualified(x)
	level := len(q) - len(strings.TrimLeft(q, "."))
	return q != "" && t.dotted(q[level:], level)
}

// chosen follows from_object(configs[name]). Where the name is not known until run time, what holds in production is
// what the entry of that name says, and the scope's name says so.
func (t *flaskTree) chosen(s *python.Scope, x *python.Subscript) bool {
	pairs, ok := s.Eval(x.X).V.(python.Pairs)
	if !ok {
		return false
	}
	key, known := s.Eval(x.Index).V.(string)
	for _, p := range pairs {
		id, isName := p.Expr.(*python.Name)
		production := !known && (p.Key == "production" || p.Key == "prod")
		if !isName || !production && p.Key != key {
			continue
		}
		b, _ := p.Scope.Lookup(id.ID)
		c, isClass := b.Stmt.(*python.Class)
		if !isClass || b.Scope == nil {
			return false
		}
		if production {
			t.app.scope.Name += " (" + p.Key + ")"
		}
		return t.class(t.docOf(b.Scope), c, maxBases)
	}
	return false
}

func (t *pythonTree) docOf(s *python.Scope) *pythonDoc {
	return t.exact(moduleName(t.paths[s.Module()]))
}

// dotted finds a module, or a class of one, by its dotted name.
func (t *flaskTree) dotted(name string, level int) bool {
	if d := t.module(t.app.doc.path, level, name); d != nil {
		t.upper(t.follow(d))
		return true
	}
	module, class := "", name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		module, class = name[:i], name[i+1:]
	}
	d := t.module(t.app.doc.path, level, module)
	if d == nil {
		return false
	}
	b, _ := t.follow(d).Lookup(class)
	c, ok := b.Stmt.(*python.Class)
	return ok && t.class(d, c, maxBases)
}

// file finds a configuration file by its name beside the application or in instance/.
func (t *flaskTree) file(s *python.Scope, x python.Expr) bool {
	name, ok := s.Eval(x).V.(string)
	if !ok {
		return false
	}
	for _, dir := range []string{".", "instance", "..", "../instance"} {
		if d := t.exact(moduleName(path.Join(path.Dir(t.app.doc.path), dir, name))); d != nil {
			t.upper(t.follow(d))
			return true
		}
	}
	return false
}

// maxBases bounds the classes that a configuration class builds on.
const maxBases = 8

// class takes the settings of a class, those of its bases first.
func (t *flaskTree) class(d *pythonDoc, c *python.Class, bases int) bool {
	if bases == 0 {
		return false
	}
	whole := true
	for _, a := range c.Args {
		id, ok := a.Value.(*python.Name)
		if !ok || id.ID == "object" {
			continue
		}
		b, _ := t.follow(d).Lookup(id.ID)
		if base, ok := b.Stmt.(*python.Class); ok && base != c {
			whole = t.class(d, base, bases-1) && whole
		} else {
			whole = false
		}
	}
	t.upper(t.follow(d).Class(c))
	return whole
}

// upper takes the names in capitals, as Flask does.
func (t *flaskTree) upper(s *python.Scope) {
	for _, id := range s.Own() {
		b, _ := s.Lookup(id)
		if id != strings.ToUpper(id) || b.Stmt == nil || strings.Trim(id, "_") == "" {
			continue
		}
		if _, isAssign := b.Stmt.(*python.Assign); isAssign {
			t.set(t.settingOf(b.Scope, id, b.Stmt, b.Expr, b.Value))
		}
	}
}
