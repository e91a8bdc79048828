package settings

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// composeReader reads Compose files (https://docs.docker.com/reference/compose-file/): one scope per service.
func composeReader() reader {
	return reader{layer: "compose", wants: wantsCompose, read: readCompose, resolve: standalone}
}

func wantsCompose(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	stem, yml := strings.CutSuffix(name, ".yml")
	if !yml {
		stem, yml = strings.CutSuffix(name, ".yaml")
	}
	return yml && e.Mode.IsRegular() && (strings.HasPrefix(stem, "docker-compose") || stem == "compose" ||
		strings.HasPrefix(stem, "compose.") || strings.HasPrefix(stem, "compose-"))
}

// standalone resolves the documents of a product whose files do not depend on each other.
func standalone(docs []document) ([]*checks.Scope, []checks.Problem) {
	var scopes []*checks.Scope
	for _, d := range docs {
		scopes = append(scopes, d.value.([]*checks.Scope)...)
	}
	return scopes, nil
}

// maxComposeSettings bounds what one file may add up to through aliases and extends.
const maxComposeSettings = 50000

func readCompose(f *checks.File) (any, []checks.Problem) {
	stream := yamldoc.Of(f)
	var problems []checks.Problem
	if stream.Err != nil {
		p := *stream.Err
		p.Blind = !stream.Templated && !pathHas(f.Path, "test", "tests", "testdata", "fixtures", "examples") // a template as it stands need not parse
		problems = append(problems, p)
	}
	var scopes []*checks.Scope
	left := maxComposeSettings
	for _, doc := range stream.Docs {
		services := yamldoc.Get(doc, "services")
		r := composeFile{file: f, services: yamldoc.Index(services), left: &left}
		yamldoc.Each(services, func(key, service *yaml.Node) {
			if left--; service.Kind == yaml.MappingNode && left > 0 {
				scopes = append(scopes, r.scope(key, service))
			}
		})
	}
	if left <= 0 {
		problems = append(problems, tooLarge("read Compose services", f.Path))
	}
	if scopes == nil {
		return nil, problems
	}
	return scopes, problems
}

type composeFile struct {
	file     *checks.File
	services map[string]*yaml.Node
	left     *int
}

func (r composeFile) scope(key, service *yaml.Node) *checks.Scope {
	s := &checks.Scope{Layer: "compose", Kind: "service", Name: "service " + key.Value, Place: yamldoc.Place(r.file, key)}
	s.Settings = r.settings(service, 0)
	for _, d := range composeDefaults {
		if _, set := s.Get(d.name); !set {
			s.Settings = append(s.Settings, checks.Setting{Layer: "compose", Name: d.name, Value: d.value, Origin: checks.OriginDefault, Place: s.Place})
		}
	}
	for i := range s.Settings {
		s.Settings[i].Scope = s.Name
	}
	return s
}

// composeDefaults are what the engine does where a service says nothing. The logging driver is dockerd's.
var composeDefaults = []struct {
	name  string
	value any
}{
	{"privileged", false},
	{"read_only", false},
	{"network_mode", "default"},
	{"logging.driver", "json-file"},
}

// settings are the service's own and what it takes from the service that it extends in the same file.
func (r composeFile) settings(service *yaml.Node, depth int) []checks.Setting {
	own := r.own(service)
	base, otherFile := r.extended(service)
	if otherFile != nil {
		text, _ := yamldoc.Text(otherFile)
		own = append(own, checks.Setting{Layer: "compose", Name: "extends.file", Value: text, Raw: text, Origin: checks.OriginSet,
			Place: yamldoc.Place(r.file, otherFile)})
	}
	const maxExtends = 16
	if base == nil || depth > maxExtends {
		return own
	}
	return composeMerge(r.settings(base, depth+1), own)
}

func (r composeFile) extended(service *yaml.Node) (base, otherFile *yaml.Node) {
	extends := yamldoc.Get(service, "extends")
	name, ok := yamldoc.Text(extends)
	if !ok {
		name, _ = yamldoc.Text(yamldoc.Get(extends, "service"))
	}
	if file, ok := yamldoc.Text(yamldoc.Get(extends, "file")); ok && strings.TrimPrefix(file, "./") != r.file.Name() {
		return nil, yamldoc.Get(extends, "file")
	}
	if name == "" {
		return nil, nil
	}
	if base = r.services[name]; base == service {
		return nil, nil
	}
	return base, nil
}

