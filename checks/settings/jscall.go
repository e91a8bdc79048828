package settings

import (
	"regexp"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// binary is an operator between two values.
func (t *jsTree) binary(d *jsDoc, x *clike.Expr, depth int) jsValue {
	a := t.value(d, x.X, depth+1)
	holds, ok := a.truth()
	switch x.Text {
	case "||", "&&":
		if !ok || holds == (x.Text == "||") {
			return jsValue{a.V, ok && a.Known, d, x}
		}
		return t.value(d, x.Y, depth+1)
	case "??":
		if a.Known && a.V != nil && a.V != (undefined{}) {
			return a
		} else if !a.Known {
			return jsValue{doc: d, x: x}
		}
		return t.value(d, x.Y, depth+1)
	}
	b := t.value(d, x.Y, depth+1)
	left, okLeft := a.text()
	right, okRight := b.text()
	n, isNumber := a.V.(float64)
	m, alsoNumber := b.V.(float64)
	numbers := isNumber && alsoNumber && a.Known && b.Known
	switch x.Text {
	case "===", "==":
		return jsValue{left == right, okLeft && okRight, d, x}
	case "!==", "!=":
		return jsValue{left != right, okLeft && okRight, d, x}
	case "*":
		return jsValue{n * m, numbers, d, x}
	case "+":
		if numbers {
			return jsValue{n + m, true, d, x}
		}
		d.work += (len(left) + len(right)) / 16
		return jsValue{left + right, okLeft && okRight && len(left)+len(right) < maxJSText, d, x}
	case "/":
		return jsValue{n / m, numbers && m != 0, d, x}
	}
	return jsValue{doc: d, x: x}
}

// called knows the few calls that configuration is written with.
func (t *jsTree) called(d *jsDoc, x *clike.Expr, depth int) jsValue {
	out := jsValue{doc: d, x: x}
	if from, ok := d.module(x.X); ok && strings.HasSuffix(from.name, "getDefaultDirectives") {
		return helmetDirectives(d, x)
	}
	if x.X.Kind != clike.Member || len(x.List) > 8 {
		return out
	}
	var args []jsValue
	for _, a := range x.List {
		args = append(args, t.value(d, a, depth+1))
	}
	switch method := x.X.Text; {
	case method == "get" && len(args) == 1 && args[0].is("env"): // app.get("env")
		return jsValue{"production", true, d, x}
	case method == "freeze" && len(args) == 1:
		return args[0]
	case method == "assign" && len(args) > 0:
		return assignAll(d, x, args)
	case method == "join":
		return joinedText(t.value(d, x.X.X, depth+1), args, out)
	case method == "trim" || method == "toLowerCase" || method == "toUpperCase" || method == "replace" || method == "replaceAll":
		return edited(t.value(d, x.X.X, depth+1), method, args, out)
	}
	return out
}

func assignAll(d *jsDoc, x *clike.Expr, args []jsValue) jsValue {
	var o jsObject
	for _, a := range args {
		inner, ok := a.V.(jsObject)
		o.open = o.open || inner.open || !ok || !a.Known
		if len(o.entries)+len(inner.entries) <= maxJSText {
			d.work += len(inner.entries)
			o.entries = append(o.entries, inner.entries...)
		}
	}
	return jsValue{o, true, d, x}
}

func joinedText(list jsValue, args []jsValue, out jsValue) jsValue {
	separator := ","
	if len(args) == 1 {
		var ok bool
		if separator, ok = args[0].text(); !ok {
			return out
		}
	}
	if _, ok := list.V.([]jsValue); !ok || !list.Known {
		return out
	}
	var b strings.Builder
	for i, item := range list.list() {
		text, ok := item.text()
		if !ok || b.Len() > maxJSText {
			return out
		}
		if i > 0 {
			b.WriteString(separator)
		}
		out.doc.work += len(text) / 16
		b.WriteString(text)
	}
	out.V, out.Known = b.String(), true
	return out
}

// edited is a text after trim, replace and their like.
func edited(v jsValue, method string, args []jsValue, out jsValue) jsValue {
	text, ok := v.V.(string)
	if !ok || !v.Known {
		return out
	}
	out.Known = true
	switch {
	case method == "trim":
		out.V = strings.TrimSpace(text)
	case method == "toLowerCase":
		out.V = strings.ToLower(text)
	case method == "toUpperCase":
		out.V = strings.ToUpper(text)
	case len(args) == 2:
		to, ok := args[1].V.(string)
		pattern, isPattern := args[0].V.(jsPattern)
		from, isText := args[0].text()
		re, err := regexp.Compile(pattern.text)
		switch {
		case !ok || strings.Contains(to, "$"):
			out.Known = false
		case isPattern && err == nil && strings.Contains(pattern.flags, "g"):
			out.V = re.ReplaceAllLiteralString(text, to)
		case isText && method == "replace":
			out.V = strings.Replace(text, from, to, 1)
		case isText:
			out.V = strings.ReplaceAll(text, from, to)
		default:
			out.Known = false
		}
	default:
		out.Known = false
	}
	return out
}
