package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// fastapiReader reads applications of FastAPI and plain Starlette: the arguments of the application, the middleware
// added to it, and the headers that middleware of the tree sets.
func fastapiReader() reader {
	return reader{layer: "fastapi", hints: []string{"fastapi"}, wants: wantsPython, resolve: resolveFastAPI, read: readPython("FastAPI(", "Starlette(",
		"add_middleware", "BaseHTTPMiddleware", "MutableHeaders", "http.request", "ontent-length", "BaseSettings", `middleware("http")`, "middleware('http')", "set_cookie(")}
}

var fastapiClasses = words("fastapi.FastAPI fastapi.applications.FastAPI starlette.applications.Starlette FastAPI Starlette")

// fastapiArguments are the keyword arguments that FastAPI knows as of 0.121; others end unseen in FastAPI.extra.
var fastapiArguments = words(`debug routes title summary description version openapi_url openapi_tags servers dependencies
	default_response_class redirect_slashes docs_url redoc_url swagger_ui_oauth2_redirect_url swagger_ui_init_oauth middleware
	exception_handlers on_startup on_shutdown lifespan terms_of_service contact license_info openapi_prefix root_path
	root_path_in_servers responses callbacks webhooks deprecated include_in_schema swagger_ui_parameters
	generate_unique_id_function separate_input_output_schemas openapi_external_docs strict_content_type`)

// fastapiOptions are the arguments that become settings.
var fastapiOptions = words("debug docs_url redoc_url openapi_url root_path swagger_ui_oauth2_redirect_url")

var (
	fastapiDefaults   = []serverDefault{{"debug", false}, {"docs_url", "/docs"}, {"redoc_url", "/redoc"}, {"openapi_url", "/openapi.json"}}
	starletteDefaults = []serverDefault{{"debug", false}}
	// middlewareDefaults are those of starlette/middleware.
	middlewareDefaults = map[string][]serverDefault{
		"CORSMiddleware": {{"allow_origins", []any{}}, {"allow_origin_regex", nil}, {"allow_credentials", false}, {"allow_methods", []any{"GET"}},
			{"allow_headers", []any{}}, {"expose_headers", []any{}}, {"max_age", int64(600)}},
		"SessionMiddleware":     {{"https_only", false}, {"same_site", "lax"}, {"session_cookie", "session"}, {"max_age", int64(1209600)}, {"path", "/"}},
		"TrustedHostMiddleware": {{"allowed_hosts", []any{"*"}}, {"www_redirect", true}},
	}
)

// fastapiTree follows one application.
type fastapiTree struct {
	*pythonTree
	app  *pythonApp
	only bool // the file makes one application
}

func resolveFastAPI(docs []document) ([]*checks.Scope, []checks.Problem) {
	tree := newPythonTree("fastapi", docs)
	var out []*checks.Scope
	var all []*fastapiTree
	var problems []checks.Problem
	for _, d := range tree.docs {
		if !strings.Contains(d.module.Source, "FastAPI(") && !strings.Contains(d.module.Source, "Starlette(") {
			continue
		}
		apps := tree.apps(d, fastapiClasses)
		here := len(all)
		for _, app := range apps {
			all = append(all, &fastapiTree{tree, app, len(apps) == 1})
		}
		if len(apps) == 0 {
			continue
		}
		tree.follow(d).Each(func(s *python.Scope, n python.Node) {
			for _, t := range all[here:] {
				t.visit(s, n)
			}
		})
		problems = append(problems, tree.unread(d)...)
	}
	for _, t := range all {
		if len(all) == 1 {
			t.elsewhere()
		}
		for _, set := range t.cookiesOf(t.app.doc, len(all) == 1, "lax", "fastapi", "starlette") {
			t.app.add(set)
		}
		t.arguments()
		out = append(out, t.app.scope)
	}
	return out, problems
}

// elsewhere looks for functions in other files that add middleware to an application they are given. Only where
// the tree has one application is it known which.
func (t *fastapiTree) elsewhere() {
	for _, d := range t.docs {
		if d == t.app.doc {
			continue
		}
		t.follow(d).Each(func(s *python.Scope, n python.Node) {
			if call, ok := n.(*python.Call); ok {
				if method, ok := call.Func.(*python.Attribute); ok && method.Name == "add_middleware" {
					t.middleware(s, d, call)
				}
			}
		})
	}
}

// arguments reads the call that makes the application.
func (t *fastapiTree) arguments() {
	fastapi := strings.HasSuffix(t.app.in.Qualified(t.app.call.Func), "FastAPI")
	unknown := ""
	for i, a := range t.app.call.Args {
		switch {
		case a.Name == "" && i == 0 && !fastapi:
			t.app.add(t.setting(t.app.in, "debug", a, a.Value))
		case a.Name == "":
			unknown = t.argumentsOf(a, fastapi)
		default:
			t.argument(t.app.in, a.Name, a, a.Value, t.app.in.Eval(a.Value), fastapi)
		}
	}
	defaults := starletteDefaults
	if fastapi {
		defaults = fastapiDefaults
	}
	withDefaults(t.app.scope, defaults, unknown)
}

// argumentsOf reads **settings. It returns what could not be read.
func (t *fastapiTree) argumentsOf(a python.Arg, fastapi bool) string {
	star, ok := a.Value.(*python.Unary)
	if !ok || star.Op != "**" {
		return ""
	}
	v := t.app.in.Eval(star.X)
	pairs, known := v.V.(python.Pairs)
	for _, p := range pairs {
		t.argument(p.Scope, p.Key, p.Expr, p.Expr, p.Value.Given(v), fastapi)
	}
	if known && !v.Dynamic {
		return ""
	}
	return pythonRaw(t.app.in, star)
}

