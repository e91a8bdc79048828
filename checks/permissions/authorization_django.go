package permissions

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/python"
)

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
	meantForAll = regexp.MustCompile(`(?i)log_?in|log_?out|log_?on|regist|sign_?(up|in|out)|token|password|reset|forgot|webhook|callback|health|alive|ready|ping|public|contact|csp|report|oauth|saml|sso|verify|activate|confirm|` +
		`^(index|home(page)?|root|main|landing|about|help|faq|terms|privacy|legal|imprint|status|version|favicon|robots(_txt)?|sitemap|feed|rss|manifest|service_worker|static|docs|error|not_found|page_not_found|handler\d+|unauthorized)$`)
	asks = regexp.MustCompile(`(?i)signature|hmac|authoriz|authenticat|token|secret|is_staff|is_superuser|has_perm|login_required|permission|current_user|current_identity|request\.user|api_key|abort\(40[13]|session(\.get\(|\[)|HTTP_401|HTTP_403|Forbidden|PermissionDenied`)
)

// exempt judges a view that csrf_exempt opens to other sites.
func (j *authorizationJudge) exempt(f *python.Function) {
	for _, d := range f.Decorators {
		if j.scope.Qualified(d) != "django.views.decorators.csrf.csrf_exempt" {
			continue
		}
		j.judged = true
		decorators := ""
		for _, other := range f.Decorators {
			decorators += " " + j.scope.Raw(other)
		}
		if !meantForAll.MatchString(f.Name) && !asks.MatchString(j.source(f)) && !asks.MatchString(decorators) {
			j.fail("csrf-exempt", f.Name, f, "@login_required, or a check of a signature", "@csrf_exempt alone", "Any site makes its visitors' browsers call this view, and no login is asked for", "Remove @csrf_exempt, or add @login_required above it. Undo: restore the decorators.")
		}
	}
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
