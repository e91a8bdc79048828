package settings

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// springChain follows one method that configures HttpSecurity, in the lambda style, in the older chained one
// (headers().frameOptions().disable().and()) and in Kotlin's.
type springChain struct {
	doc   *springDoc
	scope *checks.Scope
	hsts  *springHSTS
	depth int
}

// springHSTS is what is known of the HSTS header so far; a setting is rewritten with each part.
type springHSTS struct {
	age                 int64
	subdomains, preload bool
	unknown             bool
}

// springDefaults are sent by Spring Security 6 where nothing is said
// (docs.spring.io, Security HTTP Response Headers).
var springDefaults = [][3]string{
	{"headers.contentTypeOptions", "X-Content-Type-Options", "nosniff"}, {"headers.xssProtection", "X-Xss-Protection", "0"},
	{"headers.cacheControl", "Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"},
	{"headers.httpStrictTransportSecurity", "Strict-Transport-Security", "max-age=31536000 ; includeSubDomains"}, {"headers.frameOptions", "X-Frame-Options", "DENY"},
}

func (c *springChain) defaults() {
	for _, d := range springDefaults {
		c.scope.Settings = append(c.scope.Settings, checks.Setting{Layer: "spring", Name: d[0], Header: d[1], Value: d[2], Raw: d[2],
			Origin: checks.OriginDefault, Place: c.scope.Place})
	}
}

func (c *springChain) place(x *clike.Expr) checks.Place {
	p := checks.Place{Path: c.doc.path}
	p.Line, p.Column = c.doc.file.Position(x.Head())
	p.EndLine, p.EndColumn = c.doc.file.Position(x.End)
	return p
}

func (c *springChain) add(set checks.Setting) {
	if len(c.scope.Settings) < maxAppSettings {
		c.scope.Settings = append(c.scope.Settings, set)
	}
}

// put replaces what a section sends. An empty value takes the header away.
func (c *springChain) put(at *clike.Expr, name, header, value string, known bool) {
	for i := range c.scope.Settings {
		if s := &c.scope.Settings[i]; s.Header == header && (s.Name == name || s.Has("remove")) {
			c.scope.Settings = append(c.scope.Settings[:i], c.scope.Settings[i+1:]...)
			break
		}
	}
	set := checks.Setting{Layer: "spring", Name: name, Header: header, Raw: oneLine(c.doc.file.Text(at)), Origin: checks.OriginSet, Place: c.place(at)}
	switch {
	case !known:
		set.Origin = checks.OriginDynamic
	case value == "":
		set.Flags = []string{"remove"}
	default:
		set.Value = value
	}
	c.add(set)
}

func (c *springChain) block(body []*clike.Stmt, context string) {
	if c.depth++; c.depth > maxJSFollows {
		return
	}
	for _, s := range body {
		if s.X != nil {
			c.chain(s.X, context)
		}
		c.block(s.Body, context)
		c.block(s.Else, context)
	}
	c.depth--
}

// springSections are the sections of headers.
var springSections = words(`frameOptions httpStrictTransportSecurity hsts contentTypeOptions cacheControl cache xssProtection contentSecurityPolicy
	referrerPolicy permissionsPolicy permissionsPolicyHeader featurePolicy crossOriginOpenerPolicy crossOriginEmbedderPolicy crossOriginResourcePolicy`)

// stepsOf are the calls and members of a chain, the first one first.
func stepsOf(x *clike.Expr) []*clike.Expr {
	var steps []*clike.Expr
	for at := x; at != nil && len(steps) < 200; at = at.X {
		switch at.Kind {
		case clike.Call:
			steps = append(steps, at)
			if at.X.Kind == clike.Member {
				at = at.X
			}
		case clike.Member:
			steps = append(steps, at)
		case clike.Unary:
		default:
			at = &clike.Expr{} // what the chain begins with
		}
	}
	slices.Reverse(steps)
	return steps
}

