package python

// maxDepth bounds expressions inside each other, maxChain the links of a + b + ... and of a.b.c..., so that every
// tree can be walked by recursion.
const (
	maxDepth = 2*maxNesting + 100
	maxChain = 2000
)

// fail gives up on the rest of the line.
func (p *parser) fail() {
	p.failed = true
	p.at = len(p.toks) - 1
}

// bad is the expression in place of one that cannot be read.
func (p *parser) bad() Expr {
	start := p.tok().start
	p.fail()
	return &Bad{Range: Range{start, p.tok().start}}
}

// expressions reads one expression, or several with commas as a tuple.
func (p *parser) expressions() Expr {
	start := p.tok().start
	x := p.starred()
	if !p.is(",") {
		return x
	}
	items := []Expr{x}
	for p.accept(",") && p.startsExpression() {
		items = append(items, p.starred())
	}
	return &Sequence{p.from(start), '(', items}
}

// startsExpression reports whether an item may follow a comma.
func (p *parser) startsExpression() bool {
	t := p.tok()
	switch t.kind {
	case endToken:
		return false
	case operator:
		switch p.text(t) {
		case ")", "]", "}", "=", ":", "!", ";":
			return false
		}
	case keyword:
		return !p.is("in") && !p.is("for")
	}
	return true
}

// starred reads an expression that may be unpacked or be assigned with :=, or a yield.
func (p *parser) starred() Expr {
	t := p.tok()
	if p.is("*") || p.is("**") {
		p.at++
		x := p.binary(orPrecedence)
		return &Unary{p.from(t.start), p.text(t), x}
	}
	if p.is("yield") {
		return p.yield()
	}
	return p.namedExpression()
}

func (p *parser) yield() Expr {
	start := p.advance().start
	u := &Unary{Op: "yield"}
	if p.accept("from") {
		u.Op = "yield from"
	}
	if p.startsExpression() {
		u.X = p.expressions()
	}
	u.Range = p.from(start)
	return u
}

// namedExpression reads an expression with a possible :=, or inside a pattern with a possible "as".
func (p *parser) namedExpression() Expr {
	start := p.tok().start
	x := p.expression()
	switch {
	case p.accept(":="):
		x = &Walrus{Name: x, Value: p.expression()}
		x.(*Walrus).Range = p.from(start)
	case p.patterns && p.accept("as"):
		target := &Name{Range{p.tok().start, p.tok().end}, p.identifier()}
		x = &Walrus{Range: p.from(start), Name: target, Value: x}
	}
	return x
}

func (p *parser) pattern() Expr {
	p.patterns = true
	x := p.expressions()
	p.patterns = false
	return x
}

// expression reads a lambda, a conditional, or anything that binds stronger.
func (p *parser) expression() Expr {
	if p.depth++; p.depth > maxDepth {
		p.depth--
		return p.bad()
	}
	x := p.conditionalExpression()
	p.depth--
	return x
}

func (p *parser) conditionalExpression() Expr {
	start := p.tok().start
	if p.accept("lambda") {
		l := &Lambda{Params: p.params(":", false)}
		p.expect(":")
		l.Body = p.expression()
		l.Range = p.from(start)
		return l
	}
	x := p.binary(orPrecedence)
	if p.patterns || !p.accept("if") {
		return x
	}
	c := &Conditional{Then: x, Test: p.binary(orPrecedence)}
	p.expect("else")
	c.Else = p.expression()
	c.Range = p.from(start)
	return c
}

const (
	orPrecedence      = 1
	andPrecedence     = 2
	comparePrecedence = 4
)

// infix is the operator at the current token, its precedence (0 for none) and its number of tokens.
func (p *parser) infix() (op string, precedence, width int) {
	t := p.toks[p.at]
	if t.kind != operator && t.kind != keyword {
		return "", 0, 0
	}
	op = p.src[t.start:t.end]
	switch op {
	case "or":
		return op, orPrecedence, 1
	case "and":
		return op, andPrecedence, 1
	case "==", "!=", "<", ">", "<=", ">=", "in", "<>":
		return op, comparePrecedence, 1
	case "is":
		if n := p.toks[p.at+1]; n.kind == keyword && p.text(n) == "not" {
			return "is not", comparePrecedence, 2
		}
		return op, comparePrecedence, 1
	case "not":
		if n := p.toks[p.at+1]; n.kind == keyword && p.text(n) == "in" {
			return "not in", comparePrecedence, 2
		}
	case "|":
		return op, 5, 1
	case "^":
		return op, 6, 1
	case "&":
		return op, 7, 1
	case "<<", ">>":
		return op, 8, 1
	case "+", "-":
		return op, 9, 1
	case "*", "/", "//", "%", "@":
		return op, 10, 1
	}
	return "", 0, 0
}

