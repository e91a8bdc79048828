package headers

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

// djangoProject reports whether a settings file is the one a site runs with, not a fragment or a test's.
func djangoProject(_ *checks.Pass, s *checks.Scope) bool {
	middleware, ok := s.Get("MIDDLEWARE")
	_, urls := s.Get("ROOT_URLCONF")
	return ok && middleware.Origin != checks.OriginDefault && (urls || len(middleware.List()) > 0) && !workshop.MatchString(path.Base(s.Place.Path))
}

// workshop are the names of settings modules for tests and developers' machines.
var workshop = regexp.MustCompile(`(?i)(^|_)(test|tests|testing|dev|devel|development|local|ci|debug|docs)(_|\.)`)

// djangoResponse follows SecurityMiddleware, XFrameOptionsMiddleware and ContentSecurityPolicyMiddleware.
func djangoResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage, "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
	middleware, _ := s.Get("MIDDLEWARE")
	has := func(class string) bool {
		return slices.ContainsFunc(middleware.List(), func(m string) bool { return strings.HasSuffix(m, class) })
	}
	if middleware.Dynamic() {
		r.elsewhere = "the list MIDDLEWARE is not known until run time"
	}
	if has("SecurityMiddleware") {
		djangoSecurity(s, r)
	}
	if set, ok := s.Get("X_FRAME_OPTIONS"); has("XFrameOptionsMiddleware") {
		if !ok {
			set = checks.Setting{Value: "DENY", Place: middleware.Place}
		}
		r.addText(xfoHeader, set.Text(), set)
	}
	if has("ContentSecurityPolicyMiddleware") || has("CSPMiddleware") {
		addPolicy(s, r, djangoDirective)
	}
	return r
}

// djangoDirective is the directive that a setting gives: SECURE_CSP.script-src (Django 6), CONTENT_SECURITY_POLICY
// (django-csp 4) or CSP_SCRIPT_SRC (django-csp before).
func djangoDirective(setting string) (string, bool) {
	for _, prefix := range []string{"SECURE_CSP.", "CONTENT_SECURITY_POLICY.DIRECTIVES."} {
		if name, ok := strings.CutPrefix(setting, prefix); ok {
			return name, !strings.Contains(name, ".")
		}
	}
	name, ok := strings.CutPrefix(setting, "CSP_")
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	return name, ok && csp.KnownDirective(name)
}

func djangoSecurity(s *checks.Scope, r *response) {
	if set, ok := s.Get("SECURE_HSTS_SECONDS"); ok {
		value := "max-age=" + set.Text()
		if sub, ok := s.Get("SECURE_HSTS_INCLUDE_SUBDOMAINS"); ok {
			if on, _ := sub.Bool(); on {
				value += "; includeSubDomains"
			}
		}
		if n, known := set.Int(); set.Dynamic() || known && n > 0 {
			r.addText(stsHeader, value, set)
		}
	}
	if set, ok := s.Get("SECURE_CONTENT_TYPE_NOSNIFF"); !ok || set.Dynamic() || set.Value == true {
		r.addText(nosniffHeader, "nosniff", set)
	}
	for _, d := range []struct{ setting, header, def string }{
		{"SECURE_REFERRER_POLICY", referrerHeader, "same-origin"},
		{"SECURE_CROSS_ORIGIN_OPENER_POLICY", coopHeader, "same-origin"},
	} {
		set, ok := s.Get(d.setting)
		if !ok {
			set.Value = d.def
		}
		if text := strings.Join(set.List(), ", "); text != "" && set.Raw != "None" || set.Dynamic() {
			r.addText(d.header, text, set)
		}
	}
}
