package source

// precedence of the operators that join two values; 0 for others.
func (p *parser) precedence(t *token) int {
	if t.kind == word {
		switch t.text {
		case "or", "and", "xor":
			if p.lang == PHP || p.lang == Ruby {
				return 1
			}
		case "instanceof", "in", "is", "to", "until", "downTo":
			if t.text == "instanceof" || (p.lang == Kotlin || p.lang == CSharp && t.text == "is" || p.lang == JavaScript && t.text == "in") && !t.newline {
				return 7
			}
		case "as", "satisfies":
			if p.lang == Kotlin || p.lang == CSharp || p.lang == JavaScript {
				return 11
			}
		}
		return 0
	}
	if t.kind != punct {
		return 0
	}
	switch t.text {
	case "..", "...":
		return 2
	case "?:", "??":
		return 3
	case "||":
		return 4
	case "&&":
		return 5
	case "|", "^", "&":
		return 6
	case "==", "!=", "===", "!==", "<", ">", "<=", ">=", "<=>", "=~":
		return 7
	case "<<":
		return 8
	case "+", "-":
		return 9
	case ".":
		if p.lang.dot == "." {
			return 9
		}
	case "*", "/", "%":
		return 10
	case "**":
		return 12
	}
	return 0
}

var assigns = map[string]bool{"=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "|=": true, "&=": true, "^=": true, ".=": true,
	"**=": true, "<<=": true, "&&=": true, "||=": true, "??=": true, ">>>=": true}

// expr reads an expression, assignments included. It returns nil, and takes nothing, where none begins.
func (p *parser) expr() *Expr {
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		p.skipOne()
		return nil
	}
	defer func() { p.depth-- }()
	x := p.binary(1)
	if x == nil || p.ended() {
		return x
	}
	t := p.peek(0)
	switch {
	case t.kind != punct:
	case assigns[t.text]:
		p.at++
		y := p.expr()
		return p.end2(&Expr{Kind: Assign, Start: x.Start, Text: t.text, X: x, Y: y})
	case t.text == "?" && p.lang != Kotlin:
		p.at++
		c := &Expr{Kind: Choice, Start: x.Start, X: x, Y: p.expr()}
		if p.take(":") {
			c.Z = p.expr()
		}
		return p.end2(c)
	}
	return x
}

// end2 sets the end of an expression to what was read last.
func (p *parser) end2(x *Expr) *Expr {
	x.End = max(p.passed(), x.Start)
	return x
}

// skipOne moves over a token, or over a bracket with what is inside.
func (p *parser) skipOne() {
	if c := p.closing(); c >= 0 {
		p.at = c
	}
	p.at++
}

func (p *parser) binary(lowest int) *Expr {
	x := p.unary()
	for x != nil && p.more() {
		t := p.peek(0)
		prec := p.precedence(t)
		if prec < lowest || prec == 0 || p.lines && t.newline && !p.continues(t) {
			return x
		}
		if p.lang == CSharp && t.text == "is" || t.text == "as" || t.text == "satisfies" {
			p.at++
			from := p.at
			p.at = max(p.typeAt(p.at), p.at)
			kind := Cast
			if t.text == "is" {
				kind = Binary
			}
			x = p.end2(&Expr{Kind: kind, Start: x.Start, Text: p.span(from, p.at), X: x})
			continue
		}
		p.at++
		if p.lines {
			p.peek(0).newline = false // an operator at the end of a line goes on
		}
		y := p.binary(prec + 1)
		x = p.end2(&Expr{Kind: Binary, Start: x.Start, Text: t.text, X: x, Y: y})
	}
	return x
}

// continues reports an operator that goes on with the line before, where a line's end ends a statement.
func (p *parser) continues(t *token) bool {
	return p.lang == Kotlin && (t.text == "?:" || t.text == "&&" || t.text == "||" || t.text == "as")
}

var prefixes = map[string]bool{"!": true, "-": true, "+": true, "~": true, "++": true, "--": true, "&": true, "@": true, "*": true, "**": true}

var prefixWords = map[string]bool{"typeof": true, "void": true, "await": true, "delete": true, "yield": true, "not": true, "clone": true, "defined?": true,
	"throw": true, "raise": false, "print": false}

