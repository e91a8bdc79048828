package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// corsOfTree judges what configurations allow foreign origins: the front's response headers, and the settings of the
// frameworks' CORS middleware, which apply behind any front.
func corsOfTree(p *checks.Pass) error {
	for _, f := range fronts() {
		for _, s := range f.serving(p) {
			if set, ok := corsSetting(s); ok {
				judgeCORSSetting(p, f, s, set)
			}
		}
	}
	judgeGuards(p)
	for _, app := range upstream(p) {
		if judgeAppCORS(p, app.scope) {
			continue
		}
		if r := app.response(); len(r.all(acaoHeader)) > 0 {
			headerCheck{names: []string{acaoHeader, acacHeader}, judge: judgeCORS}.report(p, r)
		}
		judgeOriginPatterns(p, app.scope)
		for _, c := range corsOptions {
			if c.layer == app.scope.Layer {
				c.judge(p, app.scope)
			}
		}
	}
	return nil
}

// corsSetting is the scope's own line that allows origins, where it is not inherited: that is judged where it is written.
func corsSetting(s *checks.Scope) (checks.Setting, bool) {
	for i := len(s.Settings) - 1; i >= 0; i-- {
		if set := s.Settings[i]; set.Header == acaoHeader && !set.Has("remove") {
			return set, true
		}
	}
	return checks.Setting{}, false
}

// reflected are the expressions that repeat the request's Origin whatever it is.
var reflected = []string{"$http_origin", "${http_origin}", "%{HTTP_ORIGIN}e", "{http.request.header.Origin}", "{header.Origin}", "{>Origin}"}

func judgeCORSSetting(p *checks.Pass, f front, s *checks.Scope, set checks.Setting) {
	top := f.top(s, func(in *checks.Scope) string { return f.shape(in, []string{acaoHeader, acacHeader, "Vary"}) })
	r := &response{subject: top.Subject(), place: set.Place, class: f.class(s)}
	f.apply(s, r)
	if set.Dynamic() {
		if !slices.Contains(reflected, strings.Trim(set.Raw, `"'`)) {
			p.NotApplicable("the allowed origin is not known until run time: " + set.Raw)
			return
		}
		r.set(field{name: acaoHeader, value: probeOrigin, place: set.Place})
	}
	asWritten := func(p *checks.Pass, r *response) judgement {
		j := judgeCORS(p, r)
		for i := range j.issues {
			j.issues[i].actual = set.Name + " " + set.Raw
		}
		return j
	}
	headerCheck{judge: asWritten}.report(p, r)
}

// corsOption is a framework's pair of settings that together open everything.
type corsOption struct {
	layer, origins, credentials, what string
	all                               func(checks.Setting) bool
}

var corsOptions = []corsOption{
	{"fastapi", "CORSMiddleware.allow_origins", "CORSMiddleware.allow_credentials", "CORSMiddleware repeats any Origin to requests with cookies", hasStar},
	{"flask", "CORS.origins", "CORS.supports_credentials", "flask-cors repeats any Origin where credentials are allowed", hasStar},
	{"django", "CORS_ALLOW_ALL_ORIGINS", "CORS_ALLOW_CREDENTIALS", "django-cors-headers repeats any Origin where credentials are allowed", isTrue},
	{"django", "CORS_ORIGIN_ALLOW_ALL", "CORS_ALLOW_CREDENTIALS", "django-cors-headers repeats any Origin where credentials are allowed", isTrue},
	{"django", "CORS_ALLOWED_ORIGINS", "CORS_ALLOW_CREDENTIALS", "", func(checks.Setting) bool { return false }},
	{"django", "CORS_ORIGIN_WHITELIST", "CORS_ALLOW_CREDENTIALS", "", func(checks.Setting) bool { return false }},
}

func hasStar(s checks.Setting) bool { return slices.Contains(s.List(), "*") }
func isTrue(s checks.Setting) bool  { on, ok := s.Bool(); return ok && on }

func (c corsOption) judge(p *checks.Pass, s *checks.Scope) {
	origins, ok := s.Get(c.origins)
	credentials, _ := s.Get(c.credentials)
	if !ok || origins.Origin == checks.OriginDefault && !(c.all(origins) && isTrue(credentials)) {
		return // nothing is written, and what holds by itself is closed
	}
	subject := checks.Subject{Kind: "CORS setting", Name: origins.Place.String() + " " + c.origins}
	switch {
	case origins.Dynamic() || credentials.Dynamic() && c.all(origins):
		p.NotApplicable("the origins of " + c.origins + " are not known until run time")
	case c.all(origins) && isTrue(credentials):
		p.Fail(checks.Finding{Rule: "any-origin-credentials", Subject: subject, Place: origins.Place, Attribute: c.origins,
			Expected: "a list of named origins", Actual: c.origins + " " + origins.Raw + " with credentials",
			Message: sentence(c.what) + ": any web page reads answers with the visitor's cookies", Snippet: paste(s, acaoHeader)})
	default:
		i, bad := carelessOrigin(s.Layer, origins.List(), isTrue(credentials))
		if !bad {
			p.OK(subject)
			return
		}
		i.attribute, i.header = c.origins, acaoHeader
		(&response{subject: subject, place: origins.Place, layer: s.Layer}).fail(p, i)
	}
}

// carelessOrigin finds an origin in a list that more can take on than whom it names, or that no browser sends. flask-cors
// takes its list for patterns, so that nothing is said of their form.
func carelessOrigin(layer string, list []string, credentials bool) (issue, bool) {
	for _, origin := range list {
		i := issue{expected: "a named https origin", actual: origin}
		switch {
		case origin == "null":
			i.rule, i.severity, i.message = "null-origin", checks.Low, "any site takes on the origin null with a sandboxed frame and reads the answer"
			if credentials {
				i.severity, i.message = checks.High, i.message+" with the visitor's cookies"
			}
		case strings.HasPrefix(origin, "http://") && credentials:
			i = httpOrigin(i, origin)
		case origin != "*" && layer != "flask" && !serialized(origin):
			i.rule = "ignored-value"
			i.message = "no browser's Origin is that text, so the pages that are meant are shut out; the usual next step, *, opens the answer to all"
		default:
			continue
		}
		return i, true
	}
	return issue{}, false
}
