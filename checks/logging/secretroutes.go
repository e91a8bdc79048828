package logging

import (
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/source"
)

// secretRoute is a path of an application with a credential in it: "/reset/<token>".
type secretRoute struct {
	path, name string
	place      checks.Place
}

// routeCalls declare paths: Flask, FastAPI, Django, Express, Fastify, Koa, Go's routers and Rails.
var routeCalls = wordSet("route get post put delete patch all any path re_path url add_url_rule api_route add_api_route use handle handlefunc match mapget mappost")

// routeParts are parameters of a path: <int:name>, {name:regex}, :name, (?P<name>...).
var routeParts = regexp.MustCompile(`<(?:\w+:)?(\w+)>|\{\*?(\w+)|/:(\w+)`)

// wantsRoutes chooses code that may declare paths.
func wantsRoutes(e *checks.Entry) bool {
	switch codeLanguages[e.Ext()] {
	case source.Python, source.JavaScript, source.Go, source.Ruby:
		return wantsCode(e)
	}
	return false
}

// keepRoutes keeps the first path with a credential of each file.
func keepRoutes(p *checks.Pass, f *checks.File) error {
	if f.Binary() || forDevelopment(f.Path) || !credentialInPath.MatchString(f.Text()) {
		return nil
	}
	src := sourceOf(f)
	found := false
	look := func(x *source.Expr) bool {
		if route, name, ok := routeOf(x); ok && !found {
			found = true
			p.Keep(f.Path, secretRoute{route, name, checks.Place{Path: f.Path, Line: src.Line(x.Start)}})
		}
		return !found
	}
	source.Each(src.Body, func(s *source.Stmt) {
		notes := s.Notes
		if s.Func != nil {
			notes = append(notes, s.Func.Notes...)
		}
		for _, note := range append(notes, s.X) {
			source.Walk(note, look)
		}
	})
	return nil
}

// credentialInPath is a cheap look at whether a file can have such a path.
var credentialInPath = regexp.MustCompile(`(?i)["'\x60][^"'\x60\n]{0,200}[<{:/]\w{0,40}(token|secret|password|apikey|api_key|otp)\w{0,20}[>}/"'\x60:]`)

// routeOf reads a call that declares a path with a credential in it.
func routeOf(x *source.Expr) (route, name string, ok bool) {
	if x == nil || x.Kind != source.Call || len(x.List) == 0 || x.X == nil {
		return "", "", false
	}
	callee := x.X.Text
	if (x.X.Kind != source.Member && x.X.Kind != source.Name) || !routeCalls[strings.ToLower(callee)] || x.List[0].Kind != source.Literal {
		return "", "", false
	}
	route = x.List[0].Text
	if strings.Contains(route, "://") || strings.ContainsAny(route, " \n") {
		return "", "", false // a client's address, or no path
	}
	for _, m := range routeParts.FindAllStringSubmatch(route, -1) {
		if name = m[1] + m[2] + m[3]; credential(name) {
			return route, name, true
		}
	}
	return "", "", false
}

// judgeRoutes reports the access logs that write whole paths, where the code has paths with credentials.
func judgeRoutes(p *checks.Pass) {
	var routes []secretRoute
	for _, kept := range p.Kept() {
		routes = append(routes, kept.(secretRoute))
	}
	if len(routes) == 0 {
		return
	}
	reported := map[checks.Place]bool{}
	for _, s := range p.Scopes("nginx", "apache", "gunicorn") {
		set, what := wholePathLogged(s)
		if what == "" || reported[set.Place] || forDevelopment(set.Place.Path) {
			continue
		}
		reported[set.Place] = true
		p.Fail(checks.Finding{Rule: "route-secret", Subject: s.Subject(), Place: set.Place, Attribute: what, Expected: "the path without " + routes[0].name,
			Actual: what, Message: "The application takes a credential in " + routes[0].path + " (" + routes[0].place.String() + "), and this log writes whole paths"})
	}
}

// wholePathLogged is the setting of an access log that is on, and what of its format holds the path; "" for none.
func wholePathLogged(s *checks.Scope) (set checks.Setting, what string) {
	switch s.Layer {
	case "nginx":
		log, ok := s.Get("access_log")
		if !ok || s.Kind != "server" && s.Kind != "location" || log.Dynamic() || log.Origin == checks.OriginDefault || discards(log.Text()) {
			return log, ""
		}
		return log, firstOf(nginxFormat(s, log.Text()), "$request_uri", "$request ", "$request\"", "$uri", "$document_uri")
	case "apache":
		log, ok := s.Get("CustomLog")
		if !ok || log.Dynamic() || discards(log.Text()) {
			return log, ""
		}
		return log, firstOf(apacheFormat(s, log.Text()), "%r", "%U")
	}
	log, ok := s.Get("accesslog")
	format, _ := s.Get("access_log_format")
	if !ok || log.Dynamic() || log.Origin == checks.OriginDefault || log.Text() == "" || discards(log.Text()) {
		return log, ""
	}
	return log, firstOf(format.Text(), "%(r)s", "%(U)s")
}

func firstOf(format string, parts ...string) string {
	for _, part := range parts {
		if strings.Contains(format+" ", part) {
			return strings.Trim(part, "\" ")
		}
	}
	return ""
}

// nginxFormat is the text of the format that an access_log names; the one called combined where it names none.
func nginxFormat(s *checks.Scope, log string) string {
	fields := strings.Fields(log)
	if len(fields) < 2 || fields[1] == "combined" || strings.Contains(fields[1], "=") {
		return `"$request"`
	}
	for outer := s; outer != nil; outer = outer.Parent {
		if format, ok := outer.Get("log_format " + fields[1]); ok {
			return format.Text()
		}
	}
	return ""
}

// apacheFormat is the text of the format that a CustomLog names or holds.
func apacheFormat(s *checks.Scope, log string) string {
	_, format, _ := strings.Cut(log, " ")
	if strings.Contains(format, "%") {
		return format
	}
	for outer := s; outer != nil; outer = outer.Parent {
		if named, ok := outer.Get("LogFormat " + strings.TrimSpace(format)); ok {
			return named.Text()
		}
	}
	return ""
}
