package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// quiet are packages whose middleware sets no header that matters here.
var quiet = words(`body-parser cookie-parser morgan compression multer connect-flash method-override serve-favicon express-rate-limit errorhandler
	pino-http express-pino-logger passport koa-passport hpp express-winston express-fileupload express-validator connect-timeout response-time
	express-mongo-sanitize xss-clean express-slow-down http-errors on-finished koa-bodyparser koa-body koa-logger koa-compress koa-router @koa/router
	koa-json koa-etag koa-conditional-get @fastify/cookie @fastify/formbody @fastify/multipart @fastify/rate-limit @fastify/jwt @fastify/sensible
	@fastify/compress @fastify/swagger @fastify/autoload @fastify/env @fastify/websocket @fastify/postgres @fastify/mongodb @fastify/redis csurf csrf-csrf
	express-jwt i18next-http-middleware express-async-errors express-status-monitor vhost express-useragent nocache express-unless prom-client
	@godaddy/terminus http-proxy-middleware @fastify/http-proxy @fastify/helmet.contentSecurityPolicy express-basic-auth cookie-encrypter dotenv`)

// rendering are packages that answer with pages and files.
var rendering = words("serve-static serve-index koa-static koa-views koa-send @fastify/static @fastify/view express-handlebars connect-history-api-fallback")

// use follows app.use([path], middleware...) and app.register(plugin, options).
func (a *jsApp) use(d *jsDoc, x *clike.Expr, conditional bool) {
	args := x.List
	if len(args) > 0 && x.X.Text == "use" {
		first := a.eval(d, args[0])
		where, isText := first.text()
		_, isPattern := first.V.(jsPattern)
		if isText || isPattern || first.list() != nil && len(first.list()) > 0 && first.list()[0].V != nil && isString(first.list()[0].V) {
			if args = args[1:]; where != "/" && where != "*" && where != "/*" {
				return // other paths than the site's own pages
			}
		}
	}
	var options jsValue
	if x.X.Text == "register" {
		options = a.argument(d, x, 1)
		args = args[:min(1, len(args))]
	}
	for _, m := range args {
		a.middleware(d, x, m, options, conditional, 0)
	}
}

func isString(v any) bool { _, ok := v.(string); return ok }

// middleware follows one middleware. options are those of a plugin that is registered.
func (a *jsApp) middleware(d *jsDoc, at, m *clike.Expr, options jsValue, conditional bool, depth int) {
	if depth > maxJSFollows {
		return
	}
	switch m.Kind {
	case clike.Array:
		for _, item := range m.List {
			a.middleware(d, at, item, options, conditional, depth+1)
		}
		return
	case clike.Choice, clike.Binary:
		a.oneOf(d, at, m, options, conditional, depth)
		return
	case clike.Function:
		a.function(d, m, conditional, depth)
		return
	case clike.Unary:
		if m.X != nil {
			a.middleware(d, at, m.X, options, conditional, depth+1)
		}
		return
	}
	made := m
	if from, ok := d.module(m); ok && m.Kind == clike.Call && a.known(d, m, from, options, conditional) { // register(require("x"), options)
		return
	}
	if m.Kind == clike.Call {
		made = m.X
		options = a.argument(d, m, 0)
	}
	if from, ok := d.module(made); ok && a.known(d, m, from, options, conditional) {
		return
	}
	if m.Kind == clike.Name && len(d.vars[m.Text]) == 1 && d.vars[m.Text][0] != nil && d.vars[m.Text][0].Kind != clike.Name {
		a.middleware(d, at, d.vars[m.Text][0], options, conditional, depth+1)
		return
	}
	if f, from := a.functionOf(d, made); f != nil {
		a.function(from, f, conditional, depth)
		return
	}
	if !a.router(d, at, made) {
		set := a.made(d, m, "use "+oneLine(d.file.Text(made)), "", jsValue{doc: d, x: m})
		set.Flags = []string{"unknown"}
		a.add(set)
	}
}

// oneOf follows production ? a : b and enabled && a.
func (a *jsApp) oneOf(d *jsDoc, at, m *clike.Expr, options jsValue, conditional bool, depth int) {
	arms := []*clike.Expr{m.Y, m.Z}
	if m.Kind == clike.Binary {
		arms = []*clike.Expr{m.Y, nil}
	}
	holds, known := a.eval(d, m.X).truth()
	for i, arm := range arms {
		if arm != nil && (!known || holds == (i == 0)) {
			a.middleware(d, at, arm, options, conditional || !known, depth+1)
		}
	}
}

