package source

import "strings"

// heads reads loops, switches and what catches errors.
func (p *parser) heads(t *token, class string) []*Stmt {
	s := &Stmt{Start: t.start, Kind: Block, Text: t.text}
	p.at++
	switch t.text {
	case "for", "foreach":
		s.Kind = Loop
		if p.word("await") {
			p.at++
		}
		p.inside(func() { p.loopHead(s) })
		if p.take(":") {
			return p.done(s) // for (...): of PHP
		}
		s.Body = p.body(class)
	case "while", "lock", "fixed", "using", "synchronized":
		var resources []*Stmt
		if t.text == "while" {
			s.Kind = Loop
			p.inside(func() { s.X = p.expr() })
		} else {
			p.inside(func() { resources = p.block("") })
		}
		s.Body = append(resources, p.body(class)...)
	case "do":
		s.Kind = Loop
		s.Body = p.body(class)
		if p.word("while") {
			p.at++
			p.inside(func() { s.X = p.expr() })
		}
	case "try":
		return p.try(s)
	case "switch", "when":
		p.switching(s)
	default: // finally and catch that lost their try
		if p.is("(") {
			p.skipOne()
		}
		s.Body = p.body(class)
	}
	return p.done(s)
}

// loopHead reads for (x : list), for (const x of list), foreach ($list as $k => $v), for (x in list), for (;;).
func (p *parser) loopHead(s *Stmt) {
	for i := p.at; i < p.end; i++ {
		t := &p.toks[i]
		if t.match > i {
			i = t.match
			continue
		}
		list := -1
		switch {
		case t.kind == word && (t.text == "of" || t.text == "in") && p.lang != PHP && i > p.at:
			list = i + 1
		case t.kind == punct && t.text == ":" && p.lang == Java:
			list = i + 1
		case t.kind == word && t.text == "as" && p.lang == PHP:
			end := p.end
			p.end = i
			s.X = p.expr()
			p.end = end
			s.Names = p.namesIn(i+1, end)
			p.at = end
			return
		case t.kind == punct && t.text == ";":
			s.Body = p.block("")
			return
		}
		if list > 0 {
			s.Names = p.namesIn(p.at, i)
			if p.lang == Java || p.lang == CSharp && p.toks[i-1].text != ")" {
				s.Names = s.Names[max(0, len(s.Names)-1):]
			}
			p.at = list
			s.X = p.expr()
			return
		}
	}
	s.Body = p.block("")
}

// namesIn are the names that a pattern binds.
func (p *parser) namesIn(from, to int) []string {
	var out []string
	for i := from; i < to && i < p.end; i++ {
		t := &p.toks[i]
		if t.kind != word || modifiers[t.text] || t.text == "let" || t.text == "var" || t.text == "val" {
			continue
		}
		if i+1 < to && p.toks[i+1].kind == punct && (p.toks[i+1].text == ":" && p.lang == JavaScript || p.toks[i+1].text == "<" || p.toks[i+1].text == ".") {
			continue // a key, a type
		}
		out = append(out, t.text)
	}
	return out
}

// try reads try (resources) { } catch (Type name) { } finally { }.
func (p *parser) try(s *Stmt) []*Stmt {
	s.Kind = Try
	if p.is("(") {
		p.inside(func() { s.Body = p.block("") })
	}
	p.inside(func() { s.Body = append(s.Body, p.block("")...) })
	for p.word("catch") && (p.is2("(") || p.is2("{")) {
		h := Handler{Start: p.offset()}
		p.at++
		p.inside(func() { p.caught(&h) })
		if p.word("when") && p.is2("(") {
			p.at++
			p.skipOne()
			h.Types = append(h.Types, "when")
		}
		p.inside(func() { h.Body = p.block("") })
		h.End = p.passed()
		s.Handlers = append(s.Handlers, h)
	}
	if p.word("finally") && p.is2("{") {
		p.at++
		p.inside(func() { s.Else = p.block("") })
	}
	return p.done(s)
}

