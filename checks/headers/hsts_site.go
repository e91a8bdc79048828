package headers

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// hstsOfSite judges every page, and what browsers meet on the way to it: the header is often set on http and forgotten
// on https, or on the page and forgotten on the redirect that leads there.
func hstsOfSite(p *checks.Pass) error {
	w, err := wayIn(p)
	if err != nil && !checks.NotServed(err) {
		w = way{} // headers/https-redirect judges http; here it only adds
	}
	h := headerCheck{[]string{stsHeader}, judgeHSTS}
	var first *response
	err = eachPage(p, func(p *checks.Pass, r *response) {
		if len(w.answers) > 0 && r.https && len(r.all(stsHeader)) == 0 && w.answers[0].Header.Get(stsHeader) != "" {
			r.overHTTP = w.answers[0].URL
		}
		if _, why := parseHSTS(firstValue(r.all(stsHeader))); why != "" && leadsAway(r.answer) && !byAddress(r.place.URL) {
			p.Examined(r.subject) // unprotectedRedirects tells
		} else {
			h.report(p, r)
		}
		if first == nil {
			first = r
		}
	})
	if err != nil {
		return err
	}
	unprotectedRedirects(p, w)
	if first != nil && first.https && len(first.all(stsHeader)) > 0 {
		alsoOverHTTP(p, w)
		return preloadOfSite(p, first.all(stsHeader)[0].value, w)
	}
	return nil
}

// alsoOverHTTP finds the header in the answer over http, beside the one over https. Browsers ignore it.
func alsoOverHTTP(p *checks.Pass, w way) {
	if len(w.answers) == 0 || !strings.HasPrefix(w.answers[0].URL, "http:") || w.answers[0].Header.Get(stsHeader) == "" {
		return
	}
	x := w.answers[0]
	fail(p, x.URL, issue{rule: "also-over-http", attribute: stsHeader, expected: "no " + stsHeader + " over http", actual: x.Header.Get(stsHeader),
		message: "browsers ignore the header over http, where anyone on the path could have written it: it protects nobody there"})
}

// fail reports an issue with the answer at a URL.
func fail(p *checks.Pass, at string, i issue) {
	r := &response{subject: checks.Subject{Kind: "response", Name: at}, place: checks.Place{URL: at}}
	r.fail(p, i)
}

// unprotectedRedirects finds https answers that lead to another host and go without the header: who types the first
// host stays open, however well the second one is protected.
func unprotectedRedirects(p *checks.Pass, w way) {
	answers := slices.Clone(w.answers)
	for _, path := range p.Site().Paths() {
		if x, err := p.Site().Page(p.Context(), path); err == nil {
			answers = append(answers, wayTo(x).answers...)
		}
	}
	w = way{answers: answers}
	seen, steps := map[string]bool{}, w.steps()
	for _, s := range steps {
		if !strings.HasPrefix(s.from.URL, "https:") || seen[s.from.URL] || byAddress(s.from.URL) || strings.EqualFold(s.host(), s.to.Hostname()) {
			continue
		}
		seen[s.from.URL] = true
		if _, why := parseHSTS(s.from.Header.Get(stsHeader)); why == "" || covered(s.host(), w) {
			continue
		}
		fail(p, s.from.URL, issue{rule: "unprotected-redirect", attribute: stsHeader, expected: "a valid " + stsHeader + " on the redirect",
			actual:  "no valid one beside Location " + s.to.String(),
			message: "browsers never learn that " + s.host() + " is https only: whoever types that name can be kept on http by anyone on the path"})
	}
}

// wayTo is the way to a page that was fetched, a redirect that is not followed at its end.
func wayTo(x *checks.Exchange) way {
	w := way{}
	for _, hop := range x.Chain {
		w.answers = append(w.answers, &checks.Exchange{URL: hop.URL, Status: hop.Status, Header: hop.Header})
	}
	w.answers = append(w.answers, x)
	return w
}

