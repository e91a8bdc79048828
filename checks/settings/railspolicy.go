package settings

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// railsSources are the symbols of Rails' policies (ActionDispatch::ContentSecurityPolicy::MAPPINGS).
var railsSources = map[string]string{"self": "'self'", "unsafe_eval": "'unsafe-eval'", "wasm_unsafe_eval": "'wasm-unsafe-eval'", "unsafe_hashes": "'unsafe-hashes'",
	"unsafe_inline": "'unsafe-inline'", "none": "'none'", "http": "http:", "https": "https:", "data": "data:", "mediastream": "mediastream:", "allow_duplicates": "'allow-duplicates'",
	"blob": "blob:", "filesystem": "filesystem:", "report_sample": "'report-sample'", "script": "'script'", "strict_dynamic": "'strict-dynamic'", "ws": "ws:", "wss": "wss:"}

// directive is policy.script_src :self, :https.
func (w *railsWalk) directive(x *clike.Expr, method string) {
	name := strings.ReplaceAll(method, "_", "-")
	if !strings.HasSuffix(name, "-src") && !slices.Contains([]string{"base-uri", "form-action", "frame-ancestors", "sandbox", "report-uri", "script-src-elem", "script-src-attr",
		"style-src-elem", "style-src-attr", "upgrade-insecure-requests", "block-all-mixed-content", "plugin-types", "require-sri-for", "require-trusted-types-for", "trusted-types"}, name) {
		return
	}
	words := []string{name}
	for _, a := range x.List {
		v, known := rubyValue(a, 0)
		switch v := v.(type) {
		case string:
			if source, ok := railsSources[v]; ok && w.doc.file.Source[a.Start] == ':' {
				v = source
			}
			words = append(words, v)
		case bool:
			if !v {
				return
			}
		case nil:
			w.known = w.known && known
		default:
			w.known = false
		}
	}
	w.known = w.known && !w.conditional()
	w.policy = append(w.policy, strings.Join(words, " "))
}

// featureOf is policy.camera :none.
func (w *railsWalk) featureOf(x *clike.Expr, method string) {
	words := []string{strings.ReplaceAll(method, "_", "-")}
	for _, a := range x.List {
		text, ok := rubyText(a)
		w.known = w.known && ok
		if text == "self" || text == "none" {
			text = "'" + text + "'"
		}
		words = append(words, text)
	}
	w.feature = append(w.feature, strings.Join(words, " "))
}

// rackCORS follows origins and resource of rack-cors, which repeats the Origin where credentials are allowed.
func (w *railsWalk) rackCORS(x *clike.Expr, method string) {
	if method == "origins" {
		w.origins = springOrigins{at: x}
		for _, a := range x.List {
			text, ok := rubyText(a)
			w.origins.unknown = w.origins.unknown || !ok
			w.origins.origins = append(w.origins.origins, text)
		}
		return
	}
	o := w.origins
	if o.at == nil {
		return
	}
	credentials, known, _ := rubyKeywords(x.List).get("credentials")
	set := w.set(o.at, "cors.origin", nil, !o.unknown)
	set.Header, set.Flags = "Access-Control-Allow-Origin", []string{matches, varies}
	if slices.Contains(o.origins, "*") {
		set.Flags, set.Value = nil, "*"
	}
	w.add(set)
	if credentials == true && known {
		c := w.set(x, "cors.credentials", "true", true)
		c.Header = "Access-Control-Allow-Credentials"
		w.add(c)
	}
}

// railsDefaults are config.action_dispatch.default_headers of load_defaults 7.0 and later.
var railsDefaults = [][2]string{{"X-Frame-Options", "SAMEORIGIN"}, {"X-Xss-Protection", "0"}, {"X-Content-Type-Options", "nosniff"},
	{"X-Permitted-Cross-Domain-Policies", "none"}, {"Referrer-Policy", "strict-origin-when-cross-origin"}}

