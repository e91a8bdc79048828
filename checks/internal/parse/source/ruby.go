package source

// rubyEnds are words that close or part a block of Ruby.
var rubyEnds = map[string]bool{"end": true, "else": true, "elsif": true, "when": true, "rescue": true, "ensure": true, "in": true, "then": true, "do": true,
	"if": true, "unless": true, "while": true, "until": true, "and": true, "or": true}

// rubyBlock reads statements up to one of these words, or to the end of what the parser is inside of.
func (p *parser) rubyBlock(stops []string) []*Stmt {
	var out []*Stmt
	for p.more() && !p.word(stops...) {
		at := p.at
		out = append(out, p.rubyStatement()...)
		if p.at == at {
			p.skipOne()
		}
	}
	return out
}

func (p *parser) rubyStatement() []*Stmt {
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		p.skipOne()
		return nil
	}
	defer func() { p.depth-- }()
	if p.take(";") {
		return nil
	}
	p.peek(0).newline = false
	lines, bare := p.lines, p.bare
	p.lines, p.bare = true, false
	out := p.rubyKeyword(p.peek(0))
	if out == nil {
		out = p.plain()
	}
	out = p.rubyModifiers(out)
	p.lines, p.bare = lines, bare
	return out
}

// rubyModifiers reads what stands behind a statement: if test, unless test, rescue value.
func (p *parser) rubyModifiers(out []*Stmt) []*Stmt {
	for len(out) > 0 && !p.ended() && p.word("if", "unless", "while", "until", "rescue") {
		t := p.peek(0)
		p.at++
		s := &Stmt{Kind: If, Start: out[0].Start, X: p.expr(), Body: out}
		if t.text == "rescue" {
			s.Kind, s.X = Block, nil
		}
		out = p.done(s)
	}
	return out
}

// rubyKeyword reads a statement that begins with a word of the language, or nothing.
func (p *parser) rubyKeyword(t *token) []*Stmt {
	if t.kind != word || p.is2("=") || p.is2(".") || p.is2(":") && p.peek(1).start == t.end {
		return nil
	}
	s := &Stmt{Start: t.start}
	switch t.text {
	case "def":
		p.at++
		return p.rubyMethod(s)
	case "class", "module":
		return p.rubyClass(s)
	case "if", "unless", "elsif":
		p.at++
		s.Kind = If
		s.X = p.test()
		s.Body = p.rubyBlock([]string{"elsif", "else", "end"})
		switch {
		case p.word("elsif"):
			s.Else = p.rubyKeyword(p.peek(0))
			return p.done(s)
		case p.word("else"):
			p.at++
			s.Else = p.rubyBlock([]string{"end"})
		}
		p.at++
	case "while", "until", "for", "loop":
		if t.text == "loop" {
			return nil
		}
		p.at++
		s.Kind = Loop
		if t.text == "for" {
			for p.more() && !p.word("in") {
				s.Names = append(s.Names, p.peek(0).text)
				p.at++
			}
			p.at++
		}
		s.X = p.test()
		s.Body = p.rubyBlock([]string{"end"})
		p.at++
	case "case":
		p.rubyCase(s)
	case "begin":
		p.at++
		p.rubyTry(s)
	case "return", "next", "break", "raise", "fail", "redo", "retry":
		p.rubyJump(s, t)
	default:
		return nil
	}
	return p.done(s)
}

// test reads a condition; do and then belong to the statement.
func (p *parser) test() *Expr {
	bare := p.bare
	p.bare = true
	x := p.expr()
	p.bare = bare
	if p.word("then", "do") {
		p.at++
	}
	return x
}

func (p *parser) rubyJump(s *Stmt, t *token) {
	p.at++
	s.Kind = Return
	switch t.text {
	case "raise", "fail":
		s.Kind = Throw
	case "next", "break", "redo", "retry":
		s.Kind = Break
	}
	if p.ended() || p.peek(0).kind == word && rubyEnds[p.peek(0).text] || p.is(";") || p.is("}") {
		return
	}
	list := p.commandArgs()
	switch len(list) {
	case 0:
	case 1:
		s.X = list[0]
	default:
		s.X = &Expr{Kind: Array, Start: list[0].Start, End: p.passed(), List: list}
		if s.Kind == Throw { // raise Class, "text"
			s.X = &Expr{Kind: New, Start: list[0].Start, End: p.passed(), X: list[0], List: list[1:]}
		}
	}
	if s.Kind == Break {
		s.Kind = Return
	}
}

