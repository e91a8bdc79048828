package headers

import "hardcheck/checks"

// setter is the answer that sets a cookie, as far as it matters to the cookie.
type setter struct {
	host            string
	https           bool
	hsts, hstsBelow bool   // browsers use https only from here on, below the host too
	shared          string // why a shared cache may store the answer; "" where it may not
	requireSameSite bool
}

const (
	refusedHarm    = "browsers refuse the cookie: what relies on it fails, and someone will drop the protection to mend that"
	mostRefuseHarm = "most browsers refuse the cookie, so what needs it fails there; the others send it over http, to anyone on the path"
	staysHarm      = "browsers refuse the line that should delete the cookie: it stays, and whoever has it goes on with it"
)

// issues are what is wrong with one cookie; dropped says why browsers ignore the whole line. What a browser refuses is not
// judged further, and a line that deletes a cookie must only be one that browsers take.
func (s setter) issues(c cookie, dropped string) (found []issue) {
	fail := func(i issue) {
		i.attribute = c.shown()
		found = append(found, i)
	}
	harm := refusedHarm
	if c.gone {
		harm = staysHarm
	}
	if dropped != "" {
		fail(issue{rule: "refused", expected: "a line that browsers take", actual: dropped, message: harm})
		return found
	}
	if r, ok := refused(c, s.host); ok {
		i := issue{rule: r.rule, expected: r.want, actual: r.have, message: harm}
		if r.rule == "samesite-none" && !c.gone {
			i.message = mostRefuseHarm
		}
		if r.rule == "samesite-none" && c.kind() != sessionCookie {
			i.severity = checks.Low
		}
		fail(i)
		if r.rule != "samesite-none" { // which some browsers still take
			return found
		}
		c.secure, c.sameSite = true, "lax" // this much is said
	}
	if c.gone {
		return found
	}
	kind := c.kind()
	for _, i := range []issue{s.judgeSecure(c, kind), judgeHTTPOnly(c, kind), s.judgeSameSite(c, kind), s.judgeReach(c, kind), s.judgeShared(c, kind)} {
		if i.rule == "" {
			continue
		}
		if kind == guessedCookie {
			i.precision = checks.PrecisionMedium
			i.message += " (a session by its value alone)"
		}
		fail(i)
	}
	return found
}

// judgeSecure: over http Secure is not asked for, such a cookie would be refused. Where browsers keep to https by HSTS
// the cookie does not leave by itself, and an attacker needs a browser that has not seen the header yet.
func (s setter) judgeSecure(c cookie, kind kindOfCookie) issue {
	if !s.https || c.secure || kind == publicCookie {
		return issue{}
	}
	i := issue{rule: "not-secure", expected: "Secure", actual: "no Secure", message: "the cookie also goes out over http, where anyone on the path reads and changes it"}
	if kind == sessionCookie || kind == guessedCookie {
		i.rule, i.message = "session-not-secure", "one request over http hands the session to anyone on the network path"
	}
	covered := s.hsts && (c.domain == "" || s.hstsBelow && c.domain == s.host)
	switch {
	case covered && i.rule == "not-secure":
		i.severity = checks.Info
	case covered, kind == guessedCookie:
		i.severity = checks.Medium
	}
	if covered {
		i.message += "; HSTS keeps browsers that have seen it from sending one"
	}
	return i
}

func judgeHTTPOnly(c cookie, kind kindOfCookie) issue {
	if c.httpOnly || kind != sessionCookie && kind != guessedCookie {
		return issue{}
	}
	i := issue{rule: "session-not-httponly", expected: "HttpOnly", actual: "no HttpOnly", message: "one injected script reads the session and sends it away"}
	if kind == guessedCookie {
		i.severity = checks.Low
	}
	return i
}

func (s setter) judgeSameSite(c cookie, kind kindOfCookie) issue {
	switch c.sameSite {
	case "strict", "lax":
		return issue{}
	case "none":
		if kind != sessionCookie || c.partitioned { // a partitioned cookie is another one in each site that embeds it
			return issue{}
		}
		return issue{rule: "samesite-off", expected: "SameSite=Lax or Strict", actual: "SameSite=None", severity: checks.Low,
			message: "any site sends requests with the victim's session (CSRF), as far as tokens do not stop it"}
	}
	switch {
	case c.hasSameSite:
		return issue{rule: "samesite-invalid", expected: "Strict, Lax or None", actual: "an unknown value",
			message: "browsers ignore the value of SameSite and fall back to their default: where that is None, any site sends requests with the cookie"}
	case kind == sessionCookie && s.requireSameSite:
		return issue{rule: "samesite-missing", expected: "SameSite=Lax", actual: "no SameSite",
			message: "browsers that do not default to Lax send the session with foreign requests (CSRF)"}
	}
	return issue{}
}

// judgeReach finds a session that a domain above the host shares: each host there gets it, and each can set it.
func (s setter) judgeReach(c cookie, kind kindOfCookie) issue {
	if kind != sessionCookie || c.domain == "" || !below(s.host, c.domain) {
		return issue{}
	}
	return issue{rule: "wide-domain", expected: "no Domain", actual: "Domain=" + c.domain + " on " + s.host,
		message: "whoever takes over any host below " + c.domain + ", such as a forgotten subdomain, gets the session and can set one"}
}

func (s setter) judgeShared(c cookie, kind kindOfCookie) issue {
	if s.shared == "" || kind != sessionCookie {
		return issue{}
	}
	return issue{rule: "shared-cache", expected: "Cache-Control: no-store or private", actual: s.shared,
		message: "a proxy or CDN stores the answer and hands one visitor's session to the next"}
}
