package composefile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Files are the files that a project may be put together from, by their path in the tree.
type Files map[string][]*Value

// Project is a merged model.
type Project struct {
	Path     string // of its first file
	Services []Service
	Volumes  *Value
	Networks *Value
	Secrets  *Value
	Problems []checks.Problem
}

// Service is one service as it runs.
type Service struct {
	Name  string
	Value *Value
}

// Bounds of one project: deeper or wider than any person writes.
const (
	maxExtends  = 32
	maxIncludes = 64
	maxMerges   = 10000
)

type loader struct {
	files    Files
	env      func(dir string) Variables
	problems []checks.Problem
	included int
	merges   int
}

// Load merges the files in their order. env gives what .env sets in a directory.
func (files Files) Load(paths []string, env func(dir string) Variables) Project {
	l := &loader{files: files, env: env}
	model := l.merged(paths, l.env(path.Dir(paths[0])), nil)
	p := Project{Path: paths[0], Volumes: model.Get("volumes"), Networks: model.Get("networks"), Secrets: model.Get("secrets")}
	if services := model.Get("services"); services != nil && services.Kind == Map {
		for _, name := range services.Keys {
			if service := services.Fields[name]; service.Kind == Map {
				p.Services = append(p.Services, Service{name, service})
			}
		}
	}
	p.Problems = l.problems
	return p
}

func (l *loader) problem(op string, v *Value, expected, actual string) {
	l.problems = append(l.problems, checks.Problem{Op: op, Expected: expected, Actual: actual, Retry: checks.RetryUseless,
		Where: v.Place.String(), Blind: true})
}

// merged is the model of several files, each with its extends resolved first, and of what they include.
func (l *loader) merged(paths []string, env Variables, including []string) *Value {
	model := &Value{Kind: Map, Fields: map[string]*Value{}}
	for _, name := range paths {
		for _, doc := range l.files[name] {
			doc = doc.resolved(env)
			l.include(model, doc.Get("include"), name, including)
			if m := merge(model, l.extended(doc, name), ""); m != nil {
				model = m
			}
		}
	}
	return model
}

// include adds the models of other projects. What they have in common with the project is the project's.
func (l *loader) include(model, list *Value, from string, including []string) {
	including = append(slices.Clone(including), from)
	for _, item := range list.List() {
		var paths []string
		entries := []*Value{item}
		if item.Kind == Map {
			entries = item.Get("path").List()
			if one := item.Get("path"); one != nil && one.Kind == Scalar {
				entries = []*Value{one}
			}
		}
		for _, entry := range entries {
			if name, ok := l.find(entry, from, "include another Compose file"); ok {
				paths = append(paths, name)
			}
		}
		if len(paths) == 0 {
			continue
		}
		if l.included++; l.included > maxIncludes || slices.Contains(including, paths[0]) {
			l.problem("include another Compose file", item, "files that include each other in one direction", strings.Join(including, " includes ")+" includes "+paths[0])
			continue
		}
		other := l.merged(paths, l.env(path.Dir(paths[0])), including)
		*model = *merge(other, model, "")
	}
}

// find is the file that an entry names, in the tree.
func (l *loader) find(entry *Value, from, op string) (string, bool) {
	text := entry.String()
	if text == "" {
		l.problem(op, entry, "a path that the files tell", "a value that is known at run time: "+entry.Raw)
		return "", false
	}
	if strings.Contains(text, "://") || strings.HasPrefix(text, "git@") || path.IsAbs(text) {
		l.problem(op, entry, "a file of the tree", text)
		return "", false
	}
	name := path.Join(path.Dir(from), text)
	if _, ok := l.files[name]; !ok {
		l.problem(op, entry, "a Compose file with services at "+name, "none in what is audited")
		return "", false
	}
	return name, true
}

// extended is the document with every service put on what it extends.
func (l *loader) extended(doc *Value, from string) *Value {
	services := doc.Get("services")
	if services == nil || services.Kind != Map {
		return doc
	}
	out := &Value{Kind: Map, Fields: map[string]*Value{}, Place: doc.Place}
	for _, key := range doc.Keys {
		out.Set(key, doc.Fields[key])
	}
	resolved := &Value{Kind: Map, Fields: map[string]*Value{}, Place: services.Place, tag: services.tag}
	for _, name := range services.Keys {
		resolved.Set(name, l.service(services, name, from, nil))
	}
	out.Set("services", resolved)
	return out
}

// service follows extends, in the same file or another one.
func (l *loader) service(services *Value, name, from string, visited []string) *Value {
	own := services.Fields[name]
	extends := own.Get("extends")
	if extends == nil || extends.Kind == Null || extends.tag != "" {
		return own
	}
	here := from + " " + name
	if l.merges++; slices.Contains(visited, here) || len(visited) > maxExtends || l.merges > maxMerges {
		l.problem("extend a service", extends, "services that extend each other in one direction",
			fmt.Sprintf("%s extends %s", strings.Join(visited, " extends "), here))
		return own
	}
	base := extends.String()
	if extends.Kind == Map {
		base = extends.Get("service").String()
	}
	if file := extends.Get("file"); file != nil {
		other, ok := l.find(file, from, "extend a service")
		if !ok {
			return own
		}
		if other != from {
			from, services = other, l.services(other)
		}
	}
	if services == nil || services.Fields[base] == nil {
		l.problem("extend a service", extends, "a service named "+base+" in "+from, "none")
		return own
	}
	merged := merge(l.service(services, base, from, append(slices.Clone(visited), here)), own, "services."+name)
	if merged == nil {
		return own
	}
	return merged
}

// services are those of a file that another one extends, its documents merged.
func (l *loader) services(name string) *Value {
	model := &Value{Kind: Map, Fields: map[string]*Value{}}
	for _, doc := range l.files[name] {
		if m := merge(model, doc.resolved(l.env(path.Dir(name))), ""); m != nil {
			model = m
		}
	}
	return model.Get("services")
}