func (p *parser) rubyCase(s *Stmt) {
	p.at++
	s.Kind = Switching
	if !p.ended() {
		s.X = p.expr()
	}
	for p.more() && !p.word("end") {
		at := p.at
		if p.word("when", "in", "else") {
			p.at++
			for p.more() && !p.ended() && !p.word("then") {
				p.skipOne()
			}
			if p.word("then") {
				p.at++
			}
		}
		s.Arms = append(s.Arms, p.rubyBlock([]string{"when", "in", "else", "end"}))
		if p.at == at {
			p.skipOne()
		}
	}
	p.at++
}

// rubyTry reads statements with their rescues up to end. Without a rescue it is a block.
func (p *parser) rubyTry(s *Stmt) {
	stops := []string{"rescue", "else", "ensure", "end"}
	s.Kind = Block
	s.Body = p.rubyBlock(stops)
	for p.more() && !p.word("end") {
		s.Kind = Try
		switch {
		case p.word("rescue"):
			h := Handler{Start: p.offset()}
			p.at++
			for !p.ended() && !p.word("then") && !p.is(";") {
				if p.take("=>") {
					h.Name = p.peek(0).text
				} else if p.peek(0).kind == word && h.Name == "" {
					h.Types = append(h.Types, p.peek(0).text)
					for p.is2("::") {
						p.at += 2
						h.Types[len(h.Types)-1] = p.peek(0).text
					}
				}
				p.at++
			}
			h.Body = p.rubyBlock(stops)
			h.End = p.passed()
			s.Handlers = append(s.Handlers, h)
		case p.word("else"):
			p.at++
			s.Body = append(s.Body, p.rubyBlock(stops)...)
		default:
			p.at++
			s.Else = append(s.Else, p.rubyBlock(stops)...)
		}
	}
	p.at++
}

func (p *parser) rubyMethod(s *Stmt) []*Stmt {
	f := &Function{Start: s.Start}
	for p.more() {
		f.Name = p.peek(0).text
		p.at++
		if !p.take(".") {
			break
		}
	}
	if p.is("=") && p.is2("(") { // a setter
		p.at++
	}
	if p.is("(") {
		f.Params = p.params()
	} else {
		stop := p.at
		for stop < p.end && !p.toks[stop].newline && p.toks[stop].text != ";" && p.toks[stop].text != "=" {
			stop++
		}
		f.Params = p.paramsUpTo(stop)
		p.at = stop
	}
	s.Kind, s.Name, s.Func = Define, f.Name, f
	if p.is("=") && !p.peek(0).newline {
		p.at++
		if x := p.expr(); x != nil {
			f.Body = []*Stmt{{Kind: Return, Start: x.Start, End: x.End, X: x}}
		}
	} else {
		body := &Stmt{Start: p.offset()}
		p.rubyTry(body)
		f.Body = p.done(body)
		returned(f.Body)
	}
	f.End = p.passed()
	return p.done(s)
}

// returned marks the last value of statements as what they return.
func returned(body []*Stmt) {
	if len(body) == 0 {
		return
	}
	switch last := body[len(body)-1]; last.Kind {
	case Do:
		last.Kind = Return
	case If, Block, Try, Switching:
		returned(last.Body)
		if last.Kind != Try {
			returned(last.Else)
		}
		for _, arm := range last.Arms {
			returned(arm)
		}
		for _, h := range last.Handlers {
			returned(h.Body)
		}
	}
}

func (p *parser) rubyClass(s *Stmt) []*Stmt {
	s.Kind = Class
	p.at++
	for p.more() && !p.peek(0).newline && !p.is(";") {
		if p.peek(0).kind == word && s.Name == "" {
			s.Name = p.peek(0).text
		}
		p.at++
	}
	s.Body = p.rubyBlock([]string{"end"})
	p.at++
	return p.done(s)
}

