package headers

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// flaskResponse adds the headers of after_request functions and of Talisman, whose defaults are those of flask-talisman 1.1.
func flaskResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage, "SESSION_COOKIE_SECURE", "Talisman.force_https", "header "+stsHeader)
	if slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return strings.HasPrefix(set.Name, "Talisman.") }) {
		r.https = true
		talisman(s, r)
	}
	addHeaders(s, r)
	return r
}

func talisman(s *checks.Scope, r *response) {
	off := func(name string) bool {
		set, ok := s.Get("Talisman." + name)
		on, isBool := set.Bool()
		return ok && !set.Dynamic() && (isBool && !on || set.Value == nil || set.Text() == "None")
	}
	given := func(name, def string) (string, checks.Setting) {
		set, ok := s.Get("Talisman." + name)
		if !ok || set.Origin == checks.OriginDefault {
			return def, checks.Setting{Place: s.Place}
		}
		return set.Text(), set
	}
	if !off("strict_transport_security") {
		age, from := given("strict_transport_security_max_age", strconv.Itoa(31556926))
		value := "max-age=" + age
		if !off("strict_transport_security_include_subdomains") {
			value += "; includeSubDomains"
		}
		r.addText(stsHeader, value, from)
	}
	if !off("content_security_policy") && !addPolicy(s, r, talismanDirective) {
		value, from := given("content_security_policy", "default-src 'self'; object-src 'none'")
		r.addText(cspHeader, value, from)
	}
	if !off("frame_options") {
		value, from := given("frame_options", "SAMEORIGIN")
		r.addText(xfoHeader, value, from)
	}
	if !off("x_content_type_options") {
		r.addText(nosniffHeader, "nosniff", checks.Setting{Place: s.Place})
	}
	if !off("referrer_policy") {
		value, from := given("referrer_policy", "strict-origin-when-cross-origin")
		r.addText(referrerHeader, value, from)
	}
}

func talismanDirective(setting string) (string, bool) {
	return strings.CutPrefix(setting, "Talisman.content_security_policy.")
}