// covered reports whether another answer protects the host: its own, or with includeSubDomains that of a domain above.
func covered(host string, w way) bool {
	for _, x := range w.answers {
		u, err := url.Parse(x.URL)
		if err != nil || u.Scheme != "https" {
			continue
		}
		from := strings.ToLower(u.Hostname())
		s, why := parseHSTS(x.Header.Get(stsHeader))
		if why == "" && s.maxAge > 0 && (from == host || s.subDomains && strings.HasSuffix(host, "."+from)) {
			return true
		}
	}
	return false
}

// preloadOfSite judges what the preload lists ask of a site beside its header (https://hstspreload.org/), where that is
// required, or claimed by the header of a base domain.
func preloadOfSite(p *checks.Pass, value string, w way) error {
	asked := p.Bool("require_preload")
	s, why := parseHSTS(value)
	if !asked && (why != "" || !s.preload) {
		return nil
	}
	host := strings.ToLower(p.Site().URL().Hostname())
	base, err := publicsuffix.EffectiveTLDPlusOne(host)
	rule := preloadRule(asked)
	if err != nil || net.ParseIP(host) != nil || base != host {
		if asked {
			fail(p, p.Site().URL().String(), issue{rule: rule, attribute: "domain", expected: "the base domain", actual: host,
				message: "the preload lists take only base domains, whose subdomains are then covered: subdomains alone stay open on the first visit"})
		}
		return nil
	}
	preloadRedirects(p, rule, w, preloadable(value))
	return preloadWWW(p, rule, host)
}

// preloadRedirects judges the way from http: https on the same host first, the header on the first https answer, no http after
// that. good says that the page's own header is one that they take; else that was said.
func preloadRedirects(p *checks.Pass, rule string, w way, good bool) {
	if len(w.answers) == 0 || !strings.HasPrefix(w.answers[0].URL, "http:") {
		return
	}
	i := issue{rule: rule, attribute: "redirect", expected: "http, then https on the same host with the header, then https only", actual: w.String()}
	steps := w.steps()
	switch {
	case len(steps) == 0 && w.answers[0].Status >= 400 && !p.Bool("require_preload"):
		return // nothing is served there
	case len(steps) == 0:
		i.message = "http is answered without a redirect: the preload lists refuse the site, and the first visit stays open to anyone on the path"
	case steps[0].to.Scheme != "https" || !strings.EqualFold(steps[0].to.Hostname(), steps[0].host()):
		i.message = "the first redirect does not lead to https on the same host: the preload lists refuse the site, and its own name is never protected"
	case good && len(w.answers) > 1 && !preloadable(w.answers[1].Header.Get(stsHeader)):
		i.message = "the first https answer, which the preload lists look at, does not carry a header that they take"
	case slices.ContainsFunc(steps[1:], func(s step) bool { return s.to.Scheme == "http" }):
		i.message = "a later redirect leads over http: the preload lists refuse the site, and anyone on the path answers in its place"
	case len(steps) > maxPreloadHops:
		i.message = "the preload lists' checker gives up after three redirects and refuses the site, whose first visit stays open to anyone on the path"
	default:
		return
	}
	fail(p, w.answers[0].URL, i)
}

// maxPreloadHops is how many redirects the preload lists' checker follows (chromium/hstspreload, issue 109).
const maxPreloadHops = 3

func preloadable(value string) bool {
	s, why := parseHSTS(value)
	return why == "" && s.maxAge >= preloadAge && s.subDomains && s.preload
}

// preloadWWW asks the www subdomain, which is covered with all the others: where its name exists it must speak TLS.
func preloadWWW(p *checks.Pass, rule, host string) error {
	at := *p.Site().URL()
	at.Host, at.Path, at.RawQuery = strings.Replace(at.Host, host, "www."+host, 1), "/", ""
	_, err := p.Site().Reach(p.Context(), at.String())
	var problem *checks.Problem
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &problem):
		return err
	case p.Context().Err() != nil:
		return probe.Blind(p, err)
	case problem.Op != checks.OpConnect && !strings.Contains(problem.Op, "TLS"):
		return nil // above all a name that does not exist
	}
	fail(p, at.String(), issue{rule: rule, attribute: "www", expected: "https on www." + host, actual: problem.Actual,
		message: "the header covers the www subdomain, which does not speak TLS: its visitors are locked out, and the preload lists refuse the site"})
	return nil
}
