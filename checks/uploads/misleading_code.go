package uploads

import (
	"fmt"
	"regexp"
	"strings"

	"hardcheck/checks"
)

// codeRules are the rules for limits that are written in code.
var codeRules = []checks.Rule{
	{ID: "content-length-only", Title: "Middleware looks at Content-Length only, which a body in chunks does not have",
		Fix: "Count the bytes as they come, and refuse over the limit; or refuse requests without Content-Length with 411."},
	{ID: "wrong-unit", Title: "A size is read as bytes, because its unit is none that the library knows", Precision: checks.PrecisionVeryHigh,
		Fix: "Write kb, mb or gb."},
	{ID: "ignored-value", Title: "A limit is no number that the library takes, and is ignored", Precision: checks.PrecisionVeryHigh,
		Fix: "Write a number of bytes: 10 * 1024 * 1024."},
	{ID: "unknown-option", Title: "A library has no option of that name, and ignores it", Precision: checks.PrecisionMedium,
		Fix: "multer, busboy: limits: { fileSize: BYTES }; express.json: limit; Fastify: bodyLimit."},
	{ID: "later-parser", Severity: checks.Low, Title: "A parser before this one reads the body, and this one's limit never holds",
		Fix: "Put the parser with the limit of one route before the one of all routes."},
	{ID: "memory-only", Title: "What bounds the memory for a form of Go does not bound the form",
		Fix: "r.Body = http.MaxBytesReader(w, r.Body, limit) before the form is parsed."},
	{ID: "old-name", Title: "Spring Boot 2 and later ignore the old name of the limit", Precision: checks.PrecisionMedium,
		Fix: "Write spring.servlet.multipart.max-file-size and max-request-size."},
}

// misleadingCode judges the limits of a scope that code makes. parsers are the body parsers of the tree, in order.
func misleadingCode(p *checks.Pass, s *checks.Scope, parsers []*checks.Scope) {
	if notDeployed(s.Place.Path) {
		return
	}
	m := &misleadingScope{pass: p, scope: s, good: true}
	for _, set := range s.Settings {
		m.setting(set)
	}
	if s.Layer == "body-parser" {
		m.later(parsers)
	}
	if m.good && (s.Layer != "go" || s.Kind == "threshold") {
		p.OK(s.Subject())
	}
}

// misleadingScope judges one scope.
type misleadingScope struct {
	pass  *checks.Pass
	scope *checks.Scope
	good  bool
}

func (m *misleadingScope) fail(rule string, set checks.Setting, expected, message string) {
	m.good = false
	m.pass.Fail(checks.Finding{Rule: rule, Subject: m.scope.Subject(), Place: set.Place, Attribute: set.Name, Expected: expected,
		Actual: strings.TrimSpace(set.Name + " " + set.Raw), Message: message})
}

// shortUnit is a unit that the package bytes does not know: "50m", "10MiB".
var shortUnit = regexp.MustCompile(`(?i)^["'` + "`" + `]\s*\d+(\.\d+)?\s*([kmgt]|[kmgt]ib)["'` + "`" + `]$`)

func (m *misleadingScope) setting(set checks.Setting) {
	quoted := set.Raw != "" && strings.ContainsAny(set.Raw[:1], "\"'`")
	option, unknown := strings.CutPrefix(set.Name, "unknown.")
	switch {
	case set.Origin == checks.OriginDefault:
	case m.scope.Kind == "threshold":
		m.fail("memory-only", set, "http.MaxBytesReader", m.scope.Name+" says how much of a form stays in memory; the rest goes to disk, whatever its size")
	case m.scope.Layer == "go" || m.scope.Layer == "fastapi":
	case strings.HasPrefix(set.Name, "spring.http.multipart.") || strings.HasPrefix(set.Name, "multipart."):
		m.fail("old-name", set, "spring.servlet.multipart.*", set.Name+" is ignored, and the default of 1 MB a file holds")
	case unknown:
		m.fail("unknown-option", set, "an option of "+m.scope.Layer, m.scope.Layer+" has no option "+option+": it is ignored")
	case shortUnit.MatchString(set.Raw) && set.Value != nil:
		n, _ := set.Int()
		m.fail("wrong-unit", set, "kb, mb or gb", fmt.Sprintf("%s is read as %d bytes: every larger body is refused", set.Raw, n))
	case quoted && set.Value == nil && !set.Dynamic():
		message := set.Raw + " is no number to " + m.scope.Layer + ", and bodies of any size are read"
		if m.scope.Layer == "body-parser" || m.scope.Layer == "multer" {
			message += "; its newest versions refuse to start instead"
		}
		m.fail("ignored-value", set, "a number of bytes", message)
	}
}

// later finds a parser behind one of the same kind and file that all requests pass, with another limit.
func (m *misleadingScope) later(parsers []*checks.Scope) {
	mine, _ := m.scope.Get("limit")
	kind := parserKind(m.scope)
	for _, s := range parsers {
		other, _ := s.Get("limit")
		if s == m.scope || s.Place.Path != m.scope.Place.Path || s.Place.Line >= m.scope.Place.Line || pathOf(s) != "" || pathOf(m.scope) == "" || parserKind(s) != kind ||
			mine.Dynamic() || other.Dynamic() || mine.Value == other.Value {
			continue
		}
		m.fail("later-parser", mine, "the parser of one route before that of all", kind+" at "+s.Place.String()+" has read the body before, up to "+other.Raw)
		return
	}
}

// parserKind is what a parser reads: "express.json".
func parserKind(s *checks.Scope) string {
	kind, _, _ := strings.Cut(s.Name, " ")
	return kind
}

// misleadingMiddleware finds middleware of FastAPI that looks at Content-Length and counts nothing. It reports whether there is none.
func misleadingMiddleware(p *checks.Pass, s *checks.Scope) (good bool) {
	use := bodyMiddleware(s)
	if use == nil || !use.Has("content-length-only") || notDeployed(s.Place.Path) {
		return true
	}
	p.Fail(checks.Finding{Rule: "content-length-only", Subject: s.Subject(), Place: use.Place, Attribute: use.Name, Expected: "a count of the bytes that come",
		Actual: use.Raw, Message: "A body with Transfer-Encoding: chunked declares no length, and passes " + strings.TrimPrefix(use.Name, "middleware.")})
	return false
}
