package python

// simpleStatement reads one statement without a block. It returns nil where nothing could be read.
func (p *parser) simpleStatement() Stmt {
	t := p.tok()
	if t.kind == keyword {
		switch word := p.text(t); word {
		case "return", "raise", "pass", "break", "continue", "del", "assert":
			p.at++
			return p.jump(t.start, word)
		case "global", "nonlocal":
			p.at++
			for p.tok().kind == name && p.advance().kind == name && p.accept(",") {
			}
			return &Jump{Range: p.from(t.start), Word: word}
		case "import", "from":
			return p.imports()
		}
	}
	if t.kind == name && p.toks[p.at+1].kind == name && p.text(t) == "type" {
		return p.typeAlias()
	}
	if t.kind == name && p.text(t) == "print" && p.printsOld() {
		return p.oldPrint()
	}
	return p.assignment()
}

func (p *parser) jump(start int32, word string) Stmt {
	s := &Jump{Word: word}
	if p.tok().kind != endToken && !p.is(";") {
		switch word {
		case "return", "del":
			s.Args = append(s.Args, p.expressions())
		case "raise", "assert":
			s.Args = append(s.Args, p.namedExpression())
			for p.accept("from") || p.accept(",") { // the comma of raise is Python 2
				s.Args = append(s.Args, p.namedExpression())
			}
		}
	}
	s.Range = p.from(start)
	return s
}

func (p *parser) imports() Stmt {
	start := p.tok().start
	s := &Import{From: p.text(p.advance()) == "from"}
	if s.From {
		for p.is(".") || p.is("...") {
			s.Level += int(p.tok().end - p.tok().start)
			p.at++
		}
		if p.tok().kind == name {
			s.Module = p.dotted()
		}
		p.expect("import")
		if p.accept("*") {
			s.Names = []Alias{{Name: "*"}}
			s.Range = p.from(start)
			return s
		}
	}
	wrapped := s.From && p.accept("(")
	for !p.failed && p.tok().kind == name {
		a := Alias{Name: p.dotted()}
		if p.accept("as") {
			a.As = p.identifier()
		}
		s.Names = append(s.Names, a)
		if !p.accept(",") {
			break
		}
	}
	if wrapped {
		p.expect(")")
	}
	s.Range = p.from(start)
	return s
}

func (p *parser) dotted() string {
	start := p.tok().start
	p.identifier()
	for !p.failed && p.accept(".") {
		p.identifier()
	}
	return p.src[start:max(start, p.end())]
}

func (p *parser) typeAlias() Stmt {
	start := p.advance().start
	s := &TypeAlias{Name: p.identifier()}
	if p.is("[") {
		p.skipBrackets()
	}
	p.expect("=")
	s.Value = p.expression()
	s.Range = p.from(start)
	return s
}

// printsOld reports whether a print statement of Python 2 begins here.
func (p *parser) printsOld() bool {
	next := p.toks[p.at+1]
	switch next.kind {
	case name, number, plainString, formatStart:
		return true
	}
	return next.kind == operator && p.text(next) == ">>"
}

// oldPrint reads a print statement of Python 2 as a call.
func (p *parser) oldPrint() Stmt {
	t := p.advance()
	call := &Call{Func: &Name{Range{t.start, t.end}, "print"}}
	p.accept(">>")
	for !p.failed && p.tok().kind != endToken && !p.is(";") {
		x := p.expression()
		call.Args = append(call.Args, Arg{Range: spanOf(x), Value: x})
		if !p.accept(",") {
			break
		}
	}
	call.Range = p.from(t.start)
	return &ExprStmt{call.Range, call}
}

func spanOf(x Expr) Range {
	start, end := x.Span()
	return Range{int32(start), int32(end)}
}

// assignment reads an assignment of any kind or an expression by itself.
func (p *parser) assignment() Stmt {
	start := p.tok().start
	x := p.expressions()
	t := p.tok()
	if p.failed || t.kind != operator {
		return &ExprStmt{p.from(start), x}
	}
	switch op := p.text(t); op {
	case ":":
		p.at++
		s := &Assign{Targets: []Expr{x}, Op: "=", Annotation: p.expression()}
		if p.accept("=") {
			s.Value = p.expressions()
		}
		s.Range = p.from(start)
		return s
	case "=":
		s := &Assign{Targets: []Expr{x}, Op: "="}
		for p.accept("=") {
			if s.Value != nil {
				s.Targets = append(s.Targets, s.Value)
			}
			s.Value = p.expressions()
		}
		s.Range = p.from(start)
		return s
	case "+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "**=":
		p.at++
		s := &Assign{Targets: []Expr{x}, Op: op, Value: p.expressions()}
		s.Range = p.from(start)
		return s
	}
	return &ExprStmt{p.from(start), x}
}
