package uploads

import (
	"strings"

	"hardcheck/checks"
)

// pythonLimiters are the frameworks of Python besides Django, and waitress, a server with a limit of its own.
var pythonLimiters = []limiter{
	{product: "flask", role: roleFramework, runtime: "python", kinds: []string{"app"}, find: flaskLimit},
	{product: "fastapi", role: roleFramework, runtime: "python", kinds: []string{"app"}, find: fastapiLimit},
	// aiohttp looks at bodies that read() and post() take whole, not at those that a handler streams; it counts while it reads.
	{product: "aiohttp", role: roleFramework, runtime: "python", kinds: []string{"app"}, find: aiohttpLimit},
	{product: "tornado", role: roleFramework, runtime: "python", kinds: []string{"app"}, names: []string{"max_body_size", "max_buffer_size"},
		held: enforcement{countsDeclared: true, countsChunked: true, status: 400}},
	{product: "sanic", role: roleFramework, runtime: "python", kinds: []string{"app"}, names: []string{"REQUEST_MAX_SIZE"}, held: everyBody},
	{product: "litestar", role: roleFramework, runtime: "python", kinds: []string{"app"}, names: []string{"request_max_body_size"}, held: everyBody},
	{product: "litestar", role: roleRoute, runtime: "python", kinds: []string{"route"}, names: []string{"request_max_body_size"}, held: everyBody, route: pathOf},
	{product: "waitress", role: roleServer, runtime: "python", names: []string{"max_request_body_size"}, held: everyBody},
}

// aiohttpLimit is client_max_size, which aiohttp refuses itself: the largest body that it takes is a byte less.
func aiohttpLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("client_max_size")
	n := sizeOf(set, true)
	if n.known && !n.unlimited {
		n.bytes--
	}
	return set, limit{n, enforcement{countsDeclared: true, countsChunked: true, late: true, status: 413}}, ok
}

// flaskLimit is MAX_CONTENT_LENGTH. Werkzeug before 2.3 holds it against Content-Length alone, and only where a form is read.
func flaskLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("MAX_CONTENT_LENGTH")
	if !ok {
		set = unsetLimit(s, []string{"MAX_CONTENT_LENGTH"})
		return set, limit{unlimited, everyBody}, true
	}
	held := everyBody
	if old, _ := s.Get("werkzeug version"); versionBefore(old.Text(), 2, 3) {
		held.countsChunked, held.covers = false, coversForm
	}
	return set, limit{sizeOf(set, false), held}, true
}

// versionBefore reports whether "2.2.3" is before major.minor; false where it is not known.
func versionBefore(version string, major, minor int64) bool {
	numbers := strings.SplitN(version, ".", 3)
	if len(numbers) < 2 {
		return false
	}
	a, aOK := (&checks.Setting{Value: numbers[0]}).Int()
	b, bOK := (&checks.Setting{Value: numbers[1]}).Int()
	return aOK && bOK && (a < major || a == major && b < minor)
}

// fastapiLimit is that of the middleware that limits bodies: the number that it is given or compares with, where it can be
// told. What only reads Content-Length does not count a body in chunks.
func fastapiLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	use, name := bodyMiddleware(s), ""
	if use == nil {
		return unsetLimit(s, nil), limit{size: unlimited}, true
	}
	name = strings.TrimPrefix(use.Name, "middleware.")
	held := enforcement{countsDeclared: true, countsChunked: !use.Has("content-length-only"), status: 413}
	for _, set := range s.Settings {
		if of, option, ok := strings.Cut(set.Name, "."); ok && of == name && (option == "limit" || limitingMiddleware.MatchString(option)) {
			if n := sizeOf(set, false); n.known && !n.unlimited {
				return set, limit{n, held}, true
			}
		}
	}
	set := *use
	set.Origin = checks.OriginDynamic
	return set, limit{enforcement: held}, true
}

// bodyMiddleware is the middleware of an application that limits bodies: what the tree shows doing it, or one whose name
// says so. One that counts comes before one that only reads Content-Length.
func bodyMiddleware(s *checks.Scope) *checks.Setting {
	var found *checks.Setting
	for i := range s.Settings {
		set := &s.Settings[i]
		name, ok := strings.CutPrefix(set.Name, "middleware.")
		switch {
		case !ok:
		case set.Has("counts"):
			return set
		case set.Has("content-length-only"), found == nil && limitingMiddleware.MatchString(name):
			found = set
		}
	}
	return found
}
