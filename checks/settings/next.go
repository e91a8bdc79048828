package settings

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// nextReader reads Next.js: headers(), poweredByHeader and output of next.config, and the headers that middleware
// (middleware.ts, or proxy.ts since 16) sets. One scope for the home page, and one for pages below it where those get
// other headers.
func nextReader() reader {
	return reader{layer: "next", hints: []string{"next.config"}, wants: wantsNext, read: readScript, resolve: resolveNext}
}

func wantsNext(e *checks.Entry) bool {
	return wantsScript(e) && (strings.HasPrefix(e.Name(), "next.config.") || nextMiddleware(e.Path) || strings.Contains(e.Name(), "headers") ||
		strings.Contains(e.Name(), "csp") || strings.Contains(e.Name(), "security") || e.Name() == "package.json")
}

func nextMiddleware(p string) bool {
	switch strings.TrimSuffix(path.Base(p), path.Ext(p)) {
	case "middleware", "proxy":
		return true
	}
	return false
}

// nextPages are the paths that a site is judged by: the home page, and one that stands for all others.
var nextPages = []string{"/", "/any/page"}

// maxNextSites bounds the configurations of one tree, maxNextRules the rules of one.
const (
	maxNextSites = 100
	maxNextRules = 500
)

func resolveNext(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := newJSTree("next", docs)
	var out []*checks.Scope
	for _, d := range t.order {
		if !strings.HasPrefix(path.Base(d.path), "next.config.") || len(out) >= 2*maxNextSites {
			continue
		}
		x := d.exports["default"]
		if x == nil {
			continue
		}
		config := t.nextConfig(d, x, 0)
		if _, ok := config.V.(jsObject); !ok {
			config = jsValue{doc: d, x: x}
		}
		home, deep := t.nextScope(d, x, config, nextPages[0]), t.nextScope(d, x, config, nextPages[1])
		out = append(out, home)
		if !slices.EqualFunc(home.Settings, deep.Settings, func(a, b checks.Setting) bool { return a.Name == b.Name && a.Raw == b.Raw && a.Place == b.Place }) {
			out = append(out, deep)
		}
	}
	return out, nil
}

// nextConfig looks for the configuration's object in what the file exports: the object itself, what a function returns,
// or an argument of a plugin such as withSentryConfig(config).
func (t *jsTree) nextConfig(d *jsDoc, x *clike.Expr, depth int) jsValue {
	if x == nil || depth > maxJSFollows {
		return jsValue{}
	}
	v := t.eval(d, x)
	switch found := v.V.(type) {
	case jsObject:
		return v
	case *clike.Expr:
		if v.Known {
			return t.returned(v.doc, found)
		}
	}
	if x.Kind == clike.Name && len(d.vars[x.Text]) == 1 {
		return t.nextConfig(d, d.vars[x.Text][0], depth+1)
	}
	if x.Kind == clike.Call {
		for _, arg := range append(x.List[:len(x.List):len(x.List)], x.X) {
			if inner := t.nextConfig(d, arg, depth+1); inner.x != nil && arg.Kind != clike.Function {
				if _, ok := inner.V.(jsObject); ok {
					return inner
				}
			}
		}
	}
	return jsValue{}
}

// returned is what a function returns at its end.
func (t *jsTree) returned(d *jsDoc, f *clike.Expr) jsValue {
	if f.X != nil {
		return t.eval(d, f.X)
	}
	for i := len(f.Body) - 1; i >= 0; i-- {
		if s := f.Body[i]; s.Kind == clike.Return && s.X != nil {
			return t.eval(d, s.X)
		}
	}
	return jsValue{doc: d, x: f}
}

// nextScope is what is sent with one page.
func (t *jsTree) nextScope(d *jsDoc, x *clike.Expr, config jsValue, page string) *checks.Scope {
	scope := &checks.Scope{Layer: "next", Kind: "page", Name: "page " + page, Place: checks.Place{Path: d.path, Line: 1}}
	add := func(set checks.Setting) { scope.Settings = append(scope.Settings, set) }
	powered := t.made(d, x, "poweredByHeader", "X-Powered-By", jsValue{V: "Next.js", Known: true})
	powered.Origin, powered.Raw, powered.Place = checks.OriginDefault, "true", scope.Place
	if v := config.get("poweredByHeader"); v.is(false) {
		powered = t.made(d, x, "poweredByHeader", "X-Powered-By", v)
		powered.Flags = []string{"remove"}
	} else if !v.Known {
		powered.Origin, powered.Value = checks.OriginDynamic, nil
	}
	add(powered)
	if v := config.get("output"); !v.absent() {
		add(t.made(d, x, "output", "", v))
	}
	if v := config.get("headers"); !v.absent() {
		for _, set := range t.nextHeaders(d, x, v, page) {
			add(set)
		}
	}
	for _, m := range t.order {
		dir := path.Dir(d.path)
		if at := path.Dir(m.path); nextMiddleware(m.path) && (at == dir || at == path.Join(dir, "src")) && len(scope.Settings) < maxAppSettings {
			scope.Settings = append(scope.Settings, t.nextMiddleware(m, page)...)
		}
	}
	for i := range scope.Settings {
		scope.Settings[i].Scope = scope.Name
	}
	return scope
}

