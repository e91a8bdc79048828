package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// rubyPairs is a hash in its order.
type rubyPairs []rubyPair

type rubyPair struct {
	key   string
	value any
	known bool
}

func (p rubyPairs) keys() []any {
	out := []any{}
	for _, pair := range p {
		out = append(out, pair.key)
	}
	return out
}

func (p rubyPairs) get(key string) (any, bool, bool) {
	for _, pair := range p {
		if pair.key == key {
			return pair.value, pair.known, true
		}
	}
	return nil, true, false
}

var rubyUnits = map[string]int64{"second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400,
	"week": 604800, "weeks": 604800, "month": 2629746, "months": 2629746, "year": 31556952, "years": 31556952}

// rubyValue is the value of a literal: string, int64, bool, nil, []any or rubyPairs. Durations are seconds, as
// ActiveSupport counts them. Rails.env.production? is true.
func rubyValue(x *clike.Expr, depth int) (any, bool) {
	if x == nil || depth > 12 {
		return nil, false
	}
	switch x.Kind {
	case clike.String:
		return x.Text, true
	case clike.Number:
		n, err := strconv.ParseInt(strings.ReplaceAll(x.Text, "_", ""), 10, 64)
		return n, err == nil
	case clike.Name:
		switch x.Text {
		case "true", "false":
			return x.Text == "true", true
		case "nil":
			return nil, true
		}
	case clike.Member:
		if x.Text == "production?" {
			return true, true
		}
		if n, ok := rubyValue(x.X, depth+1); ok {
			switch n := n.(type) {
			case int64:
				if x.Text == "to_i" {
					return n, true
				}
				return n * rubyUnits[x.Text], rubyUnits[x.Text] > 0 && n < 1<<30
			case string:
				return n, x.Text == "freeze" || x.Text == "strip" || x.Text == "squish"
			}
		}
	case clike.Unary:
		v, ok := rubyValue(x.X, depth+1)
		if b, isBool := v.(bool); isBool && x.Text == "!" {
			return !b, ok
		}
	case clike.Array:
		list := []any{}
		for _, item := range x.List {
			v, ok := rubyValue(item, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	case clike.Object:
		var out rubyPairs
		for _, p := range x.Props {
			v, ok := rubyValue(p.Value, depth+1)
			out = append(out, rubyPair{p.Key, v, ok})
		}
		return out, true
	}
	return nil, false
}

func rubyText(x *clike.Expr) (string, bool) {
	v, known := rubyValue(x, 0)
	text, ok := v.(string)
	return text, ok && known
}

// rubyKeywords are the arguments with names.
func rubyKeywords(args []*clike.Expr) rubyPairs {
	var out rubyPairs
	for _, a := range args {
		if a.Kind == clike.Assign && (a.X.Kind == clike.Name || a.X.Kind == clike.String) {
			v, ok := rubyValue(a.Y, 0)
			out = append(out, rubyPair{a.X.Text, v, ok})
		} else if a.Kind == clike.Object {
			v, _ := rubyValue(a, 0)
			out = append(out, v.(rubyPairs)...)
		}
	}
	return out
}

// session is the cookie of session_store: HttpOnly, and SameSite=Lax since load_defaults 6.1; force_ssl makes every cookie
// Secure (ActionDispatch::SSL).
func (w *railsWalk) session(x *clike.Expr) {
	if len(x.List) == 0 {
		return
	}
	kind, _ := rubyText(x.List[0])
	options := rubyKeywords(x.List[1:])
	name := "_session_id"
	if text, _, ok := options.get("key"); ok && text != nil {
		name = fmt.Sprint(text)
	}
	set := w.set(x, "session_store", kind, true)
	w.add(set)
	for _, key := range []string{"secure", "httponly", "same_site", "domain"} {
		if v, known, ok := options.get(key); ok {
			w.add(w.set(x, "session_store."+key, v, known))
		}
	}
	c := w.cookieOf(name, options)
	c.httpOnly = true
	if v, known, ok := options.get("httponly"); ok && known && v == false {
		c.httpOnly = false
	}
	w.cookieSet(x, "session_store.cookie", c, "session")
}

func (w *railsWalk) cookieOf(name string, options rubyPairs) jsCookie {
	c := jsCookie{name: name, path: "/"}
	for key, on := range map[string]*bool{"secure": &c.secure, "httponly": &c.httpOnly} {
		if v, known, ok := options.get(key); ok {
			*on = !known || v == true
		}
	}
	if v, known, ok := options.get("same_site"); ok {
		c.sameSite = "Lax"
		if text, isText := v.(string); known && isText {
			c.sameSite = text
		}
	} else if w.version >= 6.1 {
		c.sameSite = "Lax"
	}
	if v, known, ok := options.get("domain"); ok && known {
		if text, isText := v.(string); isText && text != "all" {
			c.domain = text
		}
	}
	return c
}

func (w *railsWalk) cookie(at *clike.Expr, name string, value *clike.Expr) {
	v, _ := rubyValue(value, 0)
	options, _ := v.(rubyPairs)
	w.cookieSet(at, "cookies", w.cookieOf(name, options))
}

func (w *railsWalk) cookieSet(at *clike.Expr, name string, c jsCookie, flags ...string) {
	set := w.set(at, name, c.line(), true)
	set.Header, set.Flags = "Set-Cookie", append([]string{"append"}, flags...)
	w.add(set)
}

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
