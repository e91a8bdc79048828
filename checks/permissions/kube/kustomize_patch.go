package kube

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// patches applies a kustomization's patches, each of which is a file or stands in it as text.
func (k *Kustomizer) patches(b *Build, file *checks.File, root *yaml.Node, items *[]*Item) {
	for _, n := range yamldoc.Items(yamldoc.Get(root, "patchesStrategicMerge")) {
		k.patch(b, file, n, nil, items)
	}
	for _, list := range []string{"patches", "patchesJson6902"} {
		for _, n := range yamldoc.Items(yamldoc.Get(root, list)) {
			source := yamldoc.Get(n, "path")
			if source == nil {
				source = yamldoc.Get(n, "patch")
			}
			if source == nil && n.Kind == yaml.ScalarNode { // the form of versions before 3
				source = n
			}
			k.patch(b, file, source, yamldoc.Get(n, "target"), items)
		}
	}
}

func (k *Kustomizer) patch(b *Build, file *checks.File, source, target *yaml.Node, items *[]*Item) {
	name := text(source)
	if name == "" || yamldoc.Dynamic(source) {
		return
	}
	from := k.files[path.Join(path.Dir(file.Path), name)]
	if from == nil && !strings.ContainsAny(name, "\n{[:") {
		b.partial(file, "patch "+name)
		return
	}
	shift := func(*yaml.Node) {}
	if from != nil {
		b.Consumed = append(b.Consumed, from.Path)
	} else {
		from, shift = inline(file, source)
	}
	stream := yamldoc.Of(from)
	if stream.Err != nil {
		b.partial(file, "patch at line "+strconv.Itoa(source.Line))
	}
	for _, doc := range stream.Docs {
		at := file
		if from.Path != file.Path {
			at = from
		}
		change := k.clone(doc, at, 0)
		if change == nil {
			return
		}
		shift(change)
		k.apply(b, file, change, target, items)
	}
}

// inline reads a patch that stands in the kustomization as text. Its nodes are moved to where they stand there.
func inline(file *checks.File, n *yaml.Node) (*checks.File, func(*yaml.Node)) {
	literal := n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	indent := 0
	if lines := strings.Split(file.Text(), "\n"); literal && n.Line < len(lines) {
		indent = len(lines[n.Line]) - len(strings.TrimLeft(lines[n.Line], " "))
	}
	var shift func(*yaml.Node)
	shift = func(at *yaml.Node) {
		if literal {
			at.Line, at.Column = at.Line+n.Line, at.Column+indent
		} else {
			at.Line, at.Column = n.Line, n.Column
		}
		for _, child := range at.Content {
			shift(child)
		}
	}
	data := []byte(n.Value)
	return &checks.File{Entry: &checks.Entry{Path: file.Path}, Data: data, Whole: true, Line: 1}, shift
}

// apply changes the objects that the patch is for. One without a target names its object itself.
func (k *Kustomizer) apply(b *Build, file *checks.File, change, target *yaml.Node, items *[]*Item) {
	var match func(*Item) bool
	if target != nil {
		match = k.selector(b, file, target)
	} else {
		object := collect(nil, change, change, "", "", 0)
		if len(object) == 0 {
			return
		}
		match = func(i *Item) bool { return named(i, &object[0]) }
	}
	kept := (*items)[:0]
	for _, item := range *items {
		o := &item.Object
		if k.charge(1+len(o.Node.Content)/16) && match(item) {
			if change.Kind == yaml.SequenceNode {
				if !k.jsonPatch(o.Node, change) {
					b.partial(file, "JSON patch of "+o.Title())
				}
			} else {
				own := k.clone(change, file, 0)
				if own == nil {
					continue
				}
				o.Node = k.merge(o.Node, own, o.Built())
			}
		}
		if o.Node != nil {
			o.Document = o.Node
			kept = append(kept, item)
		}
	}
	*items = kept
}

func named(i *Item, o *Object) bool {
	return i.Object.Kind == o.Kind && i.Object.Group == o.Group && (i.Object.Name == o.Name || i.first == o.Name) &&
		(o.Namespace == "" || i.Object.Namespace == "" || o.Namespace == i.Object.Namespace)
}

// maxPattern bounds the expressions of targets in bytes.
const maxPattern = 500

// selector reads a patch's target: expressions that match whole fields, and selectors of labels and annotations.
func (k *Kustomizer) selector(b *Build, file *checks.File, target *yaml.Node) func(*Item) bool {
	field := func(key string) func(string) bool {
		pattern := text(yamldoc.Get(target, key))
		if pattern == "" {
			return func(string) bool { return true }
		}
		whole, err := regexp.Compile("^(?:" + pattern[:min(maxPattern, len(pattern))] + ")$")
		if err != nil || len(pattern) > maxPattern {
			b.partial(file, "target "+key)
			return func(string) bool { return false }
		}
		return whole.MatchString
	}
	group, version, kind, name, namespace := field("group"), field("version"), field("kind"), field("name"), field("namespace")
	labels := text(yamldoc.Get(target, "labelSelector"))
	if present(yamldoc.Get(target, "annotationSelector")) || strings.ContainsAny(labels, "(!") {
		b.partial(file, "target selector")
		return func(*Item) bool { return false }
	}
	return func(i *Item) bool {
		o := &i.Object
		if !group(o.Group) || !version(o.Version) || !kind(o.Kind) || !name(o.Name) && !name(i.first) || !namespace(o.Namespace) {
			return false
		}
		if labels == "" {
			return true
		}
		own := k.get(o.Node, []string{"metadata", "labels"})
		return own != nil && k.charge(len(labels)+len(own.Content)) && labelled(o, labels)
	}
}

// labelled reports whether the object has the labels: "app=web,tier".
func labelled(o *Object, selector string) bool {
	labels := o.Labels()
	for term := range strings.SplitSeq(selector, ",") {
		key, value, valued := strings.Cut(term, "=")
		got, ok := labels[strings.TrimSpace(key)]
		if !ok || valued && got != strings.TrimSpace(strings.TrimPrefix(value, "=")) {
			return false
		}
	}
	return true
}
