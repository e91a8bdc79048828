package headers

import (
	"net"
	"net/url"
	"strconv"
	"time"

	"hardcheck/checks"
)

const stsHeader = "Strict-Transport-Security"

func hsts() *checks.Check {
	h := headerCheck{[]string{stsHeader}, judgeHSTS}
	return &checks.Check{
		ID:    "headers/hsts",
		Title: "HTTPS responses carry a long-lived HSTS header",
		Why: "Without HSTS a browser still tries plain http first. Someone on the network path answers that request, " +
			"keeps the victim on http and reads or changes everything, session cookies included.",
		Fix:        "Send `Strict-Transport-Security: max-age=31536000; includeSubDomains` on every https response, once, from the server that ends TLS.",
		Expected:   "Every https response carries HSTS with max-age of at least {min_age} (includeSubDomains: {include_subdomains}, fit for preloading: {require_preload}).",
		Rollback:   "Send max-age=0 over https for one release: browsers forget the host on their next visit.",
		Absent:     "No https response and no server that ends TLS was found",
		References: []string{"RFC 6797", "CWE-319", "CWE-523", "https://hstspreload.org/"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "missing", Title: "No Strict-Transport-Security on an https response"},
			{ID: "only-over-http", Title: "The header is sent over plain http only, where browsers ignore it"},
			{ID: "only-in-meta", Title: "The header is only in a meta element, where browsers ignore it",
				Fix: "Send it as a response header: RFC 6797, 8.5 forbids browsers to heed http-equiv."},
			{ID: "invalid", Title: "The header breaks the grammar, so browsers ignore it"},
			{ID: "disabled", Title: "max-age=0 switches HSTS off"},
			{ID: "too-short", Title: "max-age is shorter than required", Severity: checks.Medium},
			{ID: "no-subdomains", Title: "includeSubDomains is missing", Severity: checks.Medium},
			{ID: "repeated", Title: "The header is sent more than once, against RFC 6797, 7.1", Severity: checks.Low,
				Fix: "Send it from one place: at the server that ends TLS, with the application's line hidden or switched off."},
			{ID: "misspelt-directive", Title: "A misspelt directive is ignored", Severity: checks.Low,
				Fix: "Write `includeSubDomains` and `preload` as they are."},
			{ID: "unknown-directive", Title: "A directive that no browser knows", Severity: checks.Info,
				Fix: "Leave it out: browsers know max-age and includeSubDomains, the preload lists preload."},
			{ID: "unprotected-redirect", Title: "A redirect to another host goes without the header", Severity: checks.Low,
				Fix: "Send the header on the redirect itself: with `always` in nginx and Apache, and in the server block that redirects."},
			{ID: "also-over-http", Title: "The header is also sent over plain http, against RFC 6797, 7.2", Severity: checks.Info,
				Fix: "Send it from the server that ends TLS only."},
			{ID: "preload-claim", Title: "preload is claimed, and the preload lists would refuse the site", Severity: checks.Low, Fix: preloadFix},
			{ID: "not-preloadable", Title: "The preload lists would refuse the site", Severity: checks.Medium, Fix: preloadFix},
			{ID: "preload-warning", Title: "The preload lists' checker warns of the header", Severity: checks.Info, Fix: preloadFix},
			ruleLost, ruleNotAlways,
		},
		Params: []checks.Param{
			{Name: "min_age", Kind: checks.ParamDuration, Default: 180 * 24 * time.Hour, Doc: "The shortest max-age that passes."},
			{Name: "include_subdomains", Kind: checks.ParamBool, Default: false, Doc: "Whether includeSubDomains is required."},
			{Name: "require_preload", Kind: checks.ParamBool, Default: false,
				Doc: "Whether the site must meet the preload lists' requirements. Preloading binds every subdomain, and takes months to undo."},
		},
		Site:  hstsOfSite,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// judgeHSTS judges what a browser remembers. Every class of response counts: a browser takes the header from
// redirects, scripts and error pages alike. Only the first line of the header is processed (RFC 6797, 8.1).
func judgeHSTS(p *checks.Pass, r *response) (j judgement) {
	lines := r.all(stsHeader)
	if !r.https && (r.live || len(lines) == 0) {
		j.skip = r.plain // a configuration that sends it without TLS has the TLS in front of it
		return j
	}
	const noName = "browsers keep HSTS for names, never for addresses (RFC 6797, 8.1.1)"
	address := r.live && byAddress(r.place.URL)
	if address && len(lines) == 0 {
		j.skip = noName
		return j
	}
	want := stsDemand{least: p.Duration("min_age"), subDomains: p.Bool("include_subdomains"), preload: p.Bool("require_preload")}
	switch {
	case len(lines) > 0:
		j.issues = evaluateHSTS(lines[0].value, want)
		for i := range j.issues {
			j.issues[i].place = lines[0].place
		}
		if len(lines) > 1 {
			j.fail(issue{rule: "repeated", attribute: stsHeader, expected: "one line", actual: strconv.Itoa(len(lines)) + " lines", place: lines[1].place,
				message: "browsers read the first line only, and none where a proxy joins them: then anyone on the path keeps the visitor on http"})
		}
		switch {
		case len(j.issues) > 0:
		case address:
			j.skip = noName
		case r.refused():
			j.skip = "browsers refuse the certificate, and heed no HSTS behind such one (RFC 6797, 8.1); headers/tls judges it"
		}
	case r.overHTTP != "":
		j.fail(issue{rule: "only-over-http", attribute: stsHeader, expected: want.String() + " over https", actual: "only on " + r.overHTTP,
			message: "browsers ignore the header over http, and https does not send it: anyone on the path keeps the visitor on http"})
	case hasMeta(r, stsHeader):
		j.fail(issue{rule: "only-in-meta", attribute: stsHeader, expected: want.String() + " as a response header", actual: "a meta element",
			message: "browsers ignore the header in a page: the first request goes out over http, where anyone on the path can answer it"})
	default:
		j.fail(r.missing(stsHeader, want.String(), "the first request goes out over http, where anyone on the path can answer it"))
	}
	return j
}

func hasMeta(r *response, name string) bool {
	for _, m := range r.meta {
		if m.name == name {
			return true
		}
	}
	return false
}

// refused reports whether browsers refuse the certificate that the answer came with.
func (r *response) refused() bool {
	return r.answer != nil && r.answer.TLS != nil && len(r.answer.TLS.Faults) > 0
}

// byAddress reports whether the URL names its host by an IP address.
func byAddress(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && net.ParseIP(u.Hostname()) != nil
}

// stsDemand is what a policy asks of the header.
type stsDemand struct {
	least               time.Duration
	subDomains, preload bool
}

func (d stsDemand) String() string {
	return "max-age=" + strconv.FormatInt(int64(d.least/time.Second), 10) + " or more"
}
