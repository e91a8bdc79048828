package headers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func httpsRedirect() *checks.Check {
	return &checks.Check{
		ID:    "headers/https-redirect",
		Title: "Plain http serves nothing but the way to https",
		Why: "Who types the name of the site starts on http. If that is answered with content, someone on the path " +
			"reads and changes it, and the visitor never reaches https.",
		Fix:        "Answer every http request with `301` to https on the same host, and nothing else; nginx `return 301 https://$host$request_uri;`.",
		Expected:   "http is not served, or its first answer is a permanent redirect to https on the same host.",
		Rollback:   "Take the redirect back (use 308 or 301 only when https is known to work; 302 while trying).",
		Absent:     "No site and no server that listens on http beside https was found",
		References: []string{"CWE-319", "RFC 6797, 7.2", "ASVS 12.2.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "no-redirect", Title: "Content is served over plain http"},
			{ID: "over-http", Title: "The redirect leads to another http address first", Severity: checks.Medium},
			{ID: "downgrade", Title: "A redirect leads from https back to http"},
			{ID: "other-host-first", Title: "The redirect leaves the host before https was used on it", Severity: checks.Low},
			{ID: "temporary", Title: "The redirect is temporary", Severity: checks.Low},
		},
		Site:  redirectOfSite,
		Entry: seeEnabled,
		Tree:  redirectOfTree,
	}
}

// redirectOfSite judges the first answer over http, and the redirects on the way to each page.
func redirectOfSite(p *checks.Pass) error {
	for _, path := range p.Site().Paths() {
		x, err := p.Site().Page(p.Context(), path)
		if err != nil {
			if err := probe.Blind(p, err); err != nil { // a host that does not answer at all is not one without http
				return err
			}
			continue
		}
		judgeChain(p, x)
	}
	x, err := p.Site().Plain(p.Context())
	switch {
	case checks.NotServed(err) && p.Site().URL().Scheme == "https":
		p.OK(checks.Subject{Kind: "host", Name: p.Site().URL().Hostname() + " does not answer on http"})
		return nil
	case err != nil:
		return probe.Blind(p, err)
	}
	return judgePlain(p, x)
}

// judgeChain finds redirects that leave https.
func judgeChain(p *checks.Pass, x *checks.Exchange) {
	hops := slices.Clone(x.Chain)
	if x.Status >= 300 && x.Status < 400 { // the one that is not followed
		hops = append(hops, checks.Hop{URL: x.URL, Status: x.Status, Location: x.Header.Get("Location")})
	}
	for _, hop := range hops {
		if strings.HasPrefix(hop.URL, "https:") && strings.HasPrefix(strings.ToLower(hop.Location), "http:") {
			p.Fail(checks.Finding{Rule: "downgrade", Subject: checks.Subject{Kind: "response", Name: hop.URL}, Place: checks.Place{URL: hop.URL},
				Attribute: "Location", Expected: "an https address", Actual: hop.Location,
				Message: "The way to the page goes over http, where anyone on the path sends the visitor elsewhere"})
		}
	}
}

// judgePlain judges what http answers: the redirect where there is one, else the content. An answer that is no
// content, such as a 403, is in doubt.
func judgePlain(p *checks.Pass, x *checks.Exchange) error {
	first := checks.Hop{URL: x.URL, Status: x.Status, Location: x.Header.Get("Location")}
	if len(x.Chain) > 0 {
		first = x.Chain[0]
	}
	r := &response{subject: checks.Subject{Kind: "response", Name: first.URL}, place: checks.Place{URL: first.URL}}
	var i issue
	switch {
	case first.Status >= 300 && first.Status < 400 && first.Location != "":
		i = judgeHop(first)
	case x.Doubt != nil:
		return probe.Blind(p, x.Doubt)
	case first.Status >= 400:
		p.OK(r.subject) // http answers, but serves nothing
		return nil
	default:
		i = issue{rule: "no-redirect", attribute: "status", expected: "a redirect to https, or no answer", actual: "status " + strconv.Itoa(first.Status),
			message: "the page is served over plain http: anyone on the network path reads and changes it"}
	}
	if i.rule == "" {
		p.OK(r.subject)
		return nil
	}
	p.Fail(r.finding(i))
	return nil
}

// judgeHop judges one redirect from http. HSTS is learnt only from https on the very host that was typed.
func judgeHop(h checks.Hop) issue {
	from, err1 := url.Parse(h.URL)
	to, err2 := url.Parse(h.Location)
	i := issue{attribute: "Location", expected: "https on the same host", actual: strconv.Itoa(h.Status) + " to " + h.Location}
	if err1 != nil || err2 != nil {
		i.rule, i.message = "no-redirect", "the Location is no address, so the browser stays on http"
		return i
	}
	to = from.ResolveReference(to)
	switch {
	case to.Scheme != "https" && strings.EqualFold(to.Hostname(), from.Hostname()) && to.Port() == from.Port():
		i.rule, i.message = "no-redirect", "the redirect stays on plain http of the same host: anyone on the path answers in its place"
	case to.Scheme != "https":
		i.rule, i.message = "over-http", "the redirect leads to another plain http address: anyone on the path answers in its place"
	case !strings.EqualFold(to.Hostname(), from.Hostname()):
		i.rule, i.message = "other-host-first", "browsers never see https on "+from.Hostname()+", so its HSTS is never learnt and every visit starts on http"
	case h.Status != 301 && h.Status != 308:
		i.rule, i.attribute, i.expected = "temporary", "status", "301 or 308"
		i.message = "browsers do not remember a temporary redirect, so every visit starts on http again"
	default:
		return issue{}
	}
	return i
}
