package clike

import "cmp"

// object reads { key: value, ...rest, method() {} }, and C#'s { Key = value, value, ["key"] = value }.
func (p *parser) object(start int) *Expr {
	x := &Expr{Kind: Object, Start: start}
	p.inside(func(end int) {
		for p.more(end) {
			at := p.at
			if p.take(",") || p.take(";") {
				continue
			}
			x.Props = append(x.Props, p.property(end))
			for p.more(end) && !p.is(",") && !p.is(";") && (p.at == at || !p.peek(0).newline) {
				p.skipOne(end)
			}
		}
	})
	return p.join(x)
}

var propertyWords = map[string]bool{"async": true, "get": true, "set": true, "static": true, "readonly": true}

func (p *parser) property(end int) Prop {
	if p.lang.ruby && p.more(end) {
		p.toks[p.at].newline = false
	}
	if p.is("...") {
		return Prop{Value: p.expression(end)} // a Spread, never nil
	}
	for p.is("*") || propertyWords[p.peek(0).text] && p.peek(0).kind == word && (p.peek(1).kind == word || p.peek(1).kind == text || p.peek(1).text == "[" || p.peek(1).text == "*") {
		p.at++
	}
	t := p.peek(0)
	var prop Prop
	switch {
	case t.text == "[" && t.kind == punct && p.closing() >= 0:
		p.inside(func(end int) { prop.Computed = p.expression(end) })
		if prop.Computed != nil && prop.Computed.Kind == String {
			prop.Key = prop.Computed.Text
		}
	case t.kind == word, t.kind == text, t.kind == number:
		prop.Key = t.text
		p.at++
	default:
		return Prop{Value: cmp.Or(p.expression(end), &Expr{Start: t.start, End: t.start})}
	}
	switch {
	case p.take(":"), p.take("="), p.lang.ruby && p.take("=>"):
		prop.Value = cmp.Or(p.expression(end), &Expr{Start: t.end, End: t.end})
	case p.is("(") && p.closing() >= 0:
		f := &Expr{Kind: Function, Start: t.start}
		p.inside(func(end int) { f.Params = p.params(end) })
		if p.take(":") {
			p.skipType(end)
		}
		if p.is("{") {
			p.inside(func(end int) { f.Body = p.block(end) })
		}
		prop.Value = p.join(f)
	case t.kind == word:
		prop.Value = &Expr{Kind: Name, Start: t.start, End: t.end, Text: t.text}
	default:
		prop.Value = &Expr{Kind: String, Start: t.start, End: t.end, Text: t.text}
	}
	return prop
}
