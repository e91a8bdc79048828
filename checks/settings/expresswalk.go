package settings

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// run follows statements. conditional: whether they run is not known.
func (a *jsApp) run(body []*clike.Stmt, conditional bool, depth int) {
	a.follow(a.doc, body, conditional, depth)
}

// branches follows what an if may do, and reports whether its condition is known.
func (a *jsApp) branches(d *jsDoc, s *clike.Stmt, conditional bool, follow func(body []*clike.Stmt, conditional bool)) (known bool) {
	holds, known := a.eval(d, s.X).truth()
	if !known || holds {
		follow(s.Body, conditional || !known)
	}
	if !known || !holds {
		follow(s.Else, conditional || !known)
	}
	return known
}

func (a *jsApp) follow(d *jsDoc, body []*clike.Stmt, conditional bool, depth int) {
	if depth > maxJSFollows {
		return
	}
	for _, s := range body {
		if !a.step() {
			return
		}
		switch s.Kind {
		case clike.If:
			a.branches(d, s, conditional, func(body []*clike.Stmt, conditional bool) { a.follow(d, body, conditional, depth+1) })
			continue
		case clike.Block:
			a.follow(d, s.Body, conditional || s.Maybe, depth+1)
			continue
		}
		a.expression(d, s.X, conditional, depth)
		a.follow(d, s.Body, conditional, depth+1)
	}
}

// step takes one statement; false where no more are followed.
func (a *jsApp) step() bool {
	a.steps++
	a.doc.cut = a.doc.cut || a.steps > maxJSSteps
	return a.steps <= maxJSSteps
}

// expression looks for calls on the application, and follows chains of them from the first to the last.
func (a *jsApp) expression(d *jsDoc, x *clike.Expr, conditional bool, depth int) {
	var visit func(x *clike.Expr, conditional bool)
	visit = func(x *clike.Expr, conditional bool) {
		if x == nil {
			return
		}
		switch x.Kind {
		case clike.Choice:
			holds, known := a.eval(d, x.X).truth()
			if !known || holds {
				visit(x.Y, conditional || !known)
			}
			if !known || !holds {
				visit(x.Z, conditional || !known)
			}
			return
		case clike.Binary:
			if x.Text == "&&" {
				if holds, known := a.eval(d, x.X).truth(); !known || holds {
					visit(x.Y, conditional || !known)
				}
				return
			}
		case clike.Function:
			a.follow(d, x.Body, conditional, depth+1)
		}
		visit(x.X, conditional)
		if x.Kind == clike.Call {
			a.call(d, x, conditional)
			a.handedOn(d, x, conditional, depth)
		}
		visit(x.Y, conditional)
		visit(x.Z, conditional)
		for _, e := range x.List {
			visit(e, conditional)
		}
		for _, p := range x.Props {
			visit(p.Value, conditional)
		}
	}
	visit(x, conditional)
}

// handedOn follows a function of the tree that is given the application.
func (a *jsApp) handedOn(d *jsDoc, x *clike.Expr, conditional bool, depth int) {
	i := slices.IndexFunc(x.List, func(arg *clike.Expr) bool { return a.is(d, arg) })
	if i < 0 || x.X.Kind == clike.Member && a.is(d, x.X.X) || a.called[x] || depth > maxJSFollows {
		return
	}
	f, from := a.functionOf(d, x.X)
	if f == nil || i >= len(f.Params) {
		return
	}
	a.called[x] = true
	a.given[parameter{from, f.Params[i]}] = true
	a.follow(from, f.Body, conditional, depth+1)
}

// root is what a chain of calls begins with: app in app.use(a).use(b).
func root(x *clike.Expr) *clike.Expr {
	for x.Kind == clike.Call && x.X.Kind == clike.Member {
		x = x.X.X
	}
	return x
}

