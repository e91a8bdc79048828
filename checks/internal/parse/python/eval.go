package python

import "strings"

// Value is what an expression is worth without running anything.
type Value struct {
	// V is a string, int64, float64, bool, nil, []any of these, or a Pairs. Where the value is Dynamic it is
	// what the expression is worth while its variables are not set, if Known.
	V     any
	Known bool
	// Dynamic marks a value that is not known until run time.
	Dynamic bool
	// Variable is the environment variable that decides, where there is one.
	Variable string
}

// Pairs is a dictionary's entries in order; entries whose key is not a constant string are left out.
type Pairs []Pair

// Pair is an entry of a dictionary.
type Pair struct {
	Key  string
	Expr Expr
}

var unknown = Value{Dynamic: true}

func constant(v any) Value { return Value{V: v, Known: true} }

// Scope evaluates expressions with the names that a module or class assigns exactly once, outside conditions.
type Scope struct {
	module  *Module
	outer   *Scope
	names   map[string]*binding
	aliases map[string]string // local name to dotted name of what was imported
	busy    map[Expr]bool
	steps   int
}

// maxSteps bounds the work of one Eval.
const maxSteps = 20_000

// binding is what a name was last assigned; a nil value is one that cannot be followed.
type binding struct {
	value Expr
	added []Expr // lists added to it later with += or append
}

// NewScope collects a module's names.
func NewScope(m *Module) *Scope {
	s := &Scope{module: m, names: map[string]*binding{}, aliases: map[string]string{}, busy: map[Expr]bool{}}
	s.collect(m.Body, true)
	return s
}

// Inside returns the scope of a class or function body within s.
func (s *Scope) Inside(body []Stmt) *Scope {
	inner := &Scope{module: s.module, outer: s, names: map[string]*binding{}, aliases: map[string]string{}, busy: map[Expr]bool{}}
	inner.collect(body, true)
	return inner
}

// collect records assignments. Those under conditions, loops and handlers make a name unknown if it has another
// value too.
func (s *Scope) collect(body []Stmt, certain bool) {
	for _, stmt := range body {
		switch n := stmt.(type) {
		case *Assign:
			s.assign(n, certain)
		case *ExprStmt:
			s.appended(n)
		case *Import:
			s.imported(n)
		case *Function:
			s.names[n.Name] = &binding{}
		case *Class:
			s.names[n.Name] = &binding{}
		case *With:
			s.collect(n.Body, certain)
		case *Loop:
			s.forget(n.Target)
			s.collect(n.Body, false)
			s.collect(n.Else, false)
		default:
			for _, b := range Blocks(n) {
				s.collect(b, false)
			}
		}
	}
}

func (s *Scope) assign(n *Assign, certain bool) {
	if n.Value == nil {
		return
	}
	for _, t := range n.Targets {
		id, ok := t.(*Name)
		if !ok {
			s.forget(t)
			continue
		}
		old, had := s.names[id.ID]
		switch {
		case n.Op == "+=" && had && old.value != nil && certain:
			old.added = append(old.added, n.Value)
		case n.Op == "=" && certain && !had:
			s.names[id.ID] = &binding{value: n.Value}
		default: // assigned again, or only sometimes
			s.names[id.ID] = &binding{}
		}
	}
}

// appended follows NAME.append(x), NAME.insert(i, x) and NAME.extend(list).
func (s *Scope) appended(n *ExprStmt) {
	call, ok := n.X.(*Call)
	if !ok || len(call.Args) == 0 {
		return
	}
	method, ok := call.Func.(*Attribute)
	if !ok {
		return
	}
	id, ok := method.X.(*Name)
	if !ok || s.names[id.ID] == nil {
		return
	}
	last := call.Args[len(call.Args)-1].Value
	switch method.Name {
	case "append", "insert":
		last = &Sequence{Range: spanOf(last), Kind: '[', Items: []Expr{last}}
		fallthrough
	case "extend":
		s.names[id.ID].added = append(s.names[id.ID].added, last)
	case "remove", "pop", "clear", "update", "setdefault":
		s.names[id.ID] = &binding{}
	}
}

func (s *Scope) imported(n *Import) {
	for _, a := range n.Names {
		local, full := a.As, a.Name
		if local == "" {
			local, _, _ = strings.Cut(a.Name, ".")
		}
		if n.From {
			full = strings.Repeat(".", n.Level) + n.Module + "." + a.Name
		} else if a.As == "" {
			full = local
		}
		s.aliases[local] = full
		if n.From {
			delete(s.names, local)
		}
	}
}

func (s *Scope) forget(target Expr) {
	if target == nil {
		return
	}
	Walk(target, func(n Node) bool {
		if id, ok := n.(*Name); ok {
			s.names[id.ID] = &binding{}
		}
		_, item := n.(*Subscript)
		_, attribute := n.(*Attribute)
		return !item && !attribute
	})
}

// lookup finds a name here or outside.
func (s *Scope) lookup(id string) (*Scope, *binding) {
	for ; s != nil; s = s.outer {
		if b, ok := s.names[id]; ok {
			return s, b
		}
		if _, ok := s.aliases[id]; ok {
			return s, nil
		}
	}
	return nil, nil
}

// Qualified is the dotted name of what an expression refers to, imports resolved: "flask.Flask" for Flask after
// "from flask import Flask". It is "" for anything but names and attributes.
func (s *Scope) Qualified(x Expr) string {
	var parts []string
	for range maxChain {
		switch n := x.(type) {
		case *Attribute:
			parts = append(parts, n.Name)
			x = n.X
			continue
		case *Name:
			id := n.ID
			for o := s; o != nil; o = o.outer {
				if full, ok := o.aliases[id]; ok {
					id = full
					break
				}
			}
			parts = append(parts, id)
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			return strings.Join(parts, ".")
		}
		break
	}
	return ""
}

// Bound is the expression that a name stands for, or nil.
func (s *Scope) Bound(id string) Expr {
	if _, b := s.lookup(id); b != nil && len(b.added) == 0 {
		return b.value
	}
	return nil
}

// Raw is the source of an expression on one line, at most 200 bytes.
func (s *Scope) Raw(x Expr) string {
	text := strings.Join(strings.Fields(s.module.Text(x)), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:197], "") + "..."
	}
	return text
}
