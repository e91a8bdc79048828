package clike

// primary reads an operand. It returns nil, and takes nothing, where there is none.
func (p *parser) primary(end int) *Expr {
	if !p.more(end) {
		return nil
	}
	t := p.toks[p.at]
	switch t.kind {
	case number:
		return p.leaf(Number, t)
	case text, template:
		p.at++
		return p.textOf(t)
	case pattern:
		x := p.leaf(Regexp, t)
		x.Flags = p.src[t.start+len(t.text)+2 : t.end]
		return x
	case word:
		if p.lang.ruby {
			return p.leaf(Name, t)
		}
		return p.named(end, t)
	}
	switch t.text {
	case "->":
		if p.lang.ruby { // a lambda: what it returns is not known
			p.at++
			for p.more(end) && !p.is("{") && !p.peek(0).newline {
				p.skipOne(end)
			}
			p.skipOne(end)
			return p.join(&Expr{Start: t.start})
		}
	case "(":
		return p.parenthesis(end)
	case "[":
		x := &Expr{Kind: Array, Start: t.start}
		if p.inside(func(end int) { x.List = p.arguments(end) }) {
			return p.join(x)
		}
	case "{":
		if p.closing() >= 0 {
			return p.braces(t)
		}
	case "<": // a cast
		if behind := p.generics(end); behind > 0 && behind < end {
			p.at = behind
			return p.unary(end)
		}
	case "...":
		p.at++
		return p.join(&Expr{Kind: Spread, Start: t.start, X: p.expression(end)})
	case "@":
		p.at++
		return p.join(&Expr{Kind: Annotated, Start: t.start, X: p.unary(end)})
	}
	return nil
}

// braces reads { } where a value is expected: Kotlin's lambda, an object, an array in Java.
func (p *parser) braces(t token) *Expr {
	switch {
	case p.lang.lambdas:
		return p.lambda()
	case p.lang.objects:
		return p.object(t.start)
	}
	x := &Expr{Kind: Array, Start: t.start}
	p.inside(func(end int) { x.List = p.arguments(end) })
	return p.join(x)
}

func (p *parser) leaf(kind ExprKind, t token) *Expr {
	p.at++
	return &Expr{Kind: kind, Start: t.start, End: t.end, Text: t.text}
}

// named reads what begins with a word.
func (p *parser) named(end int, t token) *Expr {
	next := p.peek(1)
	switch t.text {
	case "function", "fun":
		if next.text != ":" && next.text != "." && next.text != "," && next.text != ")" {
			return p.function(end)
		}
	case "async":
		if next.kind == word && next.text == "function" {
			p.at++
			return p.function(end)
		}
		if next.kind == word && p.arrow(2) || next.text == "(" && p.arrowBehind(1) {
			p.at++
			return p.primary(end)
		}
	case "new":
		if next.kind == word || next.text == "(" || next.text == "{" || next.text == "[" {
			return p.made(end)
		}
	}
	if p.arrow(1) {
		p.at++
		return p.arrowBody(end, t.start, []string{t.text})
	}
	return p.leaf(Name, t)
}

// arrow reports whether the token n places on is the arrow of a function.
func (p *parser) arrow(n int) bool {
	t := p.peek(n)
	return t.kind == punct && (t.text == "=>" || t.text == "->" && !p.lang.lambdas)
}

// arrowBehind reports whether the parenthesis n places on is the parameters of an arrow function.
func (p *parser) arrowBehind(n int) bool {
	open := p.peek(n)
	if open.match < p.at {
		return false
	}
	behind := parser{lang: p.lang, src: p.src, toks: p.toks, at: open.match + 1}
	if behind.arrow(0) {
		return true
	}
	if p.plain || !behind.take(":") {
		return false
	}
	behind.skipType(len(p.toks))
	return behind.arrow(0)
}

func (p *parser) parenthesis(end int) *Expr {
	start := p.offset()
	if p.arrowBehind(0) {
		var params []string
		p.inside(func(end int) { params = p.params(end) })
		if p.take(":") {
			p.skipType(end)
		}
		return p.arrowBody(end, start, params)
	}
	var x *Expr
	if !p.inside(func(end int) {
		for p.more(end) {
			if next := p.expression(end); next != nil {
				x = next
			} else {
				p.skipOne(end)
			}
		}
	}) {
		return nil
	}
	if x == nil {
		return p.join(&Expr{Start: start})
	}
	return x
}

// params are the names of parameters: in each the word before its type, its default or its end.
func (p *parser) params(end int) []string {
	var out []string
	name, open := "", true
	for ; p.more(end); p.at++ {
		t := p.toks[p.at]
		switch {
		case t.kind == punct && t.text == ",":
			out = append(out, name)
			name, open = "", true
		case t.kind == punct && (t.text == ":" || t.text == "="):
			open = false
		case t.kind == word && open:
			name = t.text
		}
		if c := p.closing(); c >= 0 && c < end {
			p.at = c
		}
	}
	if name != "" || len(out) > 0 {
		out = append(out, name)
	}
	return out
}

// arrowBody reads => and what is behind it.
func (p *parser) arrowBody(end, start int, params []string) *Expr {
	p.at++
	x := &Expr{Kind: Function, Start: start, Params: params}
	if p.is("{") && p.closing() >= 0 {
		p.inside(func(end int) { x.Body = p.block(end) })
	} else {
		x.X = p.expression(end)
	}
	return p.join(x)
}

// function reads function name(params) { body }.
func (p *parser) function(end int) *Expr {
	x := &Expr{Kind: Function, Start: p.offset()}
	for p.at++; p.more(end) && !p.is("("); p.at++ {
		if t := p.peek(0); t.kind == word {
			x.Text = t.text
		} else if t.text == "{" || t.text == ";" {
			return p.join(x)
		}
	}
	p.inside(func(end int) { x.Params = p.params(end) })
	if p.lang.php && p.word("use") {
		p.at++
		p.inside(func(int) {})
	}
	if p.take(":") {
		p.take("?")
		p.skipType(end)
	}
	if p.take("=") {
		x.X = p.expression(end)
	} else if p.is("{") {
		p.inside(func(end int) { x.Body = p.block(end) })
	}
	return p.join(x)
}

// lambda reads Kotlin's { a, b -> body }.
func (p *parser) lambda() *Expr {
	x := &Expr{Kind: Function, Start: p.offset()}
	p.inside(func(end int) {
		for i := p.at; i < end && i < p.at+12; i++ {
			if p.toks[i].text == "->" {
				x.Params = p.params(i)
				p.at = i + 1
				break
			}
		}
		x.Body = p.block(end)
	})
	return p.join(x)
}

// made reads new Type(arguments) { initialiser }.
func (p *parser) made(end int) *Expr {
	x := &Expr{Kind: New, Start: p.offset()}
	p.at++
	for p.more(end) && p.peek(0).kind == word {
		name := p.leaf(Name, p.toks[p.at])
		if x.X == nil {
			x.X = name
		} else {
			x.X = p.join(&Expr{Kind: Member, Start: x.X.Start, Text: name.Text, X: x.X})
		}
		if !p.take(".") {
			break
		}
	}
	if p.is("<") {
		if behind := p.generics(end); behind > 0 {
			p.at = behind
		}
	}
	if p.is("[") && p.closing() >= 0 {
		p.at = p.closing() + 1
	}
	if p.is("(") {
		p.inside(func(end int) { x.List = p.arguments(end) })
	}
	if p.is("{") && p.lang.annotation && p.closing() >= 0 {
		o := p.object(x.Start)
		x.Props, x.Body = o.Props, o.Body
	}
	return p.join(x)
}