// call looks at one call: on the application, or of a cookie.
func (a *jsApp) call(d *jsDoc, x *clike.Expr, conditional bool) {
	if x.X.Kind != clike.Member || a.called[x] {
		return
	}
	if sets := a.cookieSet(d, x); sets != nil {
		a.called[x] = true
		a.add(sets...)
		return
	}
	if !a.is(d, root(x.X.X)) {
		return
	}
	a.called[x] = true
	args := x.List
	switch method := x.X.Text; method {
	case "use", "register":
		a.use(d, x, conditional)
	case "disable", "enable":
		if len(args) == 1 {
			a.switched(d, x, method == "enable")
		}
	case "set":
		if len(args) == 2 && a.eval(d, args[0]).is("x-powered-by") {
			on, known := a.eval(d, args[1]).truth()
			if known {
				a.switched(d, x, on)
			}
		} else if len(args) == 2 && a.eval(d, args[0]).is("trust proxy") {
			a.add(a.made(d, x, "trust proxy", "", a.eval(d, args[1])))
		}
	case "get", "post", "put", "delete", "patch", "all", "route", "head", "options":
		if len(args) > 1 {
			a.route(d, x)
		}
	case "addHook":
		if len(args) == 2 {
			a.function(d, args[1], conditional, 0)
		}
	case "enableCors":
		a.flagged(conditional, a.cors(x, d, a.argument(d, x, 0), corsKind{})...)
	case "listen":
		a.add(a.made(d, x, "listen", "", jsValue{V: true, Known: true}))
	case "useStaticAssets", "setViewEngine", "setBaseViewsDir":
		a.pages(d, x)
	}
}

// argument is the value of an argument, undefined where it is not given.
func (t *jsTree) argument(d *jsDoc, x *clike.Expr, n int) jsValue {
	if n < len(x.List) {
		return t.eval(d, x.List[n])
	}
	return jsValue{V: undefined{}, Known: true, doc: d}
}

// switched follows disable("x-powered-by") and its like.
func (a *jsApp) switched(d *jsDoc, x *clike.Expr, on bool) {
	v := a.eval(d, x.List[0])
	name, ok := v.text()
	if !ok {
		return
	}
	set := a.made(d, x, name, "", jsValue{V: on, Known: true, doc: d, x: x})
	if name == "x-powered-by" && !on {
		set.Header, set.Flags = "X-Powered-By", []string{"remove"}
	}
	a.add(set)
}

// flagged adds settings that may not hold.
func (a *jsApp) flagged(conditional bool, sets ...checks.Setting) {
	for _, set := range sets {
		if conditional {
			set.Flags = append(set.Flags, "conditional")
		}
		a.add(set)
	}
}

func (a *jsApp) pages(d *jsDoc, x *clike.Expr) {
	a.add(a.made(d, x, "pages", "", jsValue{V: true, Known: true, doc: d, x: x}))
}

// finish adds what the framework sends by itself, and how the application is started.
func (a *jsApp) finish() {
	if p := a.packageOf(a.doc.path); p != nil && p.Scripts["start"] != "" {
		a.add(checks.Setting{Layer: a.layer, Name: "scripts.start", Value: oneLine(p.Scripts["start"]), Raw: oneLine(p.Scripts["start"]), Origin: checks.OriginSet,
			Place: checks.Place{Path: strings.TrimPrefix(p.dir+"/package.json", "./")}})
	}
	if a.kind == "express" || a.kind == "nest" {
		powered := checks.Setting{Layer: a.layer, Name: "x-powered-by", Header: "X-Powered-By", Value: "Express", Raw: "Express", Origin: checks.OriginDefault, Place: a.scope.Place}
		for _, s := range []*checks.Scope{a.scope, a.early} {
			if s != nil {
				s.Settings = slices.Insert(s.Settings, 0, powered)
			}
		}
	}
	for _, s := range []*checks.Scope{a.scope, a.early} {
		if s != nil {
			for i := range s.Settings {
				s.Settings[i].Scope = s.Name
			}
		}
	}
}

// elsewhere follows the other files, which get the application as an argument or answer its routes.
func (a *jsApp) elsewhere() {
	for _, d := range a.order {
		if d != a.doc {
			a.follow(d, d.file.Body, false, 0)
		}
	}
}
