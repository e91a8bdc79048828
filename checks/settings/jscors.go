package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// corsKind is what packages do differently: what they allow by themselves, and whether they repeat the Origin where
// credentials meet a star.
type corsKind struct {
	repeatsStar bool // @koa/cors 5
	repeats     bool // by itself, without any option: @koa/cors before 5
}

// Flags of an Access-Control-Allow-Origin whose Value is nil or patterns: it repeats whatever Origin the request has, one
// that matches, and says so in Vary.
const (
	reflects = "reflect"
	matches  = "match"
	varies   = "vary"
)

// cors makes the settings of cors(options) as cors 2, @fastify/cors 11 and @koa/cors 5 do.
func (t *jsTree) cors(call *clike.Expr, d *jsDoc, options jsValue, kind corsKind) []checks.Setting {
	origin, credentials := options.get("origin"), options.get("credentials")
	if _, isObject := options.V.(jsObject); options.absent() || options.is(true) {
		origin, credentials = jsValue{V: undefined{}, Known: true}, jsValue{V: undefined{}, Known: true}
	} else if !isObject {
		return []checks.Setting{t.made(d, call, "cors.origin", "Access-Control-Allow-Origin", jsValue{doc: d, x: call})}
	}
	set := t.made(d, call, "cors.origin", "Access-Control-Allow-Origin", origin)
	allows, _ := credentials.truth()
	switch {
	case origin.absent() || origin.is("*") || starIn(origin):
		set.Value, set.Origin, set.Raw = "*", checks.OriginSet, "*"
		if kind.repeats || kind.repeatsStar && allows {
			set.Value, set.Flags = nil, []string{reflects, varies}
		}
	case origin.is(false), origin.Known && origin.V == nil:
		return nil
	case origin.is(true):
		set.Value, set.Flags = nil, []string{reflects, varies}
	case t.returnsTrue(origin):
		set.Value, set.Flags, set.Origin = nil, []string{reflects, varies}, checks.OriginSet
	default:
		set = t.origins(set, origin)
	}
	out := []checks.Setting{set}
	if allows || !credentials.Known {
		c := t.made(d, call, "cors.credentials", "Access-Control-Allow-Credentials", credentials)
		if credentials.Known {
			c.Value = "true"
		}
		out = append(out, c)
	}
	return out
}

// starIn: a star in a list counts in @fastify/cors; the others compare it with the Origin, which it never is.
func starIn(origin jsValue) bool { return len(origin.list()) == 1 && origin.list()[0].is("*") }

// made is a setting of a value that is written somewhere, or that of a call.
func (t *jsTree) made(d *jsDoc, call *clike.Expr, name, header string, v jsValue) checks.Setting {
	set := checks.Setting{Layer: t.layer, Name: name, Header: header, Origin: checks.OriginSet, Place: t.place(d, call)}
	if v.x != nil && v.doc != nil && v.doc.file != nil && !v.absent() {
		set.Place, set.Raw = t.place(v.doc, v.x), oneLine(v.doc.file.Text(v.x))
	}
	switch x := v.V.(type) {
	case string, bool:
		set.Value = x
	case float64:
		set.Value = int64(x)
	case []jsValue:
		list := []any{}
		for _, item := range x {
			if text, ok := item.text(); ok {
				list = append(list, text)
			}
		}
		set.Value = list
	}
	if !v.Known {
		set.Origin, set.Value = checks.OriginDynamic, nil
	}
	return set
}

// returnsTrue reports a function that allows whatever it is asked: (origin, callback) => callback(null, true), or one
// that returns true or the origin.
func (t *jsTree) returnsTrue(v jsValue) bool {
	f, ok := v.V.(*clike.Expr)
	if !ok || !v.Known {
		return false
	}
	result := f.X
	if result == nil {
		if len(f.Body) != 1 {
			return false
		}
		result = f.Body[0].X
	}
	if result != nil && result.Kind == clike.Call && result.X.Kind == clike.Name && len(result.List) == 2 {
		result = result.List[1]
	}
	if result == nil || len(f.Params) == 0 {
		return false
	}
	return t.eval(v.doc, result).is(true) || result.Kind == clike.Name && result.Text == f.Params[0]
}

// origins is a fixed origin, or a list of origins and patterns; patterns become a setting's values in Python's sense,
// which begin where the text begins.
func (t *jsTree) origins(set checks.Setting, origin jsValue) checks.Setting {
	if !origin.Known {
		return set
	}
	if _, fixed := origin.V.(string); fixed {
		return set
	}
	list := origin.list()
	if list == nil {
		list = []jsValue{origin}
	}
	patterns := []any{}
	set.Flags = []string{matches, varies}
	for _, item := range list {
		switch v := item.V.(type) {
		case jsPattern:
			patterns = append(patterns, unanchored(v))
		case string:
		case bool:
			if v {
				set.Flags = []string{reflects, varies} // isOriginAllowed takes any true value
			}
		default:
			set.Origin, set.Value = checks.OriginDynamic, nil
			return set
		}
	}
	set.Value = patterns
	return set
}

// unanchored writes a pattern that may match anywhere as one that matches from the beginning.
func unanchored(p jsPattern) string {
	text := ".*(?:" + p.text + ")"
	if strings.Contains(p.flags, "i") {
		text = "(?i)" + text
	}
	return text
}
