package python

import (
	"slices"
	"strings"
)

// Value is what an expression is worth without running anything.
type Value struct {
	// V is a string, int64, float64, bool, nil, []any of these, or Pairs. Where the value is Dynamic and Known it
	// is what holds while the variables that decide are not set, if Known.
	V     any
	Known bool
	// Dynamic marks a value that is not known until run time.
	Dynamic bool
	// Variable is the environment variable that decides, where there is one.
	Variable string
	// Certain are the items of a list that are in it whatever happens at run time.
	Certain []any
}

// Pairs is a dictionary's entries in order; entries whose key is not a constant string are left out.
type Pairs []Pair

// Pair is an entry of a dictionary and where it was written.
type Pair struct {
	Key   string
	Value Value
	Expr  Expr
	Scope *Scope
}

var unknown = Value{Dynamic: true}

func constant(v any) Value { return Value{V: v, Known: true} }

// with adds what another operand leaves open.
func (v Value) with(w Value) Value {
	v.Known = v.Known && w.Known
	return v.given(w)
}

// given adds what decides whether v holds.
func (v Value) given(w Value) Value {
	if w.Dynamic {
		v.Certain = nil
	}
	v.Dynamic = v.Dynamic || w.Dynamic
	if v.Variable == "" {
		v.Variable = w.Variable
	}
	switch v.V.(type) {
	case []any, Pairs: // what is certain of them stays
	default:
		if !v.Known {
			v.V = nil
		}
	}
	return v
}

// Given is v where w, a dictionary that holds it, say, may be another at run time.
func (v Value) Given(w Value) Value {
	v.Known = v.Known && (w.Known || !w.Dynamic)
	return v.given(w)
}

// as replaces the value itself and keeps what is open about it.
func (v Value) as(x any, ok bool) Value {
	v.V, v.Certain = x, nil
	if !ok {
		v.V, v.Known, v.Dynamic = nil, false, true
	}
	return v
}

// Binding is what a name was last assigned.
type Binding struct {
	Value Value
	Expr  Expr   // nil where several statements made the value
	Stmt  Stmt   // the last one
	Scope *Scope // where it was assigned; another module's for a star import
}

// Scope is a module, class or function body, followed statement by statement for the values of its names. What
// stands under a condition that is not known makes a name's value dynamic.
type Scope struct {
	module  *Module
	outer   *Scope
	class   bool // a class body, which its methods do not see
	classes map[*Class]*Scope
	names   map[string]Binding
	chosen  map[Stmt]path    // of the statements that run under a condition; nil where none does
	aliases map[string]alias // local name to what was imported
	find    Finder
	work    int
}

// Finder returns the scope of another module as an import names it: level leading dots and a dotted name. It returns
// nil for one that is not known.
type Finder func(level int, module string) *Scope

// alias is an imported name: a module, or a name of one.
type alias struct {
	level        int
	module, name string // name is "" for a module itself
}

// full is the dotted name.
func (a alias) full() string {
	s := strings.Repeat(".", a.level) + a.module
	if a.name != "" {
		s += "." + a.name
	}
	return s
}

// maxWork bounds the steps of evaluation in one scope, maxText the strings and lists that are built.
const (
	maxWork = 1_000_000
	maxText = 1 << 15
)

// NewScope follows a module. find may be nil.
func NewScope(m *Module, find Finder) *Scope {
	s := &Scope{module: m, names: map[string]Binding{}, aliases: map[string]alias{}, find: find}
	s.run(m.Body, path{})
	return s
}

// inner is an empty scope inside outer, in the module of s.
func (s *Scope) inner(outer *Scope) *Scope {
	return &Scope{module: s.module, outer: outer, names: map[string]Binding{}, aliases: map[string]alias{}, find: s.find, work: s.work}
}

// Module is what the scope belongs to.
func (s *Scope) Module() *Module { return s.module }

// Lookup finds a name here, outside, or in the module it was imported from.
func (s *Scope) Lookup(id string) (Binding, bool) {
	for range maxImports {
		b, from, ok := s.local(id)
		if ok || from.name == "" || s.find == nil {
			return b, ok
		}
		if s = s.find(from.level, from.module); s == nil {
			return Binding{}, false
		}
		id = from.name
	}
	return Binding{}, false
}

// maxImports bounds the modules that a name is handed on through.
const maxImports = 8

// local finds a name here or outside, or what it was imported from.
func (s *Scope) local(id string) (Binding, alias, bool) {
	for ; s != nil; s = s.outer {
		if b, ok := s.names[id]; ok {
			return b, alias{}, true
		}
		if a, ok := s.aliases[id]; ok {
			return Binding{}, a, false
		}
	}
	return Binding{}, alias{}, false
}

// Own lists the names assigned in this scope, star imports included, in alphabetical order.
func (s *Scope) Own() []string {
	out := make([]string, 0, len(s.names))
	for id := range s.names {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Bound is the expression that a name stands for, or nil.
func (s *Scope) Bound(id string) Expr {
	b, _ := s.Lookup(id)
	return b.Expr
}

// Qualified is the dotted name of what an expression refers to, imports resolved: "flask.Flask" for Flask after
// "from flask import Flask". It is "" for anything but names and attributes.
func (s *Scope) Qualified(x Expr) string {
	var parts []string
	for {
		switch n := x.(type) {
		case *Attribute:
			parts = append(parts, n.Name)
			x = n.X
			continue
		case *Name:
			parts = append(parts, s.imported(n.ID))
			slices.Reverse(parts)
			return strings.Join(parts, ".")
		}
		return ""
	}
}

// imported is the dotted name of an imported name, or the name itself.
func (s *Scope) imported(id string) string {
	for ; s != nil; s = s.outer {
		if a, ok := s.aliases[id]; ok {
			return a.full()
		}
		if _, ok := s.names[id]; ok {
			break
		}
	}
	return id
}

// Raw is the source of an expression on one line, shortened.
func (s *Scope) Raw(x Expr) string {
	start, end := x.Span()
	return OneLine(s.module.Source[start:min(end, start+1000)])
}

// OneLine joins source text by single spaces and shortens it to 200 bytes.
func OneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:197], "") + "..."
	}
	return text
}