// nextHeaders are the headers of the rules whose source covers the page.
func (t *jsTree) nextHeaders(d *jsDoc, x *clike.Expr, v jsValue, page string) []checks.Setting {
	unknown := t.made(d, x, "headers()", "", jsValue{doc: v.doc, x: v.x})
	unknown.Flags = []string{"unknown"}
	f, ok := v.V.(*clike.Expr)
	if !ok || !v.Known {
		return []checks.Setting{unknown}
	}
	rules := t.returned(v.doc, f)
	if _, ok := rules.V.([]jsValue); !ok || !rules.Known || len(rules.list()) > maxNextRules {
		return []checks.Setting{unknown}
	}
	out := []checks.Setting{t.made(d, x, "rules of headers()", "", jsValue{V: float64(len(rules.list())), Known: true, doc: v.doc, x: v.x})}
	for _, rule := range rules.list() {
		source, ok := rule.get("source").text()
		covers, known := false, ok
		if ok {
			covers, known = coversPath(source, page)
		}
		if !known {
			out = append(out, unknown)
			continue
		}
		if !covers {
			continue
		}
		conditional := !rule.get("has").absent() || !rule.get("missing").absent()
		if list := rule.get("headers"); !list.Known || list.V == nil || len(out) > maxAppSettings {
			out = append(out, unknown)
		} else {
			out = append(out, t.nextRule(list, conditional)...)
		}
	}
	return out
}

func (t *jsTree) nextRule(list jsValue, conditional bool) []checks.Setting {
	var out []checks.Setting
	for _, h := range list.list() {
		key, ok := h.get("key").text()
		if !ok || !httpguts.ValidHeaderFieldName(key) || h.x == nil || h.doc == nil {
			continue
		}
		header := http.CanonicalHeaderKey(key)
		set := t.made(h.doc, h.x, "header "+header, header, h.get("value"))
		set.Place = t.place(h.doc, h.x)
		if text, ok := set.Value.(string); ok {
			set.Value = strings.TrimSpace(text)
		}
		if conditional {
			set.Flags = []string{"conditional"}
		}
		out = append(out, set)
	}
	return out
}

// nextMiddleware are the headers that middleware sets on its answers, where its matcher covers the page.
func (t *jsTree) nextMiddleware(d *jsDoc, page string) []checks.Setting {
	if list := d.exports["config"]; list != nil {
		matcher := t.eval(d, list).get("matcher")
		items := matcher.list()
		if items == nil {
			items = []jsValue{matcher}
		}
		if !matcher.absent() && !slices.ContainsFunc(items, func(m jsValue) bool { return t.nextMatches(m, page) }) {
			return nil
		}
	}
	var f *clike.Expr
	for _, name := range []string{"middleware", "proxy", "default"} {
		if x := d.exports[name]; x != nil {
			if found, ok := t.eval(d, x).V.(*clike.Expr); ok {
				f = found
				break
			}
		}
	}
	app := &jsApp{jsTree: t, doc: d, kind: "next", scope: &checks.Scope{}, called: map[*clike.Expr]bool{}}
	if f == nil {
		return []checks.Setting{{Layer: "next", Name: "use middleware", Origin: checks.OriginDynamic, Flags: []string{"unknown"}, Place: checks.Place{Path: d.path, Line: 1}}}
	}
	app.setBy(d, f.Body, false, 0)
	return app.scope.Settings
}

// nextMatches reports whether an entry of a matcher covers the page. One with conditions does for most requests.
func (t *jsTree) nextMatches(m jsValue, page string) bool {
	source, ok := m.text()
	if !ok {
		source, ok = m.get("source").text()
	}
	covers, known := coversPath(source, page)
	return !ok || !known || covers
}
