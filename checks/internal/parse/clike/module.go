package clike

// declarations reads const a = 1, { b, c: d } = x;
func (p *parser) declarations(end int) []*Stmt {
	var out []*Stmt
	for p.at++; p.more(end); {
		s := &Stmt{Kind: Var, Start: p.offset()}
		switch t := p.peek(0); {
		case t.kind == word:
			s.Name = t.text
			p.at++
		case t.kind == punct && (t.text == "{" || t.text == "[" || t.text == "(") && p.closing() >= 0:
			p.inside(func(end int) { s.Names = p.aliases(end) })
		default:
			return out
		}
		p.take("!")
		if p.take(":") {
			p.skipType(end)
		}
		if p.is("=") && p.lang.lineEnds { // Kotlin: the value may stand on the next line
			p.toks[p.at].newline = false
		}
		if p.take("=") {
			s.X = p.expression(end)
		}
		out = append(out, p.done(s)...)
		if !p.take(",") {
			return out
		}
	}
	return out
}

// aliases reads a, b as c, d: e, type F.
func (p *parser) aliases(end int) []Alias {
	var out []Alias
	for p.more(end) {
		t := p.peek(0)
		if t.kind != word && t.kind != text {
			p.skipOne(end)
			continue
		}
		p.at++
		if t.text == "type" && p.peek(0).kind == word && p.peek(0).text != "as" {
			continue
		}
		a := Alias{t.text, t.text}
		if (p.word("as") || p.is(":")) && p.peek(1).kind == word {
			a.As = p.peek(1).text
			p.at += 2
		}
		out = append(out, a)
		for p.more(end) && !p.is(",") {
			p.skipOne(end)
		}
	}
	return out
}

// imports reads import a, { b as c } from "x", import * as d from "y", and import d = require("z").
func (p *parser) imports(end int) []*Stmt {
	s := &Stmt{Kind: Import, Start: p.offset()}
	for p.at++; p.more(end); {
		t := p.peek(0)
		switch {
		case t.kind == text:
			s.Text = t.text
			p.at++
			return p.done(s)
		case t.kind == word && t.text == "from" && p.peek(1).kind == text, t.kind == word && t.text == "type", t.text == ",":
			p.at++
		case t.text == "{" && p.closing() >= 0:
			p.inside(func(end int) { s.Names = append(s.Names, p.aliases(end)...) })
		case t.text == "*":
			p.at++
			if p.word("as") {
				p.at++
				s.Names = append(s.Names, Alias{"*", p.peek(0).text})
				p.at++
			}
		case t.kind == word && p.peek(1).text == "=" && p.lang.objects:
			p.at += 2
			return p.done(&Stmt{Kind: Var, Start: s.Start, Name: t.text, X: p.expression(end)})
		case t.kind == word && p.lang.objects && !t.newline:
			s.Names = append(s.Names, Alias{"default", t.text})
			p.at++
		case t.newline || t.text == ";":
			return p.done(s)
		default: // import org.springframework.x.Y
			s.Text += t.text
			p.at++
		}
	}
	return p.done(s)
}

// exports reads export default x, export const a = 1, and export { b }.
func (p *parser) exports(end int) []*Stmt {
	start := p.offset()
	p.at++
	switch {
	case p.word("default"):
		p.at++
		if p.word("class") && p.peek(1).kind == word {
			return p.class(end, p.peek(0))
		}
		x := p.expression(end)
		if x == nil {
			return nil
		}
		return p.done(&Stmt{Kind: Export, Name: "default", Start: start, X: x})
	case p.is("="):
		p.at++
		return p.done(&Stmt{Kind: Export, Name: "default", Start: start, X: p.expression(end)})
	case p.is("{") && p.closing() >= 0:
		p.at = p.closing() + 1
		return nil
	}
	if p.word("async") {
		p.at++
	}
	return p.statement(end)
}