// caught reads what a catch names: Type | Other name, name: Type, name.
func (p *parser) caught(h *Handler) {
	p.notes()
	if p.lang == Kotlin || p.lang == JavaScript {
		if p.peek(0).kind == word {
			h.Name = p.peek(0).text
		}
		for p.more() && !p.is(":") {
			p.skipOne()
		}
		p.take(":")
		if text := p.span(p.at, p.end); text != "" && p.lang == Kotlin {
			h.Types = []string{text}
		}
		p.at = p.end
		return
	}
	last := p.end
	if n := p.end - 1; n >= p.at && p.toks[n].kind == word && (n > p.at && (p.toks[n-1].kind == word || p.toks[n-1].text == ">") || p.toks[n].text[0] == '$') {
		h.Name = p.toks[n].text
		last = n
	}
	for _, name := range strings.Split(p.span(p.at, last), "|") {
		if name = strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "final ")), "\\"); name != "" {
			h.Types = append(h.Types, name)
		}
	}
	p.at = p.end
}

// switching reads the arms of a switch or of when.
func (p *parser) switching(s *Stmt) {
	s.Kind = Switching
	p.inside(func() { s.X = p.expr() })
	p.inside(func() {
		for p.more() {
			at := p.at
			if p.lang == Kotlin {
				p.armHead()
				s.Arms = append(s.Arms, p.body(""))
			} else {
				p.armHead()
				s.Arms = append(s.Arms, p.arm())
			}
			if p.at == at {
				p.skipOne()
			}
		}
	})
}

// armHead moves behind case x: or x ->.
func (p *parser) armHead() {
	for p.more() && !p.is("->") && !(p.is(":") && p.lang != Kotlin) {
		p.skipOne()
	}
	p.at++
}

func (p *parser) arm() []*Stmt {
	var out []*Stmt
	for p.more() && !((p.word("case") || p.word("default")) && p.peek(1).text != ".") {
		at := p.at
		out = append(out, p.statement("")...)
		if p.at == at {
			p.skipOne()
		}
	}
	return out
}

// class reads class Name ... { body }.
func (p *parser) class(t *token) []*Stmt {
	s := &Stmt{Kind: Class, Start: t.start, Text: t.text}
	p.at++
	if p.peek(0).kind == word {
		s.Name = p.peek(0).text
	}
	for p.is2(".") || p.is2("\\") {
		p.at += 2
	}
	var fields []Param
	from := p.at
	for p.more() && !p.is("{") {
		if p.is("(") && fields == nil && p.lang != JavaScript {
			fields = p.params()
			continue
		}
		if p.is(";") || p.lines && p.peek(0).newline && !p.is(":") && !p.is("(") && !p.is("{") {
			return p.done(s)
		}
		p.skipOne()
	}
	s.Type = p.span(min(from+1, p.at), p.at)
	p.inside(func() { s.Body = p.block(s.Name) })
	for _, f := range fields {
		s.Body = append([]*Stmt{{Kind: Var, Start: s.Start, End: s.Start, Names: f.Names, Type: f.Type}}, s.Body...)
	}
	return p.done(s)
}

// variables reads const a = 1, { b, c } = x.
func (p *parser) variables() []*Stmt {
	p.at++
	var out []*Stmt
	for p.more() {
		s := &Stmt{Kind: Var, Start: p.offset()}
		pattern := p.closing()
		switch {
		case pattern >= 0:
			s.Names = p.namesIn(p.at+1, pattern)
			s.Text = "part"
			p.at = pattern + 1
		case p.peek(0).kind == word:
			if p.lang == CSharp && p.peek(1).kind == word {
				p.at++ // const int x
			}
			s.Names = []string{p.peek(0).text}
			p.at++
			p.take("!")
			if p.lang == Kotlin && p.is(".") {
				p.at += 2
			}
		default:
			return out
		}
		if p.is(":") {
			from := p.at + 1
			p.at = max(p.typeAt(from), from)
			s.Type = p.span(from, p.at)
		}
		switch {
		case p.take("="):
			s.X = p.expr()
		case p.word("by") && p.lang == Kotlin:
			p.at++
			s.X = p.expr()
		case p.word("of", "in"):
			p.at++
			s.X = p.expr()
		}
		out = append(out, p.done(s)...)
		if !p.take(",") {
			return out
		}
	}
	return out
}
