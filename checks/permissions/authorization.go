package permissions

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

func applicationAuthorization() *checks.Check {
	return &checks.Check{
		ID:         "permissions/application-authorization",
		Title:      "Applications ask who may do what by default",
		Why:        "A view without a permission answers everyone. Where the default is open, each forgotten line is a hole that no test of the intended users finds.",
		Fix:        "Close by default and open view by view: DEFAULT_PERMISSION_CLASSES = [IsAuthenticated] in Django REST framework, dependencies=[Depends(...)] on the router in FastAPI.",
		Expected:   "The default asks for a login, and views that write ask who it is",
		Rollback:   "permission_classes = [AllowAny] on the one view that is meant for everyone",
		Absent:     "No views or permissions of Django, Django REST framework or FastAPI were found",
		References: []string{"CWE-862", "CWE-306", "ASVS 8.2.1", "ASVS 8.3.1", "https://www.django-rest-framework.org/api-guide/permissions/"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "default-open", Title: "Views without a permission of their own answer everyone", Severity: checks.Medium},
			{ID: "write-open", Title: "A view that writes answers everyone", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "csrf-exempt", Title: "A view takes requests from other sites and asks for no login", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "route-without-login", Title: "A route that writes asks for no login, where others of its file do", Severity: checks.Info, Precision: checks.PrecisionMedium},
		},
		Wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Ext() == ".py" && e.Size <= maxSource && !testPath(e.Path)
		},
		File:       authorizationFile,
		NoSettings: true,
	}
}

func authorizationFile(p *checks.Pass, f *checks.File) error {
	found := false
	for _, mark := range []string{"rest_framework", "REST_FRAMEWORK", "csrf_exempt", "fastapi"} {
		found = found || bytes.Contains(f.Data, []byte(mark))
	}
	if !found {
		return nil
	}
	j := &authorizationJudge{pass: p, file: f, subject: checks.Subject{Kind: "Python file", Name: f.Path}, scope: python.NewScope(python.Of(f), nil)}
	j.settings()
	for _, statement := range python.Of(f).Body {
		switch s := statement.(type) {
		case *python.Function:
			j.function(s)
		case *python.Class:
			j.class(s)
		}
	}
	j.routesWithoutLogin()
	if j.judged && !j.failed {
		p.OK(j.subject)
	}
	return nil
}

// authorizationJudge judges one file.
type authorizationJudge struct {
	pass           *checks.Pass
	file           *checks.File
	subject        checks.Subject
	scope          *python.Scope
	judged, failed bool
	open           []*python.Function // routes of FastAPI that write and ask for nothing
	closed         bool               // a route of the file asks for a login
}

func (j *authorizationJudge) fail(rule, attribute string, at python.Node, expected, actual, message, fix string) {
	j.failed = true
	start, _ := at.Span()
	place := j.file.Place(start, start)
	place.EndLine, place.EndColumn = 0, 0
	j.pass.Fail(checks.Finding{Rule: rule, Subject: j.subject, Place: place, Attribute: attribute, Expected: expected, Actual: actual, Message: message, Fix: fix})
}

// settings judges REST_FRAMEWORK: without DEFAULT_PERMISSION_CLASSES the default is AllowAny.
func (j *authorizationJudge) settings() {
	b, ok := j.scope.Lookup("REST_FRAMEWORK")
	pairs, known := b.Value.V.(python.Pairs)
	if !ok || !known || b.Value.Dynamic || b.Stmt == nil || !strings.Contains(j.file.Text(), "INSTALLED_APPS") {
		return
	}
	j.judged = true
	const fix = `"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]. Undo: remove the entry.`
	for _, pair := range pairs {
		if pair.Key != "DEFAULT_PERMISSION_CLASSES" {
			continue
		}
		list, _ := pair.Value.V.([]any)
		if !pair.Value.Dynamic && slices.Contains(list, any("rest_framework.permissions.AllowAny")) {
			j.fail("default-open", "DEFAULT_PERMISSION_CLASSES", b.Stmt, "IsAuthenticated", "AllowAny", "Every view that names no permission answers everyone", fix)
		}
		return
	}
	j.fail("default-open", "DEFAULT_PERMISSION_CLASSES", b.Stmt, "IsAuthenticated", "not set: AllowAny", "Every view that names no permission answers everyone", fix)
}

// meantForAll are words of views that strangers have to reach, and asks is what a view's text holds where it checks its
// caller itself.
var (
	meantForAll = regexp.MustCompile(`(?i)log_?in|log_?out|regist|sign_?(up|in)|token|password|reset|webhook|callback|health|ping|public|contact|csp|report|oauth|verify|activate|confirm`)
	asks        = regexp.MustCompile(`(?i)signature|hmac|authoriz|authenticat|token|secret|is_staff|has_perm|login_required|permission|current_user|request\.user|api_key`)
)

