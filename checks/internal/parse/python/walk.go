package python

// Walk calls visit for the node and everything below it, parents first. Where visit returns false, what is below
// that node is left out. Patterns of match statements are not walked: they read nothing and call nothing.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	if !walkExpr(n, visit) {
		walkStmt(n, visit)
	}
}

// WalkAll walks statements in order.
func WalkAll(body []Stmt, visit func(Node) bool) {
	for _, s := range body {
		Walk(s, visit)
	}
}

func walkList(list []Expr, visit func(Node) bool) {
	for _, x := range list {
		Walk(x, visit)
	}
}

func walkArgs(list []Arg, visit func(Node) bool) {
	for i := range list {
		Walk(list[i].Value, visit)
	}
}

func walkParams(list []Param, visit func(Node) bool) {
	for i := range list {
		Walk(list[i].Annotation, visit)
		Walk(list[i].Default, visit)
	}
}

func walkParts(list []Part, visit func(Node) bool) {
	for i := range list {
		Walk(list[i].Value, visit)
		walkParts(list[i].Spec, visit)
	}
}

// walkExpr walks what is below an expression. It reports whether n is one.
func walkExpr(n Node, visit func(Node) bool) bool {
	switch n := n.(type) {
	case *Name, *Constant, *Number:
	case *String:
		walkParts(n.Parts, visit)
	case *Attribute:
		Walk(n.X, visit)
	case *Subscript:
		Walk(n.X, visit)
		Walk(n.Index, visit)
	case *Slice:
		Walk(n.Low, visit)
		Walk(n.High, visit)
		Walk(n.Step, visit)
	case *Call:
		Walk(n.Func, visit)
		walkArgs(n.Args, visit)
	case *Sequence:
		walkList(n.Items, visit)
	case *Dict:
		for i, value := range n.Values {
			Walk(n.Keys[i], visit)
			Walk(value, visit)
		}
	case *Unary:
		Walk(n.X, visit)
	case *Binary:
		Walk(n.X, visit)
		Walk(n.Y, visit)
	case *Conditional:
		Walk(n.Then, visit)
		Walk(n.Test, visit)
		Walk(n.Else, visit)
	case *Lambda:
		walkParams(n.Params, visit)
		Walk(n.Body, visit)
	case *Comprehension:
		walkComprehension(n, visit)
	case *Walrus:
		Walk(n.Name, visit)
		Walk(n.Value, visit)
	default:
		return false
	}
	return true
}

func walkComprehension(c *Comprehension, visit func(Node) bool) {
	Walk(c.Elem, visit)
	Walk(c.Value, visit)
	for i := range c.Clauses {
		Walk(c.Clauses[i].Target, visit)
		Walk(c.Clauses[i].Iter, visit)
		walkList(c.Clauses[i].Ifs, visit)
	}
}

// walkStmt walks what is below a statement: its expressions, then its blocks.
func walkStmt(n Node, visit func(Node) bool) {
	switch n := n.(type) {
	case *ExprStmt:
		Walk(n.X, visit)
	case *Assign:
		walkList(n.Targets, visit)
		Walk(n.Annotation, visit)
		Walk(n.Value, visit)
	case *Function:
		walkList(n.Decorators, visit)
		walkParams(n.Params, visit)
		Walk(n.Returns, visit)
	case *Class:
		walkList(n.Decorators, visit)
		walkArgs(n.Args, visit)
	case *If:
		for i := range n.Branches {
			Walk(n.Branches[i].Test, visit)
			WalkAll(n.Branches[i].Body, visit)
		}
		return
	case *Loop:
		Walk(n.Target, visit)
		Walk(n.Iter, visit)
		Walk(n.Test, visit)
	case *With:
		for i := range n.Items {
			Walk(n.Items[i].X, visit)
			Walk(n.Items[i].Target, visit)
		}
	case *Try:
		walkTry(n, visit)
		return
	case *Match:
		Walk(n.Subject, visit)
		for i := range n.Cases {
			Walk(n.Cases[i].Guard, visit)
			WalkAll(n.Cases[i].Body, visit)
		}
		return
	case *Jump:
		walkList(n.Args, visit)
	case *TypeAlias:
		Walk(n.Value, visit)
	}
	for _, body := range Blocks(n) {
		WalkAll(body, visit)
	}
}

func walkTry(n *Try, visit func(Node) bool) {
	WalkAll(n.Body, visit)
	for i := range n.Handlers {
		Walk(n.Handlers[i].Type, visit)
		WalkAll(n.Handlers[i].Body, visit)
	}
	WalkAll(n.Else, visit)
	WalkAll(n.Finally, visit)
}

// Blocks returns the statement lists directly inside a statement, in the order of the source.
func Blocks(n Stmt) [][]Stmt {
	switch n := n.(type) {
	case *Function:
		return [][]Stmt{n.Body}
	case *Class:
		return [][]Stmt{n.Body}
	case *With:
		return [][]Stmt{n.Body}
	case *Bad:
		return [][]Stmt{n.Body}
	case *Loop:
		return [][]Stmt{n.Body, n.Else}
	case *If:
		out := make([][]Stmt, len(n.Branches))
		for i := range n.Branches {
			out[i] = n.Branches[i].Body
		}
		return out
	case *Try:
		out := [][]Stmt{n.Body}
		for i := range n.Handlers {
			out = append(out, n.Handlers[i].Body)
		}
		return append(out, n.Else, n.Finally)
	case *Match:
		out := make([][]Stmt, len(n.Cases))
		for i := range n.Cases {
			out[i] = n.Cases[i].Body
		}
		return out
	}
	return nil
}
