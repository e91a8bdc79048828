package permissions

import (
	"bytes"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

func applicationAuthorization() *checks.Check {
	return &checks.Check{
		ID:         "permissions/application-authorization",
		Title:      "Applications ask who may do what by default",
		Why:        "A view without a permission answers everyone. Where the default is open, each forgotten line is a hole that no test of the intended users finds.",
		Fix:        "Close by default and open view by view: DEFAULT_PERMISSION_CLASSES = [IsAuthenticated] in Django REST framework, LoginRequiredMiddleware in Django 5.1, dependencies=[Depends(...)] on the router in FastAPI, before_request on the blueprint in Flask.",
		Expected:   "The default asks for a login, and views that write ask who it is",
		Rollback:   "permission_classes = [AllowAny], @login_not_required or a route of its own for the one view that is meant for everyone",
		Absent:     "No views or permissions of Django, Django REST framework, Flask or FastAPI were found",
		References: []string{"CWE-862", "CWE-306", "ASVS 8.2.1", "ASVS 8.3.1", "https://www.django-rest-framework.org/api-guide/permissions/"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "default-open", Title: "Views without a permission of their own answer everyone", Severity: checks.Medium},
			{ID: "write-open", Title: "A view that writes answers everyone", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "csrf-exempt", Title: "A view takes requests from other sites and asks for no login", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "route-without-login", Title: "A route asks for no login, where the others of its file do", Severity: checks.Info, Precision: checks.PrecisionMedium},
			{ID: "router-without-login", Title: "No route of a router that writes asks for a login", Severity: checks.Info, Precision: checks.PrecisionMedium},
		},
		Wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Ext() == ".py" && e.Size <= maxSource && !testPath(e.Path)
		},
		File:       authorizationFile,
		Tree:       authorizationTree,
		NoSettings: true,
		Lasting:    true,
	}
}

// authorizationMarks are in every file that defines or guards views: few files are parsed.
var authorizationMarks = []string{"rest_framework", "REST_FRAMEWORK", "csrf_exempt", "fastapi", "flask", "django", "LoginRequired"}

func authorizationFile(p *checks.Pass, f *checks.File) error {
	if !slices.ContainsFunc(authorizationMarks, func(mark string) bool { return bytes.Contains(f.Data, []byte(mark)) }) {
		return nil
	}
	j := &authorizationJudge{pass: p, file: f, subject: checks.Subject{Kind: "Python file", Name: f.Path}, scope: python.NewScope(python.Of(f), nil)}
	j.settings()
	for _, statement := range python.Of(f).Body {
		switch s := statement.(type) {
		case *python.Function:
			j.exempt(s)
		case *python.Class:
			j.class(s)
		}
	}
	facts := viewsOf(j)
	if !facts.empty() {
		p.Keep(f.Path, facts)
	}
	if j.judged && !j.failed && len(facts.routes) == 0 {
		p.OK(j.subject)
	}
	return nil
}

// authorizationJudge judges what one file says by itself.
type authorizationJudge struct {
	pass           *checks.Pass
	file           *checks.File
	subject        checks.Subject
	scope          *python.Scope
	judged, failed bool
}

func (j *authorizationJudge) fail(rule, attribute string, at python.Node, expected, actual, message, fix string) {
	j.failed = true
	j.pass.Fail(checks.Finding{Rule: rule, Subject: j.subject, Place: j.place(at), Attribute: attribute, Expected: expected, Actual: actual, Message: message, Fix: fix})
}

func (j *authorizationJudge) place(at python.Node) checks.Place {
	start, _ := at.Span()
	place := j.file.Place(start, start)
	place.EndLine, place.EndColumn = 0, 0
	return place
}

// source is the text of a node, up to the end of what is inside it.
func (j *authorizationJudge) source(n python.Node) string {
	start, end := n.Span()
	python.Walk(n, func(inner python.Node) bool {
		_, last := inner.Span()
		end = max(end, last)
		return true
	})
	text := python.Of(j.file).Source
	return text[start:min(end, len(text))]
}