// binary reads operators of at least that precedence, all from left to right: a < b < c is (a < b) < c here.
func (p *parser) binary(least int) Expr {
	start := p.tok().start
	left := p.unary()
	for links := 0; ; links++ {
		op, precedence, width := p.infix()
		if precedence < least || precedence == 0 {
			return left
		}
		if links > maxChain {
			p.fail()
			return left
		}
		p.at += width
		right := p.binary(precedence + 1)
		left = &Binary{p.from(start), op, left, right}
	}
}

// unary reads prefix operators and the power operator, which binds stronger.
func (p *parser) unary() Expr {
	t := p.tok()
	if t.kind == operator || t.kind == keyword {
		switch op := p.text(t); op {
		case "-", "+", "~", "not", "await":
			if p.depth >= maxDepth {
				return p.bad()
			}
			p.at++
			p.depth++
			var x Expr
			if op == "not" {
				x = p.binary(comparePrecedence)
			} else {
				x = p.unary()
			}
			p.depth--
			return &Unary{p.from(t.start), op, x}
		}
	}
	x := p.postfix()
	if p.is("**") && p.depth < maxDepth {
		p.at++
		p.depth++
		y := p.unary()
		p.depth--
		x = &Binary{p.from(t.start), "**", x, y}
	}
	return x
}

// postfix reads an atom and the attributes, calls and subscripts after it.
func (p *parser) postfix() Expr {
	start := p.tok().start
	x := p.atom()
	for links := 0; links < maxChain; links++ {
		t := p.toks[p.at]
		if t.kind != operator || t.end != t.start+1 {
			return x
		}
		switch p.src[t.start] {
		case '.':
			p.at++
			id := p.attributeName()
			x = &Attribute{p.from(start), x, id}
		case '(':
			p.at++
			args := p.args()
			x = &Call{p.from(start), x, args}
		case '[':
			p.at++
			index := p.index()
			x = &Subscript{p.from(start), x, index}
		default:
			return x
		}
	}
	p.fail()
	return x
}

// attributeName reads a name after a dot. Keywords pass, for old sources.
func (p *parser) attributeName() string {
	if k := p.tok().kind; k != name && k != keyword {
		p.fail()
		return ""
	}
	return p.text(p.advance())
}

// args reads arguments and the closing bracket.
func (p *parser) args() []Arg {
	var list []Arg
	for !p.is(")") && p.tok().kind != endToken {
		t := p.tok()
		var a Arg
		next := p.toks[p.at+1]
		if t.kind == name && next.kind == operator && p.text(next) == "=" {
			p.at += 2
			a = Arg{Name: p.text(t), Value: p.namedExpression()}
		} else {
			a.Value = p.starred()
			if p.is("for") || p.is("async") {
				a.Value = p.comprehension(t.start, '(', a.Value, nil)
			}
		}
		a.Range = p.from(t.start)
		list = append(list, a)
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return list
}

// index reads what stands between [ and ] after an expression, and the closing bracket.
func (p *parser) index() Expr {
	start := p.tok().start
	x := p.sliceItem()
	if p.is(",") {
		items := []Expr{x}
		for p.accept(",") && !p.is("]") && p.tok().kind != endToken {
			items = append(items, p.sliceItem())
		}
		x = &Sequence{p.from(start), '(', items}
	}
	p.expect("]")
	return x
}

func (p *parser) sliceItem() Expr {
	start := p.tok().start
	var low Expr
	if !p.is(":") {
		low = p.starred()
		if !p.is(":") {
			return low
		}
	}
	s := &Slice{Low: low}
	for _, bound := range []*Expr{&s.High, &s.Step} {
		if p.accept(":") && !p.is(":") && !p.is(",") && !p.is("]") {
			*bound = p.expression()
		}
	}
	s.Range = p.from(start)
	return s
}

// targets reads the variables of a for loop.
func (p *parser) targets() Expr {
	start := p.tok().start
	x := p.target()
	if !p.is(",") {
		return x
	}
	items := []Expr{x}
	for p.accept(",") && p.startsExpression() {
		items = append(items, p.target())
	}
	return &Sequence{p.from(start), '(', items}
}

func (p *parser) target() Expr {
	start := p.tok().start
	if p.accept("*") {
		return &Unary{p.from(start), "*", p.postfix()}
	}
	return p.postfix()
}
