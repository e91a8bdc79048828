package settings

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// helmetPart is one of helmet's middlewares, by its name and its older one.
type helmetPart struct {
	name, alias string
	header      string
	since       int  // helmet's major version that has it, or that turns it on
	off         bool // not on by itself in 6 and later
	value       func(t *jsTree, options jsValue, major int) (string, bool)
}

// helmetParts are those of helmet 8 (index.mjs), in the order in which they run.
var helmetParts = []helmetPart{
	{"contentSecurityPolicy", "", "Content-Security-Policy", 4, false, helmetPolicy},
	{"crossOriginEmbedderPolicy", "", "Cross-Origin-Embedder-Policy", 5, true, helmetWord("policy", "require-corp")},
	{"crossOriginOpenerPolicy", "", "Cross-Origin-Opener-Policy", 5, false, helmetWord("policy", "same-origin")},
	{"crossOriginResourcePolicy", "", "Cross-Origin-Resource-Policy", 5, false, helmetWord("policy", "same-origin")},
	{"originAgentCluster", "", "Origin-Agent-Cluster", 5, false, helmetWord("", "?1")},
	{"referrerPolicy", "", "Referrer-Policy", 4, false, helmetWord("policy", "no-referrer")},
	{"strictTransportSecurity", "hsts", "Strict-Transport-Security", 0, false, helmetHSTS},
	{"xContentTypeOptions", "noSniff", "X-Content-Type-Options", 0, false, helmetWord("", "nosniff")},
	{"xDnsPrefetchControl", "dnsPrefetchControl", "X-Dns-Prefetch-Control", 0, false, helmetPrefetch},
	{"xDownloadOptions", "ieNoOpen", "X-Download-Options", 0, false, helmetWord("", "noopen")},
	{"xFrameOptions", "frameguard", "X-Frame-Options", 0, false, helmetFrames},
	{"xPermittedCrossDomainPolicies", "permittedCrossDomainPolicies", "X-Permitted-Cross-Domain-Policies", 4, false, helmetWord("permittedPolicies", "none")},
	{"xPoweredBy", "hidePoweredBy", "X-Powered-By", 0, false, nil},
	{"xXssProtection", "xssFilter", "X-Xss-Protection", 0, false, helmetWord("", "0")},
}

// helmetDefaults are the directives that helmet 6 and later add to those given.
var helmetDefaults = [][2]string{{"default-src", "'self'"}, {"base-uri", "'self'"}, {"font-src", "'self' https: data:"}, {"form-action", "'self'"},
	{"frame-ancestors", "'self'"}, {"img-src", "'self' data:"}, {"object-src", "'none'"}, {"script-src", "'self'"}, {"script-src-attr", "'none'"},
	{"style-src", "'self' https: 'unsafe-inline'"}, {"upgrade-insecure-requests", ""}}

// helmetDirectives is what contentSecurityPolicy.getDefaultDirectives() returns.
func helmetDirectives(d *jsDoc, x *clike.Expr) jsValue {
	var o jsObject
	for _, def := range helmetDefaults {
		list := []jsValue{}
		for _, word := range strings.Fields(def[1]) {
			list = append(list, jsValue{word, true, d, x})
		}
		o.entries = append(o.entries, jsEntry{def[0], jsValue{list, true, d, x}})
	}
	return jsValue{o, true, d, x}
}

// helmet makes the settings of helmet(options).
func (t *jsTree) helmet(call *clike.Expr, d *jsDoc, options jsValue, major int) []checks.Setting {
	if options.absent() || options.is(true) {
		options = jsValue{V: jsObject{}, Known: true, doc: d}
	}
	var out []checks.Setting
	for _, part := range helmetParts {
		if major != 0 && major < part.since {
			continue
		}
		option := options.get(part.name)
		if part.alias != "" {
			option = options.either(part.name, part.alias)
		}
		if option.is(false) || option.absent() && part.off && (major == 0 || major > 5) {
			continue
		}
		if !options.Known && option.absent() {
			option.Known = false
		}
		out = append(out, t.helmetSetting(call, d, part, option, major))
	}
	return out
}

// helmetSetting is what one part sends. An option that is absent is the default.
func (t *jsTree) helmetSetting(call *clike.Expr, d *jsDoc, part helmetPart, option jsValue, major int) checks.Setting {
	set := checks.Setting{Layer: t.layer, Name: "helmet." + part.name, Header: part.header, Origin: checks.OriginSet, Place: t.place(d, call)}
	if option.x != nil && option.doc != nil && option.doc.file != nil && !option.absent() {
		set.Place, set.Raw = t.place(option.doc, option.x), oneLine(option.doc.file.Text(option.x))
	}
	if option.absent() || option.is(true) {
		set.Origin = checks.OriginDefault
	}
	if part.value == nil {
		set.Flags, set.Raw = []string{"remove"}, "removed"
		return set
	}
	text, ok := part.value(t, option, major)
	if _, isObject := option.V.(jsObject); !option.Known && !isObject || !ok {
		set.Origin = checks.OriginDynamic
		return set
	}
	_, given := option.V.(jsObject)
	if report, _ := option.get("reportOnly").truth(); part.name == "contentSecurityPolicy" && given && report {
		set.Header = http.CanonicalHeaderKey("Content-Security-Policy-Report-Only")
	}
	set.Value = text
	if set.Origin == checks.OriginDefault {
		set.Raw = text
	}
	return set
}

