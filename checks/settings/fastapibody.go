package settings

import (
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

var (
	// refusesSize is in middleware that answers bodies which are too large.
	refusesSize = regexp.MustCompile(`\b413\b|TOO_LARGE|too_large|TooLarge|(?i)too large`)
	// readsDeclared is in what looks at the declared size, countsBytes in what counts the bytes that come.
	readsDeclared = regexp.MustCompile(`(?i)content[-_]length`)
	countsBytes   = regexp.MustCompile(`more_body|\.stream\(\)|await request\.body\(\)|await req\.body\(\)|http\.request["']|\+= len\(|len\(\w*(body|chunk|message)`)
)

// bodyLimiter notes what middleware of the tree does about large bodies: the flag "content-length-only" marks what looks
// at the declared size and counts nothing, so that a body in chunks passes; "counts" what counts. The limit it compares
// with is added as a setting of its own.
func (t *fastapiTree) bodyLimiter(s *python.Scope, name string, n python.Node, body []python.Stmt, at *checks.Setting) {
	text := sourceOf(s.Module(), n, body)
	if !refusesSize.MatchString(text) {
		return
	}
	switch {
	case countsBytes.MatchString(text):
		at.Flags = append(at.Flags, "counts")
	case readsDeclared.MatchString(text):
		at.Flags = append(at.Flags, "content-length-only")
	default:
		return
	}
	python.WalkAll(body, func(n python.Node) bool {
		if b, ok := n.(*python.Binary); ok && (strings.HasPrefix(b.Op, ">") || strings.HasPrefix(b.Op, "<")) {
			for _, side := range []python.Expr{b.X, b.Y} {
				if v := s.Eval(side); v.Known && !v.Dynamic {
					if size, ok := v.V.(int64); ok && size >= 1024 {
						set := t.settingOf(s, name+".limit", side, side, v)
						t.app.add(set)
					}
				}
			}
		}
		return true
	})
}

// sourceOf is the text of a function or class to the end of its body.
func sourceOf(m *python.Module, n python.Node, body []python.Stmt) string {
	start, end := n.Span()
	python.WalkAll(body, func(inner python.Node) bool {
		_, last := inner.Span()
		end = max(end, last)
		return true
	})
	return m.Source[start:end]
}
