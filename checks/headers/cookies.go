package headers

import (
	"net/url"
	"strings"
	"time"

	"hardcheck/checks"
)

func cookies() *checks.Check {
	return &checks.Check{
		ID:    "headers/cookies",
		Title: "Cookies are Secure, and session cookies HttpOnly",
		Why: "A session cookie is the logged-in user. Without Secure it goes over plain http to anyone on the path; " +
			"without HttpOnly one injected script sends it away.",
		Fix:        "Set `Secure; HttpOnly; SameSite=Lax; Path=/` on session cookies, and name them `__Host-…` where no subdomain needs them.",
		Expected:   "Cookies of https sites are Secure, session cookies also HttpOnly and kept out of shared caches, and every cookie is one that browsers accept.",
		Rollback:   "Take back the one attribute that broke a client; keep Secure and HttpOnly on the session cookie.",
		Absent:     "No answer set a cookie, and no configuration of cookies was found",
		References: []string{"RFC 6265bis", "CWE-614", "CWE-1004", "CWE-1275", "CWE-525"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "session-not-secure", Title: "A session cookie lacks Secure"},
			{ID: "session-not-httponly", Title: "A session cookie lacks HttpOnly", Severity: checks.Medium},
			{ID: "not-secure", Title: "A cookie lacks Secure", Severity: checks.Low},
			{ID: "samesite-none", Title: "SameSite=None without Secure: browsers refuse the cookie", Severity: checks.Medium,
				Fix: "Add Secure, or leave SameSite=None out."},
			{ID: "samesite-off", Title: "A session cookie is sent with every foreign request", Severity: checks.Medium},
			{ID: "samesite-invalid", Title: "Browsers ignore the value of SameSite", Severity: checks.Low},
			{ID: "samesite-missing", Title: "A session cookie names no SameSite although it is required", Severity: checks.Low},
			{ID: "broken-prefix", Title: "The name's prefix promises what the attributes do not hold", Severity: checks.Medium,
				Fix: "`__Host-` needs Secure, Path=/ and no Domain; `__Secure-` Secure; `__Http-` Secure and HttpOnly; `__Host-Http-` all of them."},
			{ID: "refused", Title: "Browsers refuse the cookie", Severity: checks.Low,
				Fix: "Set the cookie for the host itself, without Domain, and within 4096 bytes."},
			{ID: "wide-domain", Title: "A session cookie goes to every host of a domain above", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Fix: "Leave Domain out, and name the cookie `__Host-…`."},
			{ID: "shared-cache", Title: "A shared cache may store the answer that sets a session cookie", Severity: checks.Medium,
				Fix: "Send `Cache-Control: no-store` or `private` on every answer that sets a session cookie."},
		},
		Params: []checks.Param{{Name: "require_samesite", Kind: checks.ParamBool, Default: false,
			Doc: "Whether session cookies must name SameSite. Chromium takes a cookie without it for Lax, other browsers do not."}},
		Site:  cookiesOfSite,
		Entry: seeEnabled,
		Tree:  cookiesOfTree,
	}
}

// cookiesOfSite judges every Set-Cookie of each page and of the redirects on the way to it, where logins set theirs. A
// cookie that several pages set alike is told once.
func cookiesOfSite(p *checks.Pass) error {
	told := map[string]bool{}
	return eachExchange(p, func(x *checks.Exchange) error {
		later := map[string]bool{}
		judgeSetting(p, x, later, told)
		for i := len(x.Chain) - 1; i >= 0; i-- {
			hop := &checks.Exchange{URL: x.Chain[i].URL, Status: x.Chain[i].Status, Header: x.Chain[i].Header}
			judgeSetting(p, hop, later, told)
		}
		return nil
	})
}

// judgeSetting judges the cookies that one answer sets; later holds those of later answers, which overrule them.
func judgeSetting(p *checks.Pass, x *checks.Exchange, later, told map[string]bool) {
	at, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	from := setter{host: strings.ToLower(at.Hostname()), https: at.Scheme == "https", shared: sharable(x), requireSameSite: p.Bool("require_samesite")}
	if s, why := parseHSTS(x.Header.Get(stsHeader)); why == "" && s.maxAge > 0 && from.https && !byAddress(x.URL) && (x.TLS == nil || len(x.TLS.Faults) == 0) {
		from.hsts, from.hstsBelow = true, s.subDomains
	}
	lines := x.Header["Set-Cookie"]
	lines = lines[max(0, len(lines)-maxCookies):]
	for i := len(lines) - 1; i >= 0; i-- {
		c, dropped := parseCookie(lines[i], time.Now())
		if key := c.name + ";" + c.domain + ";" + c.path; dropped == "" && later[key] {
			continue
		} else if dropped == "" {
			later[key] = true
		}
		issues := from.judge(c, dropped)
		if c.gone && len(issues) == 0 {
			continue
		}
		if key := c.name + " " + rulesOf(issues); told[key] {
			continue
		} else {
			told[key] = true
		}
		subject := checks.Subject{Kind: "cookie", Name: c.shown() + " of " + x.URL}
		place := checks.Place{URL: x.URL}
		r := &response{subject: subject, place: place, live: true, answer: x, headers: fieldsOf(x.Header, place)}
		for _, i := range issues {
			r.fail(p, i)
		}
		if len(issues) == 0 {
			p.OK(subject)
		}
	}
}

// maxCookies bounds the cookies of one answer that are judged, from its end: browsers keep 180 of a host (Chromium,
// Firefox) and throw out the oldest.
const maxCookies = 180

func rulesOf(issues []issue) string {
	var out []string
	for _, i := range issues {
		out = append(out, i.rule)
	}
	return strings.Join(out, " ")
}

// shown is the cookie's name in a report.
func (c *cookie) shown() string {
	if c.name == "" {
		return "(no name)"
	}
	return oneLine(c.name)
}
