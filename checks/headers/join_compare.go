package headers

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// joined are the headers that a configuration and an answer are compared in. Cookies and what depends on the request
// (CORS) are judged by checks of their own.
var joined = []string{
	stsHeader, cspHeader, "Content-Security-Policy-Report-Only", xfoHeader, nosniffHeader, referrerHeader, permissionsHeader,
	coopHeader, coepHeader, corpHeader, "Origin-Agent-Cluster", "Reporting-Endpoints", "Integrity-Policy", "Clear-Site-Data",
	"Cache-Control", "Document-Policy", "Feature-Policy", "Report-To", "Nel", "Expect-Ct", "Public-Key-Pins", "X-Xss-Protection",
	"X-Permitted-Cross-Domain-Policies", "X-Dns-Prefetch-Control", "X-Download-Options", "X-Robots-Tag", "X-Powered-By", "Server",
}

// doubled says what browsers make of two lines of a header that should come once. Of the others several lines are usual.
var doubled = map[string]string{
	stsHeader:         "browsers take the first line alone",
	xfoHeader:         "lines that contradict each other block every frame",
	nosniffHeader:     "only the first word counts",
	referrerHeader:    "the last policy that a browser knows wins",
	permissionsHeader: "browsers merge the lines, and of a feature in both the last counts",
	cspHeader:         "browsers enforce every line, so that what either forbids is blocked",
	coopHeader:        "browsers drop a doubled value",
	coepHeader:        "browsers drop a doubled value",
	corpHeader:        "browsers drop a doubled value",

	"Origin-Agent-Cluster": "browsers drop a doubled value",
	"X-Xss-Protection":     "which line counts is not defined",
}

// several are the headers of doubled that one layer may send in several lines on purpose.
var several = []string{cspHeader, permissionsHeader}

// outcome is what the comparison of one header says.
type outcome int

const (
	joinAgrees outcome = iota
	joinAbsent         // the configuration sets it, the answer lacks it
	joinOther          // the answer carries another value
	joinTwice          // the answer carries more lines than one
	joinStill          // the configuration removes it, the answer has it
)

// compare holds the lines that an origin gives against those that came. What is not known until run time agrees.
func (o origin) compare(name string, live []string) outcome {
	lines := o.all(name)
	removed, removes := o.removal(name)
	switch {
	case slices.ContainsFunc(lines, func(f field) bool { return f.dynamic }), removed.Dynamic():
		return joinAgrees
	case len(lines) == 0 && removes && tells(name, live):
		return joinStill
	case len(lines) == 0, o.open() && len(live) == 0:
		return joinAgrees
	case len(live) == 0:
		return joinAbsent
	case !slices.ContainsFunc(lines, func(f field) bool { return carries(live, f.value) }):
		return joinOther
	case len(live) > 1 && doubled[name] != "" && (!slices.Contains(several, name) || layers(lines) > 1):
		return joinTwice
	}
	return joinAgrees
}

// open reports whether the scope includes a file that is not in the tree: what it sets there may drop the rest.
func (o origin) open() bool {
	return slices.ContainsFunc(o.scope.Settings, func(set checks.Setting) bool { return set.Name == "include" || set.Name == "import" })
}

// layers counts who sends the lines: the server, the application behind it, or both.
func layers(lines []field) int {
	own := slices.ContainsFunc(lines, func(f field) bool { return !f.upstream })
	behind := slices.ContainsFunc(lines, func(f field) bool { return f.upstream })
	if own && behind {
		return 2
	}
	return 1
}

var liveNonce = regexp.MustCompile(`'nonce-[^']*'`)

// normal writes a value as browsers compare it: spaces and empty directives do not count, and a nonce always differs.
func normal(value string) string {
	value = liveNonce.ReplaceAllString(strings.Join(strings.Fields(value), " "), "'nonce-'")
	return strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(value, " ;", ";"), "; ", ";"), "; ")
}

// carries reports whether a value is among the lines of an answer: as one of them, or as elements of their list.
func carries(live []string, value string) bool {
	want := normal(value)
	all := "," + strings.ReplaceAll(normal(strings.Join(live, ",")), ", ", ",") + ","
	return slices.ContainsFunc(live, func(line string) bool { return normal(line) == want }) ||
		strings.Contains(all, ","+strings.ReplaceAll(want, ", ", ",")+",")
}

// tells reports whether there is anything in the lines to remove: of a product that its server names itself, a version.
func tells(name string, live []string) bool {
	if name == "Server" {
		return slices.ContainsFunc(live, version.MatchString)
	}
	return len(live) > 0
}

// hushes are settings of a server that take the version out of its name.
var hushes = map[string][]string{"server_tokens": {"false", "off"}, "ServerTokens": {"Prod", "ProductOnly"}}

// removal is the setting of the scope that takes the header out of what the server or the application sends.
func (o origin) removal(name string) (checks.Setting, bool) {
	for _, set := range slices.Backward(o.scope.Settings) {
		switch {
		case set.Origin == checks.OriginDefault || set.Has("conditional"):
		case set.Header == name && set.Has("remove"), name == "Server" && slices.Contains(hushes[set.Name], set.Text()):
			return set, true
		}
	}
	return checks.Setting{}, false
}
