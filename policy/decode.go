package policy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Bounds of a policy file. Aliases are followed at most maxVisits times, so that a small file cannot grow.
const (
	maxFileSize = 1 << 20
	maxVisits   = 100_000
)

// decoder reads one file's YAML into the types of document.go and collects every mistake on the way. The types are
// structs whose fields carry the tags key (the field's name in YAML), need ("true" where it must be there), words
// and doc; the same tags make the JSON schema.
type decoder struct {
	file    string
	found   *mistakes
	visited int
}

// leaf is a type that reads itself and describes itself.
type leaf interface {
	read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag)
	schema(c *catalogue, tag reflect.StructTag) map[string]any
}

// mark is where a value was written, if it was.
type mark struct {
	at  position
	set bool
}

func (m *mark) place(at position) { m.at, m.set = at, true }

// document reads the one document of data into v.
func (d *decoder) document(data []byte, v any) {
	if len(data) > maxFileSize {
		d.found.add(position{file: d.file}, "", "expected at most %d bytes, found %d", maxFileSize, len(data))
		return
	}
	var nodes []yaml.Node
	if err := yaml.Load(data, &nodes, yaml.WithAllDocuments()); err != nil {
		d.syntax(err)
		return
	}
	switch {
	case len(nodes) == 0 || len(nodes[0].Content) == 0:
		d.found.add(position{d.file, 1, 1}, "", "the file is empty; expected a policy that begins with \"version: 1\"")
		return
	case len(nodes) > 1:
		d.found.add(d.at(&nodes[1]), "", "expected one YAML document, found %d", len(nodes))
	}
	root := d.follow(nodes[0].Content[0])
	if root.Kind != yaml.MappingNode {
		d.wrong(root, "", "a mapping that begins with \"version: 1\"")
		return
	}
	d.value(root, reflect.ValueOf(v).Elem(), "", "")
}

func (d *decoder) syntax(err error) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		d.found.add(position{file: d.file}, "", "not YAML: %v", err)
		return
	}
	text := load.Message
	if load.ContextMsg != "" {
		text += " " + load.ContextMsg
		if load.ContextMark.Line != 0 {
			text += fmt.Sprintf(" that begins on line %d", load.ContextMark.Line)
		}
	}
	d.found.add(position{d.file, load.Mark.Line, load.Mark.Column}, "", "not YAML: %s", text)
}

func (d *decoder) at(n *yaml.Node) position { return position{d.file, n.Line, n.Column} }

// follow resolves an alias and counts the visit.
func (d *decoder) follow(n *yaml.Node) *yaml.Node {
	d.visit(n, 1)
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func (d *decoder) visit(n *yaml.Node, times int) {
	if d.visited < maxVisits && d.visited+times >= maxVisits {
		d.found.add(d.at(n), "", "aliases expand to more than %d values; nothing after this one was read", maxVisits)
	}
	d.visited += times
}

// spent reports whether the bounds of reading are used up.
func (d *decoder) spent() bool { return d.visited >= maxVisits || len(d.found.list) >= maxMistakes }

func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, tag reflect.StructTag) {
	n = d.follow(n)
	if d.spent() {
		return
	}
	l, ok := v.Addr().Interface().(leaf)
	switch {
	case ok:
		d.place(n, v)
		l.read(d, n, path, tag)
	case null(n): // an empty section
	case v.Kind() == reflect.Slice:
		d.sequence(n, v, path, tag)
	case n.Kind != yaml.MappingNode:
		d.wrong(n, path, "a mapping")
	default:
		d.place(n, v)
		d.mapping(n, v, path)
	}
}

