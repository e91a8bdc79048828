package source

import (
	"slices"
	"strings"

	py "hardcheck/checks/internal/parse/python"
)

// FromPython translates what Python's own parser reads.
func FromPython(m *py.Module) *File {
	t := pythonTree{m}
	return &File{Lang: Python, Source: m.Source, Body: t.block(m.Body)}
}

type pythonTree struct{ m *py.Module }

func (t pythonTree) block(body []py.Stmt) []*Stmt {
	out := make([]*Stmt, 0, len(body))
	for _, s := range body {
		out = append(out, t.stmt(s)...)
	}
	return out
}

func (t pythonTree) stmt(n py.Stmt) []*Stmt {
	start, end := n.Span()
	s := &Stmt{Start: start, End: end}
	switch n := n.(type) {
	case *py.ExprStmt:
		s.Kind, s.X = Do, t.expr(n.X)
	case *py.Assign:
		if n.Value == nil {
			s.Kind, s.Type = Var, t.m.Text(n.Annotation)
			s.Names = []string{t.m.Text(n.Targets[0])}
			break
		}
		x := t.expr(n.Value)
		for _, target := range n.Targets {
			x = &Expr{Kind: Assign, Start: start, End: end, Text: n.Op, X: t.expr(target), Y: x}
		}
		s.Kind, s.X = Do, x
	case *py.Function:
		s.Kind, s.Name, s.Func = Define, n.Name, t.function(n)
	case *py.Class:
		s.Kind, s.Name, s.Notes, s.Body = Class, n.Name, t.list(n.Decorators), t.block(n.Body)
		for _, base := range n.Args {
			s.Type += " " + t.m.Text(base.Value)
		}
	case *py.If:
		return []*Stmt{t.branches(n.Branches, start, end)}
	case *py.Loop:
		s.Kind, s.Body, s.Else = Loop, t.block(n.Body), t.block(n.Else)
		if n.Iter != nil {
			s.X, s.Names = t.expr(n.Iter), t.names(n.Target)
		} else {
			s.X = t.expr(n.Test)
		}
	case *py.With:
		s.Kind = Block
		for _, item := range n.Items {
			x := t.expr(item.X)
			if item.Target != nil {
				x = &Expr{Kind: Assign, Start: start, End: end, Text: "=", X: t.expr(item.Target), Y: x}
			}
			s.Body = append(s.Body, &Stmt{Kind: Do, Start: start, End: x.End, X: x})
		}
		s.Body = append(s.Body, t.block(n.Body)...)
	case *py.Try:
		t.try(s, n)
	case *py.Match:
		s.Kind, s.X = Switching, t.expr(n.Subject)
		for _, c := range n.Cases {
			s.Arms = append(s.Arms, t.block(c.Body))
		}
	case *py.Jump:
		t.jump(s, n)
	case *py.Import:
		s.Kind, s.Text = Import, t.m.Text(n)
	case *py.Bad:
		s.Kind, s.Body = Block, t.block(n.Body)
	default:
		return nil
	}
	widen(s)
	if s.Func != nil {
		s.Func.End = max(s.Func.End, s.End)
	}
	return []*Stmt{s}
}

// widen takes what is inside a statement into its range, which was that of its head.
func widen(s *Stmt) {
	for _, inner := range s.Inside() {
		if n := len(inner); n > 0 {
			s.End = max(s.End, inner[n-1].End)
		}
	}
}

func (t pythonTree) try(s *Stmt, n *py.Try) {
	s.Kind, s.Body, s.Else = Try, append(t.block(n.Body), t.block(n.Else)...), t.block(n.Finally)
	for _, h := range n.Handlers {
		from, to := h.Span()
		handler := Handler{Start: from, End: to, Name: h.Name, Body: t.block(h.Body)}
		if h.Type != nil {
			handler.Types = strings.FieldsFunc(t.m.Text(h.Type), func(r rune) bool { return strings.ContainsRune("(), \n\t", r) })
		}
		s.Handlers = append(s.Handlers, handler)
	}
}

