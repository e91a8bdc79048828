package headers

import (
	"net/http"
	"regexp"
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
		Expected:   "http is not served, or its first answer is a permanent redirect to https on the same host, and no later one leads back to http.",
		Rollback:   "Take the redirect back (use 308 or 301 only when https is known to work; 302 while trying).",
		Absent:     "No site and no server that listens on http beside https was found",
		References: []string{"CWE-319", "RFC 6797, 7.2", "ASVS 12.2.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "no-redirect", Title: "Content is served over plain http"},
			{ID: "password-over-http", Title: "A password is asked for over plain http"},
			{ID: "over-http", Title: "The redirect leads to another http address first", Severity: checks.Medium},
			{ID: "ends-on-http", Title: "The redirects end on plain http"},
			{ID: "downgrade", Title: "A redirect leads from https back to http"},
			{ID: "loop", Title: "The redirects never come to an end", Severity: checks.Medium,
				Fix: "Redirect on what the client used: behind a proxy that ends TLS, on X-Forwarded-Proto of that proxy."},
			{ID: "other-host-first", Title: "The redirect leaves the host before https was used on it", Severity: checks.Low},
			{ID: "temporary", Title: "The redirect is temporary", Severity: checks.Low},
		},
		Site:  redirectOfSite,
		Entry: seeEnabled,
		Tree:  redirectOfTree,
	}
}

// redirectOfSite judges the way in from http, and the redirects on the way to each page.
func redirectOfSite(p *checks.Pass) error {
	for _, path := range p.Site().Paths() {
		x, err := p.Site().Page(p.Context(), path)
		if err != nil {
			if err := probe.Blind(p, err); err != nil { // a host that does not answer at all is not one without http
				return err
			}
			continue
		}
		judgeSteps(p, wayTo(x).steps())
	}
	w, err := wayIn(p)
	switch {
	case checks.NotServed(err) && p.Site().URL().Scheme == "https":
		p.OK(checks.Subject{Kind: "host", Name: p.Site().URL().Hostname() + " does not answer on http"})
		return nil
	case err != nil:
		return probe.Blind(p, err)
	}
	return judgeWay(p, w)
}

// judgeSteps finds redirects that leave https.
func judgeSteps(p *checks.Pass, steps []step) {
	for _, s := range steps {
		if s.downgrades() {
			fail(p, s.from.URL, issue{rule: "downgrade", attribute: "Location", expected: "an https address", actual: s.to.String(),
				message: "the way to the page goes over http, where anyone on the path sends the visitor elsewhere"})
		}
	}
}

// judgeWay judges what http answers and all that follows. Where the first answer is no redirect and no content, such as
// a 503, it is in doubt.
func judgeWay(p *checks.Pass, w way) error {
	first := w.answers[0]
	r := &response{subject: checks.Subject{Kind: "response", Name: first.URL}, place: checks.Place{URL: first.URL}}
	var found []issue
	switch {
	case first.Header.Get("Location") != "" && first.Status >= 300 && first.Status < 400:
		found = judgeRedirects(w)
	case asksPassword(first):
		found = []issue{{rule: "password-over-http", attribute: "WWW-Authenticate", expected: "a redirect to https before the question",
			actual: "status 401 over http", message: "who types the password here sends it to anyone on the network path"}}
	case first.Doubt != nil:
		return probe.Blind(p, first.Doubt)
	case first.Status < 400:
		found = []issue{content(first)}
	}
	for i := range found {
		found[i].header = locationHeader
		r.fail(p, found[i])
	}
	if len(found) == 0 {
		p.OK(r.subject) // http answers, but serves nothing
	}
	judgeSteps(p, w.steps())
	return nil
}

// asksPassword reports whether the answer has the browser ask for a password that it then sends as it is.
func asksPassword(x *checks.Exchange) bool {
	return x.Status == http.StatusUnauthorized && slices.ContainsFunc(x.Header.Values("Www-Authenticate"), func(v string) bool {
		return len(v) >= 5 && strings.EqualFold(v[:5], "basic")
	})
}

