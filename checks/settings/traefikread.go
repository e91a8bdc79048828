package settings

import (
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/toml"
	"hardcheck/checks/internal/parse/yamldoc"
)

// Bounds of one file.
const (
	maxTraefikDepth = 12
	maxTraefikFacts = 20000
)

func wantsTraefik(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Size > yamldoc.MaxSize {
		return false
	}
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	switch path.Ext(name) {
	case ".yml", ".yaml":
		return true
	case ".toml":
		return strings.Contains(strings.ToLower(e.Path), "traefik")
	}
	return false
}

// readTraefik takes the facts of a file by what it holds: many YAML files have nothing of Traefik in them.
func readTraefik(f *checks.File) (any, []checks.Problem) {
	r := traefikFile{file: f, left: maxTraefikFacts}
	if path.Ext(withoutTemplateSuffix(f.Name())) == ".toml" {
		r.toml()
	} else if text := f.Text(); strings.Contains(text, "traefik") || strings.Contains(text, "middlewares:") || strings.Contains(text, "entryPoints:") {
		r.yaml()
	}
	var problems []checks.Problem
	if r.left <= 0 {
		problems = []checks.Problem{tooLarge("read Traefik's configuration", f.Path)}
	}
	if r.facts == nil {
		return nil, problems
	}
	return r.facts, problems
}

type traefikFile struct {
	file  *checks.File
	facts []traefikFact
	left  int
	steps int // nodes that were looked at: aliases of aliases make many of few
}

func (r *traefikFile) add(provider string, parts []string, values []string, dynamic bool, place checks.Place) {
	if r.left--; r.left < 0 {
		return
	}
	for i := range parts {
		if i < 5 || !strings.EqualFold(parts[i-1], "customresponseheaders") {
			parts[i] = strings.ToLower(parts[i])
		}
	}
	r.facts = append(r.facts, traefikFact{path: parts, values: values, provider: provider, dynamic: dynamic, place: place})
}

func (r *traefikFile) toml() {
	for _, p := range toml.Of(r.file).Pairs {
		parts := strings.Split(p.Path, ".")
		if len(parts) < 3 || len(parts) > maxTraefikDepth || !strings.EqualFold(parts[0], "http") && !strings.EqualFold(parts[0], "entryPoints") {
			continue
		}
		set := tomlSetting("traefik", p)
		r.add("file", parts, set.List(), set.Dynamic(), p.Place)
	}
}

func (r *traefikFile) yaml() {
	stream := yamldoc.Of(r.file)
	for _, doc := range stream.Docs {
		if kind, ok := yamldoc.Text(yamldoc.Get(doc, "kind")); ok {
			r.kube(kind, doc)
			continue
		}
		yamldoc.Each(doc, func(key, value *yaml.Node) {
			switch {
			case key.Value == "http", strings.EqualFold(key.Value, "entryPoints"):
				r.node("file", []string{key.Value}, value)
			case key.Value == "services":
				yamldoc.Each(value, func(_, service *yaml.Node) {
					r.flags(yamldoc.Get(service, "command"))
					r.labels(yamldoc.Get(service, "labels"))
					r.labels(yamldoc.Get(service, "deploy", "labels"))
				})
			}
		})
	}
}

// node flattens a mapping. A list of texts is the values of one fact.
func (r *traefikFile) node(provider string, at []string, n *yaml.Node) {
	if n = yamldoc.Deref(n); n == nil || len(at) > maxTraefikDepth || r.left <= 0 {
		return
	}
	if r.steps++; r.steps > 10*maxTraefikFacts {
		r.left = 0
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			r.add(provider, append([]string(nil), at...), nil, false, yamldoc.Place(r.file, n))
		}
		yamldoc.Each(n, func(key, value *yaml.Node) {
			r.node(provider, append(at[:len(at):len(at)], key.Value), value)
		})
	case yaml.SequenceNode:
		var values []string
		dynamic := false
		for _, item := range yamldoc.Items(n) {
			text, ok := yamldoc.Text(item)
			dynamic = dynamic || !ok || yamldoc.Dynamic(item)
			values = append(values, text)
		}
		r.add(provider, append([]string(nil), at...), values, dynamic, yamldoc.Place(r.file, n))
	default:
		text, _ := yamldoc.Text(n)
		r.add(provider, append([]string(nil), at...), []string{text}, yamldoc.Dynamic(n), yamldoc.Place(r.file, n))
	}
}

