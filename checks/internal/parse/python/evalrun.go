package python

import (
	"cmp"
	"strings"
)

// path says how certain it is that a statement runs.
type path struct {
	open     bool   // under a condition that is not known until run time
	blind    bool   // and not known either while no variable is set
	maybe    bool   // not taken while no variable is set, or blind
	variable string // that decides, where one does
	chosen   bool   // under an if whose test is not known, other than whether this is the main program or a test
}

// perhaps is the path of loops and handlers.
var perhaps = path{open: true, blind: true, maybe: true}

// value is what the path leaves open, as an operand.
func (p path) value() Value { return Value{Known: true, Dynamic: p.open, Variable: p.variable} }

// run follows statements in order.
func (s *Scope) run(body []Stmt, p path) {
	for _, stmt := range body {
		if p.chosen {
			if s.chosen == nil {
				s.chosen = map[Stmt]path{}
			}
			s.chosen[stmt] = p
		}
		switch n := stmt.(type) {
		case *Assign:
			s.assign(n, p)
		case *ExprStmt:
			s.change(n, p)
		case *Import:
			s.imports(n, p)
		case *Function:
			s.bind(n.Name, Binding{Value: unknown, Stmt: n}, path{})
		case *Class:
			s.bind(n.Name, Binding{Value: unknown, Stmt: n}, path{})
		case *If:
			s.branches(n, p)
		case *With:
			s.run(n.Body, p)
		case *Loop:
			s.forget(n.Target)
			s.run(n.Body, perhaps)
			s.run(n.Else, perhaps)
		case *Jump:
			if n.Word == "del" {
				for _, target := range n.Args {
					s.forget(target)
				}
			}
		default:
			for _, b := range Blocks(n) {
				s.run(b, perhaps)
			}
		}
	}
}

// branches runs the arm that is taken, where that is known; else every arm, and only the one that is taken while
// no variable is set counts as what holds by default.
func (s *Scope) branches(n *If, p path) {
	taken := false // by default
	for _, b := range n.Branches {
		test := constant(true)
		if b.Test != nil {
			test = s.eval(b.Test)
		}
		holds, ok := truth(test.V)
		known := ok && test.Known
		holds = holds && known
		if known && !test.Dynamic && !holds {
			continue
		}
		arm := p
		if !known || test.Dynamic {
			arm.open = true
			arm.blind = p.blind || !known
			arm.chosen = p.chosen || !aside(b.Test)
			if arm.variable == "" {
				arm.variable = test.Variable
			}
		}
		later := arm
		arm.maybe = p.maybe || taken || !holds
		s.run(b.Body, arm)
		if known && !test.Dynamic {
			return
		}
		taken = taken || holds
		later.maybe = later.maybe || !known // whether it is reached is not known
		p = later
	}
}

// aside reports a test that asks whether this is the main program or a test: if __name__ == "__main__", if
// test_config is None.
func aside(test Expr) bool {
	found := false
	Walk(test, func(n Node) bool {
		id, ok := n.(*Name)
		found = found || ok && (id.ID == "__name__" || strings.Contains(strings.ToLower(id.ID), "test"))
		return !found
	})
	return found
}

// Chosen is what decides whether a statement of the scope runs: dynamic where an if does whose test is not known, and
// then known if the statement runs while no variable is set.
func (s *Scope) Chosen(stmt Stmt) Value {
	p, ok := s.chosen[stmt]
	return Value{Known: !p.maybe, Dynamic: ok, Variable: p.variable}
}

// Simple reports whether a node is a statement without blocks, or the definition of a function.
func Simple(n Node) bool {
	switch n.(type) {
	case *Assign, *ExprStmt, *Jump, *Import, *Function:
		return true
	}
	return false
}

// bind records an assignment that runs on that path.
func (s *Scope) bind(id string, b Binding, p path) {
	b.Scope = s
	if p.open {
		old, had := s.Lookup(id)
		certain := common(old.Value.Certain, b.Value.Certain)
		switch {
		case !p.maybe:
			b.Value = b.Value.given(p.value())
		case had && old.Value.Known && b.Value.Known && same(old.Value.V, b.Value.V):
			return
		default:
			b.Expr = nil
			b.Value = maybe(old.Value, had, p)
		}
		b.Value.Certain = certain
	}
	s.names[id] = b
}

// common are the items that are in both lists.
func common(a, b []any) []any {
	in := map[any]bool{}
	for _, e := range b {
		if comparable(e) {
			in[e] = true
		}
	}
	var out []any
	for _, e := range a {
		if comparable(e) && in[e] {
			out = append(out, e)
		}
	}
	return out
}

// maybe is an old value that something may have replaced.
func maybe(old Value, had bool, p path) Value {
	if !had {
		return Value{Dynamic: true, Variable: p.variable}
	}
	old.Known = old.Known && !p.blind
	return old.given(p.value())
}

func (s *Scope) assign(n *Assign, p path) {
	if n.Value == nil {
		return
	}
	v := s.eval(n.Value)
	for _, t := range n.Targets {
		switch t := t.(type) {
		case *Name:
			b := Binding{Value: v, Expr: n.Value, Stmt: n}
			if n.Op != "=" {
				old, had := s.Lookup(t.ID)
				b.Expr, b.Value = nil, unknown
				if list, _ := old.Value.V.([]any); had && s.spend(len(list)) {
					b.Value = operate(strings.TrimSuffix(n.Op, "="), old.Value, v)
				}
			}
			s.bind(t.ID, b, p)
		case *Sequence:
			s.unpack(t, n, p)
		case *Subscript:
			s.setItem(t, n, v, p)
		}
	}
}

// unpack follows a, b = 1, 2.
func (s *Scope) unpack(t *Sequence, n *Assign, p path) {
	values, ok := n.Value.(*Sequence)
	if !ok || len(values.Items) != len(t.Items) {
		s.forget(t)
		return
	}
	for i, item := range t.Items {
		if id, ok := item.(*Name); ok {
			s.bind(id.ID, Binding{Value: s.eval(values.Items[i]), Expr: values.Items[i], Stmt: n}, p)
		} else {
			s.forget(item)
		}
	}
}

func (s *Scope) imports(n *Import, p path) {
	for _, a := range n.Names {
		if a.Name == "*" {
			s.starImport(n, p)
			continue
		}
		local, to := a.As, alias{level: n.Level, module: a.Name}
		switch {
		case n.From:
			to.module, to.name = n.Module, a.Name
			local = cmp.Or(local, a.Name)
		case local == "":
			local, _, _ = strings.Cut(a.Name, ".")
			to.module = local
		}
		if _, had := s.aliases[local]; had && p.open {
			continue // the first of try: import a / except ImportError: import b
		}
		s.aliases[local] = to
		delete(s.names, local)
	}
}

func (s *Scope) starImport(n *Import, p path) {
	if s.find == nil {
		return
	}
	base := s.find(n.Level, n.Module)
	if base == nil {
		return
	}
	for _, id := range base.Own() {
		if strings.HasPrefix(id, "_") {
			continue
		}
		b := base.names[id]
		origin := b.Scope
		s.bind(id, b, p)
		if kept := s.names[id]; kept.Stmt == b.Stmt {
			kept.Scope = origin
			s.names[id] = kept
		}
	}
	for id, a := range base.aliases {
		if _, own := s.aliases[id]; !own && a.level == 0 {
			s.aliases[id] = a
		}
	}
}