func (p *parser) unary() *Expr {
	t := p.peek(0)
	start := t.start
	switch {
	case !p.more():
		return nil
	case t.kind == punct && (t.text == "..." || (t.text == "*" || t.text == "**" || t.text == "&") && p.lang != CSharp):
		p.at++
		return p.deeper(&Expr{Kind: Spread, Start: start})
	case t.kind == punct && prefixes[t.text]:
		p.at++
		return p.deeper(&Expr{Kind: Unary, Start: start, Text: t.text})
	case t.kind == word && prefixWords[t.text] && !p.follows(1):
		p.at++
		return p.deeper(&Expr{Kind: Unary, Start: start, Text: t.text})
	case t.kind == word && t.text == "return" && p.lang == Kotlin: // x ?: return
		p.at++
		return p.deeper(&Expr{Kind: Unary, Start: start, Text: "return"})
	case t.kind == punct && t.text == "(" && p.castHere():
		from := p.at + 1
		to := t.match
		p.at = to + 1
		x := p.deeper(&Expr{Kind: Cast, Start: start})
		x.Text = p.span(from, to)
		return x
	}
	return p.postfix(p.primary())
}

// follows reports that the n-th token ends an expression or assigns: the word before it is a name.
func (p *parser) follows(n int) bool {
	t := p.peek(n)
	return t.kind == punct && (t.text == "" || t.text == ")" || t.text == "," || t.text == ";" || t.text == "=" || t.text == "." || t.text == ":" || t.text == "=>")
}

// deeper reads the operand of a prefix.
func (p *parser) deeper(x *Expr) *Expr {
	if p.depth++; p.depth < maxDepth {
		x.X = p.unary()
	} else {
		p.cut = true
		p.skipOne()
	}
	p.depth--
	return p.end2(x)
}

// castHere reports (Type) before a value.
func (p *parser) castHere() bool {
	if p.lang != Java && p.lang != CSharp && p.lang != PHP {
		return false
	}
	stop := p.closing()
	if stop < 0 || stop+1 >= p.end || p.typeAt(p.at+1) != stop {
		return false
	}
	next := &p.toks[stop+1]
	switch next.kind {
	case punct:
		return next.text == "(" && p.lang != PHP || next.text == "(" && p.toks[p.at+1].text == "string" || next.text == "!" || next.text == "["
	case word:
		return next.text != "as" && next.text != "is" && next.text != "instanceof" && next.text != "switch"
	}
	return true
}

// postfix reads what is applied to a value: members, indexes, calls.
func (p *parser) postfix(x *Expr) *Expr {
	for x != nil && p.more() {
		t := p.peek(0)
		if p.lines && t.newline && t.text != "." && t.text != "?." && t.text != "&." {
			return x
		}
		if t.kind == template && p.lang == JavaScript && !t.newline { // a tag
			x = p.end2(&Expr{Kind: Call, Start: x.Start, X: x, List: []*Expr{p.primary()}})
			continue
		}
		if t.kind == word && p.lang == Kotlin && !t.newline && t.text == "!in" || t.kind != punct {
			return p.behindValue(x, t)
		}
		switch t.text {
		case ".", "?.", "->", "?->", "::", "&.":
			if t.text == p.lang.dot || !p.member(&x, t) {
				return x
			}
		case "(":
			x = p.call(x)
		case "[":
			if p.lang == Ruby && t.space && x.Kind == Name && !p.lines {
				return x
			}
			x = p.index(x)
		case "{":
			next, ok := p.braced(x)
			if !ok {
				return x
			}
			x = next
		case "<":
			g := p.generics(p.at)
			if g == 0 || g >= p.end || p.lang == Ruby || p.lang == PHP || p.toks[g].text != "(" || p.toks[g].newline {
				return x
			}
			p.at = g
		case "!", "!!", "++", "--":
			if t.newline || t.text == "!" && (t.space || p.lang == Ruby) {
				return x
			}
			p.at++
		default:
			return x
		}
		if x.Kind == Unknown && x.Start == x.End {
			return x
		}
	}
	return x
}

// behindValue reads what words apply to a value: a block of Ruby, a switch of C#.
func (p *parser) behindValue(x *Expr, t *token) *Expr {
	if p.lang == CSharp && t.kind == word && t.text == "switch" && p.peek(1).text == "{" {
		p.at++
		c := &Expr{Kind: Choice, Start: x.Start, X: x}
		p.inside(func() { c.List = p.list() })
		for i, arm := range c.List {
			switch {
			case arm.Kind == Func && len(arm.Func.Body) == 1:
				c.List[i] = arm.Func.Body[0].X
			case arm.Kind == Pair:
				c.List[i] = arm.X
			}
		}
		return p.end2(c)
	}
	return x
}

