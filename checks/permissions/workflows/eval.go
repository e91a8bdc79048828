package workflows

import (
	"encoding/json"
	"strings"
)

// Facts answers what a context holds, by its path; Unknown where it is not known.
type Facts func(path string) Value

// Eval evaluates an expression as far as the facts decide. What GitHub would decide in the same way whatever the unknown
// values are is decided: false && x is false.
func Eval(e Expr, facts Facts) Value {
	switch e := e.(type) {
	case *Literal:
		return e.Value
	case *Access:
		if p := e.Path(); p != "" {
			return facts(p)
		}
	case *Not:
		if truth, known := Eval(e.X, facts).Truth(); known {
			return BoolValue(!truth)
		}
	case *Binary:
		return evalBinary(e, facts)
	case *Call:
		return evalCall(e, facts)
	}
	return Unknown()
}

func evalBinary(e *Binary, facts Facts) Value {
	x, y := Eval(e.X, facts), Eval(e.Y, facts)
	if e.Op != "&&" && e.Op != "||" {
		return compare(e.Op, x, y)
	}
	truth, known := x.Truth()
	other, certain := y.Truth()
	stop := e.Op == "||" // the truth that ends the evaluation at X
	switch {
	case known && truth == stop:
		return x
	case known:
		return y
	case certain && other == stop:
		return BoolValue(stop) // whichever of the two it is
	}
	return Unknown()
}

func evalCall(e *Call, facts Facts) Value {
	args := make([]Value, len(e.Args))
	for i, a := range e.Args {
		args[i] = Eval(a, facts)
	}
	switch {
	case e.Name == "fromjson" && len(args) == 1 && args[0].kind == isString:
		return fromJSON(args[0].text)
	case len(args) != 2 || !args[0].Known() || !args[1].Known():
	case e.Name == "contains":
		return contains(args[0], args[1])
	case e.Name == "startswith":
		return BoolValue(strings.HasPrefix(lower(args[0]), lower(args[1])))
	case e.Name == "endswith":
		return BoolValue(strings.HasSuffix(lower(args[0]), lower(args[1])))
	}
	return Unknown()
}

func lower(v Value) string { return strings.ToLower(v.Text()) }

func contains(in, item Value) Value {
	if in.kind != isList {
		return BoolValue(strings.Contains(lower(in), lower(item)))
	}
	for _, v := range in.list {
		equal := compare("==", v, item)
		if !equal.Known() {
			return Unknown()
		}
		if truth, _ := equal.Truth(); truth {
			return equal
		}
	}
	return BoolValue(false)
}

func fromJSON(s string) Value {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return Unknown()
	}
	return jsonValue(v)
}

func jsonValue(v any) Value {
	switch v := v.(type) {
	case nil:
		return NullValue()
	case bool:
		return BoolValue(v)
	case float64:
		return NumberValue(v)
	case string:
		return StringValue(v)
	case []any:
		items := make([]Value, len(v))
		for i, item := range v {
			items[i] = jsonValue(item)
		}
		return ListValue(items)
	}
	return Unknown()
}

// Constant reports whether no context and no function that asks the run decides the value.
func Constant(e Expr) bool {
	constant := true
	Walk(e, func(n Expr) bool {
		switch n := n.(type) {
		case *Access:
			constant = false
		case *Call:
			switch n.Name {
			case "hashfiles", "success", "failure", "always", "cancelled":
				constant = false
			}
		}
		return constant
	})
	return constant
}
