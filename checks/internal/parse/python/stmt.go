package python

// statement appends the statement that begins on the current line.
func (p *parser) statement(body []Stmt, blocks int) []Stmt {
	t := p.tok()
	indent := p.indent
	switch {
	case t.kind == keyword:
		if s := p.compound(indent, blocks); s != nil {
			return append(body, s)
		}
	case p.is("@"):
		return append(body, p.decorated(indent, blocks))
	case p.startsMatch("match"):
		return append(body, p.match(indent, blocks))
	}
	return p.simple(body)
}

// compound reads a statement that has a block, or returns nil.
func (p *parser) compound(indent, blocks int) Stmt {
	start := p.tok().start
	async := p.is("async")
	if async {
		p.at++
	}
	switch p.text(p.tok()) {
	case "if":
		return p.conditional(indent, blocks)
	case "for", "while":
		return p.loop(start, async, indent, blocks)
	case "def":
		return p.function(start, async, nil, indent, blocks)
	case "class":
		return p.class(start, nil, indent, blocks)
	case "with":
		return p.with(start, async, indent, blocks)
	case "try":
		return p.try(indent, blocks)
	case "else", "elif", "except", "finally": // lost its beginning
		return p.orphan(start, indent, blocks)
	}
	if async {
		p.at--
	}
	return nil
}

func (p *parser) orphan(start int32, indent, blocks int) Stmt {
	p.fail()
	bad := &Bad{Range: Range{start, p.toks[len(p.toks)-1].end}}
	bad.Body = p.suite(indent, blocks)
	return bad
}

func (p *parser) decorated(indent, blocks int) Stmt {
	start := p.tok().start
	var decorators []Expr
	for p.more && p.is("@") {
		p.at++
		decorators = append(decorators, p.namedExpression())
		if p.tok().kind != endToken {
			p.fail()
		}
		p.line()
	}
	if p.more {
		async := p.accept("async")
		switch {
		case p.is("def"):
			return p.function(start, async, decorators, indent, blocks)
		case p.is("class"):
			return p.class(start, decorators, indent, blocks)
		}
		p.at = 0
	}
	p.module.Bad++
	return &Bad{Range: Range{start, start}}
}

func (p *parser) function(start int32, async bool, decorators []Expr, indent, blocks int) Stmt {
	p.at++
	f := &Function{Async: async, Decorators: decorators, Name: p.identifier()}
	if p.is("[") {
		p.skipBrackets()
	}
	p.expect("(")
	f.Params = p.params(")", true)
	p.expect(")")
	if p.accept("->") {
		f.Returns = p.expressions()
	}
	f.Range = p.from(start)
	f.Body = p.suite(indent, blocks)
	return f
}

// params reads parameters up to the closing word, which is left.
func (p *parser) params(closing string, annotations bool) []Param {
	var list []Param
	for !p.failed && !p.is(closing) && p.tok().kind != endToken {
		var q Param
		switch {
		case p.accept("/"):
		case p.accept("**"):
			q.Star = 2
		case p.accept("*"):
			q.Star = 1
		}
		if p.tok().kind == name {
			q.Name = p.text(p.advance())
			if annotations && p.accept(":") {
				q.Annotation = p.starred()
			}
			if p.accept("=") {
				q.Default = p.expression()
			}
			list = append(list, q)
		}
		if !p.accept(",") && !p.is(closing) {
			p.fail()
		}
	}
	return list
}

func (p *parser) class(start int32, decorators []Expr, indent, blocks int) Stmt {
	p.at++
	c := &Class{Decorators: decorators, Name: p.identifier()}
	if p.is("[") {
		p.skipBrackets()
	}
	if p.accept("(") {
		c.Args = p.args()
	}
	c.Range = p.from(start)
	c.Body = p.suite(indent, blocks)
	return c
}

func (p *parser) conditional(indent, blocks int) Stmt {
	s := &If{}
	first := p.tok().start
	for {
		start := p.tok().start
		var b Branch
		if p.text(p.advance()) != "else" {
			b.Test = p.namedExpression()
		}
		b.Range = p.from(start)
		b.Body = p.suite(indent, blocks)
		s.Branches = append(s.Branches, b)
		if b.Test == nil || !p.more || p.indent != indent || !p.is("elif") && !p.is("else") {
			break
		}
	}
	s.Range = Range{first, s.Branches[0].End}
	return s
}

func (p *parser) loop(start int32, async bool, indent, blocks int) Stmt {
	s := &Loop{Async: async}
	if p.text(p.advance()) == "for" {
		s.Target = p.targets()
		p.expect("in")
		s.Iter = p.expressions()
	} else {
		s.Test = p.namedExpression()
	}
	s.Range = p.from(start)
	s.Body = p.suite(indent, blocks)
	if p.more && p.indent == indent && p.accept("else") {
		s.Else = p.suite(indent, blocks)
	}
	return s
}

func (p *parser) with(start int32, async bool, indent, blocks int) Stmt {
	p.at++
	s := &With{Async: async}
	wrapped := p.is("(") && p.wrapsItems()
	if wrapped {
		p.at++
	}
	for !p.failed && !p.is(")") && p.tok().kind != endToken {
		item := WithItem{X: p.expression()}
		if p.accept("as") {
			item.Target = p.target()
		}
		s.Items = append(s.Items, item)
		if !p.accept(",") {
			break
		}
	}
	if wrapped {
		p.expect(")")
	}
	s.Range = p.from(start)
	s.Body = p.suite(indent, blocks)
	return s
}

// wrapsItems reports whether the bracket at the current token encloses items with "as", or everything up to the
// colon that ends the header.
func (p *parser) wrapsItems() bool {
	depth := 0
	for i := p.at; i < len(p.toks)-1; i++ {
		t := p.toks[i]
		switch {
		case t.kind == keyword && depth == 1 && p.text(t) == "as":
			return true
		case t.kind != operator:
		default:
			switch p.src[t.start] {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			}
			if depth == 0 {
				return false // (a, b) without "as" is read as a tuple, which holds the same calls
			}
		}
	}
	return false
}

func (p *parser) try(indent, blocks int) Stmt {
	s := &Try{Range: Range{p.tok().start, p.tok().end}}
	p.at++
	s.Body = p.suite(indent, blocks)
	for p.more && p.indent == indent && p.is("except") {
		s.Handlers = append(s.Handlers, p.handler(indent, blocks))
	}
	if p.more && p.indent == indent && p.accept("else") {
		s.Else = p.suite(indent, blocks)
	}
	if p.more && p.indent == indent && p.accept("finally") {
		s.Finally = p.suite(indent, blocks)
	}
	return s
}

func (p *parser) handler(indent, blocks int) Handler {
	start := p.advance().start
	h := Handler{Star: p.accept("*")}
	if !p.is(":") {
		h.Type = p.expressions()
		if p.accept("as") {
			h.Name = p.identifier()
		}
	}
	h.Range = p.from(start)
	h.Body = p.suite(indent, blocks)
	return h
}

func (p *parser) match(indent, blocks int) Stmt {
	s := &Match{}
	start := p.advance().start
	s.Subject = p.expressions()
	s.Range = p.from(start)
	p.expect(":")
	p.line()
	for p.more && p.indent > indent && p.startsMatch("case") {
		c := Case{}
		header := p.advance().start
		inner := p.indent
		c.Pattern = p.pattern()
		if p.accept("if") {
			c.Guard = p.namedExpression()
		}
		c.Range = p.from(header)
		c.Body = p.suite(inner, blocks+1)
		s.Cases = append(s.Cases, c)
	}
	return s
}
