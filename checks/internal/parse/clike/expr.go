package clike

import (
	"cmp"
	"strings"
)

// binding are the operators between two operands and how closely they bind.
var binding = map[string]int{"??": 1, "||": 1, "?:": 1, "&&": 2, "|": 3, "^": 3, "&": 3, "==": 4, "===": 4, "!=": 4, "!==": 4, "<": 5, ">": 5,
	"<=": 5, ">=": 5, "in": 5, "instanceof": 5, "is": 5, "to": 5, "<<": 6, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "**": 8}

var assigning = map[string]bool{"=": true, "+=": true, "-=": true, "||=": true, "??=": true, "&&=": true, "|=": true}

var unary = map[string]bool{"!": true, "-": true, "+": true, "~": true, "++": true, "--": true}

var unaryWords = map[string]bool{"await": true, "typeof": true, "void": true, "delete": true, "yield": true}

// expression reads an expression with assignments and ?:. It returns nil where there is none.
func (p *parser) expression(end int) *Expr {
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		return p.skipOne(end)
	}
	defer func() { p.depth-- }()
	x := p.binary(end, 0)
	if x == nil || !p.more(end) || p.stop() {
		return x
	}
	t := p.toks[p.at]
	switch {
	case t.kind == punct && assigning[t.text]:
		p.at++
		y := p.expression(end)
		return p.join(&Expr{Kind: Assign, Start: x.Start, Text: t.text, X: x, Y: y})
	case t.kind == punct && t.text == "?" && !p.lang.lambdas:
		p.at++
		plain := p.plain
		p.plain = true
		then := p.expression(end)
		p.plain = plain
		p.take(":")
		return p.join(&Expr{Kind: Choice, Start: x.Start, X: x, Y: then, Z: p.expression(end)})
	}
	return x
}

// join ends an expression at the last token that was read. An operand that is missing becomes Unknown.
func (p *parser) join(x *Expr) *Expr {
	x.End = max(p.passed(), x.Start)
	missing := &Expr{Start: x.End, End: x.End}
	switch x.Kind {
	case Unary, Spread, Annotated, New:
		x.X = cmp.Or(x.X, missing)
	case Binary, Assign, Index, Choice:
		x.Y = cmp.Or(x.Y, missing)
	}
	if x.Kind == Choice {
		x.Z = cmp.Or(x.Z, missing)
	}
	return x
}

// skipOne moves over a token, or a bracket with what is inside.
func (p *parser) skipOne(end int) *Expr {
	if !p.more(end) {
		return nil
	}
	x := &Expr{Start: p.offset()}
	if c := p.closing(); c >= 0 && c < end {
		p.at = c
	}
	p.at++
	return p.join(x)
}

// stop reports whether the next token stands on a new line where that ends a statement.
func (p *parser) stop() bool {
	t := p.peek(0)
	if p.lang.ruby && t.kind == word && (t.text == "if" || t.text == "unless" || t.text == "do") {
		return true
	}
	return p.lang.lineEnds && t.newline && t.text != "." && t.text != "?." && t.text != "&&" && t.text != "||" && t.text != "?:"
}

func (p *parser) binary(end, least int) *Expr {
	x := p.unary(end)
	for x != nil && p.more(end) && !p.stop() {
		t := p.toks[p.at]
		b, ok := binding[t.text]
		if !ok || b <= least || t.kind != punct && t.kind != word || t.kind == word && t.newline || t.text == "*" && t.newline && p.lang.objects {
			break
		}
		if t.kind == word && (t.text == "is" || t.text == "to") && !p.lang.lambdas || t.text == "in" && p.lang == Java || p.lang.ruby && (t.text == "|" || x.Kind == Name && rubyWords[x.Text]) {
			break
		}
		p.at++
		y := p.binary(end, b)
		x = p.join(&Expr{Kind: Binary, Start: x.Start, Text: t.text, X: x, Y: y})
	}
	return x
}

func (p *parser) unary(end int) *Expr {
	if !p.more(end) {
		return nil
	}
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		return p.skipOne(end)
	}
	defer func() { p.depth-- }()
	t := p.toks[p.at]
	if t.kind == punct && unary[t.text] || t.kind == word && unaryWords[t.text] && p.lang.objects && p.peek(1).text != ":" && p.peek(1).text != "(" {
		p.at++
		return p.join(&Expr{Kind: Unary, Start: t.start, Text: t.text, X: p.unary(end)})
	}
	x := p.primary(end)
	if x != nil {
		x = p.postfix(end, x)
	}
	return x
}

