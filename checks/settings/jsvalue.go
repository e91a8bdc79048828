package settings

import (
	"math"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// jsValue is what an expression is worth in production, without running anything. V is a string, float64, bool, nil,
// undefined, []jsValue, jsObject, jsPattern, or *clike.Expr for a function; it counts only where Known.
type jsValue struct {
	V     any
	Known bool
	doc   *jsDoc // where it was written
	x     *clike.Expr
}

type (
	undefined struct{}
	jsPattern struct{ text, flags string }
	// jsObject is an object literal. open: something that is not known was spread into it.
	jsObject struct {
		entries []jsEntry
		open    bool
	}
	jsEntry struct {
		key   string
		value jsValue
	}
)

// Bounds of evaluation.
const (
	maxJSWork  = 200_000
	maxJSDepth = 40
	maxJSText  = 1 << 16
)

// get is an entry of an object: undefined where there is none, and not known where one may be.
func (v jsValue) get(key string) jsValue {
	o, ok := v.V.(jsObject)
	out := jsValue{V: undefined{}, Known: v.Known && ok && !o.open, doc: v.doc, x: v.x}
	for _, e := range o.entries {
		if e.key == key {
			out = e.value
		}
	}
	return out
}

// either is the entry of the first of the keys that the object has.
func (v jsValue) either(keys ...string) jsValue {
	for _, key := range keys {
		if e := v.get(key); !e.Known || e.V != (undefined{}) {
			return e
		}
	}
	return v.get(keys[0])
}

func (v jsValue) absent() bool { return v.Known && v.V == (undefined{}) }

func (v jsValue) is(want any) bool {
	switch v.V.(type) {
	case bool, string, float64, nil:
		return v.Known && v.V == want
	}
	return false
}

func (v jsValue) truth() (holds, known bool) {
	switch x := v.V.(type) {
	case undefined, nil:
		return false, v.Known
	case bool:
		return x, v.Known
	case string:
		return x != "", v.Known
	case float64:
		return x != 0 && !math.IsNaN(x), v.Known
	}
	return true, v.Known
}

// text is a string or a number as JavaScript writes it.
func (v jsValue) text() (string, bool) {
	switch x := v.V.(type) {
	case string:
		return x, v.Known
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), v.Known
	case bool:
		return strconv.FormatBool(x), v.Known
	}
	return "", false
}

func (v jsValue) list() []jsValue {
	list, _ := v.V.([]jsValue)
	return list
}

// eval works out an expression of a file.
func (t *jsTree) eval(d *jsDoc, x *clike.Expr) jsValue { return t.value(d, x, 0) }

func (t *jsTree) value(d *jsDoc, x *clike.Expr, depth int) jsValue {
	out := jsValue{doc: d, x: x}
	if d.work++; x == nil || depth > maxJSDepth || d.work > maxJSWork {
		return out
	}
	known := func(v any) jsValue { return jsValue{V: v, Known: true, doc: d, x: x} }
	switch x.Kind {
	case clike.String:
		return known(x.Text)
	case clike.Number:
		if n, err := strconv.ParseFloat(strings.ReplaceAll(x.Text, "_", ""), 64); err == nil {
			return known(n)
		}
	case clike.Regexp:
		return known(jsPattern{x.Text, x.Flags})
	case clike.Function:
		return known(x)
	case clike.Template:
		return t.template(d, x, depth)
	case clike.Array:
		return t.array(d, x, depth)
	case clike.Object:
		return t.object(d, x, depth)
	case clike.Name:
		return t.name(d, x, depth)
	case clike.Member, clike.Index:
		return t.member(d, x, depth)
	case clike.Call:
		return t.called(d, x, depth)
	case clike.Unary:
		v := t.value(d, x.X, depth+1)
		switch x.Text {
		case "!":
			holds, ok := v.truth()
			return jsValue{!holds, ok, d, x}
		case "-":
			n, ok := v.V.(float64)
			return jsValue{-n, ok && v.Known, d, x}
		case "await":
			return v
		}
	case clike.Binary:
		return t.binary(d, x, depth)
	case clike.Choice:
		if holds, ok := t.value(d, x.X, depth+1).truth(); !ok {
			return out
		} else if holds {
			return t.value(d, x.Y, depth+1)
		}
		return t.value(d, x.Z, depth+1)
	}
	return out
}

