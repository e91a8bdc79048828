package settings

import (
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// expressReader reads servers written for Node: Express, NestJS, Fastify and Koa, with helmet, cors, sessions, cookies
// and the headers that middleware of the tree sets.
func expressReader() reader {
	return reader{layer: "express", hints: []string{"express"}, wants: wantsScript, read: readScript, resolve: resolveExpress}
}

// jsApp is an application object.
type jsApp struct {
	*jsTree
	doc    *jsDoc
	name   string // what it is assigned to, as written: "app", "this.app"
	kind   string // express, fastify, koa, nest
	only   bool   // the tree makes no other
	scope  *checks.Scope
	early  *checks.Scope // the routes that stand before the first middleware with headers
	called map[*clike.Expr]bool
	steps  int // statements that were followed
	// given are the parameters that stand for the application in functions which get it.
	given map[parameter]bool
}

// parameter is a name in a file.
type parameter struct {
	doc  *jsDoc
	name string
}

// Bounds of one tree's applications and the functions that are followed.
const (
	maxJSApps    = 200
	maxJSFollows = 12
	maxJSSteps   = 200_000
)

func resolveExpress(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := newJSTree("express", docs)
	var apps []*jsApp
	var problems []checks.Problem
	for _, d := range t.order {
		for _, app := range t.apps(d) {
			if len(apps) < maxJSApps {
				apps = append(apps, app)
			} else {
				d.cut = true
			}
		}
	}
	var out []*checks.Scope
	for _, app := range apps {
		app.only = len(apps) == 1
		app.run(app.doc.file.Body, false, 0)
		if app.only {
			app.elsewhere()
		}
		app.finish()
		out = append(out, app.scope)
		if app.early != nil {
			out = append(out, app.early)
		}
		if app.doc.cut || app.doc.file.Cut {
			problems = append(problems, tooLarge("read the settings of express", app.doc.path))
		}
	}
	return out, problems
}

// apps finds the application objects that a file makes.
func (t *jsTree) apps(d *jsDoc) []*jsApp {
	var out []*jsApp
	add := func(name string, x *clike.Expr) {
		if kind := t.appKind(d, x); kind != "" {
			scope := &checks.Scope{Layer: t.layer, Kind: "app", Name: name, Place: t.place(d, x)}
			out = append(out, &jsApp{jsTree: t, doc: d, name: name, kind: kind, scope: scope, called: map[*clike.Expr]bool{}, given: map[parameter]bool{}})
		}
	}
	var visit func(body []*clike.Stmt)
	visit = func(body []*clike.Stmt) {
		for _, s := range body {
			if s.Kind == clike.Var && s.Name != "" {
				add(s.Name, s.X)
			}
			clike.Walk(s.X, func(x *clike.Expr) bool {
				if x.Kind == clike.Assign {
					add(d.file.Text(x.X), x.Y)
				}
				visit(x.Body)
				return true
			})
			visit(s.Body)
			visit(s.Else)
		}
	}
	visit(d.file.Body)
	return out
}

// appKind is the framework whose application an expression makes, or "".
func (t *jsTree) appKind(d *jsDoc, x *clike.Expr) string {
	for x != nil && x.Kind == clike.Unary {
		x = x.X
	}
	if x == nil || x.Kind != clike.Call && x.Kind != clike.New {
		return ""
	}
	from, ok := d.module(x.X)
	if !ok {
		return ""
	}
	switch {
	case from == jsImport{"express", ""}:
		return "express"
	case from.module == "fastify" && (from.name == "" || from.name == "fastify"):
		return "fastify"
	case from == jsImport{"koa", ""} && x.Kind == clike.New:
		return "koa"
	case from.module == "@nestjs/core" && from.name == "NestFactory.create":
		return "nest"
	}
	return ""
}

func (a *jsApp) add(sets ...checks.Setting) {
	for _, set := range sets {
		if len(a.scope.Settings) >= maxAppSettings {
			a.doc.cut = true
			return
		}
		a.scope.Settings = append(a.scope.Settings, set)
	}
}

// is reports whether an expression means the application. Where the tree makes only one, the usual names count in
// every file.
func (a *jsApp) is(d *jsDoc, x *clike.Expr) bool {
	if x.Kind != clike.Name && x.Kind != clike.Member {
		return false
	}
	text := d.file.Text(x)
	if d == a.doc && text == a.name || a.given[parameter{d, text}] {
		return true
	}
	return a.only && slices.Contains([]string{"app", "server", "fastify", "application", "this.app", "instance", "expressApp"}, text) && d != a.doc
}