// chain follows calls from the first to the last.
func (c *springChain) chain(x *clike.Expr, context string) {
	if x.Kind == clike.Assign { // Kotlin: policyDirectives = "..."
		if x.X.Kind == clike.Name {
			c.event(x, context, x.X.Text, []*clike.Expr{x.Y})
		}
		return
	}
	here := context
	for _, step := range stepsOf(x) {
		name, args := step.Text, []*clike.Expr(nil)
		if step.Kind == clike.Call {
			name, args = step.X.Text, step.List
		}
		c.event(step, here, name, args)
		inner, isLambda := here, false
		switch {
		case strings.HasPrefix(here, "headers.") && here != context && (name == "disable" || name == "sameOrigin" || name == "deny"):
			here = "headers" // what these return in the older style
			continue
		case name == "headers" || name == "http":
			inner = strings.TrimPrefix(name, "http")
		case strings.HasPrefix(here, "headers") && springSections[name]:
			inner = "headers." + name
		case name == "and":
			if here == "headers" {
				here = ""
			} else if strings.HasPrefix(here, "headers.") {
				here = "headers"
			}
			continue
		default:
			inner = name
			if strings.HasPrefix(here, "headers") {
				inner = here
			}
		}
		for _, a := range args {
			isLambda = c.argument(a, inner) || isLambda
		}
		if step.Kind == clike.Call && !isLambda && (name == "headers" || springSections[name]) {
			here = inner
		}
	}
}

// argument follows a lambda, or a reference to a method such as FrameOptionsConfig::disable.
func (c *springChain) argument(a *clike.Expr, context string) bool {
	switch {
	case a.Kind == clike.Function && a.X != nil:
		c.chain(a.X, context)
	case a.Kind == clike.Function:
		c.block(a.Body, context)
	case a.Kind == clike.Member && (a.Text == "disable" || a.Text == "sameOrigin" || a.Text == "deny"):
		c.event(a, context, a.Text, nil)
	case a.Kind == clike.Call && a.X.Text == "withDefaults":
	default:
		return false
	}
	return true
}

// event is one word of the configuration in its section.
func (c *springChain) event(at *clike.Expr, context, name string, args []*clike.Expr) {
	section, in := strings.CutPrefix(context, "headers.")
	switch {
	case context == "headers" && (name == "disable" || name == "defaultsDisabled"):
		for _, d := range springDefaults {
			c.put(at, d[0], d[1], "", true)
		}
	case context == "headers" && springSections[name]:
		c.section(at, name, args)
	case context == "headers" && (name == "addHeaderWriter" || name == "header") && len(args) > 0:
		c.writer(at, args)
	case in && name == "disable":
		if name, header := springHeader(section); header != "" {
			c.put(at, name, header, "", true)
		}
	case in:
		c.option(at, section, name, args)
	case name == "securityMatcher" || name == "securityMatchers":
		c.add(checks.Setting{Layer: "spring", Name: name, Value: true, Raw: oneLine(c.doc.file.Text(at)), Origin: checks.OriginSet, Place: c.place(at)})
	case name == "requiresSecure" || name == "redirectToHttps":
		c.add(checks.Setting{Layer: "spring", Name: name, Value: true, Raw: name, Origin: checks.OriginSet, Place: c.place(at)})
	}
}

// springHeader is the setting's name and the header of a section.
func springHeader(section string) (name, header string) {
	switch section {
	case "hsts":
		section = "httpStrictTransportSecurity"
	case "cache":
		section = "cacheControl"
	case "permissionsPolicyHeader":
		section = "permissionsPolicy"
	}
	for _, d := range springDefaults {
		if d[0] == "headers."+section {
			return d[0], d[1]
		}
	}
	header = map[string]string{"contentSecurityPolicy": "Content-Security-Policy", "referrerPolicy": "Referrer-Policy", "permissionsPolicy": "Permissions-Policy",
		"featurePolicy": "Feature-Policy", "crossOriginOpenerPolicy": "Cross-Origin-Opener-Policy", "crossOriginEmbedderPolicy": "Cross-Origin-Embedder-Policy",
		"crossOriginResourcePolicy": "Cross-Origin-Resource-Policy"}[section]
	return "headers." + section, header
}

