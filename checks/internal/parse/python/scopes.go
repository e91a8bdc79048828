package python

// Each shows every node of the module with the innermost scope that it stands in. Functions and classes are shown
// in the scope around them, what is inside them in their own.
func (s *Scope) Each(visit func(*Scope, Node)) { s.each(s.module.Body, visit) }

func (s *Scope) each(body []Stmt, visit func(*Scope, Node)) {
	WalkAll(body, func(n Node) bool {
		visit(s, n)
		switch n := n.(type) {
		case *Function:
			for _, d := range n.Decorators {
				Walk(d, func(x Node) bool { visit(s, x); return true })
			}
			s.Function(n).each(n.Body, visit)
			return false
		case *Class:
			for _, a := range n.Args {
				Walk(a.Value, func(x Node) bool { visit(s, x); return true })
			}
			s.Class(n).each(n.Body, visit)
			return false
		}
		return true
	})
}

// Function follows the body of a function. Its parameters are unknown.
func (s *Scope) Function(f *Function) *Scope {
	outer := s
	if s.class {
		outer = s.outer // methods do not see the names of their class
	}
	inner := s.inner(outer)
	for _, p := range f.Params {
		inner.names[p.Name] = Binding{Value: unknown, Stmt: f, Scope: inner}
	}
	inner.run(f.Body, path{})
	s.work = inner.work
	return inner
}

// Class follows the body of a class, once.
func (s *Scope) Class(c *Class) *Scope {
	if inner, ok := s.classes[c]; ok {
		return inner
	}
	inner := s.inner(s)
	inner.class = true
	inner.run(c.Body, path{})
	s.work = inner.work
	if s.classes == nil {
		s.classes = map[*Class]*Scope{}
	}
	s.classes[c] = inner
	return inner
}
