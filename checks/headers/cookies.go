package headers

import (
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
		Expected:   "Cookies of https sites are Secure, session cookies also HttpOnly, and every cookie is one that browsers accept.",
		Rollback:   "Take back the one attribute that broke a client; keep Secure and HttpOnly on the session cookie.",
		Absent:     "No answer set a cookie, and no configuration of cookies was found",
		References: []string{"RFC 6265bis", "CWE-614", "CWE-1004", "CWE-1275"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "session-not-secure", Title: "A session cookie lacks Secure"},
			{ID: "session-not-httponly", Title: "A session cookie lacks HttpOnly", Severity: checks.Medium},
			{ID: "not-secure", Title: "A cookie lacks Secure", Severity: checks.Low},
			{ID: "samesite-none", Title: "SameSite=None without Secure: browsers refuse the cookie", Severity: checks.Low},
			{ID: "samesite-off", Title: "A session cookie is sent with every foreign request", Severity: checks.Medium},
			{ID: "samesite-invalid", Title: "Browsers ignore the value of SameSite", Severity: checks.Low},
			{ID: "samesite-missing", Title: "A session cookie names no SameSite although it is required", Severity: checks.Low},
			{ID: "broken-prefix", Title: "The name's prefix promises what the attributes do not hold", Severity: checks.Medium},
		},
		Params: []checks.Param{{Name: "require_samesite", Kind: checks.ParamBool, Default: false,
			Doc: "Whether session cookies must name SameSite. Chromium takes a cookie without it for Lax, other browsers do not."}},
		Site:  cookiesOfSite,
		Entry: seeEnabled,
		Tree:  cookiesOfTree,
	}
}

// cookiesOfSite judges every Set-Cookie of each page and of the redirects on the way to it, where logins set theirs.
func cookiesOfSite(p *checks.Pass) error {
	return eachExchange(p, func(x *checks.Exchange) error {
		seen := map[string]bool{}
		judgeLines(p, x.URL, x.HTTPS(), x.Header["Set-Cookie"], seen)
		for _, hop := range x.Chain {
			judgeLines(p, hop.URL, strings.HasPrefix(hop.URL, "https:"), hop.Header["Set-Cookie"], seen)
		}
		return nil
	})
}

// judgeLines judges the cookies of one answer; seen holds the cookies of later answers, which overrule them.
func judgeLines(p *checks.Pass, url string, https bool, lines []string, seen map[string]bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		c, ok := parseCookie(lines[i], time.Now())
		if !ok || c.gone || seen[c.name] {
			continue
		}
		seen[c.name] = true
		subject := checks.Subject{Kind: "cookie", Name: c.name + " of " + url}
		r := &response{subject: subject, place: checks.Place{URL: url}}
		issues := judgeCookie(c, https, p.Bool("require_samesite"))
		for _, i := range issues {
			p.Fail(r.finding(i))
		}
		if len(issues) == 0 {
			p.OK(subject)
		}
	}
}

// judgeCookie judges one cookie. Over http Secure is not asked for: such a cookie would be refused.
func judgeCookie(c cookie, https, requireSameSite bool) (issues []issue) {
	kind := c.kind()
	fail := func(rule, expected, actual, message string) {
		issues = append(issues, issue{rule: rule, attribute: c.name, expected: expected, actual: actual, message: message})
	}
	if want, harm := brokenPrefix(c); want != "" {
		fail("broken-prefix", want, "no "+want, harm)
		return issues // browsers refuse it, the rest does not matter
	}
	switch {
	case c.sameSite == "none" && !c.secure:
		fail("samesite-none", "SameSite=None; Secure", "SameSite=None without Secure", "browsers refuse the cookie, so what needs it fails there")
	case https && !c.secure && kind == sessionCookie:
		fail("session-not-secure", "Secure", "no Secure", "one request over http hands the session to anyone on the network path")
	case https && !c.secure && kind != publicCookie:
		fail("not-secure", "Secure", "no Secure", "the cookie also goes out over http, where anyone on the path reads and changes it")
	}
	if kind == sessionCookie && !c.httpOnly {
		fail("session-not-httponly", "HttpOnly", "no HttpOnly", "one injected script reads the session and sends it away")
	}
	switch c.sameSite {
	case "strict", "lax", "none":
	default:
		if c.hasSameSite {
			fail("samesite-invalid", "Strict, Lax or None", "an unknown value", "browsers ignore the value of SameSite and fall back to their default")
		} else if kind == sessionCookie && requireSameSite {
			fail("samesite-missing", "SameSite=Lax", "no SameSite", "browsers that do not default to Lax send the session with foreign requests (CSRF)")
		}
	}
	return issues
}

// brokenPrefix returns the first promise of the name's prefix that the attributes break (RFC 6265bis, 4.1.3).
func brokenPrefix(c cookie) (want, harm string) {
	name := strings.ToLower(c.name)
	host := strings.HasPrefix(name, "__host-")
	script := strings.HasPrefix(name, "__http-") || strings.HasPrefix(name, "__host-http-")
	prefixed := host || script || strings.HasPrefix(name, "__secure-")
	harm = "browsers refuse a cookie whose prefix promises what it does not hold: logins break, and someone will drop the prefix"
	switch {
	case prefixed && !c.secure:
		return "Secure", harm
	case host && c.path != "/":
		return "Path=/", harm
	case host && c.domain != "":
		return "absence of Domain", harm
	case script && !c.httpOnly:
		return "HttpOnly", harm
	}
	return "", ""
}
