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

// setHeader adds a header to a rule. Netlify joins the lines or the items of a value with commas; a header that is
// set again replaces the first.
func setHeader(rule *checks.Scope, name string, set checks.Setting) {
	set.Name, set.Header = "header "+name, http.CanonicalHeaderKey(name)
	if !set.Dynamic() {
		var lines []string
		for _, item := range set.List() {
			for line := range strings.Lines(item) {
				if line = strings.Trim(line, " \t\r\n,"); line != "" {
					lines = append(lines, line)
				}
			}
		}
		set.Raw = strings.Join(lines, ", ")
		set.Value = set.Raw
	}
	if len(rule.Settings) < maxValues {
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
			setHeader(rules[len(rules)-1], strings.TrimSpace(name), checks.Setting{Layer: "netlify", Value: strings.TrimSpace(value),
				Origin: checks.OriginSet, Place: place})
		}
	}
	return rules
}

// resolveNetlify makes one site of each netlify.toml and the _headers files below it, over which it wins. Rules of the
// same path are one.
func resolveNetlify(docs []document) ([]*checks.Scope, []checks.Problem) {
	sites := map[string][]*checks.Scope{} // by the directory of netlify.toml, or by the path of a _headers file of no such site
	var order []string
	add := func(site string, rules []*checks.Scope) {
		if sites[site] == nil {
			order = append(order, site)
		}
		sites[site] = mergeRules(sites[site], rules)
	}
	configured := map[string]bool{}
	for _, d := range docs {
		configured[path.Dir(d.path)] = configured[path.Dir(d.path)] || path.Base(d.path) == netlifyConfig
	}
	for _, last := range []bool{false, true} {
		for _, d := range docs {
			if config := path.Base(d.path) == netlifyConfig; config == last {
				add(siteOf(d.path, configured), d.value.([]*checks.Scope))
			}
		}
	}
	var out []*checks.Scope
	for _, site := range order {
		for _, rule := range sites[site] {
			if rule.Name == "path /*" {
				rule.Settings = append(rule.Settings, otherHeaders(rule, sites[site], configured[site])...)
			}
			for i := range rule.Settings {
				rule.Settings[i].Scope = rule.Name
				rule.Settings[i].Inherited = rule.Settings[i].Place.Path != rule.Place.Path || rule.Settings[i].Inherited
			}
			out = append(out, rule)
		}
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

func mergeRules(rules, more []*checks.Scope) []*checks.Scope {
	byName := map[string]*checks.Scope{}
	for _, r := range rules {
		byName[r.Name] = r
	}
	for _, r := range more {
		same := byName[r.Name]
		if same == nil {
			byName[r.Name], rules = r, append(rules, r)
			continue
		}
		for _, set := range r.Settings {
			same.Settings = append(withoutHeader(same.Settings, set.Header), set)
		}
	}
	return rules
}

// otherHeaders are what else may come with the pages that /* is about: what rules for other paths set, and HSTS, which
// Netlify sends by itself and others may.
func otherHeaders(all *checks.Scope, rules []*checks.Scope, netlify bool) []checks.Setting {
	seen := map[string]bool{}
	for _, set := range all.Settings {
		seen[set.Header] = true
	}
	var out []checks.Setting
	for _, r := range rules {
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
		if !netlify {
			set.Value, set.Raw, set.Origin = nil, "what the host sends by itself", checks.OriginDynamic
		}
		out = append(out, set)
	}
	return out
}
