package settings

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/caddyfile"
)

// file reports one Caddyfile: its global options, then its sites with their routes.
func (t *caddyTree) file(blocks []caddyBlock) {
	var global *checks.Scope
	for _, b := range blocks {
		if b.Kind == caddyfile.Global {
			global = t.global(b)
		}
	}
	for _, b := range blocks {
		if b.Kind == caddyfile.Site {
			t.site(b, global)
		}
	}
}

// caddyDefaults holds in every site where nothing is set; a body limit of 0 is none.
var caddyDefaults = []checks.Setting{
	{Name: "debug", Value: false},
	{Name: "log", Value: false},
	{Name: "log_credentials", Value: false},
	{Name: "request_body.max_size", Value: int64(0)},
}

func (t *caddyTree) scope(kind, name string, place checks.Place, parent *checks.Scope, list []checks.Setting) *checks.Scope {
	s := &checks.Scope{Layer: "caddy", Kind: kind, Name: name, Place: place, Parent: parent}
	for _, set := range list {
		set.Scope = name
		s.Settings = append(s.Settings, set)
	}
	for _, def := range caddyDefaults {
		if _, set := s.Get(def.Name); set || kind == "global" && (def.Name == "log" || def.Name == "request_body.max_size") {
			continue
		}
		def.Layer, def.Origin, def.Scope, def.Place = "caddy", checks.OriginDefault, name, place
		s.Settings = append(s.Settings, def)
	}
	if t.room(len(s.Settings)) {
		t.scopes = append(t.scopes, s)
	}
	return s
}

// global reads the options block. log there is the server's own log, not the access log.
func (t *caddyTree) global(b caddyBlock) *checks.Scope {
	var list []checks.Setting
	for _, d := range t.expand(b.Body, b.files, caddyImport{}) {
		s := checks.Setting{Layer: "caddy", Name: d.Name, Value: d.Text(), Raw: d.Text(), Origin: checks.OriginSet, Place: d.Place}
		var found []checks.Setting
		switch d.Name {
		case "debug":
			s.Value = true
			found = []checks.Setting{s}
		case "admin", "auto_https":
			found = []checks.Setting{s}
		case "log":
			found = caddySub(s, d, "output", "format", "level")
		case "servers":
			found = caddySub(s, d, "max_header_size")
			for _, line := range d.Body {
				if line.Name == "timeouts" {
					found = append(found, caddyTimeouts(s, line)...)
				}
				if line.Name == "log_credentials" {
					s.Name, s.Value, s.Place = "log_credentials", true, line.Place
					found = append(found, s)
				}
			}
		}
		list = append(list, caddyDynamic(found, d.Conditional || d.Dynamic())...)
	}
	return t.scope("global", "global", b.Place, nil, list)
}

// caddyTimeouts are how long a server waits for the head and the body of a request, in seconds rounded up; 0 is for ever.
func caddyTimeouts(s checks.Setting, d *caddyfile.Directive) []checks.Setting {
	var out []checks.Setting
	for _, sub := range caddySub(s, d, "read_header", "read_body") {
		wait, ok := caddyDuration(sub.Raw)
		if sub.Value = nil; ok && !sub.Dynamic() {
			sub.Value = int64((wait + time.Second - 1) / time.Second)
		} else {
			sub.Origin = checks.OriginDynamic
		}
		out = append(out, sub)
	}
	return out
}

// caddyDuration reads Go's durations, and days.
func caddyDuration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	wait, err := time.ParseDuration(text)
	return wait, err == nil && wait >= 0
}

func (t *caddyTree) site(b caddyBlock, global *checks.Scope) {
	var outer []checks.Setting
	if global != nil {
		for _, s := range global.Settings {
			if s.Origin != checks.OriginDefault && (s.Name == "debug" || s.Name == "log_credentials") {
				outer = append(outer, s)
			}
		}
	}
	name := "site"
	var own []checks.Setting
	for i, k := range b.Keys {
		if i > 0 {
			name += ","
		}
		name += " " + k.Text
		s := checks.Setting{Layer: "caddy", Name: "address", Value: k.Text, Raw: k.Text, Origin: checks.OriginSet, Place: b.Place}
		own = append(own, caddyDynamic([]checks.Setting{s}, k.Dynamic)...)
	}
	body := t.expand(b.Body, b.files, caddyImport{})
	t.route("site", name, b.Place, global, outer, own, body)
}