func (t pythonTree) jump(s *Stmt, n *py.Jump) {
	switch n.Word {
	case "return":
		s.Kind = Return
	case "raise":
		s.Kind = Throw
	case "pass":
		s.Kind = Nothing
	case "break", "continue":
		s.Kind = Break
	default:
		s.Kind = Do
	}
	if len(n.Args) > 0 {
		s.X = t.expr(n.Args[0])
	}
}

func (t pythonTree) branches(list []py.Branch, start, end int) *Stmt {
	s := &Stmt{Kind: If, Start: start, End: end}
	if len(list) == 0 {
		return s
	}
	s.X, s.Body = t.expr(list[0].Test), t.block(list[0].Body)
	last, chain := s, []*Stmt{s}
	for _, b := range list[1:] {
		if b.Test == nil {
			last.Else = t.block(b.Body)
			break
		}
		from, to := b.Span()
		next := &Stmt{Kind: If, Start: from, End: to, X: t.expr(b.Test), Body: t.block(b.Body)}
		last.Else = []*Stmt{next}
		last, chain = next, append(chain, next)
	}
	for _, branch := range slices.Backward(chain) {
		widen(branch)
	}
	return s
}

func (t pythonTree) function(n *py.Function) *Function {
	start, end := n.Span()
	f := &Function{Name: n.Name, Start: start, End: end, Notes: t.list(n.Decorators), Params: t.params(n.Params), Body: t.block(n.Body)}
	if n.Returns != nil {
		f.Result = t.m.Text(n.Returns)
	}
	return f
}

func (t pythonTree) params(list []py.Param) []Param {
	var out []Param
	for _, p := range list {
		q := Param{Names: []string{p.Name}, Rest: p.Star > 0}
		if p.Annotation != nil {
			q.Type = t.m.Text(p.Annotation)
		}
		if call, ok := p.Default.(*py.Call); ok { // q: str = Query(...)
			q.Notes = []*Expr{t.expr(call)}
		}
		out = append(out, q)
	}
	return out
}

func (t pythonTree) list(list []py.Expr) []*Expr {
	var out []*Expr
	for _, x := range list {
		out = append(out, t.expr(x))
	}
	return out
}

// names are those that a target binds.
func (t pythonTree) names(target py.Expr) []string {
	var out []string
	py.Walk(target, func(n py.Node) bool {
		if name, ok := n.(*py.Name); ok {
			out = append(out, name.ID)
		}
		_, leaf := n.(*py.Attribute)
		return !leaf
	})
	return out
}

func (t pythonTree) expr(n py.Expr) *Expr {
	if n == nil {
		return nil
	}
	start, end := n.Span()
	x := &Expr{Start: start, End: end}
	switch n := n.(type) {
	case *py.Name:
		x.Kind, x.Text = Name, n.ID
	case *py.Constant:
		x.Kind, x.Text = Constant, n.Word
	case *py.Number:
		x.Kind, x.Text = Constant, n.Text
	case *py.String:
		if n.Parts == nil {
			x.Kind, x.Text = Literal, n.Text
			break
		}
		x.Kind, x.List = Template, t.parts(n.Parts, start)
	case *py.Attribute:
		x.Kind, x.X, x.Text = Member, t.expr(n.X), n.Name
	case *py.Subscript:
		x.Kind, x.X, x.Y = Index, t.expr(n.X), t.expr(n.Index)
		if _, ok := n.Index.(*py.Slice); ok {
			x.Kind, x.Y = Slice, nil
		}
	case *py.Call:
		x.Kind, x.X = Call, t.expr(n.Func)
		for _, a := range n.Args {
			x.List = append(x.List, t.arg(a))
		}
	case *py.Sequence:
		x.Kind, x.List = Array, t.list(n.Items)
	case *py.Dict:
		x.Kind = Object
		for i, v := range n.Values {
			x.List = append(x.List, t.entry(n.Keys[i], v))
		}
	case *py.Unary:
		x.Kind, x.Text, x.X = Unary, n.Op, t.expr(n.X)
	case *py.Binary:
		x.Kind, x.Text, x.X, x.Y = Binary, n.Op, t.expr(n.X), t.expr(n.Y)
	case *py.Conditional:
		x.Kind, x.X, x.Y, x.Z = Choice, t.expr(n.Test), t.expr(n.Then), t.expr(n.Else)
	case *py.Lambda:
		value := t.expr(n.Body)
		x.Kind, x.Func = Func, &Function{Start: start, End: end, Params: t.params(n.Params)}
		if value != nil {
			x.Func.Body = []*Stmt{{Kind: Return, Start: value.Start, End: value.End, X: value}}
		}
	case *py.Comprehension:
		t.comprehension(x, n)
	case *py.Walrus:
		x.Kind, x.Text, x.X, x.Y = Assign, "=", t.expr(n.Name), t.expr(n.Value)
	}
	return x
}