var metaRefresh = regexp.MustCompile(`(?i)<meta[^>]{0,200}http-equiv\s*=\s*["']?refresh`)

// content is the finding for an answer over http that is no redirect.
func content(x *checks.Exchange) issue {
	i := issue{rule: "no-redirect", attribute: "status", expected: "a redirect to https, or no answer", actual: "status " + strconv.Itoa(x.Status),
		message: "the page is served over plain http: anyone on the network path reads and changes it"}
	switch {
	case x.Status >= 300:
		i.actual += " without a Location"
	case x.Header.Get("Refresh") != "":
		i.actual += ", Refresh: " + x.Header.Get("Refresh")
		i.message = "a Refresh header is no redirect: the page that it comes with is content, which anyone on the network path replaces"
	case metaRefresh.Match(x.Body[:min(len(x.Body), 64<<10)]):
		i.actual += " with a refresh in the page"
		i.message = "a refresh in a page is no redirect: the page is content, which anyone on the network path replaces"
	}
	return i
}

// judgeRedirects judges the first redirect from http, and where the redirects end.
func judgeRedirects(w way) (found []issue) {
	steps := w.steps()
	if len(steps) == 0 {
		i := issue{rule: "no-redirect", attribute: "Location", expected: "https on the same host", actual: w.answers[0].Header.Get("Location"),
			message: "the Location is no address, so the browser stays on http, where anyone on the path answers"}
		if _, ok := location(w.answers[0]); ok {
			i.attribute, i.actual = "status", strconv.Itoa(w.answers[0].Status)
			i.message = "browsers do not follow this status, so they stay on http, where anyone on the path answers"
		}
		return []issue{i}
	}
	if i := judgeHop(steps[0], w); i.rule != "" {
		found = append(found, i)
	}
	last := w.last()
	switch {
	case w.stop == stopLoop || w.stop == stopTooMany:
		found = append(found, issue{rule: "loop", attribute: "Location", expected: "redirects that come to an end", actual: w.String(),
			message: "no visitor gets through, and someone will switch https off to mend that: " + w.stop})
	case strings.HasPrefix(last.URL, "http:") && len(w.answers) > 1 && w.next == "" && last.Status < 400:
		found = append(slices.DeleteFunc(found, func(i issue) bool { return i.rule == "over-http" || i.rule == "no-redirect" }),
			issue{rule: "ends-on-http", attribute: "Location", expected: "https at the end", actual: w.String(),
				message: "the visitor ends on plain http, where anyone on the network path reads and changes the page"})
	}
	return found
}

// judgeHop judges the first redirect from http. HSTS is learnt only from https on the very host that was typed.
func judgeHop(s step, w way) issue {
	i := issue{attribute: "Location", expected: "https on the same host", actual: w.String()}
	from := s.host()
	switch {
	case s.to.Scheme != "https" && strings.EqualFold(s.to.Host, hostOf(s.from.URL)):
		i.rule, i.message = "no-redirect", "the redirect stays on plain http of the same host: anyone on the path answers in its place"
	case s.to.Scheme != "https":
		i.rule, i.message = "over-http", "the redirect leads to another plain http address: anyone on the path answers in its place"
	case !strings.EqualFold(s.to.Hostname(), from):
		i.rule, i.message = "other-host-first", "browsers never see https on "+from+", so its HSTS is never learnt and every visit starts on http"
	case s.from.Status != http.StatusMovedPermanently && s.from.Status != http.StatusPermanentRedirect:
		i.rule, i.attribute, i.expected = "temporary", "status", "301 or 308"
		i.message = "browsers do not remember a temporary redirect, so every visit starts on http again, where anyone on the path answers"
	default:
		return issue{}
	}
	return i
}

// hostOf is the host of a URL with its port, in lower case.
func hostOf(rawURL string) string {
	_, rest, _ := strings.Cut(rawURL, "//")
	host, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(host)
}
