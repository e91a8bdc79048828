package headers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

const (
	acaoHeader = "Access-Control-Allow-Origin"
	acacHeader = "Access-Control-Allow-Credentials"
	// probeOrigin is an origin that nobody allows on purpose.
	probeOrigin = "https://hardcheck-probe.example"
)

func cors() *checks.Check {
	return &checks.Check{
		ID:    "headers/cors",
		Title: "Foreign sites cannot read answers meant for the user",
		Why: "A server that repeats any Origin and allows credentials lets every web page the victim visits read the " +
			"victim's data here, with the victim's cookies.",
		Fix:        "Compare the Origin with a fixed list and answer with that origin and `Vary: Origin`, or send no CORS header at all.",
		Expected:   "No answer allows credentials to an origin that was not named, and answers that depend on the Origin vary by it.",
		Rollback:   "Add the origin of the partner that broke to the list; never go back to repeating any origin.",
		Absent:     "No answer and no configuration of CORS was found",
		References: []string{"Fetch (CORS protocol)", "CWE-942", "CWE-346"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "any-origin-credentials", Title: "Any origin may read answers with the user's credentials"},
			{ID: "lookalike-origin", Title: "An origin that only looks like the site's own is allowed"},
			{ID: "null-origin", Title: "The origin null is allowed, which any site can take on"},
			{ID: "http-origin", Title: "A page that came over plain http may read answers with the user's credentials", Severity: checks.Medium,
				Fix: "Allow https origins only."},
			{ID: "any-subdomain", Title: "Every subdomain may read answers with the user's credentials", Severity: checks.Info,
				Fix: "Name the subdomains that need it."},
			{ID: "private-network", Title: "Public pages may send requests into the private network", Severity: checks.Low,
				Fix: "Answer Access-Control-Request-Private-Network for named origins only, or not at all."},
			{ID: "personal-answer", Title: "What a signed-in user gets is marked readable for everybody", Severity: checks.Info,
				Fix: "Send `*` on public answers only."},
			{ID: "star-credentials", Title: "* beside credentials: browsers refuse it", Severity: checks.Low},
			{ID: "ignored-value", Title: "Browsers ignore the value", Severity: checks.Low,
				Fix: "Send one origin as browsers write it, `https://shop.example`, or `*`; and `true` in small letters."},
			{ID: "no-vary", Title: "The answer depends on the Origin and a cache does not know", Severity: checks.Low},
			{ID: "kept-long", Title: "Browsers cut the time for which a preflight is remembered", Severity: checks.Info,
				Fix: "Send `Access-Control-Max-Age: 7200` or less: what is allowed by mistake is then gone in two hours."},
		},
		Site:  corsOfSite,
		Entry: seeEnabled,
		Tree:  corsOfTree,
	}
}

// allowed says which origin an answer allows as Fetch's CORS check reads it, and whether with credentials. Fetch
// compares letter by letter.
func allowed(r *response) (origin string, credentials bool) {
	return strings.Join(r.list(acaoHeader), ", "), slices.Equal(r.list(acacHeader), []string{"true"})
}

// judgeCORS judges an answer to a request from probeOrigin.
func judgeCORS(_ *checks.Pass, r *response) (j judgement) {
	lines := r.all(acaoHeader)
	if len(lines) == 0 {
		return j
	}
	origin, credentials := allowed(r)
	i := issue{attribute: acaoHeader, expected: "a named origin", actual: origin, place: lines[0].place}
	switch {
	case origin == probeOrigin && credentials:
		i.rule, i.precision = "any-origin-credentials", checks.PrecisionVeryHigh
		i.message = "the answer repeats a foreign Origin and allows credentials: any web page reads it with the visitor's cookies"
	case origin == "null":
		i.rule, i.severity = "null-origin", checks.Low
		i.message = "any site takes on the origin null with a sandboxed frame and reads the answer"
		if credentials {
			i.severity, i.message = checks.High, i.message+" with the visitor's cookies"
		}
	case origin == "*" && credentials:
		i.rule, i.expected = "star-credentials", "* without credentials"
		i.message = "browsers refuse credentials beside *, so no page reads anything with them; the usual next step, repeating the Origin, opens everything"
	case origin == "*" && r.answer != nil && r.answer.Role.SignedIn():
		i.rule, i.message = "personal-answer", "browsers send no cookies for it, but a page that holds the user's token, or finds the answer in a cache, reads it"
	case origin != "*" && !serialized(origin):
		i.rule, i.message = "ignored-value", "no browser's Origin is that text, so the pages that are meant are shut out; the usual next step, *, opens the answer to all"
	case strings.HasPrefix(origin, "http://") && credentials && r.https:
		i = httpOrigin(i, origin)
	case origin == probeOrigin && !variesByOrigin(r):
		i.rule, i.attribute, i.expected, i.actual = "no-vary", "Vary", "Vary: Origin", "no Vary: Origin"
		i.message = "a cache hands the answer for one origin to another: pages break, or read what was meant for others"
	default:
		if value := strings.Join(r.list(acacHeader), ", "); !credentials && value != "" && asciiLower(value) != "false" {
			j.fail(issue{rule: "ignored-value", severity: checks.Info, attribute: acacHeader, expected: "true, or no such header", actual: value,
				place: lines[0].place, message: "browsers know the word true only, so no page reads with credentials; the usual next step is to repeat any Origin"})
		}
		return j
	}
	j.fail(i)
	return j
}

// httpOrigin is the finding for an http origin that an https answer allows with credentials.
func httpOrigin(i issue, origin string) issue {
	i.rule, i.expected = "http-origin", "an https origin"
	i.message = "whoever is on the network path answers for that http page, and reads here with the visitor's cookies"
	if u, err := url.Parse(origin); err == nil && loopbackNames[u.Hostname()] {
		i.severity, i.message = checks.Info, "any program that listens on the visitor's machine, such as a development server, reads here with the visitor's cookies"
	}
	return i
}

var loopbackNames = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}

// serialized reports whether the text is an origin as browsers send it (HTML, "ASCII serialization of an origin"): in
// small letters, without a path, and without the port that the scheme implies.
func serialized(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != text || asciiLower(text) != text || strings.ContainsAny(u.Host, "*,; ") {
		return false
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		return err == nil && n < 65536 && !(u.Scheme == "https" && n == 443) && !(u.Scheme == "http" && n == 80)
	}
	return !strings.HasSuffix(u.Host, ":")
}

func variesByOrigin(r *response) bool {
	return slices.ContainsFunc(r.list("Vary"), func(v string) bool { return v == "*" || asciiLower(v) == "origin" })
}
