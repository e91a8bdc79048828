package headers

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"time"

	"hardcheck/checks"
)

const cacheHeader = "Cache-Control"

// cdnHeaders overrule Cache-Control in shared caches: RFC 9213, and what products named before it.
var cdnHeaders = []string{"Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Vercel-Cdn-Cache-Control", "Netlify-Cdn-Cache-Control",
	"Surrogate-Control"}

// hitHeaders tell that a shared cache answered.
var hitHeaders = []string{"X-Cache", "Cf-Cache-Status", "X-Proxy-Cache", "X-Vercel-Cache", "X-Cache-Status", "Cache-Status"}

func cache() *checks.Check {
	return &checks.Check{
		ID:    "headers/cache",
		Title: "Personal answers stay out of caches",
		Why: "A shared cache hands one visitor's page to the next, and what the browser keeps on disk or behind its back " +
			"button is there for the next user of the machine.",
		Fix: "Send `Cache-Control: no-store` on answers that differ from user to user, and on pages where users sign in; public pages " +
			"and static files may be cached.",
		Expected:   "Answers to signed-in users and pages with a password field carry no-store, or private with no-cache.",
		Rollback:   "Send `Cache-Control: private, no-cache`: browsers may store the answer and ask again before each use.",
		Absent:     "No live site was audited",
		References: []string{"RFC 9111, 5.2.2", "RFC 9213", "CWE-524", "CWE-525", "ASVS 14.3.2"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "served-from-cache", Title: "A shared cache answered a personal request", Precision: checks.PrecisionVeryHigh},
			{ID: "shared-cache", Title: "Shared caches may store a personal answer"},
			{ID: "cdn-override", Title: "A header for CDNs overrules the one that forbids storing"},
			{ID: "ignored-value", Title: "Caches ignore what is written in Cache-Control"},
			{ID: "kept-by-browser", Title: "Browsers keep a personal answer", Severity: checks.Low},
			{ID: "login-stored", Title: "The login page may be stored", Severity: checks.Low},
		},
		Site: cacheOfSite,
	}
}

// cacheOfSite compares the page of a signed-in user with what everybody gets at the address: the same page, such as the
// shell of an application that asks for the data by itself, is nobody's own.
func cacheOfSite(p *checks.Pass) error {
	h := headerCheck{append([]string{cacheHeader}, cdnHeaders...), judgeCache}
	return eachPage(p, func(p *checks.Pass, r *response) {
		if u, err := url.Parse(r.answer.URL); err == nil && r.answer.Role == checks.RoleAuthenticated {
			x, err := p.Site().Do(p.Context(), checks.Request{Path: u.RequestURI()})
			r.anyones = err == nil && x.Status == r.answer.Status && bytes.Equal(x.Body, r.answer.Body)
		}
		h.report(p, r)
	})
}

// asset is the type of a file that is part of the site's design, the same for every user.
var asset = regexp.MustCompile(`(?i)^(font/|text/(css|javascript)|application/(x-)?(javascript|font|wasm|manifest)|image/(svg|x-icon|vnd\.microsoft\.icon))`)

// judgeCache judges answers that are somebody's own. What everybody gets may be stored.
func judgeCache(_ *checks.Pass, r *response) (j judgement) {
	if r.is(redirect, errorDoc) || r.class == static && asset.MatchString(r.answer.Header.Get(typeHeader)) {
		j.skip = "everybody gets the same " + string(r.class)
		return j
	}
	if r.anyones {
		j.skip = "a page that is the same without credentials may be stored"
		return j
	}
	signedIn, login := r.answer.Role.SignedIn(), r.answer.Role == checks.RoleLogin || signsIn(r)
	if !signedIn && !login {
		j.skip = "a public page may be stored: no credentials were sent and it asks for none"
		return j
	}
	value, sent := r.combined(cacheHeader)
	var elements []string
	if sent {
		elements = decodeSplit(value)
	}
	c := parseCacheControl(elements)
	i := issue{attribute: cacheHeader, expected: "no-store", actual: value}
	if !sent {
		i.actual = "no " + cacheHeader
		if len(r.all("Pragma")) > 0 {
			i.actual = "only Pragma, which caches do not read in answers"
		}
	}
	switch {
	case signedIn:
		r.judgePersonal(&j, c, i)
	case !c.noStore && !c.private && !c.stale():
		i.rule, i.message = "login-stored", "a cache may store the form with its CSRF token and hand the same one to every visitor, an attacker among them"
		j.fail(i)
	}
	return j
}

