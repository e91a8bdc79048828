package headers

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

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
			{ID: "star-credentials", Title: "* beside credentials: browsers refuse it", Severity: checks.Low},
			{ID: "no-vary", Title: "The answer depends on the Origin and a cache does not know", Severity: checks.Low},
		},
		Site:  corsOfSite,
		Entry: seeEnabled,
		Tree:  corsOfTree,
	}
}

// corsOfSite asks once more for each page, as a page of a foreign origin would. The answer is compared with what the
// origin sent, not with the page without one: a server that reflects shows it in this one answer. Where that is
// refused, an origin that only looks like the site's own is tried, and null where the server knows of origins.
func corsOfSite(p *checks.Pass) error {
	return eachExchange(p, func(x *checks.Exchange) error { return corsOfPage(p, x) })
}

func corsOfPage(p *checks.Pass, final *checks.Exchange) error {
	x, err := asForeign(p, final.URL, probeOrigin)
	if err != nil {
		return err
	}
	r := fetched(x)
	j := judgeCORS(p, r)
	for _, origin := range closerOrigins(p, r) {
		if len(j.issues) > 0 {
			break
		}
		x, err := asForeign(p, final.URL, origin)
		if err != nil {
			return err
		}
		j = judgeCloser(p, fetched(x), origin)
	}
	headerCheck{judge: func(*checks.Pass, *response) judgement { return j }}.report(p, r)
	return nil
}

// asForeign asks for a page again as a page of that origin would.
func asForeign(p *checks.Pass, pageURL, origin string) (*checks.Exchange, error) {
	at, err := url.Parse(pageURL)
	if err != nil {
		return nil, err
	}
	path := p.Site().URL().RequestURI()
	if at.Host == p.Site().URL().Host {
		path = at.RequestURI()
	}
	// Starlette and others repeat the Origin only to requests with a cookie, which a victim's browser sends.
	x, err := p.Site().Do(p.Context(), checks.Request{Path: path, Header: http.Header{"Origin": {origin}, "Cookie": {"hardcheck_probe=1"}}})
	if err != nil {
		return nil, err
	}
	if x.Doubt != nil && x.Status != http.StatusForbidden { // refusing a foreign origin is a good answer
		return nil, x.Doubt
	}
	return x, nil
}

// closerOrigins are the origins to try where probeOrigin was refused. One begins with the site's origin and ends with
// its domain without being below it, so that a comparison by prefix, suffix or unanchored pattern takes it for its own.
func closerOrigins(p *checks.Pass, r *response) (out []string) {
	host := p.Site().URL().Hostname()
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err == nil && net.ParseIP(host) == nil {
		out = append(out, "https://"+host+".hardcheck-probe-"+domain)
	}
	if variesByOrigin(r) || slices.ContainsFunc(r.headers, func(f field) bool { return strings.HasPrefix(f.name, "Access-Control-") }) {
		out = append(out, "null")
	}
	return out
}

// judgeCloser judges an answer to a request from one of closerOrigins.
func judgeCloser(p *checks.Pass, r *response, origin string) (j judgement) {
	if !slices.Equal(r.list(acaoHeader), []string{origin}) || !slices.Equal(r.list(acacHeader), []string{"true"}) {
		return j // without credentials any site reads no more than it could fetch itself
	}
	if origin == "null" {
		return judgeCORS(p, r)
	}
	j.fail(issue{rule: "lookalike-origin", attribute: acaoHeader, expected: "a named origin", actual: origin, precision: checks.PrecisionVeryHigh,
		message: "an origin that only looks like the site's own is allowed with credentials: whoever registers such a name reads answers with the visitor's cookies",
		fix:     "Compare the whole Origin with a list; anchor a pattern at both ends and escape its dots."})
	return j
}

// judgeCORS judges an answer to a request from probeOrigin as Fetch's CORS check does.
func judgeCORS(_ *checks.Pass, r *response) (j judgement) {
	lines := r.all(acaoHeader)
	if len(lines) == 0 {
		return j
	}
	origin := strings.Join(r.list(acaoHeader), ", ")
	credentials := slices.Equal(r.list(acacHeader), []string{"true"}) // Fetch compares letter by letter
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
		i.message = "browsers refuse credentials beside *; the usual next step, repeating the Origin, opens everything"
	case origin == probeOrigin && !variesByOrigin(r):
		i.rule, i.attribute, i.expected, i.actual = "no-vary", "Vary", "Vary: Origin", "no Vary: Origin"
		i.message = "a cache hands the answer for one origin to another: pages break, or read what was meant for others"
	default:
		return j
	}
	j.fail(i)
	return j
}

func variesByOrigin(r *response) bool {
	return slices.ContainsFunc(r.list("Vary"), func(v string) bool { return v == "*" || strings.EqualFold(v, "Origin") })
}
