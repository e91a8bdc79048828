// Package composefile puts Compose files together as Compose does (https://github.com/compose-spec/compose-spec):
// variables, YAML anchors and merge keys, extends, include and override files. Every value keeps its place.
package composefile

import (
	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// Value is one node: a scalar, a list, or a mapping.
type Value struct {
	Kind   Kind
	Text   string            // of a scalar, its variables put in; "" where Unknown
	Raw    string            // of a scalar, as written
	Items  []*Value          // of a list
	Keys   []string          // of a mapping, in order
	Fields map[string]*Value // of a mapping
	Place  checks.Place
	// Unknown marks a scalar with a variable that neither .env nor a default gives.
	Unknown bool
	// Quoted marks a scalar that YAML does not read as a number or a truth value.
	Quoted bool

	tag string // !reset or !override
}

// Kind is the kind of a value.
type Kind int

// Kinds; Null is an empty value.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

// Get walks mapping keys; nil where the path leads nowhere.
func (v *Value) Get(path ...string) *Value {
	for _, key := range path {
		if v == nil || v.Kind != Map {
			return nil
		}
		v = v.Fields[key]
	}
	return v
}

// String is a scalar's text, and "" for anything else.
func (v *Value) String() string {
	if v == nil || v.Kind != Scalar {
		return ""
	}
	return v.Text
}

// List is a list's items; a mapping of names gives its keys, as in networks.
func (v *Value) List() []*Value {
	switch {
	case v == nil:
		return nil
	case v.Kind == Map:
		out := make([]*Value, 0, len(v.Keys))
		for _, key := range v.Keys {
			out = append(out, &Value{Kind: Scalar, Text: key, Raw: key, Place: v.Fields[key].Place})
		}
		return out
	}
	return v.Items
}

// Set adds or replaces a field of a mapping.
func (v *Value) Set(key string, field *Value) {
	if v.Fields == nil {
		v.Kind, v.Fields = Map, map[string]*Value{}
	}
	if _, ok := v.Fields[key]; !ok {
		v.Keys = append(v.Keys, key)
	}
	v.Fields[key] = field
}

// maxValues bounds what the aliases of one file may grow to.
const maxValues = 50000

// Read converts the documents of a file. whole is false where its aliases grow beyond any real file.
func Read(f *checks.File) (docs []*Value, whole bool) {
	r := reader{file: f, left: maxValues}
	for _, doc := range yamldoc.Of(f).Docs {
		docs = append(docs, r.value(doc, 0))
	}
	return docs, r.left > 0
}

type reader struct {
	file *checks.File
	left int
}

// maxDepth bounds a chain of aliases that hold each other.
const maxDepth = 64

func (r *reader) value(n *yaml.Node, depth int) *Value {
	n = yamldoc.Deref(n)
	if r.left--; n == nil || r.left < 0 || depth > maxDepth {
		return &Value{}
	}
	v := &Value{Place: yamldoc.Place(r.file, n)}
	if n.Tag == "!reset" || n.Tag == "!override" {
		v.tag = n.Tag
	}
	switch n.Kind {
	case yaml.MappingNode:
		v.Kind, v.Fields = Map, map[string]*Value{}
		yamldoc.Each(n, func(key, field *yaml.Node) {
			child := r.value(field, depth+1)
			if child.Kind != Scalar {
				child.Place = yamldoc.Place(r.file, key)
			}
			v.Set(key.Value, child)
		})
	case yaml.SequenceNode:
		v.Kind = List
		for _, item := range yamldoc.Items(n) {
			v.Items = append(v.Items, r.value(item, depth+1))
		}
	case yaml.ScalarNode:
		if text, ok := yamldoc.Text(n); ok {
			v.Kind, v.Text, v.Raw, v.Unknown = Scalar, text, text, yamldoc.Dynamic(n)
			v.Quoted = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
		}
	}
	return v
}