func (t *fastapiTree) argument(s *python.Scope, name string, at python.Node, x python.Expr, v python.Value, fastapi bool) {
	switch {
	case fastapiOptions[name]:
		t.app.add(t.settingOf(s, name, at, x, v))
	case name == "middleware":
		t.middlewareList(s, x)
	case fastapi && !fastapiArguments[name]:
		t.app.add(t.settingOf(s, "unknown."+name, at, x, v))
	}
}

// middlewareList reads middleware=[Middleware(Class, ...), ...], written there or assigned to a name before.
func (t *fastapiTree) middlewareList(s *python.Scope, x python.Expr) {
	if id, ok := x.(*python.Name); ok {
		if bound := s.Bound(id.ID); bound != nil {
			x = bound
		}
	}
	list, ok := x.(*python.Sequence)
	if !ok {
		return
	}
	for _, item := range list.Items {
		if call, ok := item.(*python.Call); ok {
			t.middleware(s, t.app.doc, call)
		}
	}
}

func (t *fastapiTree) visit(s *python.Scope, n python.Node) {
	switch n := n.(type) {
	case *python.Call:
		if method, ok := n.Func.(*python.Attribute); ok && method.Name == "add_middleware" && t.app.is(method.X, t.only) {
			t.middleware(s, t.app.doc, n)
		}
	case *python.Function:
		for _, d := range n.Decorators {
			call, ok := d.(*python.Call)
			if !ok {
				continue
			}
			if method, ok := call.Func.(*python.Attribute); ok && method.Name == "middleware" && t.app.is(method.X, t.only) {
				set := checks.Setting{Layer: t.layer, Name: "middleware." + n.Name, Value: true, Raw: pythonRaw(s, d), Origin: checks.OriginSet,
					Place: t.place(s.Module(), n)}
				t.bodyLimiter(s, n.Name, n, n.Body, &set)
				t.app.add(set)
				for _, set := range t.headersSet(s.Function(n), n.Body) {
					t.app.add(set)
				}
			}
		}
	}
}

// middleware records one that is added: its arguments, what it does by itself, and the headers that it sets where it
// is a class of the tree.
func (t *fastapiTree) middleware(s *python.Scope, d *pythonDoc, n *python.Call) {
	if len(n.Args) == 0 || n.Args[0].Name != "" {
		return
	}
	q := s.Qualified(n.Args[0].Value)
	name := q[strings.LastIndexByte(q, '.')+1:]
	if name == "" {
		return
	}
	place := t.place(s.Module(), n)
	set := checks.Setting{Layer: t.layer, Name: "middleware." + name, Value: true, Raw: pythonRaw(s, n), Origin: checks.OriginSet, Place: place}
	if class, scope := t.middlewareClass(d, name); class != nil {
		t.bodyLimiter(scope, name, class, class.Body, &set)
	}
	t.app.add(set)
	given := map[string]bool{}
	for _, a := range n.Args[1:] {
		if a.Name != "" {
			given[a.Name] = true
			t.app.add(t.setting(s, name+"."+a.Name, a, a.Value))
		} else if star, ok := a.Value.(*python.Unary); ok && star.Op == "**" {
			pairs, _ := s.Eval(star.X).V.(python.Pairs)
			for _, p := range pairs {
				given[p.Key] = true
				t.app.add(t.settingOf(p.Scope, name+"."+p.Key, p.Expr, p.Expr, p.Value))
			}
			if pairs == nil {
				return // any of them may be given
			}
		}
	}
	for _, def := range middlewareDefaults[name] {
		if !given[def.setting] {
			t.app.add(checks.Setting{Layer: t.layer, Name: name + "." + def.setting, Value: def.value, Raw: pythonText(def.value),
				Origin: checks.OriginDefault, Place: place})
		}
	}
	t.classHeaders(d, name)
}

// classHeaders adds the headers that a middleware class of the tree sets: the one that the file defines or imports, or
// else the only one of its name.
func (t *fastapiTree) classHeaders(from *pythonDoc, name string) {
	class, scope := t.middlewareClass(from, name)
	if class == nil {
		return
	}
	for _, set := range t.headersSet(scope.Class(class), class.Body) {
		t.app.add(set)
	}
}

// middlewareClass is the class of that name which the file defines or imports, or else the only one of the tree.
func (t *fastapiTree) middlewareClass(from *pythonDoc, name string) (*python.Class, *python.Scope) {
	if class, scope := t.classOf(from, name); class != nil {
		return class, scope
	}
	return t.onlyClass(name)
}

// onlyClass is the class of that name where the tree has one, and not another in a second file.
func (t *fastapiTree) onlyClass(name string) (class *python.Class, scope *python.Scope) {
	for _, d := range t.docs {
		c, s := t.classOf(d, name)
		if c != nil && class != nil && c != class {
			return nil, nil
		}
		if c != nil {
			class, scope = c, s
		}
	}
	return class, scope
}

// classOf is the class of that name in the file, or in the one that it is imported from, with the scope it stands in.
func (t *pythonTree) classOf(d *pythonDoc, name string) (*python.Class, *python.Scope) {
	b, _ := t.follow(d).Lookup(name)
	c, ok := b.Stmt.(*python.Class)
	switch {
	case !ok:
		return nil, nil
	case b.Scope != nil:
		return c, b.Scope
	}
	return c, t.follow(d)
}
