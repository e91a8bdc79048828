package policy

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
)

// text is a scalar that is not empty. The tag words lists what it may be.
type text struct {
	mark
	value string
}

func (t *text) read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag) {
	t.set = false
	switch {
	case n.Kind != yaml.ScalarNode || null(n):
		d.wrong(n, path, "text")
	case strings.TrimSpace(n.Value) == "":
		d.found.add(d.at(n), path, "expected text, found an empty string")
	case tag.Get("words") != "" && !oneOf(d, n, path, strings.Fields(tag.Get("words"))):
	default:
		t.value, t.set = strings.TrimSpace(n.Value), true
	}
}

func (t *text) schema(c *catalogue, tag reflect.StructTag) map[string]any {
	s := map[string]any{"type": "string", "minLength": 1}
	if words := tag.Get("words"); words != "" {
		s = map[string]any{"enum": strings.Fields(words)}
	}
	if tag.Get("key") == "check" {
		s = map[string]any{"enum": c.ids()}
	}
	return s
}

// oneOf reports a word that is none of the allowed.
func oneOf(d *decoder, n *yaml.Node, path string, words []string) bool {
	for _, w := range words {
		if w == n.Value {
			return true
		}
	}
	d.found.add(d.at(n), path, "expected one of %s, found %s%s", strings.Join(words, ", "), shown(n), didYouMean(n.Value, words))
	return false
}

// severity is a severity word.
type severity struct {
	mark
	value checks.Severity
}

func (s *severity) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	s.set = false
	if n.Kind != yaml.ScalarNode || null(n) {
		d.wrong(n, path, "a severity: "+strings.Join(checks.SeverityNames(), ", "))
		return
	}
	if oneOf(d, n, path, checks.SeverityNames()) {
		s.value, _ = checks.ParseSeverity(n.Value)
		s.set = true
	}
}

func (s *severity) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"enum": checks.SeverityNames()}
}

// boolean is true or false.
type boolean struct {
	mark
	value bool
}

func (b *boolean) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	b.set = n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool"
	if !b.set {
		d.wrong(n, path, "true or false")
		return
	}
	b.value = strings.EqualFold(n.Value, "true")
}

func (b *boolean) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"type": "boolean"}
}

// number is a whole number; the tags min and max bound it.
type number struct {
	mark
	value int
}

func (x *number) read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag) {
	low, _ := strconv.Atoi(tag.Get("min"))
	high, _ := strconv.Atoi(tag.Get("max"))
	value, err := strconv.Atoi(n.Value)
	x.set = n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" && err == nil && value >= low && value <= high
	if !x.set {
		d.wrong(n, path, fmt.Sprintf("a whole number from %d to %d", low, high))
		return
	}
	x.value = value
}

func (x *number) schema(_ *catalogue, tag reflect.StructTag) map[string]any {
	low, _ := strconv.Atoi(tag.Get("min"))
	high, _ := strconv.Atoi(tag.Get("max"))
	return map[string]any{"type": "integer", "minimum": low, "maximum": high}
}

// version is the number of this format.
type version struct{ mark }

func (v *version) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || n.Value != "1" {
		d.found.add(d.at(n), path, "expected the number 1, the only version that this hardcheck reads, found %s", shown(n))
	}
}

func (v *version) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"const": 1}
}

// days is a span of whole days or another duration: 180d, 12h.
type days struct {
	mark
	value time.Duration
}

func (x *days) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	x.set = false
	if n.Kind != yaml.ScalarNode || null(n) {
		d.wrong(n, path, "a duration such as 180d")
		return
	}
	value, err := checks.ParseDuration(n.Value)
	if err != nil {
		d.found.add(d.at(n), path, "%v", err)
		return
	}
	x.value, x.set = value.(time.Duration), true
}

func (x *days) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"type": "string", "pattern": durationPattern}
}

// date is a day, written 2027-03-31.
type date struct {
	mark
	value time.Time // the day's beginning in UTC
}

func (x *date) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	value, err := time.Parse(time.DateOnly, n.Value)
	x.set = n.Kind == yaml.ScalarNode && err == nil
	if !x.set {
		d.wrong(n, path, "a day that exists, such as 2027-03-31")
		return
	}
	x.value = value
}

func (x *date) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
}

// texts is a list of texts.
type texts struct {
	mark
	list []text
}

func (x *texts) read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag) {
	x.set = n.Kind == yaml.SequenceNode
	if !x.set {
		d.wrong(n, path, "a list of texts")
		return
	}
	d.sequence(n, reflect.ValueOf(&x.list).Elem(), path, tag)
}

func (x *texts) schema(c *catalogue, tag reflect.StructTag) map[string]any {
	return map[string]any{"type": "array", "items": new(text).schema(c, tag)}
}

func (x *texts) values() []string {
	out := make([]string, 0, len(x.list))
	for _, t := range x.list {
		out = append(out, t.value)
	}
	return out
}

// off is the reason why an item is turned off, or false to turn an inherited one on again.
type off struct {
	mark
	reason string
}

func (o *off) read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag) {
	switch word := strings.ToLower(n.Value); {
	case word == "true" || word == "yes" || word == "on":
		o.set = false
		d.found.add(d.at(n), path, "expected the reason why the item is off, found %s", n.Value)
	case n.ShortTag() == "!!bool": // false
	default:
		var t text
		t.read(d, n, path, tag)
		o.reason, o.set = t.value, t.set
	}
}

func (o *off) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "minLength": 1},
		map[string]any{"const": false},
	}}
}

// raw is a value whose type is known later: an item's expect, which its check types.
type raw struct {
	mark
	node *yaml.Node
}

func (r *raw) read(_ *decoder, n *yaml.Node, _ string, _ reflect.StructTag) { r.node = n }

func (r *raw) schema(*catalogue, reflect.StructTag) map[string]any {
	return map[string]any{"type": "object"}
}

// unsupported is a field that a later version may read. It is refused, never ignored.
type unsupported struct{ mark }

func (u *unsupported) read(d *decoder, n *yaml.Node, path string, _ reflect.StructTag) {
	d.found.add(d.at(n), path, "is not supported by this version")
}

func (u *unsupported) schema(*catalogue, reflect.StructTag) map[string]any { return nil }

// entries is a mapping from names to values, in the order of the file.
type entries[T any] struct {
	mark
	list []entry[T]
}

type entry[T any] struct {
	name  string
	at    position
	value T
}

func (e *entries[T]) read(d *decoder, n *yaml.Node, path string, tag reflect.StructTag) {
	for _, p := range d.pairs(n, path) {
		var x entry[T]
		x.name, x.at = p.key.Value, d.at(p.key)
		d.value(p.value, reflect.ValueOf(&x.value).Elem(), join(path, x.name), tag)
		e.list = append(e.list, x)
	}
}

func (e *entries[T]) schema(c *catalogue, tag reflect.StructTag) map[string]any {
	var value T
	return map[string]any{"type": "object", "additionalProperties": typeSchema(c, reflect.ValueOf(&value).Elem(), tag)}
}
