package kube

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// Bounds of what overlays build from one tree.
const (
	maxKustomizeDepth = 20
	maxKustomizeNodes = 2_000_000
	maxBuiltObjects   = 20000
	buildCost         = 100 // what building a kustomization counts for, in nodes
)

// Kustomizer builds the overlays of a tree as kustomize does where plain merges suffice: resources, bases, components,
// patches of both kinds, namespace, and prefix and suffix of names. What else a kustomization asks for is named, not done.
type Kustomizer struct {
	files  map[string]*checks.File // by path
	origin map[*yaml.Node]*checks.File
	nodes  int // made so far
}

// NewKustomizer builds from these files.
func NewKustomizer(files map[string]*checks.File) *Kustomizer {
	return &Kustomizer{files: files, origin: map[*yaml.Node]*checks.File{}}
}

// Build is what one kustomization makes.
type Build struct {
	Root     string // the path of its file
	Items    []*Item
	Consumed []string // the files that went into it
	Partial  []string // what was not followed
}

// Item is one object that is built, and the file that it began in.
type Item struct {
	Object Object
	File   *checks.File
	first  string // its name before prefixes
}

// Origin is the file that a node of a build stands in.
func (i *Item) Origin(k *Kustomizer, n *yaml.Node) *checks.File {
	if f := k.origin[n]; f != nil {
		return f
	}
	return i.File
}

// KustomizationNames are the names that kustomize takes a directory's kustomization by.
var KustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func (k *Kustomizer) kustomization(dir string) *checks.File {
	for _, name := range KustomizationNames {
		if f := k.files[path.Join(dir, name)]; f != nil {
			return f
		}
	}
	return nil
}

// Roots are the directories of kustomizations that no other one of the tree builds on.
func (k *Kustomizer) Roots() []string {
	used := map[string]bool{}
	var dirs []string
	for name, f := range k.files {
		if !slices.Contains(KustomizationNames, path.Base(name)) {
			continue
		}
		dir := path.Dir(name)
		root := rootNode(f)
		if text(yamldoc.Get(root, "kind")) != "Component" {
			dirs = append(dirs, dir)
		}
		for _, list := range []string{"resources", "bases", "components"} {
			for _, n := range yamldoc.Items(yamldoc.Get(root, list)) {
				used[path.Join(dir, text(n))] = true
			}
		}
	}
	slices.Sort(dirs)
	return slices.DeleteFunc(slices.Compact(dirs), func(dir string) bool { return used[dir] })
}

func rootNode(f *checks.File) *yaml.Node {
	if docs := yamldoc.Of(f).Docs; len(docs) > 0 {
		return docs[0]
	}
	return nil
}

// Build makes what the kustomization of that directory makes. The error says which bound it met.
func (k *Kustomizer) Build(dir string) (*Build, error) {
	b := &Build{Root: k.kustomization(dir).Path}
	items, err := k.build(b, dir, nil, 0)
	b.Items = items
	return b, err
}

func (k *Kustomizer) build(b *Build, dir string, items []*Item, depth int) ([]*Item, error) {
	file := k.kustomization(dir)
	if k.nodes += buildCost; depth > maxKustomizeDepth || k.nodes > maxKustomizeNodes {
		return nil, fmt.Errorf("%s builds on itself, or on too many others", file.Path)
	}
	root := rootNode(file)
	b.Consumed = append(b.Consumed, file.Path)
	before := len(items)
	for _, list := range []string{"resources", "bases"} {
		for _, n := range yamldoc.Items(yamldoc.Get(root, list)) {
			made, err := k.resource(b, dir, text(n), depth)
			if err != nil {
				return nil, err
			}
			items = append(items, made...)
		}
	}
	for _, n := range yamldoc.Items(yamldoc.Get(root, "components")) {
		at := path.Join(dir, text(n))
		if k.kustomization(at) == nil {
			b.partial(file, "component "+text(n))
			continue
		}
		var err error
		if items, err = k.build(b, at, items, depth+1); err != nil {
			return nil, err
		}
	}
	if len(items) > maxBuiltObjects {
		return nil, fmt.Errorf("%s builds more than %d objects", file.Path, maxBuiltObjects)
	}
	if text(yamldoc.Get(root, "kind")) == "Component" {
		before = 0 // it changes what it is added to
	}
	k.patches(b, file, root, &items)
	rename(root, items[min(before, len(items)):])
	for _, key := range []string{"transformers", "replacements", "vars", "helmCharts", "helmChartInflationGenerator", "generators"} {
		if len(yamldoc.Items(yamldoc.Get(root, key))) > 0 {
			b.partial(file, key)
		}
	}
	if k.nodes > maxKustomizeNodes {
		return nil, fmt.Errorf("%s builds more than %d values", file.Path, maxKustomizeNodes)
	}
	return items, nil
}

