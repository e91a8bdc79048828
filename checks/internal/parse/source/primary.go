package source

// primary reads a value by itself.
func (p *parser) primary() *Expr {
	t := p.peek(0)
	x := &Expr{Start: t.start, End: t.end}
	switch t.kind {
	case number:
		p.at++
		x.Kind, x.Text = Constant, t.text
		return x
	case text:
		p.at++
		x.Kind, x.Text = Literal, t.text
		return p.joined(x)
	case pattern:
		p.at++
		x.Kind, x.Text = Constant, t.text
		return x
	case template:
		p.at++
		return p.joined(p.filled(t))
	case word:
		return p.wordValue(t)
	}
	if !p.more() {
		return nil
	}
	return p.bracketed(t)
}

// joined reads texts that stand side by side in Ruby, which are one.
func (p *parser) joined(x *Expr) *Expr {
	for p.lang == Ruby && p.more() && !p.peek(0).newline && (p.peek(0).kind == text || p.peek(0).kind == template) && p.src[p.peek(0).start] == '"' {
		x = p.end2(&Expr{Kind: Binary, Start: x.Start, Text: "+", X: x, Y: p.primary()})
	}
	return x
}

// filled reads the values inside a text.
func (p *parser) filled(t *token) *Expr {
	x := &Expr{Kind: Template, Start: t.start, End: t.end, Text: t.text}
	for i := range t.parts {
		part := &t.parts[i]
		if part.tokens == nil {
			if part.text != "" {
				x.List = append(x.List, &Expr{Kind: Literal, Start: part.start, End: part.end, Text: part.text})
			}
			continue
		}
		if p.depth >= maxDepth {
			p.cut = true
			continue
		}
		in := newParser(p.lang, p.src, part.tokens, p.depth+1)
		in.lines = false
		if v := in.expr(); v != nil {
			x.List = append(x.List, v)
		}
		p.cut = p.cut || in.cut
	}
	return x
}

var constants = map[string]bool{"true": true, "false": true, "null": true, "nil": true, "undefined": true, "TRUE": true, "FALSE": true, "NULL": true, "None": true}

func (p *parser) wordValue(t *token) *Expr {
	x := &Expr{Kind: Name, Start: t.start, End: t.end, Text: t.text}
	if p.is2("=>") && (p.lang == JavaScript || p.lang == CSharp) || p.is2("->") && p.lang == Java { // x => value
		p.at += 2
		return p.arrow(&Function{Start: t.start, Params: []Param{{Names: []string{t.text}}}})
	}
	switch {
	case constants[t.text]:
		p.at++
		x.Kind = Constant
	case p.lang == Ruby:
		return p.rubyWord(t)
	case t.text == "new":
		return p.created(t)
	case (t.text == "function" || t.text == "fn") && p.lang != Java && p.lang != CSharp && p.lang != Kotlin, t.text == "fun" && p.lang == Kotlin,
		t.text == "delegate" && p.lang == CSharp:
		p.at++
		f := p.function(t.start)
		return p.end2(&Expr{Kind: Func, Start: t.start, Func: f})
	case t.text == "async" && (p.peek(1).kind == word && !p.peek(1).newline || p.peek(1).text == "(" && p.arrowBehind(p.at+1)), t.text == "static" && p.peek(1).kind == word:
		p.at++
		return p.primary()
	case p.lang == Kotlin && (t.text == "if" || t.text == "when" || t.text == "try"), p.lang == PHP && t.text == "match" && p.peek(1).text == "(":
		return p.choosing(t)
	case p.lang == Kotlin && t.text == "object" && (p.is2(":") || p.is2("{")), t.text == "class" && p.lang == JavaScript:
		f := &Function{Start: t.start}
		for p.more() && !p.is("{") {
			p.at++
		}
		p.inside(func() { f.Body = p.block("object") })
		return p.end2(&Expr{Kind: Func, Start: t.start, Func: f})
	case t.text == "var" && p.lang == CSharp, t.text == "const" && p.lang == JavaScript, t.text == "let" && p.lang == JavaScript:
		p.at++
		return p.primary()
	default:
		p.at++
	}
	return x
}

func (p *parser) is2(op string) bool {
	t := p.peek(1)
	return t.kind == punct && t.text == op
}

