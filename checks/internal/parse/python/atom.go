package python

// atom reads a literal, a name, or something in brackets.
func (p *parser) atom() Expr {
	t := p.tok()
	switch t.kind {
	case name:
		p.at++
		return &Name{Range{t.start, t.end}, p.text(t)}
	case number:
		p.at++
		return &Number{Range{t.start, t.end}, p.text(t)}
	case plainString, formatStart:
		return p.strings()
	case keyword:
		switch word := p.text(t); word {
		case "None", "True", "False":
			p.at++
			return &Constant{Range{t.start, t.end}, word}
		case "yield":
			return p.yield()
		}
	case operator:
		switch p.text(t) {
		case "(":
			return p.parenthesis()
		case "[":
			return p.display('[', "]")
		case "{":
			return p.braces()
		case "...":
			p.at++
			return &Constant{Range{t.start, t.end}, "..."}
		}
	}
	return p.bad()
}

// parenthesis reads a tuple, a generator, or an expression, which keeps its own range.
func (p *parser) parenthesis() Expr {
	t := p.advance()
	if p.accept(")") {
		return &Sequence{p.from(t.start), '(', nil}
	}
	x := p.starredOrYield()
	switch {
	case p.is("for") || p.is("async"):
		c := p.comprehension(t.start, '(', x, nil)
		p.expect(")")
		c.Range = p.from(t.start)
		return c
	case p.is(","):
		items := p.items([]Expr{x}, ")")
		return &Sequence{p.from(t.start), '(', items}
	}
	p.expect(")")
	return x
}

// starredOrYield counts the depth that brackets add.
func (p *parser) starredOrYield() Expr {
	if p.depth >= maxDepth {
		return p.bad()
	}
	p.depth++
	x := p.starred()
	p.depth--
	return x
}

// items reads further items after a comma, and the closing bracket.
func (p *parser) items(list []Expr, closing string) []Expr {
	for p.accept(",") && !p.is(closing) && p.tok().kind != endToken {
		list = append(list, p.starredOrYield())
	}
	p.expect(closing)
	return list
}

// display reads a list or a set, or a comprehension of one.
func (p *parser) display(open byte, closing string) Expr {
	start := p.advance().start
	if p.accept(closing) {
		return &Sequence{p.from(start), open, nil}
	}
	return p.displayRest(start, open, closing, p.starredOrYield())
}

func (p *parser) displayRest(start int32, open byte, closing string, first Expr) Expr {
	if p.is("for") || p.is("async") {
		c := p.comprehension(start, open, first, nil)
		p.expect(closing)
		c.Range = p.from(start)
		return c
	}
	items := p.items([]Expr{first}, closing)
	return &Sequence{p.from(start), open, items}
}

// braces reads a dictionary or a set, or a comprehension of one.
func (p *parser) braces() Expr {
	start := p.advance().start
	d := &Dict{}
	for !p.is("}") && p.tok().kind != endToken {
		var key, value Expr
		if p.accept("**") {
			value = p.binary(orPrecedence)
		} else {
			key = p.starredOrYield()
			if !p.accept(":") {
				if len(d.Values) > 0 {
					return p.bad()
				}
				return p.displayRest(start, '{', "}", key)
			}
			value = p.starredOrYield()
			if p.is("for") || p.is("async") {
				c := p.comprehension(start, '{', key, value)
				p.expect("}")
				c.Range = p.from(start)
				return c
			}
		}
		d.Keys, d.Values = append(d.Keys, key), append(d.Values, value)
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	d.Range = p.from(start)
	return d
}

// comprehension reads the clauses after the element.
func (p *parser) comprehension(start int32, open byte, elem, value Expr) *Comprehension {
	c := &Comprehension{Kind: open, Elem: elem, Value: value}
	for p.is("for") || p.is("async") {
		p.accept("async")
		p.expect("for")
		clause := Clause{Target: p.targets()}
		p.expect("in")
		clause.Iter = p.binary(orPrecedence)
		for p.accept("if") {
			clause.Ifs = append(clause.Ifs, p.comprehensionTest())
		}
		c.Clauses = append(c.Clauses, clause)
	}
	c.Range = p.from(start)
	return c
}

// comprehensionTest reads a condition, in which a following "if" begins another one.
func (p *parser) comprehensionTest() Expr {
	if p.is("lambda") {
		return p.expression()
	}
	start := p.tok().start
	x := p.binary(orPrecedence)
	if p.accept(":=") {
		w := &Walrus{Name: x, Value: p.binary(orPrecedence)}
		w.Range = p.from(start)
		return w
	}
	return x
}
