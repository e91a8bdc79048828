package workflows

import "strings"

// Expr is a node of an expression: *Literal, *Access, *Call, *Binary or *Not.
type Expr interface{ isExpr() }

// Literal is a string, number, boolean or null.
type Literal struct{ Value Value }

// Access reads a context: a name, or a step into what Base is. Key is the property in lower case, "*" for the filter
// and for an index that is not a literal, which Index then holds.
type Access struct {
	Base  Expr // nil for the context itself
	Key   string
	Index Expr
}

// Call is a function call, its name in lower case.
type Call struct {
	Name string
	Args []Expr
}

// Binary is && || == != < <= > >=.
type Binary struct {
	Op   string
	X, Y Expr
}

// Not is the negation.
type Not struct{ X Expr }

func (*Literal) isExpr() {}
func (*Access) isExpr()  {}
func (*Call) isExpr()    {}
func (*Binary) isExpr()  {}
func (*Not) isExpr()     {}

// Bounds on one expression. GitHub's own is 21,000 characters and a depth of 50.
const (
	maxExpression = 21000
	maxDepth      = 50
)

// ParseExpr parses what stands between ${{ and }}, or an if: without them.
func ParseExpr(source string) (Expr, error) {
	if len(source) > maxExpression {
		return nil, errSyntax
	}
	tokens, err := lex(source)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	e := p.binary(0)
	if p.failed || p.peek().kind != end {
		return nil, errSyntax
	}
	return e, nil
}

type parser struct {
	tokens []token
	at     int
	depth  int
	failed bool
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) take(s string) bool {
	if t := p.peek(); t.kind == symbol && t.text == s {
		p.at++
		return true
	}
	return false
}

func (p *parser) fail() Expr {
	p.failed = true
	return &Literal{}
}

// levels are the binary operators, the weakest first.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}}

func (p *parser) binary(level int) Expr {
	if level == len(levels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for !p.failed {
		op := ""
		for _, s := range levels[level] {
			if p.take(s) {
				op = s
				break
			}
		}
		if op == "" {
			break
		}
		left = &Binary{op, left, p.binary(level + 1)}
	}
	return left
}

func (p *parser) unary() Expr {
	if p.depth++; p.depth > maxDepth {
		return p.fail()
	}
	defer func() { p.depth-- }()
	if p.take("!") {
		return &Not{p.unary()}
	}
	return p.steps(p.primary())
}

func (p *parser) primary() Expr {
	switch t := p.next(); {
	case t.kind == text:
		return &Literal{StringValue(t.text)}
	case t.kind == number:
		return &Literal{NumberValue(t.number)}
	case t.kind == symbol && t.text == "(":
		e := p.binary(0)
		if !p.take(")") {
			return p.fail()
		}
		return e
	case t.kind == name && p.take("("):
		return p.call(strings.ToLower(t.text))
	case t.kind == name:
		switch t.text {
		case "true", "false":
			return &Literal{BoolValue(t.text == "true")}
		case "null":
			return &Literal{NullValue()}
		}
		return &Access{Key: strings.ToLower(t.text)}
	}
	return p.fail()
}

func (p *parser) call(function string) Expr {
	c := &Call{Name: function}
	if p.take(")") {
		return c
	}
	for !p.failed {
		c.Args = append(c.Args, p.binary(0))
		if p.take(")") {
			return c
		}
		if !p.take(",") {
			break
		}
	}
	return p.fail()
}

// steps reads the accesses behind a value. Their number is bounded by the expression's length.
func (p *parser) steps(e Expr) Expr {
	for !p.failed {
		switch {
		case p.take("."):
			t := p.next()
			if t.kind != name && t.text != "*" {
				return p.fail()
			}
			e = &Access{Base: e, Key: strings.ToLower(t.text)}
		case p.take("["):
			e = p.index(e)
		default:
			return e
		}
	}
	return e
}

func (p *parser) index(base Expr) Expr {
	if p.take("*") {
		if !p.take("]") {
			return p.fail()
		}
		return &Access{Base: base, Key: "*"}
	}
	i := p.binary(0)
	if !p.take("]") {
		return p.fail()
	}
	if l, ok := i.(*Literal); ok && l.Value.Known() {
		return &Access{Base: base, Key: strings.ToLower(l.Value.Text())}
	}
	return &Access{Base: base, Key: "*", Index: i}
}

// Path is the access as dotted lower-case names, "github.event.issue.title"; "" where its root is no context. Long
// chains of accesses are cut at the 100th step.
func (a *Access) Path() string {
	var parts []string
	var e Expr = a
	for range 100 {
		step, ok := e.(*Access)
		if !ok {
			return ""
		}
		parts = append(parts, step.Key)
		if step.Base == nil {
			for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
				parts[i], parts[j] = parts[j], parts[i]
			}
			return strings.Join(parts, ".")
		}
		e = step.Base
	}
	return ""
}

// Walk calls visit for the node and everything below it, parents first; visit returns false to go no deeper.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	switch e := e.(type) {
	case *Access:
		if e.Base != nil {
			Walk(e.Base, visit)
		}
		if e.Index != nil {
			Walk(e.Index, visit)
		}
	case *Call:
		for _, a := range e.Args {
			Walk(a, visit)
		}
	case *Binary:
		Walk(e.X, visit)
		Walk(e.Y, visit)
	case *Not:
		Walk(e.X, visit)
	}
}