// function judges a view function: csrf_exempt without any check, and routes of FastAPI.
func (j *authorizationJudge) function(f *python.Function) {
	text := j.whole(f)
	for _, d := range f.Decorators {
		name := j.scope.Qualified(d)
		if name == "django.views.decorators.csrf.csrf_exempt" {
			j.judged = true
			decorators := ""
			for _, other := range f.Decorators {
				decorators += " " + j.scope.Raw(other)
			}
			if !meantForAll.MatchString(f.Name) && !asks.MatchString(text) && !asks.MatchString(decorators) {
				j.fail("csrf-exempt", f.Name, f, "@login_required, or a check of a signature", "@csrf_exempt alone", "Any site makes its visitors' browsers call this view, and no login is asked for", "Remove @csrf_exempt, or add @login_required above it. Undo: restore the decorators.")
			}
		}
		j.route(f, d, text)
	}
}

// whole is the text of a function from its def to the end of its body.
func (j *authorizationJudge) whole(f *python.Function) string {
	start, end := f.Span()
	for _, statement := range f.Body {
		_, last := statement.Span()
		end = max(end, last)
		python.Walk(statement, func(n python.Node) bool {
			_, last := n.Span()
			end = max(end, last)
			return true
		})
	}
	source := python.Of(j.file).Source
	return source[start:min(end, len(source))]
}

// class judges permission_classes of a view that writes.
func (j *authorizationJudge) class(c *python.Class) {
	writes := false
	for _, base := range c.Args {
		name := j.scope.Qualified(base.Value)
		writes = writes || strings.HasPrefix(name, "rest_framework.") && (strings.HasSuffix(name, ".ModelViewSet") || strings.Contains(name, "Create") || strings.Contains(name, "Update") || strings.Contains(name, "Destroy"))
	}
	for _, s := range c.Body {
		if f, ok := s.(*python.Function); ok && slices.Contains([]string{"post", "put", "patch", "delete", "create", "update", "destroy"}, f.Name) {
			writes = true
		}
	}
	for _, s := range c.Body {
		a, ok := s.(*python.Assign)
		if !ok || len(a.Targets) != 1 || j.scope.Raw(a.Targets[0]) != "permission_classes" {
			continue
		}
		j.judged = true
		list, ok := a.Value.(*python.Sequence)
		open := ok && (len(list.Items) == 0 || len(list.Items) == 1 && strings.HasSuffix(j.scope.Qualified(list.Items[0]), "permissions.AllowAny"))
		if open && writes && !meantForAll.MatchString(c.Name) {
			j.fail("write-open", c.Name, a, "permission_classes = [IsAuthenticated]", j.scope.Raw(a), "Everyone may write through this view, without a login", "permission_classes = [IsAuthenticated], or IsAuthenticatedOrReadOnly. Undo: "+j.scope.Raw(a)+".")
		}
	}
}

// route notes whether a route of FastAPI asks for a login: by a parameter, its decorator, its router or its application.
func (j *authorizationJudge) route(f *python.Function, decorator python.Expr, text string) {
	call, ok := decorator.(*python.Call)
	if !ok {
		return
	}
	method, ok := call.Func.(*python.Attribute)
	owner, named := (*python.Name)(nil), false
	if ok {
		owner, named = method.X.(*python.Name)
	}
	if !named || !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method.Name) {
		return
	}
	made, ok := j.scope.Bound(owner.ID).(*python.Call)
	if !ok {
		return
	}
	if name := j.scope.Qualified(made.Func); name != "fastapi.FastAPI" && name != "fastapi.APIRouter" {
		return
	}
	j.judged = true
	depends := strings.Contains(text, "Depends(") || strings.Contains(text, "Security(") || strings.Contains(j.scope.Raw(made), "dependencies") || strings.Contains(j.scope.Raw(call), "dependencies")
	switch {
	case depends && asks.MatchString(text):
		j.closed = true
	case depends || asks.MatchString(text) || meantForAll.MatchString(f.Name) || method.Name == "get":
	default:
		j.open = append(j.open, f)
	}
}

// routesWithoutLogin reports what stands out: in a file none of whose routes asks for a login, the application may ask
// where it includes the router.
func (j *authorizationJudge) routesWithoutLogin() {
	if !j.closed {
		return
	}
	for _, f := range j.open {
		j.fail("route-without-login", f.Name, f, "the dependency that the other routes have", "no dependency", "This route writes and asks for no login, while others of the file do", "Add the same Depends(...) or Security(...) parameter, or dependencies=[...] on the router. Undo: remove it.")
	}
}
