package permissions

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// stance is whether a view asks for a login, as far as its text tells.
type stance int

const (
	silent  stance = iota // nothing asks
	unclear               // something does that may ask
	asking
)

// view is one route of an application.
type view struct {
	framework string // flask, django or fastapi
	owner     string // the name of its application, blueprint or router; "" in Django
	name      string
	place     checks.Place
	stance    stance
	writes    bool
}

// inclusion is a router that is taken into another router or an application.
type inclusion struct {
	parent, child string // names as written, imports resolved
	asks          bool   // with a dependency that asks
}

// viewFacts are the views of one file, and what of it asks in front of views.
type viewFacts struct {
	path        string
	subject     checks.Subject
	routes      []view
	guarded     []string // owners, and views of Django, in front of which something asks
	inclusions  []inclusion
	application string // the framework of which this file guards a whole application
}

func (v *viewFacts) empty() bool {
	return len(v.routes) == 0 && len(v.guarded) == 0 && len(v.inclusions) == 0 && v.application == ""
}

// viewsOf reads the views of a file.
func viewsOf(j *authorizationJudge) viewFacts {
	v := viewReader{j: j, viewFacts: viewFacts{path: j.file.Path, subject: j.subject}}
	text := j.file.Text()
	v.flask, v.django = strings.Contains(text, "flask"), strings.Contains(text, "django")
	j.scope.Each(func(s *python.Scope, n python.Node) {
		switch n := n.(type) {
		case *python.Function:
			v.function(s, n)
		case *python.Call:
			v.call(s, n)
		}
	})
	for _, statement := range python.Of(j.file).Body {
		switch n := statement.(type) {
		case *python.Class:
			v.djangoClass(n)
		case *python.Assign:
			if len(n.Targets) == 1 && j.scope.Raw(n.Targets[0]) == "MIDDLEWARE" && strings.Contains(j.source(n), "LoginRequired") {
				v.application = "django"
			}
		}
	}
	return v.viewFacts
}

type viewReader struct {
	viewFacts
	j             *authorizationJudge
	flask, django bool
}

func (v *viewReader) function(s *python.Scope, f *python.Function) {
	for _, d := range f.Decorators {
		if owner, method, ok := routeOf(d); ok {
			made := made(s, owner)
			switch {
			case made == "fastapi.FastAPI" || made == "fastapi.APIRouter":
				v.fastapiRoute(s, f, d, owner, method)
				return
			case v.flask && (method == "route" || made == "flask.Flask" || made == "flask.Blueprint"):
				v.flaskRoute(s, f, d, owner, method)
				return
			}
		}
		if a, ok := d.(*python.Attribute); ok && (a.Name == "before_request" || a.Name == "before_app_request") && guardWord.MatchString(v.j.source(f)) {
			v.guard(s, a)
		}
	}
	if v.django && len(f.Params) > 0 && f.Params[0].Name == "request" && (strings.HasSuffix(path.Base(v.path), "views.py") || strings.Contains("/"+v.path, "/views/")) && !strings.HasPrefix(f.Name, "_") {
		v.add(view{framework: "django", name: f.Name, place: v.j.place(f), stance: v.decorated(s, f), writes: true})
	}
}

func (v *viewReader) add(r view) { v.routes = append(v.routes, r) }

// guard notes what runs before every request of a blueprint or an application.
func (v *viewReader) guard(s *python.Scope, hook *python.Attribute) {
	owner := s.Raw(hook.X)
	v.guarded = append(v.guarded, owner)
	if hook.Name == "before_app_request" || made(s, owner) == "flask.Flask" || owner == "app" || owner == "application" {
		v.application = "flask"
	}
}

// routeOf reads a decorator such as app.get("/x").
func routeOf(d python.Expr) (owner, method string, ok bool) {
	call, ok := d.(*python.Call)
	if !ok {
		return "", "", false
	}
	a, ok := call.Func.(*python.Attribute)
	if !ok {
		return "", "", false
	}
	name, ok := a.X.(*python.Name)
	if !ok || !slices.Contains([]string{"route", "get", "post", "put", "patch", "delete"}, a.Name) {
		return "", "", false
	}
	return name.ID, a.Name, true
}

// made is the class that a name is an object of, or "".
func made(s *python.Scope, name string) string {
	if call, ok := s.Bound(name).(*python.Call); ok {
		return s.Qualified(call.Func)
	}
	return ""
}