// route reports a site or a route with what is in effect in it, then the routes inside.
func (t *caddyTree) route(kind, name string, place checks.Place, parent *checks.Scope, outer, own []checks.Setting, body []*caddyfile.Directive) {
	if t.cut || !t.spend() || !t.merge(len(outer)+len(body)) {
		return
	}
	matchers := caddyPaths(body)
	sorted := body
	if !t.ordered {
		sorted = caddySorted(name, body, matchers)
	}
	for i, d := range sorted {
		if len(own) > maxOwn || i > 4*maxOwn {
			t.cut = true
			break
		}
		own = mergeCaddy(own, caddySettings(d, matchers)) // what is written later works inside what is written before
	}
	effective := mergeCaddy(inherited(outer), t.own(own))
	scope := t.scope(kind, name, place, parent, effective)
	passed := slices.DeleteFunc(slices.Clone(effective), func(s checks.Setting) bool {
		return caddyHandlers[s.Name] || strings.HasPrefix(s.Name, "header_down")
	})
	for _, d := range caddyInner(body) {
		inner := strings.TrimSpace(name + " / " + d.Name + " " + d.Text())
		t.route("handle", inner, d.Place, scope, passed, nil, d.Body)
	}
}

// caddySorted puts a body's header directives in the order that Caddy gives them, unless the body is that of "route":
// those with a matcher come first, the longer path before the shorter, and so work before what is for all.
func caddySorted(name string, body []*caddyfile.Directive, paths map[string]string) []*caddyfile.Directive {
	last := strings.Fields(name[strings.LastIndex(name, " / ")+1:])
	if len(last) > 1 && last[0] == "/" && last[1] == "route" {
		return body
	}
	specific := func(d *caddyfile.Directive) int {
		switch matcher, _ := caddyMatcher(d); {
		case d.Name != "header", matcher == "", matcher == "*":
			return 0
		case matcher[0] == '/':
			return 1 + len(matcher)
		case len(strings.Fields(paths[matcher])) == 1:
			return 1 + len(paths[matcher])
		}
		return 1
	}
	out := slices.Clone(body)
	slices.SortStableFunc(out, func(a, b *caddyfile.Directive) int { return specific(b) - specific(a) })
	return out
}

// caddyInner are the routes of a body, those for certain answers of a proxy among them.
func caddyInner(body []*caddyfile.Directive) []*caddyfile.Directive {
	var out []*caddyfile.Directive
	for _, d := range body {
		switch {
		case d.Block && caddyRoutes[d.Name]:
			out = append(out, d)
		case d.Name == "reverse_proxy":
			out = append(out, caddyInner(d.Body)...)
		}
	}
	return out
}

var (
	caddyRoutes   = words("handle handle_path route handle_errors handle_response")
	caddyHandlers = words("reverse_proxy file_server file_server.browse php_fastcgi respond redir rewrite")
)

// mergeCaddy puts inner settings over outer ones. Headers add up, in the order in which they work: at once from the
// outside in, then, when the answer is written, from the inside out. Body limits add up too: the smallest holds.
func mergeCaddy(outer, inner []checks.Setting) []checks.Setting {
	out, early, late := caddyPhases(outer)
	rest, innerEarly, innerLate := caddyPhases(inner)
	for _, s := range rest {
		base, _, _ := strings.Cut(s.Name, " ")
		switch {
		case s.Has("conditional"), caddyMany[base]:
			out = append(out, s)
		case s.Name == "request_body.max_size":
			out = mergeCaddyLimit(out, s)
		default:
			out = slices.DeleteFunc(slices.Clone(out), func(o checks.Setting) bool { return o.Name == s.Name && o.Inherited })
			out = append(out, s)
		}
	}
	for _, s := range innerEarly {
		if !s.Has("append") && !s.Has("edit") && !s.Has("conditional") {
			early = slices.DeleteFunc(early, func(o checks.Setting) bool { return o.Name == s.Name && !o.Has("conditional") })
		}
		early = append(early, s)
	}
	return slices.Concat(out, early, innerLate, late)
}

// caddyPhases divides settings into those of header directives that work at once, those that work when the answer is
// written, and the rest.
func caddyPhases(list []checks.Setting) (rest, early, late []checks.Setting) {
	for _, s := range list {
		switch base, _, _ := strings.Cut(s.Name, " "); {
		case base != "header":
			rest = append(rest, s)
		case s.Has("defer"), s.Has("if-missing"):
			late = append(late, s)
		default:
			early = append(early, s)
		}
	}
	return rest, early, late
}

var caddyMany = words("address import header_down respond redir rewrite log_skip skip_log")

func mergeCaddyLimit(out []checks.Setting, s checks.Setting) []checks.Setting {
	n, known := s.Int()
	for i, o := range out {
		if o.Name != s.Name || o.Has("conditional") {
			continue
		}
		before, ok := o.Int()
		if ok && before != 0 && (!known || n == 0 || before <= n) {
			return out
		}
		return append(slices.Delete(slices.Clone(out), i, i+1), s)
	}
	return append(out, s)
}