// section is a section that is turned on, with its value where it is given at once.
func (c *springChain) section(at *clike.Expr, section string, args []*clike.Expr) {
	name, header := springHeader(section)
	for _, d := range springDefaults {
		if d[0] == name {
			c.put(at, name, header, d[2], true)
			c.hsts = &springHSTS{age: 31536000, subdomains: true}
			return
		}
	}
	if section == "referrerPolicy" && (len(args) == 0 || args[0].Kind == clike.Function) {
		c.put(at, name, header, "no-referrer", true)
	}
	if len(args) == 1 && args[0].Kind != clike.Function && args[0].X != nil || len(args) == 1 && (args[0].Kind == clike.String || args[0].Kind == clike.Name) {
		if args[0].Kind != clike.Call || args[0].X.Text != "withDefaults" {
			c.option(at, section, "policy", args)
		}
	}
}

// option is a word inside a section.
func (c *springChain) option(at *clike.Expr, section, word string, args []*clike.Expr) {
	name, header := springHeader(section)
	value, known := "", false
	if len(args) > 0 {
		value, known = c.doc.text(args[0], 0)
	}
	switch {
	case section == "frameOptions" && (word == "deny" || word == "sameOrigin" || word == "mode"):
		if word == "mode" || word == "sameOrigin" && value == "false" {
			word = strings.ToLower(strings.ReplaceAll(value, "_", ""))
		}
		c.put(at, name, header, strings.ToUpper(word), true)
	case section == "httpStrictTransportSecurity" || section == "hsts":
		c.strict(at, word, value, known)
	case word == "reportOnly":
		for i := range c.scope.Settings {
			if s := &c.scope.Settings[i]; s.Header == "Content-Security-Policy" {
				s.Header = http.CanonicalHeaderKey("Content-Security-Policy-Report-Only")
			}
		}
	case word == "policy" || word == "policyDirectives":
		if section == "referrerPolicy" || strings.HasPrefix(section, "crossOrigin") {
			value = strings.ToLower(strings.ReplaceAll(value, "_", "-"))
		}
		c.put(at, name, header, value, known && value != "")
	}
}

func (c *springChain) strict(at *clike.Expr, word, value string, known bool) {
	if c.hsts == nil {
		c.hsts = &springHSTS{age: 31536000, subdomains: true}
	}
	switch word {
	case "includeSubDomains":
		c.hsts.subdomains = value != "false"
	case "preload":
		c.hsts.preload = value == "true"
	case "maxAgeInSeconds", "maxAge":
		n, ok := seconds(value)
		c.hsts.age, c.hsts.unknown = n, !ok || !known
	default:
		return
	}
	c.put(at, "headers.httpStrictTransportSecurity", "Strict-Transport-Security", c.hsts.String(), !c.hsts.unknown)
}

// writer is a header that is written as it stands: StaticHeadersWriter.
func (c *springChain) writer(at *clike.Expr, args []*clike.Expr) {
	made := args[0]
	list := args
	if made.Kind == clike.New || made.Kind == clike.Call {
		list = made.List
	}
	if len(list) >= 2 && (made.Kind == clike.String || made.Kind != clike.Function && strings.Contains(c.doc.file.Text(made), "StaticHeadersWriter")) {
		if name, ok := c.doc.text(list[0], 0); ok && httpguts.ValidHeaderFieldName(name) {
			value, known := c.doc.text(list[1], 0)
			header := http.CanonicalHeaderKey(name)
			c.put(at, "header "+header, header, value, known && value != "")
			return
		}
	}
	c.add(checks.Setting{Layer: "spring", Name: "use " + oneLine(c.doc.file.Text(args[0])), Raw: oneLine(c.doc.file.Text(args[0])), Origin: checks.OriginDynamic,
		Place: c.place(at), Flags: []string{"unknown"}})
}