// comprehension is a call of a function for every element: it returns what the list holds.
func (t pythonTree) comprehension(x *Expr, n *py.Comprehension) {
	x.Kind = Array
	value := t.expr(n.Elem)
	if n.Value != nil {
		value = t.expr(n.Value)
	}
	f := &Function{Start: x.Start, End: x.End}
	last := &Stmt{Kind: Return, Start: value.Start, End: value.End, X: value}
	body := []*Stmt{last}
	for i := len(n.Clauses) - 1; i >= 0; i-- {
		c := n.Clauses[i]
		for _, test := range c.Ifs {
			body = []*Stmt{{Kind: If, Start: x.Start, End: x.End, X: t.expr(test), Body: body}}
		}
		body = []*Stmt{{Kind: Loop, Start: x.Start, End: x.End, X: t.expr(c.Iter), Names: t.names(c.Target), Body: body}}
	}
	f.Body = body
	x.List = []*Expr{{Kind: Call, Start: x.Start, End: x.End, X: &Expr{Kind: Func, Start: x.Start, End: x.End, Func: f}}}
}

func (t pythonTree) entry(key, value py.Expr) *Expr {
	v := t.expr(value)
	x := &Expr{Kind: Pair, Start: v.Start, End: v.End, X: v}
	switch k := key.(type) {
	case nil:
		return &Expr{Kind: Spread, Start: v.Start, End: v.End, X: v}
	case *py.String:
		if k.Parts == nil {
			x.Text = k.Text
			return x
		}
	}
	x.Y = t.expr(key)
	return x
}

func (t pythonTree) arg(a py.Arg) *Expr {
	v := t.expr(a.Value)
	switch {
	case v == nil:
		return &Expr{}
	case a.Name != "":
		return &Expr{Kind: Pair, Start: v.Start, End: v.End, Text: a.Name, X: v}
	case v.Kind == Unary && (v.Text == "*" || v.Text == "**"):
		return &Expr{Kind: Spread, Start: v.Start, End: v.End, X: v.X}
	}
	return v
}

// parts are the pieces of an f-string. One that is shown by !r or !a is a Unary "repr".
func (t pythonTree) parts(list []py.Part, start int) []*Expr {
	var out []*Expr
	for _, p := range list {
		if p.Value == nil {
			out = append(out, &Expr{Kind: Literal, Start: start, End: start, Text: p.Text})
			continue
		}
		v := t.expr(p.Value)
		switch {
		case p.Conversion == 'r' || p.Conversion == 'a':
			v = &Expr{Kind: Unary, Start: v.Start, End: v.End, Text: "repr", X: v}
		case len(p.Spec) > 0 && strings.HasSuffix(p.Spec[0].Text, "d"):
			v = &Expr{Kind: Constant, Start: v.Start, End: v.End, Text: "number"}
		}
		out = append(out, v)
	}
	return out
}
