package clike

// block reads statements up to a token.
func (p *parser) block(end int) []*Stmt {
	var out []*Stmt
	var notes []*Expr
	for p.more(end) {
		at := p.at
		for _, s := range p.statement(end) {
			if s.Kind == Do && s.X.Kind == Annotated {
				notes = append(notes, s.X.X)
				continue
			}
			if s.Kind == Func || s.Kind == Class || s.Kind == Var {
				s.Annotations, notes = notes, nil
			}
			out = append(out, s)
		}
		if p.at == at {
			p.at++
		}
	}
	for _, n := range notes {
		out = append(out, &Stmt{Kind: Do, Start: n.Start, End: n.End, X: n})
	}
	return out
}

// statement reads one statement; a declaration of several names gives several. It may take nothing.
func (p *parser) statement(end int) []*Stmt {
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		p.skipOne(end)
		return nil
	}
	defer func() { p.depth-- }()
	t := p.peek(0)
	switch {
	case t.kind == punct && (t.text == ";" || t.text == ","):
		p.at++
		return nil
	case t.kind == punct && t.text == "{" && p.closing() >= 0 && !p.lang.lambdas && !p.lang.ruby:
		s := &Stmt{Kind: Block, Start: t.start}
		p.inside(func(end int) { s.Body = p.block(end) })
		return p.done(s)
	case t.kind == word && !p.lang.ruby:
		if s, ok := p.keyword(end, t); ok {
			return s
		}
	}
	return p.plainStatement(end)
}

func (p *parser) done(s *Stmt) []*Stmt {
	s.End = max(p.passed(), s.Start)
	return []*Stmt{s}
}

// plainStatement reads an expression, or a method: name(parameters) { body }.
func (p *parser) plainStatement(end int) []*Stmt {
	start := p.offset()
	x := p.expression(end)
	if x == nil {
		return nil
	}
	if x.Kind == Call && x.X.Kind == Name && !p.lang.lambdas && p.method(end) {
		s := &Stmt{Kind: Func, Start: start, Name: x.X.Text, Params: names(x.List)}
		p.inside(func(end int) { s.Body = p.block(end) })
		return p.done(s)
	}
	if x.Kind == Function && x.Text != "" {
		return p.done(&Stmt{Kind: Func, Start: start, Name: x.Text, Params: x.Params, Body: x.Body, X: x.X})
	}
	if x.Kind == Name && p.lang.objects && !p.lang.ruby && p.take(":") { // a field with its type, or a label
		p.skipType(end)
		if p.take("=") {
			return p.done(&Stmt{Kind: Var, Start: start, Name: x.Text, X: p.expression(end)})
		}
		return nil
	}
	return p.done(&Stmt{Kind: Do, Start: start, X: x})
}

func names(list []*Expr) []string {
	var out []string
	for _, x := range list {
		if x.Kind == Assign {
			x = x.X
		}
		out = append(out, x.Text)
	}
	return out
}

// method moves over a type or a list of exceptions to the body of a method, if that follows.
func (p *parser) method(end int) bool {
	at := p.at
	if p.lang.objects && p.take(":") {
		p.skipType(end)
	} else if p.word("throws") {
		for p.at++; p.more(end) && (p.peek(0).kind == word || p.is(",") || p.is(".")); {
			p.at++
		}
	}
	if p.is("{") && p.closing() >= 0 {
		return true
	}
	p.at = at
	return false
}

// keyword reads a statement that begins with a word of the language.
func (p *parser) keyword(end int, t token) ([]*Stmt, bool) {
	next := p.peek(1)
	if next.kind == punct && (next.text == ":" || next.text == "=" || next.text == "." || next.text == ",") {
		return nil, false // a key, a variable
	}
	switch t.text {
	case "const", "let", "var", "val":
		return p.declarations(end), true
	case "if":
		if next.text == "(" {
			return p.conditional(end), true
		}
	case "for", "while", "switch", "try", "catch", "finally", "do", "when", "foreach", "using", "lock":
		if next.text == "(" || next.text == "{" || next.text == "await" {
			return p.loop(end, t), true
		}
	case "return", "throw":
		p.at++
		s := &Stmt{Kind: Return, Start: t.start}
		if p.more(end) && !p.peek(0).newline {
			s.X = p.expression(end)
		}
		return p.done(s), true
	case "class", "interface", "object", "enum", "namespace", "declare", "record":
		if next.kind == word {
			return p.class(end, t), true
		}
	case "type":
		if next.kind == word && p.lang.objects {
			p.at += 2
			if p.is("<") {
				p.at = max(p.generics(end), p.at+1)
			}
			p.take("=")
			p.take("|")
			p.skipType(end)
			return nil, true
		}
	case "import":
		if next.text != "(" {
			return p.imports(end), true
		}
	case "export":
		return p.exports(end), true
	}
	return nil, false
}

// conditional reads if (test) body else body.
func (p *parser) conditional(end int) []*Stmt {
	s := &Stmt{Kind: If, Start: p.offset()}
	p.at++
	p.inside(func(end int) { s.X = p.expression(end) })
	s.Body = p.body(end)
	p.take(";")
	if p.word("else") {
		p.at++
		s.Else = p.body(end)
	}
	return p.done(s)
}

// body reads a block or the one statement in its place.
func (p *parser) body(end int) (out []*Stmt) {
	if p.is("{") && p.closing() >= 0 {
		p.inside(func(end int) { out = p.block(end) })
		return out
	}
	if p.more(end) {
		out = p.statement(end)
	}
	return out
}

// loop reads the block of a loop, a switch or a try. What stands in a try runs; the others may not.
func (p *parser) loop(end int, t token) []*Stmt {
	s := &Stmt{Kind: Block, Start: t.start, Maybe: t.text != "try" && t.text != "using" && t.text != "finally"}
	for p.at++; p.word("await"); p.at++ {
	}
	if p.is("(") {
		p.inside(func(end int) { s.Head = p.head(end) })
	}
	s.Body = p.body(end)
	return p.done(s)
}

// class reads class Name ... { body }.
func (p *parser) class(end int, t token) []*Stmt {
	s := &Stmt{Kind: Class, Start: t.start, Name: p.peek(1).text, Text: t.text}
	for p.at += 2; p.more(end) && !p.is("{"); {
		if c := p.closing(); c >= 0 && c < end {
			p.at = c
		}
		if p.is(";") || p.lang.lineEnds && p.peek(0).newline {
			return p.done(s)
		}
		p.at++
	}
	p.inside(func(end int) { s.Body = p.block(end) })
	return p.done(s)
}
