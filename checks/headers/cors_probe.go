package headers

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// corsOfSite asks for the pages again, as pages of other origins would. The answer is compared with what the origin sent,
// not with the page without one: a server that reflects shows it in this one answer. The first page is asked in every
// way, the others as a stranger, and in every way where they answer with CORS headers.
func corsOfSite(p *checks.Pass) error {
	var failed error
	first := true
	err := eachPage(p, func(p *checks.Pass, r *response) {
		if failed != nil || r.answer.Role == checks.RoleNotFound || r.answer.Role == checks.RoleError || r.answer.Role == checks.RoleLogout {
			return
		}
		if err := corsOfPage(p, r, first); err != nil {
			failed = probe.Blind(p, err)
		}
		first = false
	})
	if err != nil {
		return err
	}
	return failed
}

func corsOfPage(p *checks.Pass, page *response, thorough bool) error {
	x, err := askAs(p, page.answer, probeOrigin)
	if err != nil {
		return err
	}
	r := fetched(x)
	r.tally, x.Role = page.tally, page.answer.Role
	j := judgeCORS(p, r)
	thorough = thorough || speaksCORS(page) || speaksCORS(r)
	if thorough {
		j.issues = append(j.issues, preflight(p, page.answer, j)...)
	}
	origin, _ := allowed(r)
	open := origin == probeOrigin || origin == "*" // to everybody, if without credentials
	for i, o := range closerOrigins(page, thorough) {
		if slices.ContainsFunc(j.issues, func(i issue) bool { return i.rule == "any-origin-credentials" || i.rule == "lookalike-origin" }) {
			break // nothing worse can be found
		}
		x, err := askAs(p, page.answer, o.origin)
		if err != nil && i == 0 {
			return err
		} else if err == nil {
			j.issues = append(j.issues, o.judge(page, fetched(x), open)...)
		}
	}
	headerCheck{judge: func(*checks.Pass, *response) judgement { return j }}.report(p, r)
	return nil
}

// speaksCORS reports whether the answer shows that the server knows of origins.
func speaksCORS(r *response) bool {
	return variesByOrigin(r) || slices.ContainsFunc(r.headers, func(f field) bool { return strings.HasPrefix(f.name, "Access-Control-") })
}

// askAs asks for a page again as a page of that origin would.
func askAs(p *checks.Pass, page *checks.Exchange, origin string) (*checks.Exchange, error) {
	// Starlette and others repeat the Origin only to requests with a cookie, which a victim's browser sends.
	x, err := p.Site().Do(p.Context(), checks.Request{Path: pathOf(p, page.URL), Role: page.Role,
		Header: http.Header{"Origin": {origin}, "Cookie": {"hardcheck_probe=1"}}})
	if err != nil {
		return nil, err
	}
	if x.Doubt != nil && x.Status != http.StatusForbidden { // refusing a foreign origin is a good answer
		return nil, x.Doubt
	}
	return x, nil
}

// asForeign asks for a public page as a page of that origin would.
func asForeign(p *checks.Pass, pageURL, origin string) (*checks.Exchange, error) {
	return askAs(p, &checks.Exchange{URL: pageURL}, origin)
}

// pathOf is the path of a page that was found, the site's own where redirects led elsewhere.
func pathOf(p *checks.Pass, pageURL string) string {
	if at, err := url.Parse(pageURL); err == nil && at.Host == p.Site().URL().Host {
		return at.RequestURI()
	}
	return p.Site().URL().RequestURI()
}

// closerOrigin is an origin that a careless comparison takes for the site's own.
type closerOrigin struct{ origin, kind string }

// closerOrigins are the origins to try where probeOrigin was refused. The first begins with the site's origin and ends with
// its domain without being below it, so that a comparison by prefix, suffix or unanchored pattern takes it for its own.
func closerOrigins(page *response, thorough bool) (out []closerOrigin) {
	at, err := url.Parse(page.answer.URL)
	if err != nil {
		return nil
	}
	host := strings.ToLower(at.Hostname())
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	named := err == nil && net.ParseIP(host) == nil
	switch {
	case named:
		out = append(out, closerOrigin{"https://" + host + ".hardcheck-probe-" + domain, "lookalike"})
	case strings.Contains(host, ":"): // an IPv6 address is no part of a name
	default:
		out = append(out, closerOrigin{"https://" + host + ".hardcheck-probe.example", "lookalike"})
	}
	if !thorough {
		return out
	}
	if named {
		out = append(out, closerOrigin{"https://" + dotted(host, domain), "lookalike"},
			closerOrigin{"https://hardcheck-probe." + domain + ".hardcheck-probe.example", "lookalike"}) // for a pattern of subdomains without an end
	}
	if out = append(out, closerOrigin{"null", "null"}); !page.https {
		return out
	}
	if !strings.Contains(host, ":") {
		out = append(out, closerOrigin{"http://" + host, "http"})
	}
	if named {
		out = append(out, closerOrigin{"https://hardcheck-probe." + domain, "subdomain"})
	}
	return out
}

