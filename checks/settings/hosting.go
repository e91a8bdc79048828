package settings

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// Readers of the JSON files that hosting services take response headers from. A scope is a path; "path /*" is what
// holds for every page.
func vercelReader() reader   { return hostingReader("vercel", "vercel.json", vercelRules) }
func firebaseReader() reader { return hostingReader("firebase", "firebase.json", firebaseRules) }

// staticWebAppReader reads the configuration of Azure Static Web Apps.
func staticWebAppReader() reader {
	return hostingReader("staticwebapp", "staticwebapp.config.json", staticWebAppRules)
}

func hostingReader(layer, name string, rules func(*checks.File, *yaml.Node) []hostingRule) reader {
	return reader{
		layer:   layer,
		wants:   func(e *checks.Entry) bool { return e.Mode.IsRegular() && e.Name() == name && e.Size <= yamldoc.MaxSize },
		resolve: standalone,
		read: func(f *checks.File) (any, []checks.Problem) {
			stream := yamldoc.Of(f) // JSON is YAML
			if len(stream.Docs) == 0 {
				return nil, nil
			}
			found := rules(f, stream.Docs[0])
			if len(found) > maxHeaderRules {
				return hostingScopes(layer, found[:maxHeaderRules]), []checks.Problem{tooLarge("read headers", f.Path)}
			}
			return hostingScopes(layer, found), nil
		},
	}
}

// hostingRule is the headers of one path pattern, in the order of the file.
type hostingRule struct {
	path     string // "/*" where it covers every page
	place    checks.Place
	settings []checks.Setting
}

// hostingScopes joins the rules of the same path. What rules for every page set holds for the others too, which
// replace it.
func hostingScopes(layer string, rules []hostingRule) []*checks.Scope {
	byPath := map[string]*checks.Scope{}
	var out []*checks.Scope
	for _, r := range rules {
		s := byPath[r.path]
		if s == nil {
			s = &checks.Scope{Layer: layer, Kind: "path", Name: "path " + r.path, Place: r.place}
			byPath[r.path] = s
			out = append(out, s)
		}
		for _, set := range r.settings {
			set.Layer, set.Scope = layer, s.Name
			if !set.Has("conditional") {
				s.Settings = withoutHeader(s.Settings, set.Header)
			}
			if len(s.Settings) < maxValues {
				s.Settings = append(s.Settings, set)
			}
		}
	}
	all := byPath["/*"]
	for _, s := range out {
		if all == nil || s == all {
			continue
		}
		for _, set := range inherited(all.Settings) {
			own := false
			for _, mine := range s.Settings {
				own = own || mine.Header == set.Header && !mine.Has("conditional")
			}
			if set.Scope = s.Name; !own && len(s.Settings) < maxValues {
				s.Settings = append(s.Settings, set)
			}
		}
	}
	return out
}

// hostingHeader is one header of a rule.
func hostingHeader(f *checks.File, name string, value *yaml.Node, conditional bool) checks.Setting {
	text, _ := yamldoc.Text(value)
	s := gatewaySetting(f, "header", name, value, text)
	if conditional {
		s.Flags = []string{"conditional"}
	}
	return s
}

// hostingKeyed reads [{"key": NAME, "value": TEXT}, ...].
func hostingKeyed(f *checks.File, list *yaml.Node, conditional bool) []checks.Setting {
	var out []checks.Setting
	for _, item := range yamldoc.Items(list) {
		if name, ok := yamldoc.Text(yamldoc.Get(item, "key")); ok {
			if value := yamldoc.Get(item, "value"); value != nil {
				out = append(out, hostingHeader(f, name, value, conditional))
			}
		}
	}
	return out
}

// everyPath are patterns, by those who document them, that match every page: Vercel's path-to-regexp and Firebase's globs.
var everyPath = regexp.MustCompile(`^(/?\*\*(/\*)?|/?\(\.\*\)|/:\w+\*|/:\w+\(\.\*\)|/\(\.\*\)/?|/\*|/\(\.\*\)\?|/\(\?:\.\*\)|/\{\*\w+\}|\*)$`)

func hostingPath(pattern string) string {
	if everyPath.MatchString(pattern) {
		return "/*"
	}
	return pattern
}