// known handles the middleware of packages. It reports whether it knew.
func (a *jsApp) known(d *jsDoc, m *clike.Expr, from jsImport, options jsValue, conditional bool) bool {
	major := a.packageOf(d.path).major(from.module)
	name := from.module
	switch {
	case name == "helmet" || name == "@fastify/helmet" || name == "fastify-helmet" || name == "koa-helmet":
		if name != "helmet" {
			major = 0
		}
		a.helmetUsed(d, m, from.name, options, major, conditional)
	case name == "cors" || name == "@fastify/cors" || name == "fastify-cors":
		a.flagged(conditional, a.cors(m, d, options, corsKind{})...)
	case name == "@koa/cors" || name == "koa2-cors":
		a.flagged(conditional, a.cors(m, d, options, corsKind{repeatsStar: true, repeats: major > 0 && major < 5 || name == "koa2-cors"})...)
	case slices.Contains(sessionPackages, name):
		a.add(a.session(d, m, name, options)...)
	case name == "express" && (from.name == "static" || from.name == ""), rendering[name]:
		a.pages(d, m)
		a.before(d, m, true)
	case name == "express", quiet[name], strings.HasPrefix(name, "passport-"):
	default:
		return false
	}
	return true
}

// helmetUsed adds helmet(), or one of its parts.
func (a *jsApp) helmetUsed(d *jsDoc, m *clike.Expr, part string, options jsValue, major int, conditional bool) {
	if part == "" || part == "helmet" || part == "fastifyHelmet" {
		if options.get("global").is(false) {
			return
		}
		a.flagged(conditional, a.helmet(m, d, options, major)...)
		return
	}
	for _, p := range helmetParts {
		if p.name == part || p.alias == part {
			if options.absent() {
				options = jsValue{V: true, Known: true, doc: d}
			}
			a.flagged(conditional, a.helmetSetting(m, d, p, options, major))
		}
	}
}

// functionOf is the function of the tree that an expression means, with its file.
func (a *jsApp) functionOf(d *jsDoc, x *clike.Expr) (*clike.Expr, *jsDoc) {
	v := a.eval(d, x)
	if from, ok := d.module(x); ok && x.Kind == clike.Call { // require("./headers")
		v = a.imported(d, from, 0)
	}
	if f, ok := v.V.(*clike.Expr); ok && v.Known && v.doc != nil {
		return f, v.doc
	}
	return nil, nil
}

// router reports a router, or a file of the tree that sets nothing.
func (a *jsApp) router(d *jsDoc, at, x *clike.Expr) bool {
	text := strings.ToLower(d.file.Text(x))
	if i := strings.IndexByte(text, '('); i >= 0 {
		text = text[:i]
	}
	if strings.Contains(text, "route") {
		a.before(d, at, false)
		return true
	}
	from, ok := d.module(x)
	if !ok {
		return false
	}
	other, inTree := a.find(d, from.module)
	if inTree && other != nil && (other.file == nil || strings.Contains(path.Base(other.path), "rout")) {
		a.before(d, at, false)
		return true
	}
	return false
}

// route notes a route, and whether it answers with a page.
func (a *jsApp) route(d *jsDoc, x *clike.Expr) {
	page := false
	for _, handler := range x.List[1:] {
		text := d.file.Text(handler)
		for _, sign := range []string{".render(", ".sendFile(", ".sendfile(", "text/html", "'<", "\"<", "`<", "type('html')", ".view("} {
			page = page || strings.Contains(text, sign)
		}
	}
	if page {
		a.pages(d, x)
	}
	a.before(d, x, page)
}

// before keeps what holds for a route that stands before the first middleware that sets a header, where one follows.
func (a *jsApp) before(d *jsDoc, x *clike.Expr, page bool) {
	if a.early != nil || d != a.doc || a.kind == "fastify" || a.kind == "nest" || !page || setsHeader(a.scope) {
		return
	}
	a.early = &checks.Scope{Layer: a.layer, Kind: "routes", Name: a.name + " / " + oneLine(d.file.Text(x))[:min(60, len(oneLine(d.file.Text(x))))],
		Place: a.place(d, x), Parent: a.scope, Settings: slices.Clone(a.scope.Settings)}
}

// setsHeader reports whether something sets a security header there.
func setsHeader(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return set.Header != "" && !set.Has("remove") && set.Header != "Set-Cookie"
	})
}
