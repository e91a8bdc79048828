package headers

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// wholeCookie is a cookie that a framework makes of several settings, which only together say whether browsers take it.
type wholeCookie struct {
	layer, prefix, name string // prefix begins the settings' names; name is the cookie's where none is set
}

var wholeCookies = []wholeCookie{
	{"django", "SESSION_COOKIE_", "sessionid"}, {"django", "CSRF_COOKIE_", "csrftoken"}, {"flask", "SESSION_COOKIE_", "session"},
}

// judgeWholeCookies finds cookies that browsers refuse, and returns the settings that need no judgement of their own then.
func judgeWholeCookies(p *checks.Pass, s *checks.Scope, flags map[string]bool) (done []string) {
	for _, w := range wholeCookies {
		c, known := w.cookie(s, flags)
		r, broken := refused(c, "")
		if w.layer != s.Layer || !known || !broken {
			continue
		}
		suffix := "NAME"
		if done = append(done, w.prefix+"SECURE", w.prefix+"HTTPONLY", w.prefix+"SAMESITE"); r.rule == "samesite-none" {
			suffix, done = "SAMESITE", slices.DeleteFunc(done, func(name string) bool { return strings.HasSuffix(name, "HTTPONLY") })
		}
		how := setter{https: true}.mend(c)
		how.session = true
		harm := refusedHarm
		if r.rule == "samesite-none" {
			harm = mostRefuseHarm
		}
		set, _ := s.Get(w.prefix + suffix)
		at := &response{subject: checks.Subject{Kind: "cookie setting", Name: set.Place.String() + " " + set.Name}, place: set.Place, layer: s.Layer}
		at.fail(p, issue{rule: r.rule, attribute: set.Name, expected: r.want, actual: r.have, message: harm, header: cookieHeader, mend: how})
	}
	return done
}

// cookie puts the settings together; known is false where one of them is not known until run time.
func (w wholeCookie) cookie(s *checks.Scope, flags map[string]bool) (c cookie, known bool) {
	known = true
	get := func(suffix string) checks.Setting {
		set, _ := s.Get(w.prefix + suffix)
		known = known && !set.Dynamic()
		return set
	}
	text := func(suffix string) string {
		if set := get(suffix); set.Origin == checks.OriginSet && set.Value != nil {
			return set.Text()
		}
		return ""
	}
	c = cookie{name: cmp.Or(text("NAME"), w.name), path: cmp.Or(text("PATH"), "/"), domain: asciiLower(strings.TrimPrefix(text("DOMAIN"), ".")),
		sameSite: asciiLower(text("SAMESITE")), secure: isTrue(get("SECURE")) || flags["secure"], httpOnly: isTrue(get("HTTPONLY")) || flags["httponly"]}
	return c, known
}