// composeMerge puts own over base: lists are joined, anything else is replaced.
func composeMerge(base, own []checks.Setting) []checks.Setting {
	at := map[string]int{}
	for i, s := range own {
		at[s.Name] = i
	}
	var out []checks.Setting
	for _, s := range base {
		i, set := at[s.Name]
		if !set {
			s.Inherited = true
			out = append(out, s)
			continue
		}
		inherited, isList := s.Value.([]any)
		mine, both := own[i].Value.([]any)
		if isList && both && s.Name != "command" && s.Name != "entrypoint" {
			own[i].Value = append(append([]any(nil), inherited...), mine...)
		}
	}
	return append(out, own...)
}

// own are the settings that the service's mapping holds. What is a mapping there is named key.subkey.
func (r composeFile) own(service *yaml.Node) []checks.Setting {
	var out []checks.Setting
	add := func(name string, key, value *yaml.Node) {
		if *r.left--; *r.left > 0 {
			out = append(out, composeSetting(r.file, name, key, value))
		}
	}
	yamldoc.Each(service, func(key, value *yaml.Node) {
		switch key.Value {
		case "environment", "labels":
			composePairs(value, func(name string, at, v *yaml.Node) { add(key.Value+"."+name, at, v) })
		case "logging":
			yamldoc.Each(value, func(k, v *yaml.Node) {
				if k.Value != "options" {
					add("logging."+k.Value, k, v)
					return
				}
				yamldoc.Each(v, func(k, v *yaml.Node) { add("logging.options."+k.Value, k, v) })
			})
		case "build":
			if context := yamldoc.Get(value, "context"); context != nil {
				value = context
			}
			if value.Kind == yaml.ScalarNode {
				add("build.context", key, value)
			}
		case "deploy":
			if memory := yamldoc.Get(value, "resources", "limits", "memory"); memory != nil {
				add("deploy.resources.limits.memory", memory, memory)
			}
		case "extends", "healthcheck", "x-":
		default:
			if !strings.HasPrefix(key.Value, "x-") {
				add(key.Value, key, value)
			}
		}
	})
	return out
}

// composePairs reads both forms of environment and labels: a mapping, and a list of NAME=value. A bare NAME takes
// its value from the host: v is nil.
func composePairs(n *yaml.Node, visit func(name string, at, v *yaml.Node)) {
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if _, ok := yamldoc.Text(value); !ok && value.Kind == yaml.ScalarNode {
			value = nil
		}
		visit(key.Value, key, value)
	})
	for _, item := range yamldoc.Items(n) {
		text, _ := yamldoc.Text(item)
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			visit(name, item, nil)
			continue
		}
		v := *item
		v.Value, v.Tag, v.Style = value, "!!str", yaml.SingleQuotedStyle
		visit(name, item, &v)
	}
}

func composeSetting(f *checks.File, name string, key, value *yaml.Node) checks.Setting {
	s := checks.Setting{Layer: "compose", Name: name, Origin: checks.OriginSet, Place: yamldoc.Place(f, key)}
	if value == nil {
		s.Origin = checks.OriginDynamic
		return s
	}
	if value.Kind == yaml.ScalarNode && value.Style != yaml.SingleQuotedStyle {
		s.Place = joined(s.Place, yamldoc.Place(f, value))
	}
	v, known := composeValue(name, value)
	s.Raw = redacted(name, (&checks.Setting{Value: v}).Text())
	if s.Value = v; !known {
		s.Value, s.Origin = nil, checks.OriginDynamic
		text, _ := yamldoc.Text(value)
		s.Fallback = composeFallback(name, text)
	} else if text, ok := v.(string); ok {
		s.Value = redacted(name, text)
	}
	return s
}

// joined is the place from the start of a to the end of b where they share a line, else a.
func joined(a, b checks.Place) checks.Place {
	if a.Line == b.Line && b.EndLine == b.Line {
		a.EndLine, a.EndColumn = b.EndLine, b.EndColumn
	}
	return a
}
