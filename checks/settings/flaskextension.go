package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

var extensionDefaults = map[string][]serverDefault{
	"CORS": {{"CORS.origins", "*"}, {"CORS.supports_credentials", false}},
	"Talisman": {{"Talisman.force_https", true}, {"Talisman.session_cookie_secure", true}, {"Talisman.strict_transport_security", true},
		{"Talisman.strict_transport_security_max_age", int64(31556926)}, {"Talisman.strict_transport_security_include_subdomains", true},
		{"Talisman.frame_options", "SAMEORIGIN"}, {"Talisman.content_security_policy", "default-src 'self'; object-src 'none'"},
		{"Talisman.referrer_policy", "strict-origin-when-cross-origin"}, {"Talisman.x_content_type_options", true},
		{"Talisman.strict_transport_security_preload", false}, {"Talisman.content_security_policy_report_only", false}},
}

// extension records what an extension is given, and what it does by itself.
func (t *flaskTree) extension(s *python.Scope, name string, n *python.Call) {
	for _, a := range n.Args {
		if a.Name == "" {
			continue
		}
		v := s.Eval(a.Value)
		set := t.settingOf(s, name+"."+a.Name, a, a.Value, v)
		if text, ok := policyText(v); ok && strings.HasSuffix(a.Name, "_policy") {
			set.Value = text
		}
		t.app.scope.Settings = t.nested(t.app.scope.Settings, set, v)
		if a.Name == "resources" {
			t.resources(v)
		}
	}
	place := t.place(s.Module(), n)
	t.registered([]checks.Setting{{Layer: "flask", Name: name, Value: true, Raw: pythonRaw(s, n), Origin: checks.OriginSet, Place: place}})
	for _, d := range extensionDefaults[name] {
		if _, ok := t.app.scope.Get(d.setting); !ok {
			t.app.add(checks.Setting{Layer: "flask", Name: d.setting, Value: d.value, Raw: pythonText(d.value), Origin: checks.OriginDefault, Place: place})
		}
	}
	if name == "Talisman" {
		t.talismanCookie(place)
	}
}

// talismanCookie is what Talisman makes of the session cookie: what it is told, or Secure, HttpOnly and SameSite=Lax.
func (t *flaskTree) talismanCookie(place checks.Place) {
	for _, c := range []struct {
		option, setting string
		def             any
	}{{"session_cookie_secure", "SESSION_COOKIE_SECURE", true}, {"session_cookie_http_only", "SESSION_COOKIE_HTTPONLY", true}, {"session_cookie_samesite", "SESSION_COOKIE_SAMESITE", "Lax"}} {
		set, ok := t.app.scope.Get("Talisman." + c.option)
		if !ok {
			set = checks.Setting{Layer: "flask", Value: c.def, Raw: pythonText(c.def), Origin: checks.OriginSet, Place: place}
		}
		if set.Value == false && c.setting != "SESSION_COOKIE_SAMESITE" {
			continue // it leaves the setting as it is
		}
		if set.Name = c.setting; set.Origin == checks.OriginDefault {
			set.Origin = checks.OriginSet // by Talisman
		}
		t.app.add(set)
	}
}

// policyText is a policy written as a dictionary of directives, as the text of the header.
func policyText(v python.Value) (string, bool) {
	pairs, ok := v.V.(python.Pairs)
	var parts []string
	for _, p := range pairs {
		value := checks.Setting{Value: plain("", p.Value.V)}
		if p.Value.Dynamic {
			return "", false
		}
		parts = append(parts, strings.TrimSpace(p.Key+" "+value.Text()))
	}
	return strings.Join(parts, "; "), ok && !v.Dynamic
}

// resources takes the origins that flask-cors is given per path.
func (t *flaskTree) resources(v python.Value) {
	paths, _ := v.V.(python.Pairs)
	for _, p := range paths {
		options, _ := p.Value.V.(python.Pairs)
		for _, o := range options {
			if o.Key == "origins" || o.Key == "supports_credentials" {
				t.app.add(t.settingOf(o.Scope, "CORS."+o.Key, o.Expr, o.Expr, o.Value))
			}
		}
	}
}

func (t *flaskTree) run(s *python.Scope, n *python.Call) {
	positional := []string{"host", "port", "debug"}
	for i, a := range n.Args {
		name := a.Name
		if name == "" && i < len(positional) {
			name = positional[i]
		}
		if name != "" {
			t.set(t.setting(s, "run."+name, a, a.Value))
		}
	}
	place := t.place(s.Module(), n)
	for _, d := range []serverDefault{{"run.host", "127.0.0.1"}, {"run.debug", nil}} {
		if _, ok := t.app.scope.Get(d.setting); !ok {
			t.app.add(checks.Setting{Layer: "flask", Name: d.setting, Value: d.value, Raw: pythonText(d.value), Origin: checks.OriginDefault, Place: place})
		}
	}
}
