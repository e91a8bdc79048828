package headers

import (
	"net/http"
	"net/url"
	"slices"
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
// origin sent, not with the page without one: a server that reflects shows it in this one answer.
func corsOfSite(p *checks.Pass) error {
	for _, path := range p.Site().Paths() {
		x, err := probeCORS(p, path)
		if err != nil {
			if err := blind(p, err); err != nil {
				return err
			}
			continue
		}
		headerCheck{judge: judgeCORS}.report(p, fetched(x))
	}
	return nil
}

func probeCORS(p *checks.Pass, path string) (*checks.Exchange, error) {
	final, err := page(p, path)
	if err != nil {
		return nil, err
	}
	if at, err := url.Parse(final.URL); err == nil && len(final.Chain) > 0 && at.Host == p.Site().URL().Host {
		path = at.RequestURI()
	}
	// Starlette and others repeat the Origin only to requests with a cookie, which a victim's browser sends.
	x, err := p.Site().Do(p.Context(), checks.Request{Path: path, Header: http.Header{"Origin": {probeOrigin}, "Cookie": {"hardcheck_probe=1"}}})
	if err != nil {
		return nil, err
	}
	if x.Doubt != nil && x.Status != http.StatusForbidden { // refusing a foreign origin is a good answer
		return nil, x.Doubt
	}
	return x, nil
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
