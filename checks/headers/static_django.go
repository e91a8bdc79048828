package headers

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

// djangoProject returns what tells whether a settings module is the one a site runs with, not a fragment or a test's.
// Where the tree says which module of a directory runs, the others do not.
func djangoProject(p *checks.Pass) func(s *checks.Scope) bool {
	chosen := sync.OnceValue(func() *chosenModules { return chooseModules(p) })
	return func(s *checks.Scope) bool {
		middleware, ok := s.Get("MIDDLEWARE")
		_, urls := s.Get("ROOT_URLCONF")
		if !ok || middleware.Origin == checks.OriginDefault || !urls && len(middleware.List()) == 0 {
			return false
		}
		if here, known := chosen().runs(s); known {
			return here
		}
		return !workshop.MatchString(path.Base(s.Place.Path))
	}
}

// workshop are the names of settings modules for tests and developers' machines.
var workshop = regexp.MustCompile(`(?i)(^|_)(test|tests|testing|dev|devel|development|local|ci|debug|docs)(_|\.)`)

// chosenModules are the settings modules that the tree names as the one that runs: an image or a service does, and
// wsgi.py and asgi.py. What is named as a workshop's does not count; manage.py is the developer's.
type chosenModules struct{ run, entry choice }

// choice holds the modules named by one kind of place, and their directories.
type choice struct {
	modules map[*checks.Scope]bool
	dirs    map[string]bool
}

func chooseModules(p *checks.Pass) *chosenModules {
	byName := map[string][]*checks.Scope{} // by every end of the module's name that a dot begins
	modules := p.Scopes("django")
	for _, m := range modules {
		for name, more := m.Name, !workshop.MatchString(path.Base(m.Place.Path)); more; {
			byName[name] = append(byName[name], m)
			_, name, more = strings.Cut(name, ".")
		}
	}
	c := &chosenModules{choice{map[*checks.Scope]bool{}, map[string]bool{}}, choice{map[*checks.Scope]bool{}, map[string]bool{}}}
	for _, run := range p.Scopes("dockerfile", "compose", "systemd", "uwsgi", "supervisor") {
		for _, set := range run.Settings {
			if strings.HasSuffix(set.Name, "DJANGO_SETTINGS_MODULE") && !set.Dynamic() && !thirdParty(run.Place.Path) {
				c.run.add(byName[set.Text()])
			}
		}
	}
	for _, m := range modules {
		for _, set := range m.All("DJANGO_SETTINGS_MODULE") {
			if !set.Has("manage.py") {
				c.entry.add(byName[set.Text()])
			}
		}
	}
	return c
}

func (c choice) add(modules []*checks.Scope) {
	for _, m := range modules {
		c.modules[m], c.dirs[path.Dir(m.Place.Path)] = true, true
	}
}

// runs reports whether the module is the one of its directory that runs, where the tree says so: what an image or a
// service names counts before what wsgi.py names.
func (c *chosenModules) runs(s *checks.Scope) (here, known bool) {
	for _, by := range []choice{c.run, c.entry} {
		if by.dirs[path.Dir(s.Place.Path)] {
			return by.modules[s], true
		}
	}
	return false, false
}

// djangoResponse runs the middleware as Django does with an answer: from the last of the list to the first.
func djangoResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage, "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
	middleware, _ := s.Get("MIDDLEWARE")
	if middleware.Dynamic() {
		r.elsewhere = "the list MIDDLEWARE is not known until run time"
	}
	unknownMiddleware(s, r)
	list := middleware.List()
	for i := len(list) - 1; i >= 0; i-- {
		name := list[i]
		switch class := name[strings.LastIndexByte(name, '.')+1:]; class {
		case "SecurityMiddleware":
			djangoSecurity(s, r)
		case "XFrameOptionsMiddleware":
			set, ok := s.Get("X_FRAME_OPTIONS")
			if !ok {
				set = checks.Setting{Value: "DENY", Place: middleware.Place}
			}
			r.ifMissing(xfoHeader, strings.ToUpper(set.Text()), set)
		case "ContentSecurityPolicyMiddleware":
			djangoPolicies(s, r, "SECURE_CSP", "SECURE_CSP_REPORT_ONLY", "")
		case "CSPMiddleware":
			djangoCSP(s, r, middleware.Place)
		case "PermissionsPolicyMiddleware":
			djangoPermissions(s, r)
		default:
			djangoOwn(s, r, name)
		}
	}
	return r
}

// ifMissing adds a line where the answer has none of that name.
func (r *response) ifMissing(name, value string, from checks.Setting) {
	if len(r.all(name)) == 0 {
		r.addText(name, value, from)
	}
}

