package uploads

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// django judges the limit on form data and other bodies. Files in forms are not counted by it.
func (b *bodyLimits) django(s *checks.Scope) {
	set, ok := s.Get("DATA_UPLOAD_MAX_MEMORY_SIZE")
	if !ok || s.Kind != "module" || set.Inherited && set.Place.Path != s.Place.Path {
		return
	}
	b.judge(s, set, sizeOf(set, false), " of form data; files are not counted")
}

func (b *bodyLimits) flask(s *checks.Scope) {
	set, l, ok := flaskLimit(s)
	switch {
	case !ok || s.Kind != "app":
	case l.unlimited && set.Origin == checks.OriginDefault:
		b.withoutLimit(s, set, "Flask takes bodies of any size: MAX_CONTENT_LENGTH is not set")
	default:
		b.judge(s, set, l.size, "")
	}
}

// limitingMiddleware recognises middleware that limits bodies by its name: MaxBodySizeMiddleware, LimitUploadSize,
// check_content_length. A rate limiter is none.
var limitingMiddleware = regexp.MustCompile(`(?i)(limit|max).*(upload|body|content|size|payload)|(upload|body|content|payload|request).*(max|size|length)|(upload|body|content|payload).*limit|too_?large`)

func (b *bodyLimits) fastapi(s *checks.Scope) {
	if s.Kind != "app" {
		return
	}
	if use := bodyMiddleware(s); use != nil {
		set, l, _ := fastapiLimit(s)
		if l.known {
			b.judge(s, set, l.size, "")
		} else {
			b.ok(s, strings.TrimPrefix(use.Name, "middleware."))
		}
		return
	}
	b.withoutLimit(s, checks.Setting{Name: "request body", Place: s.Place}, "FastAPI and Starlette take bodies of any size unless a middleware counts the bytes")
}

// withoutLimit judges an application that has no limit by what stands in front of it.
func (b *bodyLimits) withoutLimit(s *checks.Scope, set checks.Setting, message string) {
	front := b.fronts.limits()
	switch {
	case front != nil:
		b.ok(s, "no limit of its own; limited by "+front.Subject().Kind+" "+front.Subject().Name)
	case notDeployed(s.Place.Path):
		b.pass.NotApplicable("Only applications in tests and examples have no body limit")
	case b.fronts.unlimited != nil:
		b.fail(s, set, "application-without-limit", "no limit", message+", and the proxy at "+b.fronts.unlimited.Place.String()+" has no limit either")
	case b.fronts.unknown != nil:
		b.pass.NotApplicable("The proxy's body limit is not known until run time: " + b.fronts.unknown.Place.String())
	default:
		b.fail(s, set, "application-without-limit", "no limit", message+", and no proxy with a limit was found")
	}
}

var notDeployedDirs = []string{"test", "testing", "testdata", "testutil", "testutils", "httptest", "e2e", "example", "examples", "demo", "demos", "docs", "docs_src", "samples", "tutorial", "tutorials", "bench", "benchmark", "benchmarks"}

// notDeployed reports a file that belongs to tests, examples or documentation: nobody sends it requests.
func notDeployed(file string) bool {
	for _, dir := range strings.Split(path.Dir(file), "/") {
		if strings.HasPrefix(dir, "tests") || slices.Contains(notDeployedDirs, dir) {
			return true
		}
	}
	name := path.Base(file)
	return strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py"
}

// php judges each file or pool that sets post_max_size; its default of 8 MiB is a limit too. 0 lifts it.
func (b *bodyLimits) php(s *checks.Scope) {
	if set, ok := s.Get("post_max_size"); ok && !set.Inherited && !notDeployed(s.Place.Path) {
		b.judge(s, set, sizeOf(set, true), " of form data")
	}
}

// uwsgi judges limit-post where a file sets it. Without it uWSGI has no limit, like the other application servers.
func (b *bodyLimits) uwsgi(s *checks.Scope) {
	set, ok := s.Get("limit-post")
	if !ok || set.Origin == checks.OriginDefault {
		b.appServer(s)
	} else if !notDeployed(s.Place.Path) {
		b.judge(s, set, sizeOf(set, true), "")
	}
}

// limitedApps returns one of the applications where each of them has a limit of its own, else nil.
func (b *bodyLimits) limitedApps() *checks.Scope {
	var limited *checks.Scope
	for _, s := range b.scopes {
		for _, row := range rowsOf(s.Layer) {
			l, ok := row.layer(s)
			if !ok || row.role != roleFramework || s.Kind != "app" {
				continue
			}
			if has := l.limit.bounds() || s.Layer == "fastapi" && bodyMiddleware(s) != nil; !has || row.unread {
				return nil
			}
			limited = s
		}
	}
	return limited
}

// appServer examines gunicorn, uvicorn and their kin, which have no body limit at all, by what stands in front of them. Where
// nothing does, the application is what is judged.
func (b *bodyLimits) appServer(s *checks.Scope) {
	if front := b.fronts.limits(); front != nil {
		b.ok(s, s.Layer+" has no body limit; limited by "+front.Subject().Kind+" "+front.Subject().Name)
	}
}