func helmetWord(key, def string) func(*jsTree, jsValue, int) (string, bool) {
	return func(_ *jsTree, option jsValue, _ int) (string, bool) {
		v := option.get(key)
		if _, given := option.V.(jsObject); !given || key == "" || v.absent() {
			return def, true
		}
		if list := v.list(); list != nil && v.Known {
			var words []string
			for _, item := range list {
				text, ok := item.text()
				if !ok {
					return "", false
				}
				words = append(words, text)
			}
			return strings.Join(words, ","), true
		}
		return v.text()
	}
}

func helmetFrames(t *jsTree, option jsValue, major int) (string, bool) {
	text, ok := helmetWord("action", "SAMEORIGIN")(t, option, major)
	text = strings.ToUpper(text)
	if text == "SAME-ORIGIN" {
		text = "SAMEORIGIN"
	}
	return text, ok
}

func helmetPrefetch(_ *jsTree, option jsValue, _ int) (string, bool) {
	if _, given := option.V.(jsObject); !given {
		return "off", true
	}
	allow, ok := option.get("allow").truth()
	if allow {
		return "on", ok
	}
	return "off", ok
}

func helmetHSTS(_ *jsTree, option jsValue, major int) (string, bool) {
	age := 365 * 24 * 3600.0
	if major > 0 && major < 8 {
		age = 180 * 24 * 3600
	}
	_, given := option.V.(jsObject)
	if v := option.get("maxAge"); given && !v.absent() {
		n, ok := v.V.(float64)
		if !ok || !v.Known {
			return "", false
		}
		age = n
	}
	out := fmt.Sprintf("max-age=%.0f", age)
	if v := option.get("includeSubDomains"); !given || !v.is(false) {
		out += "; includeSubDomains"
	}
	if v := option.get("preload"); given && v.is(true) {
		out += "; preload"
	}
	return out, true
}

// freshValue stands for what differs in every answer, such as a nonce.
const freshValue = "differsInEveryAnswer"

// helmetPolicy writes the policy as helmet does. A function that makes a nonce gives a value that is always fresh.
func helmetPolicy(t *jsTree, option jsValue, _ int) (string, bool) {
	given := option.get("directives")
	directives, _ := given.V.(jsObject)
	if _, isObject := option.V.(jsObject); isObject && (!given.Known || directives.open) {
		return "", false
	}
	var names []string
	values := map[string]string{}
	if !option.get("useDefaults").is(false) {
		for _, def := range helmetDefaults {
			names = append(names, def[0])
			values[def[0]] = def[1]
		}
	}
	for _, e := range directives.entries {
		name := dashed(e.key)
		if _, had := values[name]; !had {
			names = append(names, name)
		}
		text, ok := t.sources(e.value)
		if !ok {
			return "", false
		}
		values[name] = text
		if e.value.V == nil && e.value.Known || strings.Contains(exprText(e.value), "dangerouslyDisableDefaultSrc") {
			values[name] = "\x00"
		}
	}
	var parts []string
	for _, name := range names {
		if values[name] != "\x00" {
			parts = append(parts, strings.TrimSpace(name+" "+values[name]))
		}
	}
	return strings.Join(parts, ";"), true
}

// exprText is the source of a value, or "".
func exprText(v jsValue) string {
	if v.x == nil || v.doc == nil || v.doc.file == nil {
		return ""
	}
	return v.doc.file.Text(v.x)
}

// sources joins a directive's sources.
func (t *jsTree) sources(v jsValue) (string, bool) {
	list := v.list()
	if list == nil {
		list = []jsValue{v}
	}
	var out []string
	for _, item := range list {
		text, ok := item.text()
		switch f, isFunction := item.V.(*clike.Expr); {
		case ok:
			out = append(out, text)
		case isFunction && strings.Contains(item.doc.file.Text(f), "nonce-"), strings.Contains(exprText(item), "'nonce-${"):
			out = append(out, "'nonce-"+freshValue+"'")
		case item.Known && (item.V == nil || item.V == false), strings.Contains(exprText(item), "dangerouslyDisableDefaultSrc"):
		default:
			return "", false
		}
	}
	return strings.Join(out, " "), true
}

// dashed turns scriptSrc into script-src.
func dashed(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// oneLine is source text on one line, shortened and without credentials.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text[:min(len(text), 2000)]), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:197], "") + "..."
	}
	return redacted("", text)
}
