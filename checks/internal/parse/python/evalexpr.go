package python

import (
	"math"
	"strconv"
	"strings"
)

// Eval works out an expression as far as it can be known from the source alone.
func (s *Scope) Eval(x Expr) Value {
	s.work = min(s.work, maxWork/2)
	return s.eval(x)
}

func (s *Scope) eval(x Expr) Value {
	if s.work++; s.work > maxWork {
		return unknown
	}
	switch x := x.(type) {
	case *String:
		return s.stringValue(x)
	case *Number:
		return numberValue(x.Text)
	case *Constant:
		switch x.Word {
		case "True", "False":
			return constant(x.Word == "True")
		case "None":
			return constant(nil)
		}
	case *Name:
		if b, ok := s.Lookup(x.ID); ok {
			return b.Value
		}
		if v, ok := libraryConstants[s.Qualified(x)]; ok { // from csp.constants import NONCE
			return constant(v)
		}
	case *Sequence:
		return s.listValue(x.Items)
	case *Dict:
		return constant(s.pairs(x))
	case *Unary:
		return s.unaryValue(x)
	case *Binary:
		return s.binaryValue(x)
	case *Conditional:
		return s.conditionalValue(x)
	case *Call:
		return s.callValue(x)
	case *Attribute:
		return s.attributeValue(x)
	case *Subscript:
		return s.itemValue(x)
	}
	return unknown
}

// itemValue is os.environ["NAME"], or an entry of a dictionary that is known.
func (s *Scope) itemValue(x *Subscript) Value {
	if s.Qualified(x.X) == "os.environ" {
		return Value{Dynamic: true, Variable: s.text(x.Index)}
	}
	dict := s.eval(x.X)
	pairs, ok := dict.V.(Pairs)
	if !ok || !dict.Known || !s.spend(len(pairs)) {
		return unknown
	}
	key, out := s.text(x.Index), unknown
	for _, p := range pairs {
		if p.Key == key && key != "" {
			out = p.Value.given(dict)
		}
	}
	return out
}

// text is the value of an expression that is a constant string, else "".
func (s *Scope) text(x Expr) string {
	v := s.eval(x)
	if t, ok := v.V.(string); ok && !v.Dynamic {
		return t
	}
	return ""
}

func (s *Scope) stringValue(x *String) Value {
	if x.Parts == nil {
		return constant(x.Text)
	}
	out := Value{Known: true}
	var b strings.Builder
	for _, p := range x.Parts {
		if p.Value == nil {
			b.WriteString(p.Text)
			continue
		}
		v := s.eval(p.Value)
		out = out.with(v)
		text, ok := v.V.(string)
		if n, isInt := v.V.(int64); isInt {
			text, ok = strconv.FormatInt(n, 10), true
		}
		if !ok || p.Spec != nil || b.Len() > maxText {
			out.Known = false
			out.Dynamic = true
		}
		b.WriteString(text)
	}
	if out.Known {
		out.V = b.String()
	}
	return out
}

func numberValue(text string) Value {
	clean := strings.ReplaceAll(text, "_", "")
	if len(clean) > 1 && clean[0] == '0' && strings.Trim(clean, "01234567") == "" {
		clean = "0o" + clean[1:] // Python 2
	}
	if n, err := strconv.ParseInt(clean, 0, 64); err == nil {
		return constant(n)
	}
	if f, err := strconv.ParseFloat(clean, 64); err == nil && !strings.ContainsAny(clean, "xXpP") {
		return constant(f)
	}
	return unknown
}

// listValue evaluates items. Those that are not certain are left out, and the list is then Dynamic.
func (s *Scope) listValue(items []Expr) Value {
	out := Value{Known: true}
	list := make([]any, 0, len(items))
	var certain []any
	for _, item := range items {
		if star, ok := item.(*Unary); ok && star.Op == "*" {
			v := s.eval(star.X)
			inner, _ := v.V.([]any)
			s.work += len(inner)
			if len(list)+len(inner) > maxText {
				return unknown
			}
			list = append(list, inner...)
			certain = append(certain, v.Certain...)
			out = out.with(v)
			continue
		}
		v := s.eval(item)
		if pairs, nested := v.V.(Pairs); nested {
			v.V = pairs.keys()
		}
		if v.Known {
			list = append(list, v.V)
		}
		if v.Known && !v.Dynamic {
			certain = append(certain, v.V)
		}
		out = out.with(v)
	}
	out.V, out.Certain = list, certain
	return out
}

// keys names a dictionary inside a list.
func (p Pairs) keys() string {
	var b strings.Builder
	for i := range p {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > 200 {
			break
		}
		b.WriteString(p[i].Key)
	}
	return "{" + b.String() + "}"
}

func (s *Scope) pairs(d *Dict) Pairs {
	out := Pairs{}
	for i, key := range d.Keys {
		v := s.eval(d.Values[i])
		if key == nil {
			if inner, ok := v.V.(Pairs); ok && len(out)+len(inner) <= maxText {
				s.work += len(inner)
				out = append(out, inner...)
			}
			continue
		}
		if text := s.text(key); text != "" && len(out) < maxText {
			out = append(out, Pair{text, v, d.Values[i], s})
		}
	}
	return out
}

func (s *Scope) unaryValue(x *Unary) Value {
	v := s.eval(x.X)
	if !v.Known {
		return v
	}
	switch x.Op {
	case "not":
		b, ok := truth(v.V)
		return v.as(!b, ok)
	case "-":
		switch n := v.V.(type) {
		case int64:
			return v.as(-n, n != math.MinInt64)
		case float64:
			return v.as(-n, true)
		}
	case "+":
		return v
	}
	return v.as(nil, false)
}

// truth is Python's idea of truth.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case nil:
		return false, true
	case bool:
		return v, true
	case int64:
		return v != 0, true
	case float64:
		return v != 0, true
	case string:
		return v != "", true
	case []any:
		return len(v) > 0, true
	case Pairs:
		return len(v) > 0, true
	}
	return false, false
}

func (s *Scope) conditionalValue(x *Conditional) Value {
	test := s.eval(x.Test)
	b, ok := truth(test.V)
	if !test.Known || !ok {
		return unknown
	}
	branch := x.Else
	if b {
		branch = x.Then
	}
	return s.eval(branch).given(test)
}