// rubyWord reads a name, a statement that is a value, or a call without parentheses.
func (p *parser) rubyWord(t *token) *Expr {
	switch t.text {
	case "if", "unless", "case", "begin", "while", "def":
		f := &Function{Start: t.start}
		lines := p.lines
		p.lines = true
		f.Body = p.rubyKeyword(t)
		p.lines = lines
		if f.Body == nil {
			p.at++
			return p.end2(&Expr{Kind: Name, Start: t.start, Text: t.text})
		}
		returned(f.Body)
		return p.end2(&Expr{Kind: Choice, Start: t.start, Func: f})
	}
	p.at++
	x := &Expr{Kind: Name, Start: t.start, End: t.end, Text: t.text}
	for p.is("::") && p.peek(1).kind == word && !p.peek(0).space {
		x = &Expr{Kind: Member, Start: t.start, End: p.peek(1).end, Text: p.peek(1).text, X: x}
		p.at += 2
	}
	return p.rubyCommand(x)
}

// rubyCommand reads the arguments of a call without parentheses, and the block behind a call.
func (p *parser) rubyCommand(x *Expr) *Expr {
	for {
		next := p.peek(0)
		switch {
		case p.ended():
			return x
		case next.kind == punct && (next.text == "." || next.text == "&."):
			if p.peek(1).kind != word {
				return x
			}
			x = &Expr{Kind: Member, Start: x.Start, End: p.peek(1).end, Text: p.peek(1).text, X: x}
			p.at += 2
		case next.kind == punct && next.text == "(" && !next.space:
			x = p.call(x)
		case next.kind == punct && next.text == "[" && !next.space:
			x = p.index(x)
		case x.Kind != Call && p.commandHere(next):
			c := &Expr{Kind: Call, Start: x.Start, X: x, List: p.commandArgs()}
			x = p.end2(c)
		case next.kind == punct && next.text == "{" && p.closing() >= 0 && (x.Kind == Call || x.Kind == Member || x.Kind == Name):
			f := &Function{Start: next.start}
			p.inside(func() {
				f.Params = p.rubyPipes()
				f.Body = p.rubyBlock(nil)
			})
			x = p.withBlock(x, f)
		case next.kind == word && next.text == "do" && !p.bare && (x.Kind == Call || x.Kind == Member || x.Kind == Name):
			f := &Function{Start: next.start}
			p.at++
			f.Params = p.rubyPipes()
			body := &Stmt{Start: p.offset()}
			lines := p.lines
			p.lines = true
			p.rubyTry(body)
			p.lines = lines
			f.Body = p.done(body)
			x = p.withBlock(x, f)
		default:
			return x
		}
	}
}

func (p *parser) withBlock(x *Expr, f *Function) *Expr {
	returned(f.Body)
	f.End = max(p.passed(), f.Start)
	block := &Expr{Kind: Func, Start: f.Start, End: f.End, Func: f}
	if x.Kind == Call {
		x.List = append(x.List, block)
		return p.end2(x)
	}
	return p.end2(&Expr{Kind: Call, Start: x.Start, X: x, List: []*Expr{block}})
}

// rubyPipes reads |a, b|.
func (p *parser) rubyPipes() []Param {
	if !p.is("|") {
		return nil
	}
	stop := p.at + 1
	for stop < p.end && p.toks[stop].text != "|" {
		stop++
	}
	p.at++
	out := p.paramsUpTo(stop)
	p.at = min(stop+1, p.end)
	return out
}

// commandHere reports a token that begins an argument of a call without parentheses.
func (p *parser) commandHere(t *token) bool {
	if !t.space {
		return false
	}
	switch t.kind {
	case word:
		return !rubyEnds[t.text] && t.text != "not"
	case punct:
		tight := !p.peek(1).space
		return t.text == "[" && p.toks[p.at-1].text != "]" || t.text == "->" || t.text == "::" || (t.text == "&" || t.text == "*" || t.text == "**") && tight
	}
	return true
}

// commandArgs reads arguments up to the end of the line.
func (p *parser) commandArgs() []*Expr {
	var out []*Expr
	for p.more() {
		at := p.at
		if x := p.item(); x != nil {
			out = append(out, x)
		}
		if p.at == at || !p.take(",") {
			return out
		}
		p.peek(0).newline = false
	}
	return out
}

// rubyLambda reads ->(x) { } and -> do end.
func (p *parser) rubyLambda() *Expr {
	f := &Function{Start: p.offset()}
	p.at++
	if p.is("(") {
		f.Params = p.params()
	}
	if p.is("{") {
		p.inside(func() { f.Body = p.rubyBlock(nil) })
	} else if p.word("do") {
		p.at++
		f.Body = p.rubyBlock([]string{"end"})
		p.at++
	}
	returned(f.Body)
	return p.end2(&Expr{Kind: Func, Start: f.Start, Func: f})
}
