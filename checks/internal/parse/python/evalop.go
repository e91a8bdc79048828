package python

import (
	"math"
	"slices"
	"strings"
)

func (s *Scope) binaryValue(x *Binary) Value {
	a := s.eval(x.X)
	if x.Op == "and" || x.Op == "or" {
		return s.logical(x, a)
	}
	b := s.eval(x.Y)
	if list, ok := b.V.([]any); ok {
		s.work += len(list)
	}
	if list, ok := a.V.([]any); ok {
		s.work += len(list)
	}
	return operate(x.Op, a, b)
}

// operate is a op b.
func operate(op string, a, b Value) Value {
	if op == "+" {
		return add(a, b)
	}
	out := a.with(b)
	if !out.Known {
		return out.as(nil, false)
	}
	if v, ok := compare(op, a.V, b.V); ok {
		return out.as(v, true)
	}
	v, ok := arithmetic(op, a.V, b.V)
	return out.as(v, ok)
}

// logical is "and" and "or", which stop at the first operand that decides.
func (s *Scope) logical(x *Binary, a Value) Value {
	b, ok := truth(a.V)
	if !a.Known || !ok {
		return Value{Dynamic: true, Variable: a.Variable}
	}
	if b == (x.Op == "or") {
		return a
	}
	return s.eval(x.Y).given(a)
}

// add is + for numbers, strings and lists; a list that is open in one part keeps what is known.
func add(a, b Value) Value {
	out := a.with(b)
	x, isList := a.V.([]any)
	y, bothLists := b.V.([]any)
	if isList || bothLists {
		if len(x)+len(y) > maxText {
			return unknown
		}
		out.V, out.Certain = slices.Concat(x, y), slices.Concat(a.Certain, b.Certain)
		return out
	}
	if !out.Known {
		return out
	}
	if x, ok := a.V.(string); ok {
		y, ok := b.V.(string)
		return out.as(x+y, ok && len(x)+len(y) <= maxText)
	}
	v, ok := arithmetic("+", a.V, b.V)
	return out.as(v, ok)
}

func compare(op string, a, b any) (value, ok bool) {
	switch op {
	case "==", "is":
		return same(a, b), comparable(a) && comparable(b)
	case "!=", "is not", "<>":
		return !same(a, b), comparable(a) && comparable(b)
	case "in", "not in":
		found := false
		switch b := b.(type) {
		case []any:
			found = slices.ContainsFunc(b, func(e any) bool { return same(a, e) })
		case string:
			text, isText := a.(string)
			if !isText {
				return false, false
			}
			found = strings.Contains(b, text)
		default:
			return false, false
		}
		return found == (op == "in"), true
	case "<", ">", "<=", ">=":
		x, okX := floating(a)
		y, okY := floating(b)
		if !okX || !okY {
			return false, false
		}
		return map[string]bool{"<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}[op], true
	}
	return false, false
}

func comparable(v any) bool {
	switch v.(type) {
	case []any, Pairs:
		return false
	}
	return true
}

// same is == for scalars.
func same(a, b any) bool {
	if x, ok := floating(a); ok {
		y, ok := floating(b)
		return ok && x == y
	}
	switch a.(type) {
	case nil, bool, string:
		return a == scalar(b)
	}
	return false
}

// scalar is v, or something that equals no scalar.
func scalar(v any) any {
	switch v.(type) {
	case nil, bool, string:
		return v
	}
	return struct{}{}
}

func floating(v any) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

func arithmetic(op string, a, b any) (any, bool) {
	x, okX := a.(int64)
	y, okY := b.(int64)
	if okX && okY {
		return integers(op, x, y)
	}
	f, okF := floating(a)
	g, okG := floating(b)
	if !okF || !okG {
		return nil, false
	}
	switch op {
	case "+":
		return f + g, true
	case "-":
		return f - g, true
	case "*":
		return f * g, true
	case "/":
		return f / g, g != 0
	case "**":
		return math.Pow(f, g), true
	}
	return nil, false
}

// integers works in 64 bits and gives up where Python would need more.
func integers(op string, x, y int64) (any, bool) {
	switch op {
	case "+":
		return x + y, (x+y > x) == (y > 0)
	case "-":
		return x - y, (x-y < x) == (y > 0)
	case "*":
		return x * y, x == 0 || (x*y/x == y && !(x == -1 && y == math.MinInt64))
	case "/":
		return float64(x) / float64(y), y != 0
	case "//":
		if y <= 0 || x < 0 {
			return nil, false
		}
		return x / y, true
	case "%":
		if y <= 0 || x < 0 {
			return nil, false
		}
		return x % y, true
	case "**":
		return power(x, y)
	case "<<":
		if y < 0 || y > 62 || x < 0 || x > math.MaxInt64>>y {
			return nil, false
		}
		return x << y, true
	case ">>":
		return x >> min(max(y, 0), 63), y >= 0
	case "|":
		return x | y, true
	case "&":
		return x & y, true
	case "^":
		return x ^ y, true
	}
	return nil, false
}

func power(x, y int64) (any, bool) {
	if y < 0 || y > 63 {
		return nil, false
	}
	out := int64(1)
	for range y {
		if x != 0 && (out*x)/x != out {
			return nil, false
		}
		out *= x
	}
	return out, true
}
