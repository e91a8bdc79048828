package headers

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// application is a Django project, a Flask or a FastAPI (Starlette) application of the tree.
type application struct {
	scope *checks.Scope
	// deployed: something in the tree shows that this application is served, or that its headers are cared for.
	deployed bool
	response func() *response
}

// upstream returns the tree's applications, those of examples, tests and installed packages left out.
func upstream(p *checks.Pass) []application {
	runs := runners(p)
	var out []application
	for _, s := range p.Scopes("django", "flask", "fastapi") {
		if thirdParty(s.Place.Path) {
			continue
		}
		app := application{scope: s, deployed: runs.near(s.Place.Path)}
		switch s.Layer {
		case "django":
			if !djangoProject(s) {
				continue
			}
			app.deployed = true
			app.response = func() *response { return djangoResponse(s) }
		case "flask":
			app.deployed = app.deployed || setsHeaders(s)
			app.response = func() *response { return flaskResponse(s) }
		case "fastapi":
			app.deployed = app.deployed || setsHeaders(s)
			app.response = func() *response { return fastapiResponse(s) }
		}
		out = append(out, app)
	}
	return out
}

func setsHeaders(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return set.Header != "" || strings.HasPrefix(set.Name, "Talisman.")
	})
}

// runDirs are the directories of files that say how something is run: commands of images, services and units.
type runDirs map[string]bool

func runners(p *checks.Pass) runDirs {
	dirs := runDirs{}
	for _, s := range p.Scopes("uvicorn", "gunicorn", "dockerfile", "compose", "systemd") {
		if s.Kind != "module" && !thirdParty(s.Place.Path) {
			dirs[path.Dir(s.Place.Path)] = true
		}
	}
	return dirs
}

// near reports whether such a file lies in the application's directory, in one above it, or in a directory such as
// deploy/ beside those.
func (d runDirs) near(app string) bool {
	for dir := path.Dir(app); ; dir = path.Dir(dir) {
		if d[dir] {
			return true
		}
		for run := range d {
			if path.Dir(run) == dir {
				return true
			}
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// appResponse is what a browser gets from the application where nothing stands in front of it. Whether it is reached
// over https is known only where its own settings say so: TLS usually ends outside the tree.
func appResponse(s *checks.Scope, c class, signs ...string) *response {
	r := &response{subject: s.Subject(), place: s.Place, class: c,
		plain: "nothing in the tree ends TLS: the layer in front of the application decides"}
	for _, sign := range signs {
		set, ok := s.Get(sign)
		on, isBool := set.Bool()
		r.https = r.https || ok && set.Origin == checks.OriginSet && (on || !isBool)
	}
	return r
}

func (r *response) addText(name, value string, from checks.Setting) {
	r.add(field{name: name, value: value, place: from.Place, dynamic: from.Dynamic(), errorsToo: true})
}

// djangoProject reports whether a settings file is the one a site runs with, not a fragment or a test's.
func djangoProject(s *checks.Scope) bool {
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

// addPolicy writes the policy whose directives are settings of their own. It is known only where every source is.
func addPolicy(s *checks.Scope, r *response, directive func(setting string) (string, bool)) (found bool) {
	var parts []string
	f := field{name: cspHeader, errorsToo: true}
	for _, set := range s.Settings {
		name, ok := directive(set.Name)
		if !ok || set.Origin == checks.OriginDefault {
			continue
		}
		f.dynamic = f.dynamic || set.Dynamic()
		if f.place == (checks.Place{}) {
			f.place = set.Place
		}
		parts = append(parts, strings.TrimSpace(name+" "+strings.Join(set.List(), " ")))
	}
	if f.value = strings.Join(parts, "; "); f.dynamic {
		f.value = ""
	}
	if len(parts) > 0 {
		r.add(f)
	}
	return len(parts) > 0
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
	return name, ok && slices.Contains(directiveNames, name)
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

// flaskResponse adds the headers of after_request functions and of Talisman, whose defaults are those of flask-talisman 1.1.
func flaskResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage, "SESSION_COOKIE_SECURE", "Talisman.force_https", "header "+stsHeader)
	if slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return strings.HasPrefix(set.Name, "Talisman.") }) {
		r.https = true
		talisman(s, r)
	}
	addHeaders(s, r)
	return r
}

func talisman(s *checks.Scope, r *response) {
	off := func(name string) bool {
		set, ok := s.Get("Talisman." + name)
		on, isBool := set.Bool()
		return ok && !set.Dynamic() && (isBool && !on || set.Value == nil || set.Text() == "None")
	}
	given := func(name, def string) (string, checks.Setting) {
		set, ok := s.Get("Talisman." + name)
		if !ok || set.Origin == checks.OriginDefault {
			return def, checks.Setting{Place: s.Place}
		}
		return set.Text(), set
	}
	if !off("strict_transport_security") {
		age, from := given("strict_transport_security_max_age", strconv.Itoa(31556926))
		value := "max-age=" + age
		if !off("strict_transport_security_include_subdomains") {
			value += "; includeSubDomains"
		}
		r.addText(stsHeader, value, from)
	}
	if !off("content_security_policy") && !addPolicy(s, r, talismanDirective) {
		value, from := given("content_security_policy", "default-src 'self'; object-src 'none'")
		r.addText(cspHeader, value, from)
	}
	if !off("frame_options") {
		value, from := given("frame_options", "SAMEORIGIN")
		r.addText(xfoHeader, value, from)
	}
	if !off("x_content_type_options") {
		r.addText(nosniffHeader, "nosniff", checks.Setting{Place: s.Place})
	}
	if !off("referrer_policy") {
		value, from := given("referrer_policy", "strict-origin-when-cross-origin")
		r.addText(referrerHeader, value, from)
	}
}

func talismanDirective(setting string) (string, bool) {
	return strings.CutPrefix(setting, "Talisman.content_security_policy.")
}

// plainMiddleware are middlewares that set no security header.
var plainMiddleware = []string{"CORSMiddleware", "GZipMiddleware", "TrustedHostMiddleware", "SessionMiddleware",
	"HTTPSRedirectMiddleware", "AuthenticationMiddleware", "ProxyHeadersMiddleware", "BaseHTTPMiddleware"}

// fastapiResponse adds the headers that middleware functions set. Such an application answers JSON: what matters only
// on pages is judged where it sets a page's header itself.
func fastapiResponse(s *checks.Scope) *response {
	c := jsonAnswer
	for _, set := range s.Settings {
		if slices.Contains([]string{cspHeader, xfoHeader, referrerHeader, permissionsHeader}, set.Header) {
			c = htmlPage
		}
	}
	r := appResponse(s, c, "header "+stsHeader, "middleware.HTTPSRedirectMiddleware", "SessionMiddleware.https_only")
	for _, set := range s.Settings {
		if name, ok := strings.CutPrefix(set.Name, "middleware."); ok && !slices.Contains(plainMiddleware, name) && !setsHeaders(s) {
			r.elsewhere = "the middleware " + name + " may set it"
		}
	}
	addHeaders(s, r)
	return r
}

func addHeaders(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		if set.Header == "" {
			continue
		}
		f := fieldOf(set)
		f.errorsToo = true
		switch {
		case set.Has("remove"):
			r.remove(set.Header)
		case set.Has("append"):
			r.add(f)
		default:
			r.set(f)
		}
	}
}
