package settings

import (
	"net/http"
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/toml"
)

// netlifyReader reads the response headers of static hosting: netlify.toml and _headers, which Cloudflare Pages has
// too (https://docs.netlify.com/routing/headers/). One scope per path.
func netlifyReader() reader {
	return reader{layer: "netlify", wants: wantsNetlify, read: readNetlify, resolve: resolveNetlify}
}

const netlifyConfig = "netlify.toml"

func wantsNetlify(e *checks.Entry) bool {
	return e.Mode.IsRegular() && (e.Name() == netlifyConfig || e.Name() == "_headers")
}

// maxHeaderRules bounds the paths of one site; Cloudflare Pages takes 100.
const maxHeaderRules = 500

func readNetlify(f *checks.File) (any, []checks.Problem) {
	var rules []*checks.Scope
	if f.Name() == netlifyConfig {
		rules = netlifyTables(f)
	} else if rules = headersFile(f); rules == nil {
		return nil, nil
	}
	if len(rules) > maxHeaderRules {
		return rules[:maxHeaderRules], []checks.Problem{tooLarge("read headers", f.Path)}
	}
	return rules, nil
}

// netlifyTables are the [[headers]] tables in their order.
func netlifyTables(f *checks.File) []*checks.Scope {
	rules := []*checks.Scope{}
	table := ""
	for _, p := range toml.Of(f).Pairs {
		parts := strings.SplitN(p.Path, ".", 4)
		if len(parts) < 3 || parts[0] != "headers" {
			continue
		}
		if parts[1] != table {
			table = parts[1]
			rules = append(rules, &checks.Scope{Layer: "netlify", Kind: "path", Place: p.Place})
		}
		rule := rules[len(rules)-1]
		switch {
		case len(parts) == 3 && parts[2] == "for":
			text, _ := p.Value.(string)
			rule.Name = "path " + text
		case len(parts) == 4 && parts[2] == "values":
			setHeader(rule, parts[3], tomlSetting("netlify", p))
		}
	}
	return rules
}

// setHeader adds a header to a rule. Netlify joins the items of a value with commas. A text of several lines stays one
// value, in which only commas divide; a header that is set again replaces the first.
func setHeader(rule *checks.Scope, name string, set checks.Setting) {
	set.Name, set.Header = "header "+name, http.CanonicalHeaderKey(name)
	if !set.Dynamic() {
		var items []string
		for _, item := range set.List() {
			items = append(items, strings.Join(strings.Fields(item), " "))
		}
		set.Raw = strings.Join(items, ", ")
		set.Value = set.Raw
	}
	if set.Header != "" && len(rule.Settings) < maxValues {
		rule.Settings = append(withoutHeader(rule.Settings, set.Header), set)
	}
}

func withoutHeader(list []checks.Setting, header string) []checks.Setting {
	out := list[:0:0]
	for _, s := range list {
		if s.Header != header {
			out = append(out, s)
		}
	}
	return out
}

// headersFile reads _headers: a path, and lines "Name: value" indented below it. nil where the file is something else.
func headersFile(f *checks.File) []*checks.Scope {
	var rules []*checks.Scope
	at := 0
	for line := range strings.Lines(f.Text()) {
		trimmed := strings.TrimSpace(line)
		start := at + strings.Index(line, trimmed)
		at += len(line)
		name, value, ok := strings.Cut(trimmed, ":")
		place := f.Place(start, start+len(trimmed))
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case trimmed[0] == '/' || strings.HasPrefix(trimmed, "https://"):
			rules = append(rules, &checks.Scope{Layer: "netlify", Kind: "path", Name: "path " + trimmed, Place: place})
		case rules == nil:
			return nil
		case ok:
			rule, value := rules[len(rules)-1], strings.TrimSpace(value)
			if before, ok := rule.Get("header " + strings.TrimSpace(name)); ok {
				value = before.Text() + ", " + value // both hosts join lines of one name
			}
			setHeader(rule, strings.TrimSpace(name), checks.Setting{Layer: "netlify", Value: value, Origin: checks.OriginSet, Place: place})
		}
	}
	return rules
}

// headerSite is the rules of one site: rules of the same path are one.
type headerSite struct {
	netlify bool // it has a netlify.toml
	rules   []*checks.Scope
	byName  map[string]*checks.Scope
}

// add joins more rules, whose headers replace those that are there.
func (h *headerSite) add(rules []*checks.Scope) {
	for _, r := range rules {
		same := h.byName[r.Name]
		if same == nil {
			h.byName[r.Name], h.rules = r, append(h.rules, r)
			continue
		}
		for _, set := range r.Settings {
			if len(same.Settings) < maxValues {
				same.Settings = append(withoutHeader(same.Settings, set.Header), set)
			}
		}
	}
}

// resolveNetlify makes one site of each netlify.toml and the _headers files below it, over which it wins.
func resolveNetlify(docs []document) ([]*checks.Scope, []checks.Problem) {
	configured := map[string]bool{} // directories
	for _, d := range docs {
		if path.Base(d.path) == netlifyConfig {
			configured[path.Dir(d.path)] = true
		}
	}
	sites := map[string]*headerSite{}
	var order []*headerSite
	for _, config := range []bool{false, true} {
		for _, d := range docs {
			if (path.Base(d.path) == netlifyConfig) != config {
				continue
			}
			name := siteOf(d.path, configured)
			if sites[name] == nil {
				sites[name] = &headerSite{netlify: configured[name], byName: map[string]*checks.Scope{}}
				order = append(order, sites[name])
			}
			sites[name].add(d.value.([]*checks.Scope))
		}
	}
	var out []*checks.Scope
	for _, site := range order {
		if all := site.byName["path /*"]; all != nil {
			all.Settings = append(all.Settings, site.otherHeaders(all)...)
		}
		for _, rule := range site.rules {
			for i := range rule.Settings {
				set := &rule.Settings[i]
				set.Scope, set.Inherited = rule.Name, set.Inherited || set.Place.Path != rule.Place.Path
			}
		}
		out = append(out, site.rules...)
	}
	return out, nil
}

// siteOf is the nearest directory above the file that has a netlify.toml, else the file.
func siteOf(file string, configured map[string]bool) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		switch {
		case configured[dir]:
			return dir
		case dir == "." || dir == "/":
			return file
		}
	}
}

// otherHeaders are what else may come with the pages that /* is about: what rules for other paths set, and HSTS, which
// Netlify sends by itself and others may.
func (h *headerSite) otherHeaders(all *checks.Scope) []checks.Setting {
	seen := map[string]bool{}
	for _, set := range all.Settings {
		seen[set.Header] = true
	}
	var out []checks.Setting
	for _, r := range h.rules {
		for _, set := range r.Settings {
			if !seen[set.Header] {
				seen[set.Header] = true
				set.Raw, set.Value, set.Origin, set.Inherited = "set for "+strings.TrimPrefix(r.Name, "path "), nil, checks.OriginDynamic, true
				out = append(out, set)
			}
		}
	}
	if hsts := "Strict-Transport-Security"; !seen[hsts] {
		set := checks.Setting{Layer: "netlify", Name: "header " + hsts, Header: hsts, Value: "max-age=31536000", Origin: checks.OriginDefault, Place: all.Place}
		if !h.netlify {
			set.Value, set.Raw, set.Origin = nil, "what the host sends by itself", checks.OriginDynamic
		}
		out = append(out, set)
	}
	return out
}
