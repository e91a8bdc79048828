package clike

// head reads what stands in the parentheses of a loop, a switch, a try or a catch. What is taken from a collection is a
// Var with the collection as its value: for (const a of b), for (A a : b), foreach (var a in b), foreach ($b as $k => $a).
func (p *parser) head(end int) []*Stmt {
	for i := p.at; i < end; i++ {
		t := p.toks[i]
		if t.match > i {
			i = t.match
			continue
		}
		switch {
		case t.kind == word && (t.text == "of" || t.text == "in") && i > p.at && p.lang != Java, t.kind == punct && t.text == ":" && p.lang.annotation && i > p.at:
			s := &Stmt{Kind: Var, Start: p.offset(), Names: p.bound(p.at, i)}
			p.at = i + 1
			s.X = p.expression(end)
			return p.done(s)
		case t.kind == word && t.text == "as" && p.lang.php:
			s := &Stmt{Kind: Var, Start: p.offset(), Names: p.bound(i+1, end)}
			s.X = p.expression(i)
			p.at = end
			return p.done(s)
		case t.text == ";" || t.text == "?":
			return p.block(end)
		}
	}
	return p.block(end)
}

// bound are the names that tokens bind: the last word, or every word between brackets.
func (p *parser) bound(from, to int) []Alias {
	var names []Alias
	inner := false
	for i := from; i < to; i++ {
		switch t := p.toks[i]; {
		case t.match > i:
			inner = true
		case t.kind != word, t.text == "const", t.text == "let", t.text == "var":
		case inner || p.lang.php:
			names = append(names, Alias{t.text, t.text})
		default:
			names = []Alias{{t.text, t.text}}
		}
	}
	return names
}