// choosing reads if, when, match or try as a value, whose outcomes are what its blocks return.
func (p *parser) choosing(t *token) *Expr {
	x := &Expr{Kind: Choice, Start: t.start}
	f := &Function{Start: t.start}
	if t.text == "match" {
		p.at++
		p.inside(func() { x.X = p.expr() })
		p.inside(func() { x.List = p.list() })
		for i, arm := range x.List {
			if arm.Kind == Pair {
				x.List[i] = arm.X
			}
		}
		return p.end2(x)
	}
	f.Body = p.statement("")
	returned(f.Body)
	x.Func = f
	return p.end2(x)
}

// created reads new Type(arguments).
func (p *parser) created(t *token) *Expr {
	p.at++
	x := &Expr{Kind: New, Start: t.start}
	from := p.at
	if p.more() && p.peek(0).kind == word && p.peek(0).text != "class" {
		for p.at++; p.more() && (p.is(".") && p.lang.dot != "." || p.is("::")) && p.peek(1).kind == word; p.at += 2 {
		}
		name := p.toks[p.at-1].text
		x.X = &Expr{Kind: Name, Start: p.toks[from].start, End: p.passed(), Text: name}
		if p.is("<") {
			if g := p.generics(p.at); g > 0 {
				p.at = g
			} else if p.is2(">") {
				p.at += 2
			}
		}
	} else if p.word("class") { // of PHP
		p.at++
	}
	for p.is("[") && p.closing() >= 0 {
		p.skipOne()
	}
	if p.is("(") {
		p.inside(func() { x.List = p.list() })
	}
	return p.end2(x)
}

// bracketed reads what begins with a sign.
func (p *parser) bracketed(t *token) *Expr {
	x := &Expr{Start: t.start}
	switch t.text {
	case "(":
		if p.arrowBehind(p.at) {
			f := &Function{Start: t.start, Params: p.params()}
			p.arrowType()
			p.at++
			return p.arrow(f)
		}
		var list []*Expr
		if !p.inside(func() { list = p.list() }) {
			p.at++
			return p.end2(x)
		}
		if len(list) == 1 {
			return list[0]
		}
		x.Kind, x.List = Array, list
	case "[":
		if !p.inside(func() { x.List = p.list() }) {
			p.at++
		}
		x.Kind = Array
		for _, item := range x.List {
			if item.Kind == Pair {
				x.Kind = Object
			}
		}
	case "{":
		switch {
		case p.bare || p.closing() < 0:
			return nil
		case p.lang == Kotlin:
			return p.lambda()
		case p.lang == CSharp || p.lang == Java:
			p.inside(func() { x.List = p.list() })
			x.Kind = Array
		default:
			return p.object(x)
		}
	case "<":
		if p.lang != JavaScript {
			return nil
		}
		return p.markup(x)
	case "->":
		if p.lang != Ruby {
			return nil
		}
		return p.rubyLambda()
	case "::":
		p.at++
		return p.primary()
	default:
		return nil
	}
	return p.end2(x)
}

// arrowBehind reports whether the parenthesis at a token holds the parameters of a lambda.
func (p *parser) arrowBehind(i int) bool {
	if p.lang != JavaScript && p.lang != Java && p.lang != CSharp || i >= p.end {
		return false
	}
	stop := p.toks[i].match
	if stop < i || stop+1 >= p.end {
		return false
	}
	switch next := &p.toks[stop+1]; {
	case next.kind != punct:
		return false
	case next.text == "=>":
		return true
	case next.text == "->":
		return p.lang == Java
	case next.text == ":" && p.lang == JavaScript:
		end := p.typeAt(stop + 2)
		if end == 0 || p.toks[min(end, p.end)-1].text == "=>" {
			return false
		}
		return end < p.end && p.toks[end].kind == punct && p.toks[end].text == "=>" || end > stop+3 && p.arrowWithin(stop+2, end)
	}
	return false
}

// arrowWithin reports an arrow that was read as part of a type.
func (p *parser) arrowWithin(from, to int) bool {
	for i := from; i < to; i++ {
		if p.toks[i].match > i {
			i = p.toks[i].match
			continue
		}
		if p.toks[i].kind == punct && p.toks[i].text == "=>" {
			return true
		}
	}
	return false
}

// arrowType moves over the type a lambda of TypeScript returns, to its arrow.
func (p *parser) arrowType() {
	if !p.is(":") {
		return
	}
	for p.more() && !p.is("=>") {
		p.skipOne()
	}
}