// vercelRules reads "headers": [{"source": PATTERN, "headers": [...], "has": [...], "missing": [...]}] and the older
// "routes": [{"src": REGEX, "headers": {...}, "continue": true}].
func vercelRules(f *checks.File, doc *yaml.Node) []hostingRule {
	var out []hostingRule
	for _, item := range yamldoc.Items(yamldoc.Get(doc, "headers")) {
		source, ok := yamldoc.Text(yamldoc.Get(item, "source"))
		conditional := yamldoc.Get(item, "has") != nil || yamldoc.Get(item, "missing") != nil
		if ok {
			out = append(out, hostingRule{hostingPath(source), yamldoc.Place(f, item), hostingKeyed(f, yamldoc.Get(item, "headers"), conditional)})
		}
	}
	for _, item := range yamldoc.Items(yamldoc.Get(doc, "routes")) {
		source, ok := yamldoc.Text(yamldoc.Get(item, "src"))
		r := hostingRule{path: hostingPath(strings.TrimSuffix(strings.TrimPrefix(source, "^"), "$")), place: yamldoc.Place(f, item)}
		yamldoc.Each(yamldoc.Get(item, "headers"), func(key, value *yaml.Node) {
			r.settings = append(r.settings, hostingHeader(f, key.Value, value, false))
		})
		if ok && r.settings != nil {
			out = append(out, r)
		}
	}
	return append(out, hostingDefault(f, out, doc, "max-age=63072000")...)
}

// firebaseRules reads "hosting": {"headers": [{"source"|"glob"|"regex": PATTERN, "headers": [...]}]}, where hosting may
// be a list of sites; rules of several sites are told apart by nothing and read as one.
func firebaseRules(f *checks.File, doc *yaml.Node) []hostingRule {
	hosting := yamldoc.Get(doc, "hosting")
	sites := yamldoc.Items(hosting)
	if sites == nil && hosting != nil {
		sites = []*yaml.Node{hosting}
	}
	var out []hostingRule
	for _, site := range sites {
		for _, item := range yamldoc.Items(yamldoc.Get(site, "headers")) {
			for _, key := range []string{"source", "glob", "regex"} {
				if source, ok := yamldoc.Text(yamldoc.Get(item, key)); ok {
					out = append(out, hostingRule{hostingPath(source), yamldoc.Place(f, item), hostingKeyed(f, yamldoc.Get(item, "headers"), false)})
				}
			}
		}
	}
	return append(out, hostingDefault(f, out, hosting, "max-age=31556926")...)
}

// hostingDefault is the HSTS that the service sends by itself, on its own domains at least.
func hostingDefault(f *checks.File, rules []hostingRule, at *yaml.Node, value string) []hostingRule {
	const name = "Strict-Transport-Security"
	place, found := yamldoc.Place(f, at), false
	for _, r := range rules {
		if r.path == "/*" && !found {
			place, found = r.place, true
		}
		for _, s := range r.settings {
			if r.path == "/*" && s.Header == name {
				return nil
			}
		}
	}
	if at == nil || !found {
		return nil
	}
	return []hostingRule{{"/*", place, []checks.Setting{{Name: "header " + name, Header: name, Value: value, Raw: value, Origin: checks.OriginDefault, Place: place}}}}
}

// staticWebAppRules reads "globalHeaders": {...} and "routes": [{"route": PATTERN, "headers": {...}}]. An empty value
// removes what is global.
func staticWebAppRules(f *checks.File, doc *yaml.Node) []hostingRule {
	read := func(path string, at, headers *yaml.Node) hostingRule {
		r := hostingRule{path: hostingPath(path), place: yamldoc.Place(f, at)}
		yamldoc.Each(headers, func(key, value *yaml.Node) {
			s := hostingHeader(f, key.Value, value, false)
			if s.Value == "" {
				s.Value, s.Flags = nil, []string{"remove"}
			}
			r.settings = append(r.settings, s)
		})
		return r
	}
	out := []hostingRule{read("/*", doc, yamldoc.Get(doc, "globalHeaders"))}
	if global := yamldoc.Get(doc, "globalHeaders"); global != nil {
		out[0].place = yamldoc.Place(f, global)
	}
	for _, item := range yamldoc.Items(yamldoc.Get(doc, "routes")) {
		route, ok := yamldoc.Text(yamldoc.Get(item, "route"))
		if headers := yamldoc.Get(item, "headers"); ok && headers != nil {
			out = append(out, read(route, item, headers))
		}
	}
	return out
}