// member reads .name, ?.name, ?.[index], ?.(call). It reports false where no name follows.
func (p *parser) member(x **Expr, t *token) bool {
	next := p.peek(1)
	switch {
	case t.text == "->" && p.lang != PHP, t.text == "::" && p.lang == JavaScript:
		return false
	case next.kind == word:
		p.at += 2
		*x = p.end2(&Expr{Kind: Member, Start: (*x).Start, Text: next.text, X: *x})
		return true
	case next.text == "(" && (t.text == "?." || p.lang == Ruby), next.text == "[" && t.text == "?.":
		p.at++
		return true
	case next.text == "<" && p.lang == Java: // a.<Type>b()
		if g := p.generics(p.at + 1); g > 0 && g < p.end && p.toks[g].kind == word {
			p.at = g + 1
			*x = p.end2(&Expr{Kind: Member, Start: (*x).Start, Text: p.toks[g].text, X: *x})
			return true
		}
	case next.text == "{" && p.lang == PHP:
		p.at++
		p.skipOne()
		*x = p.end2(&Expr{Kind: Member, Start: (*x).Start, X: *x})
		return true
	}
	return false
}

func (p *parser) call(x *Expr) *Expr {
	c := &Expr{Kind: Call, Start: x.Start, X: x}
	if !p.inside(func() { c.List = p.list() }) {
		p.at++
	}
	return p.end2(c)
}

func (p *parser) index(x *Expr) *Expr {
	i := &Expr{Kind: Index, Start: x.Start, X: x}
	if !p.inside(func() {
		list := p.list()
		if len(list) > 0 {
			i.Y = list[0]
		}
		if len(list) > 1 || i.Y != nil && i.Y.Kind == Binary && (i.Y.Text == ".." || i.Y.Text == "...") {
			i.Kind = Slice
		}
	}) {
		p.at++
	}
	return p.end2(i)
}

// braced reads what a brace behind a value is: a lambda of Kotlin, a block of Ruby, an initialiser of C#, the body of
// an anonymous class.
func (p *parser) braced(x *Expr) (*Expr, bool) {
	if p.closing() < 0 || p.bare {
		return x, false
	}
	switch {
	case p.lang == Kotlin && !p.peek(0).newline && (x.Kind == Call || x.Kind == Name || x.Kind == Member):
		f := p.lambda()
		if x.Kind == Call {
			x.List = append(x.List, f)
			return p.end2(x), true
		}
		return p.end2(&Expr{Kind: Call, Start: x.Start, X: x, List: []*Expr{f}}), true
	case x.Kind == New && p.lang == CSharp:
		p.inside(func() { x.List = append(x.List, p.list()...) })
		for i, item := range x.List {
			x.List[i] = asPair(item)
		}
		return p.end2(x), true
	case x.Kind == New && (p.lang == Java || p.lang == PHP):
		f := &Function{Start: p.offset()}
		p.inside(func() { f.Body = p.block(x.Text) })
		x.List = append(x.List, &Expr{Kind: Func, Start: f.Start, End: p.passed(), Func: f})
		return p.end2(x), true
	}
	return x, false
}

// asPair makes a pair of Name = value.
func asPair(x *Expr) *Expr {
	if x.Kind == Assign && x.Text == "=" && x.X.Kind == Name && x.Y != nil {
		return &Expr{Kind: Pair, Start: x.Start, End: x.End, Text: x.X.Text, X: x.Y}
	}
	return x
}

// list reads values between commas: arguments, elements, entries.
func (p *parser) list() []*Expr {
	var out []*Expr
	for p.more() {
		at := p.at
		if p.take(",") || p.take(";") {
			continue
		}
		if x := p.item(); x != nil {
			out = append(out, x)
		}
		if p.at == at {
			p.skipOne()
		}
	}
	return out
}

var passing = map[string]bool{"out": true, "ref": true, "in": true, "params": true}

// item reads one of them: a value, name: value, "key" => value, key = value.
func (p *parser) item() *Expr {
	t := p.peek(0)
	if p.lang == CSharp && t.kind == word && passing[t.text] && p.peek(1).kind == word {
		p.at++
		if p.peek(1).kind == word {
			p.at++
		}
	}
	if next := p.peek(1); next.text == ":" && next.kind == punct && (t.kind == word || t.kind == text) && p.lang != Java && p.lang != Kotlin &&
		p.peek(2).text != ":" {
		p.at += 2
		if p.ended() || p.is(",") { // { name: } of Ruby is a name
			return p.end2(&Expr{Kind: Pair, Start: t.start, Text: t.text, X: &Expr{Kind: Name, Start: t.start, End: t.end, Text: t.text}})
		}
		return p.end2(&Expr{Kind: Pair, Start: t.start, Text: t.text, X: p.expr()})
	}
	x := p.expr()
	if x == nil {
		return nil
	}
	switch {
	case p.is("=>") && p.lang != JavaScript:
		p.at++
		pair := &Expr{Kind: Pair, Start: x.Start, Y: x, X: p.expr()}
		if x.Kind == Literal {
			pair.Text, pair.Y = x.Text, nil
		}
		return p.end2(pair)
	case p.lang == Kotlin:
		return asPair(x)
	case p.lang == JavaScript && p.word("for", "of"):
		p.at++
	}
	return x
}
