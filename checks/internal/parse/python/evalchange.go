package python

import "slices"

// setItem follows NAME["key"] = value, and NAME["key"]["key"] = value.
func (s *Scope) setItem(t *Subscript, n *Assign, v Value, p path) {
	id, keys := s.keysOf(t)
	old, had := s.Lookup(id)
	v = v.given(p.value())
	v.Known = v.Known && !p.maybe
	value, ok := s.put(old.Value, keys, Pair{Value: v, Expr: n.Value, Scope: s})
	if !had || !ok || n.Op != "=" {
		s.forget(t)
		return
	}
	s.names[id] = Binding{Value: value, Stmt: n, Scope: s}
}

// keysOf returns the name and the constant keys of NAME["a"]["b"], no keys for anything else.
func (s *Scope) keysOf(t *Subscript) (id string, keys []string) {
	for {
		key := s.text(t.Index)
		if key == "" || len(keys) == maxKeys {
			return "", nil
		}
		keys = append(keys, key)
		switch x := t.X.(type) {
		case *Name:
			slices.Reverse(keys)
			return x.ID, keys
		case *Subscript:
			t = x
		default:
			return "", nil
		}
	}
}

// maxKeys bounds how deep in a dictionary an assignment is followed.
const maxKeys = 8

// put returns a dictionary with an entry set at the keys, all but the last of which are in it.
func (s *Scope) put(dict Value, keys []string, entry Pair) (Value, bool) {
	pairs, ok := dict.V.(Pairs)
	if !ok || len(keys) == 0 || len(pairs) > maxText || !s.spend(len(pairs)) {
		return dict, false
	}
	pairs = slices.Clone(pairs)
	at := -1
	for i := range pairs {
		if pairs[i].Key == keys[0] {
			at = i
		}
	}
	switch {
	case len(keys) > 1 && at < 0:
		return dict, false
	case len(keys) > 1:
		pairs[at].Value, ok = s.put(pairs[at].Value, keys[1:], entry)
	case at < 0:
		entry.Key = keys[0]
		pairs = append(pairs, entry)
	default:
		entry.Key = keys[0]
		pairs[at] = entry
	}
	dict.V = pairs
	return dict, ok
}

// mutators are the methods that change a list or a dictionary in place.
var mutators = map[string]bool{"append": true, "insert": true, "extend": true, "remove": true, "pop": true, "clear": true, "update": true,
	"setdefault": true, "sort": true, "reverse": true}

// change follows calls that change a list in place.
func (s *Scope) change(n *ExprStmt, p path) {
	call, ok := n.X.(*Call)
	if !ok || len(call.Args) == 0 {
		return
	}
	method, ok := call.Func.(*Attribute)
	if !ok {
		return
	}
	id, ok := method.X.(*Name)
	if !ok {
		if item, ok := method.X.(*Subscript); ok && mutators[method.Name] {
			s.forget(item)
		}
		return
	}
	old, had := s.Lookup(id.ID)
	if !had {
		return
	}
	arg := s.eval(call.Args[len(call.Args)-1].Value)
	list, isList := old.Value.V.([]any)
	b := Binding{Value: unknown, Stmt: n}
	if !s.spend(len(list)) {
		s.bind(id.ID, b, p)
		return
	}
	switch method.Name {
	case "append", "insert":
		item := Value{V: []any{arg.V}, Known: arg.Known, Dynamic: arg.Dynamic, Variable: arg.Variable}
		if arg.Known && !arg.Dynamic {
			item.Certain = []any{arg.V}
		}
		b.Value = add(old.Value, item)
		if method.Name == "insert" {
			b.Value = add(item, old.Value) // most are inserted at the front
		}
	case "extend":
		b.Value = add(old.Value, arg)
	case "remove":
		if isList {
			b.Value = old.Value.as(without(list, arg.V), true).with(arg)
			b.Value.Certain = without(old.Value.Certain, arg.V)
		}
	default:
		if !mutators[method.Name] {
			return
		}
	}
	s.bind(id.ID, b, p)
}

// spend counts the copying of a list or a dictionary. It returns false where the scope has done too much of it.
func (s *Scope) spend(size int) bool {
	s.work += size / 4
	return s.work <= maxWork
}

func without(list []any, v any) []any {
	out := []any{}
	for _, e := range list {
		if !same(e, v) {
			out = append(out, e)
		}
	}
	return out
}

// forget makes every name that a target touches unknown.
func (s *Scope) forget(target Expr) {
	Walk(target, func(n Node) bool {
		switch n := n.(type) {
		case *Name:
			old := s.names[n.ID]
			s.names[n.ID] = Binding{Value: unknown, Stmt: old.Stmt, Scope: s}
		case *Subscript:
			Walk(n.X, func(x Node) bool {
				if id, ok := x.(*Name); ok {
					s.touched(id.ID)
				}
				_, call := x.(*Call)
				return !call
			})
			return false
		case *Attribute, *Call:
			return false
		}
		return true
	})
}

// touched marks a value that was changed inside.
func (s *Scope) touched(id string) {
	if b, ok := s.names[id]; ok {
		b.Expr, b.Value.Known, b.Value.Dynamic = nil, false, true
		s.names[id] = b
	}
}