func (t *jsTree) template(d *jsDoc, x *clike.Expr, depth int) jsValue {
	var b strings.Builder
	for _, part := range x.List {
		text, ok := t.value(d, part, depth+1).text()
		if !ok || b.Len() > maxJSText {
			return jsValue{doc: d, x: x}
		}
		d.work += len(text) / 16
		b.WriteString(text)
	}
	return jsValue{b.String(), true, d, x}
}

func (t *jsTree) array(d *jsDoc, x *clike.Expr, depth int) jsValue {
	list := []jsValue{}
	for _, item := range x.List {
		if item.Kind == clike.Spread {
			inner := t.value(d, item.X, depth+1)
			if !inner.Known || len(list) > maxJSText {
				list = append(list, jsValue{doc: d, x: item})
				continue
			}
			d.work += len(inner.list())
			list = append(list, inner.list()...)
			continue
		}
		list = append(list, t.value(d, item, depth+1))
	}
	return jsValue{list, true, d, x}
}

func (t *jsTree) object(d *jsDoc, x *clike.Expr, depth int) jsValue {
	var o jsObject
	for _, p := range x.Props {
		switch {
		case p.Key != "":
			o.entries = append(o.entries, jsEntry{p.Key, t.value(d, p.Value, depth+1)})
		case p.Value.Kind == clike.Spread:
			v := t.value(d, p.Value.X, depth+1)
			inner, ok := v.V.(jsObject)
			o.open = o.open || !v.Known || !ok && v.V != nil && v.V != (undefined{}) && v.V != false || inner.open
			if len(o.entries)+len(inner.entries) <= maxJSText {
				d.work += len(inner.entries)
				o.entries = append(o.entries, inner.entries...)
			}
		default:
			if key, ok := t.value(d, p.Computed, depth+1).text(); ok {
				o.entries = append(o.entries, jsEntry{key, t.value(d, p.Value, depth+1)})
			} else {
				o.open = true
			}
		}
	}
	return jsValue{o, true, d, x}
}

// name is a variable that the file declares once, or an import.
func (t *jsTree) name(d *jsDoc, x *clike.Expr, depth int) jsValue {
	switch x.Text {
	case "true", "false":
		return jsValue{x.Text == "true", true, d, x}
	case "null":
		return jsValue{nil, true, d, x}
	case "undefined":
		return jsValue{undefined{}, true, d, x}
	}
	if list := d.vars[x.Text]; len(list) == 1 {
		return t.value(d, list[0], depth+1)
	}
	if from, ok := d.imports[x.Text]; ok && len(d.vars[x.Text]) == 0 {
		return t.imported(d, from, depth)
	}
	return jsValue{doc: d, x: x}
}

// imported is what a file of the tree exports.
func (t *jsTree) imported(d *jsDoc, from jsImport, depth int) jsValue {
	other, _ := t.find(d, from.module)
	if other == nil || other.file == nil || other == d {
		return jsValue{doc: d}
	}
	name, rest, _ := strings.Cut(from.name, ".")
	x, ok := other.exports[name]
	if name == "" || !ok && other.exports["default"] != nil {
		x = other.exports["default"]
		rest = from.name
	}
	if x == nil {
		return jsValue{doc: d}
	}
	v := t.value(other, x, depth+1)
	for rest != "" {
		name, rest, _ = strings.Cut(rest, ".")
		v = v.get(name)
	}
	return v
}

func (t *jsTree) member(d *jsDoc, x *clike.Expr, depth int) jsValue {
	if d.file.Text(x) == "process.env.NODE_ENV" {
		return jsValue{"production", true, d, x}
	}
	if from, ok := d.module(x); ok {
		return t.imported(d, from, depth)
	}
	owner := t.value(d, x.X, depth+1)
	key := x.Text
	if x.Kind == clike.Index {
		index := t.value(d, x.Y, depth+1)
		if n, ok := index.V.(float64); ok && n >= 0 && int(n) < len(owner.list()) {
			return owner.list()[int(n)]
		}
		text, ok := index.text()
		if !ok {
			return jsValue{doc: d, x: x}
		}
		key = text
	}
	if _, ok := owner.V.(jsObject); !ok || !owner.Known {
		return jsValue{doc: d, x: x}
	}
	return owner.get(key)
}