// finish adds the defaults, HSTS and the policies.
func (a *railsApp) finish() {
	s := a.scope
	from := func(name string) checks.Setting {
		set, _ := s.Get(name)
		return set
	}
	if _, replaced := s.Get("default_headers"); !replaced {
		for _, d := range railsDefaults {
			s.Settings = append(s.Settings, checks.Setting{Layer: "rails", Name: "header " + d[0], Header: d[0], Value: d[1], Raw: d[1], Origin: checks.OriginDefault, Place: s.Place})
		}
	}
	s.Settings = append(s.Settings, a.headers...)
	if ssl := from("force_ssl"); ssl.Value == true || ssl.Dynamic() {
		if from("ssl_options.secure_cookies").Value != false {
			a.secureCookies()
		}
		a.strict(ssl)
	}
	a.policies(from)
	for i := range s.Settings {
		s.Settings[i].Scope = s.Name
	}
}

// secureCookies is what force_ssl does to every cookie.
func (a *railsApp) secureCookies() {
	for i := range a.scope.Settings {
		if set := &a.scope.Settings[i]; set.Header == "Set-Cookie" && !set.Dynamic() && !strings.Contains(set.Text(), "; Secure") {
			set.Value = set.Text() + "; Secure"
		}
	}
}

// strict is the HSTS header of force_ssl: two years and subdomains, where ssl_options say nothing else. hsts: false sends
// max-age=0 (ActionDispatch::SSL).
func (a *railsApp) strict(ssl checks.Setting) {
	age, subdomains, preload := int64(63072000), true, false
	if a.version < 6.1 {
		age = 31536000
	}
	set := checks.Setting{Layer: "rails", Name: "force_ssl", Header: "Strict-Transport-Security", Raw: ssl.Raw, Origin: ssl.Origin, Place: ssl.Place}
	for _, o := range a.scope.Settings {
		switch o.Name {
		case "ssl_options.hsts":
			if o.Value == false {
				age, set.Place, set.Raw = 0, o.Place, o.Raw
			}
		case "ssl_options.hsts.expires":
			n, ok := o.Value.(int64)
			age, set.Place, set.Raw = n, o.Place, o.Raw
			if !ok {
				set.Origin = checks.OriginDynamic
			}
		case "ssl_options.hsts.subdomains":
			subdomains = o.Value != false
		case "ssl_options.hsts.preload":
			preload = o.Value == true
		}
	}
	if set.Origin != checks.OriginDynamic {
		text := fmt.Sprintf("max-age=%d", age)
		if subdomains {
			text += "; includeSubDomains"
		}
		if preload {
			text += "; preload"
		}
		set.Value = text
	}
	a.scope.Settings = append(a.scope.Settings, set)
}

// policies writes Content-Security-Policy, and the Feature-Policy that Rails still sends for permissions_policy
// (ActionDispatch::PermissionsPolicy).
func (a *railsApp) policies(from func(string) checks.Setting) {
	if begin := from("permissions_policy"); begin.Name != "" && len(a.feature) > 0 {
		text := strings.Join(a.feature, "; ")
		a.scope.Settings = append(a.scope.Settings, checks.Setting{Layer: "rails", Name: "permissions_policy", Header: "Feature-Policy", Value: text, Raw: text,
			Origin: checks.OriginSet, Place: begin.Place})
	}
	if begin := from("content_security_policy"); begin.Name != "" && len(a.policy) > 0 {
		set := checks.Setting{Layer: "rails", Name: "content_security_policy", Header: "Content-Security-Policy", Raw: strings.Join(a.policy, "; "), Origin: checks.OriginSet, Place: begin.Place}
		if report := from("content_security_policy_report_only"); report.Value == true {
			set.Header = "Content-Security-Policy-Report-Only"
		} else if report.Dynamic() {
			a.known = false
		}
		set.Value = strings.Join(a.nonces(from), "; ")
		if !a.known {
			set.Origin, set.Value = checks.OriginDynamic, nil
		}
		a.scope.Settings = append(a.scope.Settings, set)
	}
}

// nonces adds a nonce to the directives that get one where a generator is set: script-src and style-src by default.
func (a *railsApp) nonces(from func(string) checks.Setting) []string {
	out := slices.Clone(a.policy)
	if from("content_security_policy_nonce_generator").Name == "" {
		return out
	}
	directives := []string{"script-src", "style-src"}
	if set := from("content_security_policy_nonce_directives"); set.Name != "" {
		directives = set.List()
	}
	for i, d := range out {
		if name, _, _ := strings.Cut(d, " "); slices.Contains(directives, name) {
			out[i] += " 'nonce-" + freshValue + "'"
		}
	}
	return out
}