// djangoOwn adds the headers of one middleware of the tree.
func djangoOwn(s *checks.Scope, r *response, name string) {
	var own checks.Scope
	for _, set := range s.Settings {
		if set.Has("in " + name) {
			own.Settings = append(own.Settings, set)
		}
	}
	addHeaders(&own, r)
}

func djangoSecurity(s *checks.Scope, r *response) {
	if set, ok := s.Get("SECURE_HSTS_SECONDS"); ok {
		value := "max-age=" + set.Text()
		for _, d := range [][2]string{{"SECURE_HSTS_INCLUDE_SUBDOMAINS", "; includeSubDomains"}, {"SECURE_HSTS_PRELOAD", "; preload"}} {
			if part, _ := s.Get(d[0]); isTrue(part) {
				value += d[1]
			}
		}
		if n, known := set.Int(); set.Dynamic() || known && n > 0 {
			r.ifMissing(stsHeader, value, set)
		}
	}
	if set, ok := s.Get("SECURE_CONTENT_TYPE_NOSNIFF"); !ok || set.Dynamic() || set.Value == true {
		r.ifMissing(nosniffHeader, "nosniff", set)
	}
	for _, d := range [][3]string{{"SECURE_REFERRER_POLICY", referrerHeader, "same-origin"}, {"SECURE_CROSS_ORIGIN_OPENER_POLICY", coopHeader, "same-origin"}} {
		set, ok := s.Get(d[0])
		if !ok {
			set.Value = d[2]
		}
		if text := strings.Join(set.List(), ","); text != "" && set.Raw != "None" || set.Dynamic() {
			r.ifMissing(d[1], text, set)
		}
	}
}

// djangoPolicies adds both policies of Django 6 or django-csp 4, whose directives stand below prefix.
func djangoPolicies(s *checks.Scope, r *response, enforced, reported, below string) {
	for header, setting := range map[string]string{cspHeader: enforced, cspHeader + "-Report-Only": reported} {
		under := setting + "." + below
		addPolicy(header, s, r, func(name string) (string, bool) {
			directive, ok := strings.CutPrefix(name, under)
			return directive, ok && !strings.Contains(directive, ".")
		})
	}
}

// djangoCSP adds the policy of django-csp: version 4 where its setting is there, else the CSP_* of version 3, which sends
// default-src 'self' by itself.
func djangoCSP(s *checks.Scope, r *response, place checks.Place) {
	_, enforced := s.Get("CONTENT_SECURITY_POLICY")
	if _, reported := s.Get("CONTENT_SECURITY_POLICY_REPORT_ONLY"); enforced || reported {
		djangoPolicies(s, r, "CONTENT_SECURITY_POLICY", "CONTENT_SECURITY_POLICY_REPORT_ONLY", "DIRECTIVES.")
		return
	}
	header := cspHeader
	report, _ := s.Get("CSP_REPORT_ONLY")
	if isTrue(report) {
		header += "-Report-Only"
	}
	with := *s
	if _, ok := s.Get("CSP_DEFAULT_SRC"); !ok {
		own := checks.Setting{Name: "CSP_DEFAULT_SRC", Value: "'self'", Raw: "'self'", Origin: checks.OriginSet, Place: place}
		with.Settings = append([]checks.Setting{own}, s.Settings...)
	}
	addPolicy(header, &with, r, djangoDirective)
	if report.Dynamic() {
		for i := range r.headers {
			r.headers[i].dynamic = r.headers[i].dynamic || r.headers[i].name == cspHeader
		}
	}
}

// djangoDirective is the directive that a setting of django-csp 3 gives: CSP_SCRIPT_SRC.
func djangoDirective(setting string) (string, bool) {
	name, ok := strings.CutPrefix(setting, "CSP_")
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	return name, ok && csp.KnownDirective(name)
}

// djangoPermissions writes PERMISSIONS_POLICY of django-permissions-policy: self, * and quoted origins in parentheses.
func djangoPermissions(s *checks.Scope, r *response) {
	f := field{name: permissionsHeader, errorsToo: true}
	var parts []string
	for _, set := range s.Settings {
		feature, ok := strings.CutPrefix(set.Name, "PERMISSIONS_POLICY.")
		if !ok {
			continue
		}
		f.place, f.dynamic = set.Place, f.dynamic || set.Dynamic()
		var list []string
		for _, item := range set.List() {
			if item != "self" && item != "*" {
				item = `"` + item + `"`
			}
			list = append(list, item)
		}
		value := "(" + strings.Join(list, " ") + ")"
		if slices.Equal(list, []string{"*"}) {
			value = "*"
		}
		parts = append(parts, feature+"="+value)
	}
	if f.value = strings.Join(parts, ", "); f.dynamic {
		f.value = ""
	}
	if len(parts) > 0 {
		r.set(f)
	}
}
