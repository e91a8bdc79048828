package python

import (
	"math"
	"strconv"
	"strings"
)

// Eval works out an expression as far as it can be known from the source alone.
func (s *Scope) Eval(x Expr) Value {
	s.steps = 0
	return s.eval(x)
}

func (s *Scope) eval(x Expr) Value {
	if s.steps++; s.steps > maxSteps {
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
		return s.nameValue(x)
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
	case *Subscript:
		if s.Qualified(x.X) == "os.environ" {
			return Value{Dynamic: true, Variable: s.text(x.Index)}
		}
	}
	return unknown
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

// maxText bounds strings and lists that are built.
const maxText = 1 << 16

// with adds what another operand leaves open.
func (v Value) with(w Value) Value {
	v.Known = v.Known && w.Known
	v.Dynamic = v.Dynamic || w.Dynamic
	if v.Variable == "" {
		v.Variable = w.Variable
	}
	if !v.Known {
		v.V = nil
	}
	return v
}

// as replaces the value itself and keeps what is open about it.
func (v Value) as(x any, ok bool) Value {
	v.V = x
	if !ok {
		v.V, v.Known, v.Dynamic = nil, false, true
	}
	return v
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

func (s *Scope) nameValue(x *Name) Value {
	at, b := s.lookup(x.ID)
	if b == nil || b.value == nil || s.busy[x] {
		return unknown
	}
	s.busy[x] = true
	defer delete(s.busy, x)
	if at.busy[b.value] {
		return unknown
	}
	at.busy[b.value] = true
	defer delete(at.busy, b.value)
	at.steps = s.steps
	v := at.eval(b.value)
	for _, more := range b.added {
		v = add(v, at.eval(more))
	}
	s.steps = at.steps
	return v
}

// listValue evaluates items; what is not known is nil in the list, which is then Dynamic.
func (s *Scope) listValue(items []Expr) Value {
	out := Value{Known: true}
	list := make([]any, 0, len(items))
	for _, item := range items {
		if star, ok := item.(*Unary); ok && star.Op == "*" {
			v := s.eval(star.X)
			inner, _ := v.V.([]any)
			list = append(list, inner...)
			out = out.with(v)
			continue
		}
		v := s.eval(item)
		if _, nested := v.V.(Pairs); nested {
			v = Value{V: s.Raw(item), Known: true}
		}
		list = append(list, v.V)
		out = out.with(v)
	}
	out.V = list // also where something is open: what is known of it counts
	return out
}

func (s *Scope) pairs(d *Dict) Pairs {
	out := Pairs{}
	for i, key := range d.Keys {
		if key == nil {
			if inner, ok := s.eval(d.Values[i]).V.(Pairs); ok {
				out = append(out, inner...)
			}
			continue
		}
		if text := s.text(key); text != "" && len(out) < maxText {
			out = append(out, Pair{text, d.Values[i]})
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
	v := s.eval(branch)
	v.Dynamic = v.Dynamic || test.Dynamic
	if v.Variable == "" {
		v.Variable = test.Variable
	}
	return v
}
