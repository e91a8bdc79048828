package headers

import "slices"

// Attributes that mend a cookie. withoutDomain takes the Domain out, which the others are added beside.
const (
	withSecure    = "Secure"
	withHTTPOnly  = "HttpOnly"
	withSameSite  = "SameSite=Lax"
	withPath      = "Path=/"
	withoutDomain = "no Domain"
)

// attributeOrder is the order in which attributes are written.
var attributeOrder = []string{withoutDomain, withPath, withSecure, withHTTPOnly, withSameSite}

// mend is what a cookie needs so that nothing is found with it. All that is found with one cookie has the same mend: servers
// such as nginx heed only the first line about a cookie.
type mend struct {
	attributes []string
	cookie     cookie
	// written: the finding is about the line that sets the cookie, in a configuration or in code.
	written bool
	// session: the framework's own setting of sessions makes the cookie, whatever it is called.
	session bool
}

// mend finds what to do about a cookie by judging it as it would then be.
func (s setter) mend(c cookie) *mend {
	m := &mend{cookie: c}
	for more := true; more; {
		more = false
		for _, i := range s.issues(c, "") {
			attribute := mends[i.rule]
			if i.rule == "broken-prefix" || i.rule == "refused" {
				attribute = refusalMends[i.expected]
			}
			if attribute != "" && !slices.Contains(m.attributes, attribute) {
				more, m.attributes = true, append(m.attributes, attribute)
				c.apply(attribute)
			}
		}
	}
	return m
}

// mends are the attributes that mend what a rule finds; those of a refusal depend on what browsers want.
var (
	mends = map[string]string{"session-not-secure": withSecure, "not-secure": withSecure, "samesite-none": withSecure,
		"session-not-httponly": withHTTPOnly, "samesite-off": withSameSite, "samesite-invalid": withSameSite, "samesite-missing": withSameSite,
		"wide-domain": withoutDomain}
	refusalMends = map[string]string{"Secure": withSecure, "no Domain": withoutDomain, "Path=/": withPath, "HttpOnly": withHTTPOnly,
		"the host's own domain or none": withoutDomain, "a domain that one owner holds": withoutDomain, "Partitioned; Secure": withSecure}
)

func (c *cookie) apply(attribute string) {
	switch attribute {
	case withSecure:
		c.secure = true
	case withHTTPOnly:
		c.httpOnly = true
	case withSameSite:
		c.sameSite, c.hasSameSite = "lax", true
	case withPath:
		c.path = "/"
	case withoutDomain:
		c.domain = ""
	}
}

// judge judges one cookie and says how what it found is mended; dropped says why browsers ignore the whole line.
func (s setter) judge(c cookie, dropped string) []issue {
	issues := s.issues(c, dropped)
	if dropped != "" || len(issues) == 0 {
		return issues
	}
	how := s.mend(c)
	for n := range issues {
		issues[n].header = cookieHeader
		if issues[n].rule == "shared-cache" {
			issues[n].header = cacheHeader
		} else {
			issues[n].mend = how
		}
	}
	return issues
}