func (d *decoder) place(n *yaml.Node, v reflect.Value) {
	if placed, ok := v.Addr().Interface().(interface{ place(position) }); ok {
		placed.place(d.at(n))
	}
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func (d *decoder) sequence(n *yaml.Node, v reflect.Value, path string, tag reflect.StructTag) {
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, path, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, element := range n.Content {
		if null(element) {
			d.wrong(element, indexed(path, i), "a value")
			continue
		}
		d.value(element, v.Index(i), indexed(path, i), tag)
	}
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	fields := fieldsOf(v)
	var names, given []string
	for _, f := range fields {
		if _, later := f.value.Addr().Interface().(*unsupported); !later {
			names = append(names, f.key)
		}
	}
	for _, p := range d.pairs(n, path) {
		if d.spent() {
			return
		}
		given = append(given, p.key.Value)
		f, ok := fieldNamed(fields, p.key.Value)
		if !ok {
			d.found.add(d.at(p.key), path, "unknown field %q%s", p.key.Value, orOneOf(p.key.Value, names))
			continue
		}
		d.value(p.value, f.value, join(path, f.key), f.tag)
	}
	for _, f := range fields {
		if f.tag.Get("need") != "" && !slices.Contains(given, f.key) {
			d.found.add(d.at(n), path, "needs %q", f.key)
		}
	}
}

func join(path, key string) string {
	return strings.TrimPrefix(path+"."+key, ".")
}

// pair is one key and value of a mapping.
type pair struct{ key, value *yaml.Node }

// pairs lists a mapping's entries: its own, then those of a merge key "<<" that it does not give itself.
func (d *decoder) pairs(n *yaml.Node, path string) []pair {
	if null(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, "a mapping")
		return nil
	}
	if d.visit(n, len(n.Content)/2); d.spent() {
		return nil
	}
	var out []pair
	var merged []*yaml.Node
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.wrong(key, path, "a field name")
		case key.Value == "<<" && key.Style == 0:
			merged = append(merged, value)
		case first[key.Value] != nil:
			d.found.add(d.at(key), path, "field %q is given twice, first on line %d", key.Value, first[key.Value].Line)
		default:
			first[key.Value] = key
			out = append(out, pair{key, value})
		}
	}
	for _, m := range merged {
		out = d.merge(out, first, m, path)
	}
	return out
}

// merge adds the entries of the mapping, or of the list of mappings, that a merge key names. Mappings merged from
// may not merge themselves, which bounds the work.
func (d *decoder) merge(out []pair, first map[string]*yaml.Node, from *yaml.Node, path string) []pair {
	sources := []*yaml.Node{from}
	if s := d.follow(from); s.Kind == yaml.SequenceNode {
		sources = s.Content
	}
	for _, source := range sources {
		source = d.follow(source)
		if d.spent() {
			return out
		}
		if source.Kind != yaml.MappingNode {
			d.wrong(source, path, "a mapping to merge")
			continue
		}
		for i := 0; i+1 < len(source.Content); i += 2 {
			key := d.follow(source.Content[i])
			if key.Kind == yaml.ScalarNode && first[key.Value] == nil {
				first[key.Value] = key
				out = append(out, pair{key, source.Content[i+1]})
			}
		}
	}
	return out
}

// wrong reports a node of the wrong type.
func (d *decoder) wrong(n *yaml.Node, path, expected string) {
	d.found.add(d.at(n), path, "expected %s, found %s", expected, shown(n))
}

// shown describes what was written, at most one short line.
func shown(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case null(n):
		return "nothing"
	}
	text := []rune(n.Value)
	if len(text) > 60 {
		text = append(text[:60], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

// structField is one field that a mapping may have.
type structField struct {
	key   string
	value reflect.Value
	tag   reflect.StructTag
}

// fieldsOf lists a struct's fields with a key; an embedded struct's fields count as its own.
func fieldsOf(v reflect.Value) []structField {
	var out []structField
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if key := f.Tag.Get("key"); key != "" {
			out = append(out, structField{key, v.Field(i), f.Tag})
		} else if f.Anonymous && f.IsExported() {
			out = append(out, fieldsOf(v.Field(i))...)
		}
	}
	return out
}

func fieldNamed(fields []structField, key string) (structField, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return structField{}, false
}
