package settings

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/toml"
	"hardcheck/checks/internal/parse/yamldoc"
)

// traefikLogReader reads the logs of Traefik's static configuration, from files and from the commands of Compose
// services (https://doc.traefik.io/traefik/observability/access-logs/).
func traefikLogReader() reader {
	return reader{layer: "traefik logs", hints: []string{"traefik"}, wants: wantsTraefik, read: readTraefikLog, resolve: standalone}
}

// traefikLogNames are the options that are kept, in small letters as Traefik reads them, each with what is below it.
var traefikLogNames = []string{"accesslog", "log.level", "log.filepath", "api.insecure"}

func readTraefikLog(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() || !strings.Contains(f.Text(), "entryPoints") && !strings.Contains(f.Text(), "entrypoints") {
		return nil, nil
	}
	var scopes []*checks.Scope
	var problems []checks.Problem
	if path.Ext(withoutTemplateSuffix(f.Name())) == ".toml" {
		scopes = traefikTOMLLog(f)
	} else {
		flat := traefikLogFile{file: f, left: maxTraefikFacts}
		for _, doc := range yamldoc.Of(f).Docs {
			scopes = append(scopes, flat.yaml(doc)...)
		}
		if flat.left <= 0 {
			problems = []checks.Problem{tooLarge("read Traefik's logs", f.Path)}
		}
	}
	if scopes == nil {
		return nil, problems
	}
	return scopes, problems
}

func traefikLogScope(name string, place checks.Place) *checks.Scope {
	return &checks.Scope{Layer: "traefik logs", Kind: "static configuration", Name: name, Place: place,
		Settings: []checks.Setting{{Layer: "traefik logs", Name: "accesslog", Value: false, Origin: checks.OriginDefault, Place: place, Scope: name}}}
}

// keepTraefikLog adds an option, if it is one of those that are kept.
func keepTraefikLog(s *checks.Scope, name string, value any, raw string, dynamic bool, place checks.Place) {
	name = strings.ToLower(name)
	for _, known := range traefikLogNames {
		if name != known && !strings.HasPrefix(name, known+".") || len(s.Settings) >= maxOwn {
			continue
		}
		set := checks.Setting{Layer: s.Layer, Name: name, Value: value, Raw: raw, Origin: checks.OriginSet, Place: place, Scope: s.Name}
		if dynamic {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
		if known == "accesslog" && s.Settings[0].Origin == checks.OriginDefault { // anything below it turns it on
			s.Settings[0] = checks.Setting{Layer: s.Layer, Name: "accesslog", Value: true, Origin: checks.OriginSet, Place: place, Scope: s.Name}
			if name == known {
				s.Settings[0].Value, s.Settings[0].Raw = value != false && raw != "false", raw
			}
		}
		if name != "accesslog" {
			s.Settings = append(s.Settings, set)
		}
	}
}

func traefikTOMLLog(f *checks.File) []*checks.Scope {
	var s *checks.Scope
	pairs := toml.Of(f).Pairs
	for _, p := range pairs {
		if strings.HasPrefix(strings.ToLower(p.Path), "entrypoints.") {
			s = traefikLogScope("traefik", checks.Place{Path: f.Path, Line: 1})
			break
		}
	}
	if s == nil {
		return nil
	}
	for _, p := range pairs {
		set := tomlSetting("traefik", p)
		keepTraefikLog(s, p.Path, set.Value, set.Raw, set.Dynamic(), p.Place)
	}
	return []*checks.Scope{s}
}

// traefikLogFile is one YAML file with the pairs that may still be looked at: aliases of aliases make many of few.
type traefikLogFile struct {
	file *checks.File
	left int
}

// yaml reads a static configuration, or the services of a Compose file that are started with its options.
func (t *traefikLogFile) yaml(doc *yaml.Node) (out []*checks.Scope) {
	f := t.file
	entry := false
	yamldoc.Each(doc, func(key, _ *yaml.Node) { entry = entry || strings.EqualFold(key.Value, "entryPoints") })
	if entry {
		s := traefikLogScope("traefik", yamldoc.Place(f, doc))
		t.flatten(s, "", doc, 0)
		return []*checks.Scope{s}
	}
	yamldoc.Each(yamldoc.Get(doc, "services"), func(key, service *yaml.Node) {
		image, _ := yamldoc.Text(yamldoc.Get(service, "image"))
		if !strings.Contains(strings.ToLower(image), "traefik") || len(out) >= maxLaunches {
			return
		}
		s := traefikLogScope("service "+key.Value, yamldoc.Place(f, key))
		options := yamldoc.Items(yamldoc.Get(service, "command"))
		for _, n := range options {
			text, _ := yamldoc.Text(n)
			name, value, given := strings.Cut(strings.TrimLeft(text, "-"), "=")
			if !given {
				value = "true"
			}
			keepTraefikLog(s, name, value, value, yamldoc.Dynamic(n), yamldoc.Place(f, n))
		}
		if len(options) > 0 {
			out = append(out, s)
		}
	})
	return out
}

// flatten adds the options below a mapping by their names with dots, where one that is kept may be among them.
func (t *traefikLogFile) flatten(s *checks.Scope, name string, n *yaml.Node, depth int) {
	if depth > maxTraefikDepth || t.left <= 0 {
		return
	}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if t.left--; t.left <= 0 {
			return
		}
		below := strings.TrimPrefix(name+"."+key.Value, ".")
		value = yamldoc.Deref(value)
		if value != nil && value.Kind == yaml.MappingNode {
			if strings.EqualFold(below, "accessLog") {
				keepTraefikLog(s, below, true, "", false, yamldoc.Place(t.file, key))
			}
			if leadsToTraefikLog(below) {
				t.flatten(s, below, value, depth+1)
			}
			return
		}
		text, _ := yamldoc.Text(value)
		keepTraefikLog(s, below, text, text, yamldoc.Dynamic(value), yamldoc.Place(t.file, key))
	})
}

// leadsToTraefikLog reports whether an option that is kept may stand below a name.
func leadsToTraefikLog(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(traefikLogNames, func(known string) bool {
		return known == name || strings.HasPrefix(known, name+".") || strings.HasPrefix(name, known+".")
	})
}