// postfix reads members, calls and type assertions behind an operand.
func (p *parser) postfix(end int, x *Expr) *Expr {
	for p.more(end) && !p.stop() {
		t := p.toks[p.at]
		switch {
		case t.kind == punct && (t.text == "." || t.text == "?." || t.text == "::"):
			p.at++
			if next := p.peek(0); p.more(end) && next.kind == word {
				p.at++
				x = p.join(&Expr{Kind: Member, Start: x.Start, Text: strings.TrimPrefix(next.text, "#"), X: x})
			}
		case t.text == "(" && t.kind == punct && p.closing() >= 0:
			x = p.call(x)
		case t.text == "[" && t.kind == punct && p.closing() >= 0 && !p.typed(x) && (!p.lang.ruby || t.start == p.passed()):
			var y *Expr
			p.inside(func(end int) { y = p.expression(end) })
			x = p.join(&Expr{Kind: Index, Start: x.Start, X: x, Y: y})
		case t.text == "<" && t.kind == punct && p.genericCall(end):
		case t.text == "!" && t.kind == punct && p.lang.objects && !t.newline, t.text == "!" && p.peek(1).text == "!" && p.lang.lambdas, t.text == "++", t.text == "--":
			p.at++
		case t.kind == template && p.lang.backticks && x.Kind != Template, t.kind == text && p.lang.backticks && p.src[t.start] == '`':
			p.at++
			x = p.join(&Expr{Kind: Call, Start: x.Start, X: x, List: []*Expr{p.textOf(t)}})
		case t.kind == word && (t.text == "as" || t.text == "satisfies") && !t.newline && (p.lang.objects || p.lang.lambdas):
			p.at++
			p.skipType(end)
		case t.text == "{" && t.kind == punct && p.lang.lambdas && !t.newline && (x.Kind == Call || x.Kind == Name || x.Kind == Member) && p.closing() >= 0:
			f := p.lambda()
			if x.Kind != Call {
				x = &Expr{Kind: Call, Start: x.Start, X: x}
			}
			x.List = append(x.List, f)
			x = p.join(x)
		case p.lang.ruby && p.command(x):
			c := &Expr{Kind: Call, Start: x.Start, X: x}
			for more := true; more && p.more(end) && !p.is("|"); more = p.take(",") {
				c.List = append(c.List, p.argument(end))
			}
			return p.join(c)
		default:
			return x
		}
	}
	return x
}

// rubyWords end a call without parentheses, and make none.
var rubyWords = map[string]bool{"if": true, "unless": true, "do": true, "end": true, "then": true, "and": true, "or": true, "else": true, "elsif": true,
	"case": true, "when": true, "while": true, "until": true, "begin": true, "rescue": true, "ensure": true, "return": true, "not": true, "in": true,
	"true": true, "false": true, "nil": true, "self": true, "def": true, "class": true, "module": true}

// command reports whether arguments without parentheses follow on the same line.
func (p *parser) command(x *Expr) bool {
	t := p.peek(0)
	if t.newline || x.Kind != Member && (x.Kind != Name || rubyWords[x.Text]) || x.Kind == Member && rubyWords[x.Text] {
		return false
	}
	switch t.kind {
	case word:
		return !rubyWords[t.text] || t.text == "true" || t.text == "false" || t.text == "nil"
	case text, number, template:
		return true
	}
	return t.text == "->" || t.text == "[" && t.start > p.passed() || t.text == "*" && p.peek(1).kind == word && p.peek(1).start == t.end
}

// argument reads one argument: a value, or name: value and name => value as an assignment.
func (p *parser) argument(end int) *Expr {
	if p.more(end) {
		p.toks[p.at].newline = false // it may stand on the line after a comma
	}
	p.take("*")
	x := p.expression(end)
	if x == nil {
		return &Expr{Start: p.offset(), End: p.offset()}
	}
	if p.take(":") || p.take("=>") {
		y := p.expression(end)
		return p.join(&Expr{Kind: Assign, Start: x.Start, Text: "=", X: x, Y: y})
	}
	return x
}

// typed reports Type[] in a declaration.
func (p *parser) typed(x *Expr) bool {
	return p.lang.annotation && x.Kind == Name && p.closing() == p.at+1
}

// genericCall moves over the types of call<Types>(...), and of Type<Types> name where declarations begin with a type.
func (p *parser) genericCall(end int) bool {
	behind := p.generics(end)
	if behind == 0 || behind >= len(p.toks) {
		return false
	}
	next := p.toks[behind]
	if next.text == "(" && next.kind == punct || p.lang.annotation && (next.kind == word || next.text == ">" || next.text == "{") || p.lang.lambdas && next.text == "{" {
		p.at = behind
		return true
	}
	return false
}

func (p *parser) call(x *Expr) *Expr {
	c := &Expr{Kind: Call, Start: x.Start, X: x}
	p.inside(func(end int) { c.List = p.arguments(end) })
	return p.join(c)
}

// arguments reads values between commas. Of "Type name" and other words side by side the last one counts; named
// arguments (name = value, name: value) are assignments.
func (p *parser) arguments(end int) []*Expr {
	var list []*Expr
	for p.more(end) {
		if p.take(",") {
			continue
		}
		if p.lang.ruby {
			at := p.at
			list = append(list, p.argument(end))
			for p.more(end) && !p.is(",") || p.at == at {
				p.skipOne(end)
			}
			continue
		}
		x := p.expression(end)
		for p.more(end) && !p.is(",") {
			named := x != nil && (x.Kind == Name || p.lang.php) && p.take(":")
			next := p.expression(end)
			switch {
			case next == nil:
				p.skipOne(end)
			case named:
				x = p.join(&Expr{Kind: Assign, Start: x.Start, Text: "=", X: x, Y: next})
			default:
				x = next
			}
		}
		if x != nil {
			list = append(list, x)
		}
	}
	return list
}

func (p *parser) textOf(t token) *Expr {
	if t.kind == text {
		return &Expr{Kind: String, Start: t.start, End: t.end, Text: t.text}
	}
	x := &Expr{Kind: Template, Start: t.start, End: t.end}
	for _, piece := range t.parts {
		if piece.tokens == nil {
			x.List = append(x.List, &Expr{Kind: String, Start: t.start, End: t.end, Text: piece.text})
			if piece.text == "" && len(t.parts) == 2 {
				x.List[len(x.List)-1] = &Expr{Start: t.start, End: t.end}
			}
			continue
		}
		inner := parser{lang: p.lang, src: p.src, toks: piece.tokens, depth: p.depth}
		pair(inner.toks)
		value := inner.expression(len(inner.toks))
		if value == nil {
			value = &Expr{Start: t.start, End: t.end}
		}
		p.cut = p.cut || inner.cut
		x.List = append(x.List, value)
	}
	return x
}