var (
	// guardWord is in the names of what asks for a login: decorators, mixins and dependencies.
	guardWord = regexp.MustCompile(`(?i)auth|login|logged|require|permission|role|admin|staff|token|jwt|api_?key|protect|secure|member|owner|current_user|principal|scope|abort\(40[13]|acl`)
	// neutralDecorators say nothing about who may call.
	neutralDecorators = regexp.MustCompile(`(?i)(^|\.)(route|get|post|put|patch|delete|cached?|cache_page|never_cache|cache_control|limit|exempt|cross_origin|csrf_exempt|csrf_protect|ensure_csrf_cookie|require_(http_methods|GET|POST|safe)|vary_on_\w+|` +
		`gzip_page|condition|etag|last_modified|transaction|atomic|swag_from|doc|docs|response|arguments|marshal_with|use_kwargs|use_args|expect|errorhandler|templated|timed|xframe_options_\w+|sensitive_\w+|wraps|contextmanager)$`)
)

// decorated is what a view's decorators and its own text say.
func (v *viewReader) decorated(s *python.Scope, f *python.Function) stance {
	out := silent
	for _, d := range f.Decorators {
		name, x := "", d
		if call, ok := d.(*python.Call); ok {
			x = call.Func
		}
		name = s.Qualified(x)
		switch {
		case neutralDecorators.MatchString(name):
		case guardWord.MatchString(s.Raw(d)):
			return asking
		default:
			out = unclear
		}
	}
	if asks.MatchString(v.j.source(f)) {
		return unclear
	}
	return out
}

func (v *viewReader) flaskRoute(s *python.Scope, f *python.Function, d python.Expr, owner, method string) {
	writes := method != "route" && method != "get" || strings.Contains(s.Raw(d), "POST") || strings.Contains(s.Raw(d), "DELETE") || strings.Contains(s.Raw(d), "PUT")
	v.add(view{framework: "flask", owner: owner, name: f.Name, place: v.j.place(f), stance: v.decorated(s, f), writes: writes})
}

// djangoClass reads a class-based view of Django; those of REST framework have a default of their own.
func (v *viewReader) djangoClass(c *python.Class) {
	generic, out := false, silent
	for _, base := range c.Args {
		name := v.j.scope.Qualified(base.Value)
		if strings.HasPrefix(name, "rest_framework") {
			return
		}
		switch {
		case strings.HasPrefix(name, "django.views.") || strings.HasPrefix(name, "django.contrib.auth.views."):
			generic = true
		case guardWord.MatchString(name):
			out = asking
		case out == silent && !strings.HasPrefix(name, "django.") && name != "object":
			out = unclear
		}
	}
	for _, d := range c.Decorators {
		if guardWord.MatchString(v.j.scope.Raw(d)) {
			out = asking
		}
	}
	if out == silent && asks.MatchString(v.j.source(c)) {
		out = unclear
	}
	if generic {
		v.add(view{framework: "django", name: c.Name, place: v.j.place(c), stance: out, writes: true})
	}
}

// call notes guards that are put in front of views by a call: include_router, before_request(f), login_required(view).
func (v *viewReader) call(s *python.Scope, c *python.Call) {
	name := s.Qualified(c.Func)
	if a, ok := c.Func.(*python.Attribute); ok {
		switch {
		case a.Name == "include_router" && len(c.Args) > 0:
			v.inclusions = append(v.inclusions, inclusion{parent: s.Qualified(a.X), child: s.Qualified(c.Args[0].Value), asks: v.dependencies(s, c) == asking})
		case (a.Name == "before_request" || a.Name == "before_app_request") && len(c.Args) == 1 && guardWord.MatchString(s.Raw(c.Args[0].Value)):
			v.guard(s, a)
		}
	}
	switch {
	case (name == "fastapi.FastAPI" || name == "fastapi.APIRouter") && v.dependencies(s, c) == asking:
		if name == "fastapi.FastAPI" {
			v.application = "fastapi"
		}
		v.guardedBinding(s, c)
	case strings.HasPrefix(name, "django.contrib.auth.decorators.") || strings.HasSuffix(name, "staff_member_required"):
		for _, arg := range c.Args {
			view := s.Qualified(arg.Value)
			if inner, ok := arg.Value.(*python.Call); ok {
				view = strings.TrimSuffix(s.Qualified(inner.Func), ".as_view")
			}
			if view != "" {
				v.guarded = append(v.guarded, view[strings.LastIndexByte(view, '.')+1:])
			}
		}
	}
}

// guardedBinding notes the name that an object with guards is bound to.
func (v *viewReader) guardedBinding(s *python.Scope, c *python.Call) {
	for _, name := range s.Own() {
		if s.Bound(name) == python.Expr(c) {
			v.guarded = append(v.guarded, name)
		}
	}
}
