package settings

import (
	"net/http"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// traefikOptions are the options of the headers middleware that send one header: a text, or what "true" stands for
// (https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/headers/). A later one displaces
// what it overrides.
var traefikOptions = []struct{ option, header, on string }{
	{"framedeny", "X-Frame-Options", "DENY"},
	{"customframeoptionsvalue", "X-Frame-Options", ""},
	{"contenttypenosniff", "X-Content-Type-Options", "nosniff"},
	{"browserxssfilter", "X-Xss-Protection", "1; mode=block"},
	{"custombrowserxssvalue", "X-Xss-Protection", ""},
	{"contentsecuritypolicy", "Content-Security-Policy", ""},
	{"contentsecuritypolicyreportonly", "Content-Security-Policy-Report-Only", ""},
	{"publickey", "Public-Key-Pins", ""},
	{"referrerpolicy", "Referrer-Policy", ""},
	{"permissionspolicy", "Permissions-Policy", ""},
	{"featurepolicy", "Feature-Policy", ""},
	{"accesscontrolallowcredentials", "Access-Control-Allow-Credentials", "true"},
}

// traefikHeaders are the headers that a middleware sets or removes, in the order of effect: the named options, then
// customResponseHeaders, whose empty value removes. The flag "tls" marks what is sent over TLS alone.
func traefikHeaders(m *traefikPart) []checks.Setting {
	var out []checks.Setting
	for _, o := range traefikOptions {
		f := m.get("headers", o.option)
		if f == nil || o.on != "" && !f.dynamic && f.text() != "true" || o.on == "" && f.text() == "" && !f.dynamic {
			continue
		}
		value := f.text()
		if o.on != "" {
			value = o.on
		}
		out = append(withoutHeader(out, o.header), traefikSetting(f, o.option, o.header, value))
	}
	if s, ok := traefikSTS(m); ok {
		out = append(out, s)
	}
	if f := m.get("headers", "accesscontrolalloworiginlist"); f != nil && len(f.values) > 0 {
		s := traefikSetting(f, f.path[1], "Access-Control-Allow-Origin", f.text())
		if len(f.values) > 1 || f.text() != "*" { // the one that asks, where it is in the list
			s.Value, s.Raw, s.Origin = nil, strings.Join(f.values, ","), checks.OriginDynamic
		}
		out = append(out, s)
	}
	for i := range m.facts {
		f := &m.facts[i]
		if len(f.path) == 3 && f.path[0] == "headers" && f.path[1] == "customresponseheaders" {
			s := traefikSetting(f, "customresponseheaders", http.CanonicalHeaderKey(f.path[2]), f.text())
			if f.text() == "" && !f.dynamic {
				s.Value, s.Flags = nil, []string{"remove"}
			}
			out = append(out, s)
		}
	}
	return out
}

func traefikSetting(f *traefikFact, option, header, value string) checks.Setting {
	s := checks.Setting{Name: option + " " + header, Header: header, Value: value, Raw: value, Origin: checks.OriginSet, Place: f.place}
	if f.dynamic {
		s.Value, s.Raw, s.Origin = nil, f.text(), checks.OriginDynamic
	}
	return s
}

// traefikSTS is Strict-Transport-Security, which isDevelopment turns off.
func traefikSTS(m *traefikPart) (checks.Setting, bool) {
	f := m.get("headers", "stsseconds")
	if f == nil {
		return checks.Setting{}, false
	}
	on := func(option string) bool {
		f := m.get("headers", option)
		return f != nil && f.text() == "true"
	}
	seconds, err := strconv.ParseInt(f.text(), 10, 64)
	if !f.dynamic && (err != nil || seconds <= 0) || on("isdevelopment") {
		return checks.Setting{}, false
	}
	value := "max-age=" + f.text()
	if on("stsincludesubdomains") {
		value += "; includeSubdomains"
	}
	if on("stspreload") {
		value += "; preload"
	}
	s := traefikSetting(f, "stsseconds", "Strict-Transport-Security", value)
	if !on("forcestsheader") {
		s.Flags = []string{"tls"}
	}
	return s, true
}
