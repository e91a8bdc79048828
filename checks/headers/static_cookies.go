package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// cookieSetting is what a framework's setting does to one of its cookies.
type cookieSetting struct {
	layer string
	// uses names settings one of which shows that the application has this cookie at all; none means it always has.
	uses []string
	name string // of the setting
	def  string // what holds where nothing is set
	good func(checks.Setting) bool
	flag string // of proxy_cookie_flags that mends it in front
	rule string
	want string
	harm string
}

const (
	overHTTP = "one request over http hands the session to anyone on the network path"
	byScript = "one injected script reads the session and sends it away"
)

var cookieSettings = []cookieSetting{
	{"django", nil, "SESSION_COOKIE_SECURE", "False", isTrue, "secure", "session-not-secure", "True", overHTTP},
	{"django", nil, "CSRF_COOKIE_SECURE", "False", isTrue, "secure", "not-secure", "True", "the CSRF token goes out over http, where anyone on the path takes or replaces it"},
	{"django", nil, "SESSION_COOKIE_HTTPONLY", "True", isTrue, "httponly", "session-not-httponly", "True", byScript},
	{"django", nil, "SESSION_COOKIE_SAMESITE", "Lax", sameSiteOn, "samesite", "samesite-off", "'Lax' or 'Strict'", "any site sends requests with the victim's session"},
	{"flask", []string{"SECRET_KEY", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_NAME"},
		"SESSION_COOKIE_SECURE", "False", isTrue, "secure", "session-not-secure", "True", overHTTP},
	{"flask", nil, "SESSION_COOKIE_HTTPONLY", "True", isTrue, "httponly", "session-not-httponly", "True", byScript},
	{"flask", nil, "SESSION_COOKIE_SAMESITE", "None", notSameSiteNone, "samesite", "samesite-off", "'Lax' or 'Strict'", "any site sends requests with the victim's session"},
	{"fastapi", []string{"middleware.SessionMiddleware", "SessionMiddleware.secret_key", "SessionMiddleware.https_only"},
		"SessionMiddleware.https_only", "False", isTrue, "secure", "session-not-secure", "True", overHTTP},
	{"fastapi", []string{"middleware.SessionMiddleware", "SessionMiddleware.same_site"},
		"SessionMiddleware.same_site", "lax", sameSiteOn, "samesite", "samesite-off", "\"lax\" or \"strict\"", "any site sends requests with the victim's session"},
}

// notSameSiteNone: None, the value and not the word, leaves the attribute out.
func notSameSiteNone(s checks.Setting) bool { return asciiLower(s.Text()) != "none" || s.Value == nil }

func sameSiteOn(s checks.Setting) bool {
	word := strings.ToLower(s.Text())
	return word == "lax" || word == "strict"
}

// cookiesOfTree judges the frameworks' settings of session and CSRF cookies. What a front adds to every cookie with
// proxy_cookie_flags counts.
func cookiesOfTree(p *checks.Pass) error {
	flags := proxyCookieFlags(p)
	for _, f := range fronts() {
		for _, s := range f.serving(p) {
			judgeCookieLines(p, &checks.Scope{Layer: s.Layer, Place: s.Place, Settings: ownCookies(s)}, nil)
		}
	}
	for _, app := range upstream(p) {
		if !app.deployed {
			continue
		}
		judgeCookieLines(p, app.scope, flags)
		if set, ok := app.scope.Get("Talisman.session_cookie_secure"); ok && isTrue(set) {
			p.OK(checks.Subject{Kind: "cookie setting", Name: set.Place.String() + " " + set.Name}) // Secure and HttpOnly
			continue
		}
		done := judgeWholeCookies(p, app.scope, flags)
		for _, c := range cookieSettings {
			if c.layer == app.scope.Layer && !slices.Contains(done, c.name) && c.used(app.scope) {
				c.judge(p, app.scope, flags)
			}
		}
	}
	return nil
}

// ownCookies are the cookies that a web server itself sets.
func ownCookies(s *checks.Scope) []checks.Setting {
	return slices.DeleteFunc(slices.Clone(s.Settings), func(set checks.Setting) bool {
		return set.Header != cookieHeader || set.Inherited || set.Has("edit") || set.Has("remove")
	})
}

func (c cookieSetting) used(s *checks.Scope) bool {
	if own, ok := s.Get(c.name); ok && own.Origin != checks.OriginDefault {
		return true
	}
	if len(c.uses) == 0 {
		return c.layer == "django" && djangoUses(s, c.name)
	}
	return slices.ContainsFunc(c.uses, func(name string) bool {
		set, ok := s.Get(name)
		return ok && set.Origin != checks.OriginDefault
	})
}

// djangoUses reports whether the middleware that sends the cookie is there, or may be.
func djangoUses(s *checks.Scope, setting string) bool {
	middleware, _ := s.Get("MIDDLEWARE")
	class := "SessionMiddleware"
	if strings.HasPrefix(setting, "CSRF_") {
		class = "CsrfViewMiddleware"
	}
	return slices.ContainsFunc(middleware.List(), func(m string) bool { return strings.HasSuffix(m, class) })
}

func (c cookieSetting) judge(p *checks.Pass, s *checks.Scope, flags map[string]bool) {
	set, ok := s.Get(c.name)
	if !ok || set.Origin == checks.OriginDefault && set.Text() == "" {
		set = checks.Setting{Name: c.name, Origin: checks.OriginDefault, Place: s.Place, Raw: c.def, Value: boolOr(c.def)}
	}
	subject := checks.Subject{Kind: "cookie setting", Name: set.Place.String() + " " + c.name}
	switch {
	case set.Dynamic():
		p.NotApplicable("the value of " + c.name + " is not known until run time")
	case c.good(set) || flags[c.flag]:
		p.OK(subject)
	default:
		actual := c.name + " = " + set.Raw
		if set.Origin == checks.OriginDefault {
			actual = c.name + " not set, the default is " + c.def
		}
		p.Fail(checks.Finding{Rule: c.rule, Subject: subject, Place: set.Place, Attribute: c.name, Expected: c.name + " = " + c.want,
			Actual: actual, Message: "The cookie is sent without that protection: " + c.harm, Fix: "Set " + c.name + " = " + c.want + ".",
			Snippet: settingOf(c.layer, map[string]string{"secure": withSecure, "httponly": withHTTPOnly, "samesite": withSameSite}[c.flag], cookie{name: c.cookieName()})})
	}
}

// cookieName is a name that tells the token against forged requests from the session.
func (c cookieSetting) cookieName() string {
	if strings.HasPrefix(c.name, "CSRF_") {
		return "csrftoken"
	}
	return "session"
}

func boolOr(text string) any {
	switch text {
	case "True":
		return true
	case "False":
		return false
	}
	return text
}

// proxyCookieFlags returns the flags that every proxying scope of the tree's web servers adds to every cookie.
func proxyCookieFlags(p *checks.Pass) map[string]bool {
	var common map[string]bool
	for _, f := range fronts() {
		for _, s := range f.serving(p) {
			if !f.proxies(s) {
				continue
			}
			here := addedFlags(s)
			for flag := range common {
				common[flag] = common[flag] && here[flag]
			}
			if common == nil {
				common = here
			}
		}
	}
	return common
}

// addedFlags reads nginx's proxy_cookie_flags and its older way of writing flags behind a path, and Apache's edits of
// Set-Cookie, as far as they concern every cookie.
func addedFlags(s *checks.Scope) map[string]bool {
	flags := map[string]bool{}
	add := func(words []string) {
		for _, w := range words {
			name, value, _ := strings.Cut(strings.ToLower(strings.Trim(w, " \"'")), "=")
			flags[name] = value != "none"
		}
	}
	for _, set := range s.Settings {
		pattern, rest, _ := strings.Cut(set.Raw, " ")
		switch {
		case set.Name == "proxy_cookie_flags" && pattern == "~":
			add(strings.Fields(rest))
		case set.Name == "proxy_cookie_path" && pattern == "/":
			add(strings.Split(rest, ";"))
		case set.Layer == "apache" && set.Header == "Set-Cookie" && set.Has("edit") && slices.Contains(wholeLine, strings.Trim(pattern, `"'`)):
			add(strings.Split(rest, ";"))
		}
	}
	return flags
}

// wholeLine are the patterns that people write for every line.
var wholeLine = []string{"^(.*)$", "^(.+)$", "(.*)", "(.+)", "^(.*)", "$"}