// labels reads "traefik.http.routers.shop.rule=..." as a list of texts or a mapping. A dollar is written twice there.
func (r *traefikFile) labels(n *yaml.Node) {
	add := func(key, value string, dynamic bool, at *yaml.Node) {
		parts := strings.Split(key, ".")
		if len(parts) < 3 || len(parts) > maxTraefikDepth || !strings.EqualFold(parts[0], "traefik") {
			return
		}
		value = strings.ReplaceAll(value, "$$", "\x00")
		dynamic = dynamic || strings.Contains(key+value, "$")
		r.add("docker", parts[1:], []string{strings.ReplaceAll(value, "\x00", "$")}, dynamic, yamldoc.Place(r.file, at))
	}
	for _, item := range yamldoc.Items(n) {
		if text, ok := yamldoc.Text(item); ok {
			key, value, _ := strings.Cut(text, "=")
			add(key, value, yamldoc.Dynamic(item), item)
		}
	}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		text, _ := yamldoc.Text(value)
		add(key.Value, text, yamldoc.Dynamic(value), value)
	})
}

// flags reads the entry points of a command: "--entrypoints.web.address=:80".
func (r *traefikFile) flags(command *yaml.Node) {
	items := yamldoc.Items(command)
	if text, ok := yamldoc.Text(command); ok && len(items) == 0 {
		for word := range strings.FieldsSeq(text) {
			r.flag(word, command)
		}
	}
	for _, item := range items {
		if text, ok := yamldoc.Text(item); ok {
			r.flag(text, item)
		}
	}
}

func (r *traefikFile) flag(word string, at *yaml.Node) {
	option, ok := strings.CutPrefix(word, "--")
	key, value, given := strings.Cut(option, "=")
	parts := strings.Split(key, ".")
	if !ok || len(parts) < 3 || len(parts) > maxTraefikDepth || !strings.EqualFold(parts[0], "entryPoints") {
		return
	}
	if !given {
		value = "true"
	}
	r.add("file", parts, []string{value}, yamldoc.Dynamic(at), yamldoc.Place(r.file, at))
}

const traefikAnnotation = "traefik.ingress.kubernetes.io/router."

// kube reads the resources Middleware and IngressRoute, and the annotations of an Ingress. A middleware's name begins
// with its namespace there.
func (r *traefikFile) kube(kind string, doc *yaml.Node) {
	text := func(path ...string) string {
		s, _ := yamldoc.Text(yamldoc.Get(doc, path...))
		return s
	}
	const provider = "kubernetescrd"
	space, name := text("metadata", "namespace"), text("metadata", "name")
	if space == "" {
		space = "default"
	}
	switch {
	case kind == "Middleware" && strings.HasPrefix(text("apiVersion"), "traefik."):
		r.node(provider, []string{"http", "middlewares", space + "-" + name}, yamldoc.Get(doc, "spec"))
	case kind == "IngressRoute":
		for i, route := range yamldoc.Items(yamldoc.Get(doc, "spec", "routes")) {
			r.route(doc, route, []string{"http", "routers", space + "-" + name + "-" + strconv.Itoa(i)}, space)
		}
	case kind == "Ingress" && strings.Contains(r.file.Text(), traefikAnnotation):
		at := []string{"http", "routers", space + "-" + name}
		r.add(provider, append(at, "rule"), []string{"Ingress " + name}, false, yamldoc.Place(r.file, yamldoc.Get(doc, "metadata", "name")))
		yamldoc.Each(yamldoc.Get(doc, "metadata", "annotations"), func(key, value *yaml.Node) {
			if option, ok := strings.CutPrefix(key.Value, traefikAnnotation); ok {
				r.node(provider, append(at[:3:3], option), value)
			}
		})
		if tls := yamldoc.Get(doc, "spec", "tls"); tls != nil {
			r.add(provider, append(at[:3:3], "tls"), []string{"true"}, false, yamldoc.Place(r.file, tls))
		}
	}
}

func (r *traefikFile) route(doc, route *yaml.Node, at []string, space string) {
	const provider = "kubernetescrd"
	r.node(provider, append(at[:3:3], "rule"), yamldoc.Get(route, "match"))
	r.node(provider, append(at[:3:3], "entrypoints"), yamldoc.Get(doc, "spec", "entryPoints"))
	if tls := yamldoc.Get(doc, "spec", "tls"); tls != nil {
		r.add(provider, append(at[:3:3], "tls"), []string{"true"}, false, yamldoc.Place(r.file, tls))
	}
	list := yamldoc.Get(route, "middlewares")
	var names []string
	for _, m := range yamldoc.Items(list) {
		name, _ := yamldoc.Text(yamldoc.Get(m, "name"))
		in, ok := yamldoc.Text(yamldoc.Get(m, "namespace"))
		if !ok {
			in = space
		}
		if !strings.Contains(name, "@") {
			name = in + "-" + name
		}
		names = append(names, name)
	}
	if names != nil {
		r.add(provider, append(at[:3:3], "middlewares"), names, false, yamldoc.Place(r.file, list))
	}
}