// judgePersonal judges the answer to a signed-in user.
func (r *response) judgePersonal(j *judgement, c cacheControl, i issue) {
	if header, value := r.fromCache(); header != "" {
		hit := i
		hit.rule, hit.attribute, hit.actual = "served-from-cache", header, header+": "+value
		hit.message = "a shared cache answered a request with credentials: it hands one user's page to another"
		j.fail(hit)
	}
	if header, value := r.overridden(); header != "" {
		over := i
		over.rule, over.attribute, over.actual = "cdn-override", header, value
		over.message = "the CDN obeys " + header + " and not Cache-Control: it stores one user's page for the others"
		j.fail(over)
	}
	kept := func(message string) {
		i.rule, i.message = "kept-by-browser", message
		j.fail(i)
	}
	i.rule = "shared-cache"
	switch {
	case c.noStore, c.private && c.stale():
	case slipped(c.unknown):
		i.rule, i.message = "ignored-value", "directives are divided by commas and spelt exactly; what caches read here does not keep them from storing one user's page"
		j.fail(i)
	case c.private:
		kept("the next user of the machine opens the page from the browser's disk or by its back button")
	case c.stale() && !c.public && c.shared <= 0:
		kept("browsers and proxies store the page, though they ask before they use it")
	case variesBy(r.answer.Header, "cookie"), variesBy(r.answer.Header, "authorization"), variesBy(r.answer.Header, "*"):
		kept("Vary keeps proxies from handing it to others, but they and the browser store the page")
	case c.public || c.shared > 0 || c.fresh > 0:
		i.message = "a proxy or CDN stores one user's page and hands it to the next who asks for the address"
		j.fail(i)
	default:
		i.severity, i.message = checks.Low, "nothing forbids a proxy or CDN to store one user's page and hand it to the next who asks for the address"
		j.fail(i)
	}
}

// overridden finds the header that lets CDNs store the answer whatever Cache-Control says, or "".
func (r *response) overridden() (header, value string) {
	for _, name := range cdnHeaders {
		if v, sent := r.combined(name); sent {
			if c := parseCacheControl(decodeSplit(v)); !c.noStore && !c.private && (c.fresh > 0 || c.shared > 0 || c.public) {
				return name, v
			}
		}
	}
	return "", ""
}

// slipped reports whether an unknown word was meant to keep the answer out of caches: "no-store; private", "nostore".
func slipped(unknown []string) bool {
	for _, w := range unknown {
		w = asciiLower(w)
		if strings.Contains(w, "store") || strings.Contains(w, "private") || strings.Contains(w, "cache") {
			return true
		}
	}
	return false
}

// fromCache finds the header by which a shared cache says that it answered, or "".
func (r *response) fromCache() (header, value string) {
	for _, name := range hitHeaders {
		if v, _ := r.combined(name); hit.MatchString(v) {
			return name, v
		}
	}
	if v, _ := r.combined("Age"); len(v) < 10 {
		if d, err := time.ParseDuration(v + "s"); err == nil && d > 0 {
			return "Age", v
		}
	}
	return "", ""
}

var hit = regexp.MustCompile(`(?i)(^|[^a-z])hit([^a-z]|$)`)

// signInPath is a path of pages on which users sign in.
var signInPath = regexp.MustCompile(`(?i)/(log-?in|sign-?in|log_in|sign_in|signon|session/new)(/|\.[a-z]+$|$)`)

// signsIn reports whether the page is one on which users sign in: its address says so or it asks for a password.
func signsIn(r *response) bool {
	u, err := url.Parse(r.answer.URL)
	if err == nil && signInPath.MatchString(u.Path) {
		return true
	}
	d := r.document()
	return d != nil && d.password
}