func (b *Build) partial(file *checks.File, what string) {
	const most = 10
	if what = file.Path + " " + what; len(b.Partial) < most && !slices.Contains(b.Partial, what) {
		b.Partial = append(b.Partial, what)
	}
}

// charge takes work from the budget of what is built, and reports whether there was enough.
func (k *Kustomizer) charge(work int) bool {
	k.nodes += work
	return k.nodes <= maxKustomizeNodes
}

// resource loads one entry of resources: a file, or a directory with a kustomization of its own.
func (k *Kustomizer) resource(b *Build, dir, name string, depth int) ([]*Item, error) {
	at := path.Join(dir, name)
	if f := k.files[at]; f != nil {
		b.Consumed = append(b.Consumed, at)
		if yamldoc.Of(f).Err != nil {
			b.partial(f, "is no valid YAML")
		}
		var out []*Item
		objects, problem := Objects(f)
		if problem != nil {
			b.partial(f, "is over a bound")
		}
		for _, o := range objects {
			node := k.clone(o.Node, f, 0)
			if node == nil {
				return nil, fmt.Errorf("%s builds more than %d values", b.Root, maxKustomizeNodes)
			}
			o.Node, o.Document = node, node
			out = append(out, &Item{Object: o, File: f, first: o.Name})
		}
		return out, nil
	}
	if k.kustomization(at) != nil {
		return k.build(b, at, nil, depth+1)
	}
	b.partial(k.kustomization(dir), "resource "+name)
	return nil, nil
}

// clone copies a node with its aliases and merges resolved, so that patches change only the copy; nil over the bound.
func (k *Kustomizer) clone(n *yaml.Node, file *checks.File, depth int) *yaml.Node {
	n = yamldoc.Deref(n)
	k.nodes++
	if n == nil || k.nodes > maxKustomizeNodes || depth > maxDepth {
		return nil
	}
	out := *n
	out.Content = nil
	if f := k.origin[n]; f != nil {
		file = f
	}
	k.origin[&out] = file
	add := func(child *yaml.Node) {
		if c := k.clone(child, file, depth+1); c != nil {
			out.Content = append(out.Content, c)
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		yamldoc.Each(n, func(key, value *yaml.Node) {
			if k.nodes < maxKustomizeNodes {
				add(key)
				add(value)
			}
		})
	case yaml.SequenceNode:
		for _, item := range yamldoc.Items(n) {
			add(item)
		}
	}
	return &out
}

// rename applies namespace, namePrefix and nameSuffix.
func rename(root *yaml.Node, items []*Item) {
	namespace := text(yamldoc.Get(root, "namespace"))
	prefix, suffix := text(yamldoc.Get(root, "namePrefix")), text(yamldoc.Get(root, "nameSuffix"))
	for _, item := range items {
		o := &item.Object
		if namespace != "" && !strings.HasPrefix(o.Kind, "Cluster") && o.Kind != "Namespace" {
			o.Namespace = namespace
		}
		if o.Kind != "Namespace" && o.Kind != "CustomResourceDefinition" {
			o.Name = prefix + o.Name + suffix
		}
	}
}
