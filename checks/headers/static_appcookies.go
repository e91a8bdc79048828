package headers

import (
	"time"

	"hardcheck/checks"
)

// judgeCookieLines judges the cookies that an application's source sets, as browsers take them over https. flags are those
// that a front adds to every cookie.
func judgeCookieLines(p *checks.Pass, s *checks.Scope, flags map[string]bool) {
	from := setter{https: true, requireSameSite: p.Bool("require_samesite")}
	for _, set := range s.Settings {
		if set.Header != cookieHeader {
			continue
		}
		if set.Dynamic() {
			p.NotApplicable("the cookie of " + set.Name + " is not known until run time")
			continue
		}
		c, dropped := parseCookie(set.Text(), time.Now())
		c.secure, c.httpOnly = c.secure || flags["secure"], c.httpOnly || flags["httponly"]
		if set.Has("session") && c.kind() != sessionCookie {
			c.value = sealedSession
		}
		r := &response{subject: checks.Subject{Kind: "cookie setting", Name: set.Place.String() + " " + c.shown()}, place: set.Place, layer: s.Layer}
		issues := from.judge(c, dropped)
		for _, i := range issues {
			if i.mend != nil {
				i.mend.written, i.mend.session = true, set.Has("session")
			}
			r.fail(p, i)
		}
		if len(issues) == 0 {
			p.OK(r.subject)
		}
	}
}

// sealedSession is a value that tells a session cookie whatever its name is: the source says that it is one.
const sealedSession = "Fe26.2*"
