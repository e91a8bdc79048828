package workflows

import (
	"strconv"
	"strings"
)

// Value is what an expression evaluates to, as far as the text tells: unknown, null, a boolean, a number, a string or a list.
type Value struct {
	kind valueKind
	text string
	num  float64
	list []Value
}

type valueKind int

const (
	isUnknown valueKind = iota
	isNull
	isBool
	isNumber
	isString
	isList
)

// Unknown is decided at run time only. It is the zero Value.
func Unknown() Value { return Value{} }

// NullValue is null.
func NullValue() Value { return Value{kind: isNull} }

// BoolValue is a truth value.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: isBool, num: 1}
	}
	return Value{kind: isBool}
}

// NumberValue is a number.
func NumberValue(n float64) Value { return Value{kind: isNumber, num: n} }

// StringValue is a string.
func StringValue(s string) Value { return Value{kind: isString, text: s} }

// ListValue is a list.
func ListValue(items []Value) Value { return Value{kind: isList, list: items} }

// Known reports whether the text decides the value.
func (v Value) Known() bool { return v.kind != isUnknown }

// Text is the value as an expression prints it.
func (v Value) Text() string {
	switch v.kind {
	case isBool:
		return strconv.FormatBool(v.num != 0)
	case isNumber:
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	case isString:
		return v.text
	}
	return ""
}

// Truth is the value as a condition, and whether it is known: false, 0, "" and null are false.
func (v Value) Truth() (truth, known bool) {
	switch v.kind {
	case isUnknown:
		return false, false
	case isNull:
		return false, true
	case isBool, isNumber:
		return v.num != 0, true
	case isString:
		return v.text != "", true
	}
	return true, true
}

// number is the value as comparisons of different kinds see it; ok is false for what is no number (NaN).
func (v Value) number() (n float64, ok bool) {
	switch v.kind {
	case isNull:
		return 0, true
	case isBool, isNumber:
		return v.num, true
	case isString:
		if strings.TrimSpace(v.text) == "" {
			return 0, true
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
		return n, err == nil
	}
	return 0, false
}

// isOwn marks the repository's own name, which is not known but is never a stranger's; isForeign marks a stranger's.
func (v Value) isOwn() bool     { return v.kind == isUnknown && v.text != "" }
func (v Value) isForeign() bool { return v.kind == isString && strings.HasPrefix(v.text, "\x00") }

// compare applies == < and the others as documented: strings without regard to case, different kinds as numbers.
func compare(op string, a, b Value) Value {
	if a.isOwn() && b.isForeign() || b.isOwn() && a.isForeign() {
		return BoolValue(op == "!=")
	}
	if !a.Known() || !b.Known() {
		return Unknown()
	}
	var order int
	if a.kind == isString && b.kind == isString {
		order = strings.Compare(strings.ToLower(a.text), strings.ToLower(b.text))
	} else {
		x, ok := a.number()
		y, fine := b.number()
		switch {
		case !ok || !fine:
			return BoolValue(op == "!=")
		case x < y:
			order = -1
		case x > y:
			order = 1
		}
	}
	switch op {
	case "==":
		return BoolValue(order == 0)
	case "!=":
		return BoolValue(order != 0)
	case "<":
		return BoolValue(order < 0)
	case "<=":
		return BoolValue(order <= 0)
	case ">":
		return BoolValue(order > 0)
	}
	return BoolValue(order >= 0)
}