// arrow reads the body of a lambda.
func (p *parser) arrow(f *Function) *Expr {
	x := &Expr{Kind: Func, Start: f.Start, Func: f}
	if p.is("{") && p.closing() >= 0 {
		p.inside(func() { f.Body = p.block("") })
	} else if value := p.expr(); value != nil {
		f.Body = []*Stmt{{Kind: Return, Start: value.Start, End: value.End, X: value}}
	}
	f.End = p.passed()
	return p.end2(x)
}

// lambda reads { a, b -> statements } of Kotlin. Its last value is what it returns.
func (p *parser) lambda() *Expr {
	f := &Function{Start: p.offset()}
	p.inside(func() {
		for i := p.at; i < p.end && i < p.at+30 && !(p.toks[i].newline && i > p.at); i++ {
			if p.toks[i].kind == punct && p.toks[i].text == "->" {
				f.Params = p.paramsUpTo(i)
				p.at = i + 1
				break
			}
			if p.toks[i].kind == punct && (p.toks[i].text == "{" || p.toks[i].text == ";") {
				break
			}
		}
		if f.Params == nil {
			f.Params = []Param{{Names: []string{"it"}}}
		}
		f.Body = p.block("")
	})
	if n := len(f.Body); n > 0 && f.Body[n-1].Kind == Do {
		f.Body[n-1].Kind = Return
	}
	f.End = p.passed()
	return p.end2(&Expr{Kind: Func, Start: f.Start, Func: f})
}

// object reads { key: value, short, ...spread, method() {} }.
func (p *parser) object(x *Expr) *Expr {
	x.Kind = Object
	p.inside(func() {
		for p.more() {
			at := p.at
			if p.take(",") {
				continue
			}
			if e := p.entry(); e != nil {
				x.List = append(x.List, e)
			}
			if p.at == at {
				p.skipOne()
			}
		}
	})
	return p.end2(x)
}

func (p *parser) entry() *Expr {
	for p.lang == JavaScript && p.word("async", "get", "set", "static") && p.peek(1).kind == word || p.is("*") && p.lang == JavaScript {
		p.at++
	}
	t := p.peek(0)
	if p.lang == JavaScript && p.is("[") && p.closing() >= 0 {
		var key *Expr
		start := p.offset()
		p.inside(func() { key = p.expr() })
		if p.take(":") {
			return p.end2(&Expr{Kind: Pair, Start: start, X: p.expr(), Y: key})
		}
		return key
	}
	if p.lang == JavaScript && t.kind == word && p.is2("(") {
		p.at++
		f := p.function(t.start)
		return p.end2(&Expr{Kind: Pair, Start: t.start, Text: t.text, X: &Expr{Kind: Func, Start: t.start, End: p.passed(), Func: f}})
	}
	x := p.item()
	if x != nil && x.Kind == Name { // { password } is { password: password }
		return &Expr{Kind: Pair, Start: x.Start, End: x.End, Text: x.Text, X: x}
	}
	return x
}

// markup reads an element of JSX, or the type before a value: of it only the values in braces.
func (p *parser) markup(x *Expr) *Expr {
	if g := p.generics(p.at); g > 0 && g < p.end && p.toks[g].text == "(" && p.arrowBehind(g) {
		p.at = g
		return p.primary()
	}
	open := 0
	for p.more() {
		switch {
		case p.is("<") && p.peek(1).text == "/":
			open--
			for p.more() && !p.is(">") {
				p.at++
			}
			p.at++
		case p.is("<"):
			open++
			p.at++
			if p.tagRest(x) {
				open--
			}
		case p.is("{") && p.closing() >= 0:
			p.inside(func() { x.List = append(x.List, p.list()...) })
		default:
			p.at++
		}
		if open <= 0 {
			break
		}
	}
	return p.end2(x)
}

// tagRest reads the attributes of an opening tag. It reports whether the tag closes itself.
func (p *parser) tagRest(x *Expr) bool {
	for p.more() {
		switch {
		case p.is(">"):
			p.at++
			return false
		case p.is("/") && p.is2(">"):
			p.at += 2
			return true
		case p.is("{") && p.closing() >= 0:
			p.inside(func() { x.List = append(x.List, p.list()...) })
		default:
			p.at++
		}
	}
	return true
}