// dotted is a name that a pattern with an unescaped dot takes for the host, as the dot stands for any character, and one
// without an anchor at its beginning for the domain.
func dotted(host, domain string) string {
	first, rest, _ := strings.Cut(host, ".")
	if host == domain {
		first, rest = "www", domain
	}
	return first + "x" + rest
}

// judge judges the answer to a request from the origin; open says that strangers are allowed without credentials.
func (o closerOrigin) judge(page, r *response, open bool) []issue {
	origin, credentials := allowed(r)
	if origin != o.origin {
		return nil
	}
	i := issue{attribute: acaoHeader, expected: "a named origin", actual: origin, precision: checks.PrecisionVeryHigh}
	switch {
	case open && !credentials:
		return nil
	case o.kind == "null":
		return judgeCORS(nil, r).issues
	case o.kind == "lookalike":
		i.rule, i.fix = "lookalike-origin", "Compare the whole Origin with a list; anchor a pattern at both ends and escape its dots."
		i.message = "an origin that only looks like the site's own is allowed with credentials: whoever registers such a name reads answers with the visitor's cookies"
		if !credentials {
			i.severity, i.message = checks.Low, "an origin that only looks like the site's own is allowed: whoever registers such a name reads what the visitor's network may see"
		}
	case !credentials:
		return nil // any site reads no more than it could fetch itself
	case o.kind == "http":
		i = httpOrigin(i, origin)
		if s, why := parseHSTS(firstValue(page.all(stsHeader))); why == "" && s.maxAge > 0 {
			i.severity, i.message = checks.Low, i.message+", in browsers that have not seen the HSTS header yet"
		}
	case o.kind == "subdomain":
		i.rule, i.expected = "any-subdomain", "named subdomains"
		i.message = "whoever runs a script on any subdomain, such as a forgotten one that was taken over, reads answers with the visitor's cookies"
	}
	return []issue{i}
}

func firstValue(lines []field) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0].value
}

// preflight asks whether a foreign page may send a request that a form could not (Fetch, CORS-preflight fetch). What the
// plain request showed is in j.
func preflight(p *checks.Pass, page *checks.Exchange, j judgement) []issue {
	x, err := p.Site().Do(p.Context(), checks.Request{Method: http.MethodOptions, Path: pathOf(p, page.URL), Header: http.Header{
		"Origin": {probeOrigin}, "Access-Control-Request-Method": {http.MethodPut},
		"Access-Control-Request-Headers": {"content-type,x-hardcheck-probe"}, "Access-Control-Request-Private-Network": {"true"},
	}})
	var problem *checks.Problem
	if errors.As(err, &problem) {
		p.NotApplicable("the preflight request was not answered: " + problem.Actual)
	}
	if err != nil || x.Status < 200 || x.Status > 299 { // browsers go on with a 2xx only
		return nil
	}
	return judgePreflight(fetched(x), j)
}

// judgePreflight judges the answer to the preflight of a PUT with a header of its own, from probeOrigin.
func judgePreflight(r *response, j judgement) (out []issue) {
	origin, credentials := allowed(r)
	if origin != probeOrigin && origin != "*" {
		return nil
	}
	add := func(i issue) { out = append(out, i) }
	if origin == probeOrigin && credentials && !slices.ContainsFunc(j.issues, func(i issue) bool { return i.rule == "any-origin-credentials" }) {
		add(issue{rule: "any-origin-credentials", attribute: "preflight", expected: "a named origin", actual: origin + " with credentials", precision: checks.PrecisionVeryHigh,
			message: "the preflight lets any web page send requests with any header and the visitor's cookies: what keeps forms of other sites out (CSRF) is gone"})
	}
	if slices.Equal(r.list("Access-Control-Allow-Private-Network"), []string{"true"}) {
		add(issue{rule: "private-network", attribute: "Access-Control-Allow-Private-Network", expected: "named origins only", actual: "true for " + probeOrigin,
			message: "any public web page has a browser inside the network send requests to this server"})
	}
	for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} {
		if credentials && slices.Contains(r.list(name), "*") {
			add(issue{rule: "star-credentials", attribute: name, expected: "names", actual: "* with credentials",
				message: "with credentials browsers take * for a name, so nothing is allowed by it; the usual next step, repeating what is asked for, opens everything"})
		}
	}
	if n, err := strconv.Atoi(strings.Join(r.list("Access-Control-Max-Age"), "")); err == nil && n > maxPreflightAge {
		add(issue{rule: "kept-long", attribute: "Access-Control-Max-Age", expected: "86400 or less", actual: strconv.Itoa(n),
			message: "no browser keeps a preflight for more than a day; until then a page goes on with what was allowed by mistake"})
	}
	return out
}

// maxPreflightAge is the longest time in seconds for which a browser remembers a preflight: Firefox a day, Chromium two hours.
const maxPreflightAge = 86400
