package source

// block reads statements up to the end of what the parser is inside of. class is the name of the class whose body this
// is, or "".
func (p *parser) block(class string) []*Stmt {
	var out []*Stmt
	var notes []*Expr
	for p.more() {
		at := p.at
		notes = append(notes, p.notes()...)
		for _, s := range p.statement(class) {
			if len(notes) > 0 {
				s.Notes = notes
				if s.Func != nil {
					s.Func.Notes = notes
				}
				notes = nil
			}
			out = append(out, s)
		}
		if p.at == at {
			p.skipOne()
		}
	}
	return out
}

// notes reads annotations: @Name(arguments), [Attribute(arguments)], #[Attribute].
func (p *parser) notes() []*Expr {
	var out []*Expr
	for p.more() {
		switch {
		case p.is("@") && p.peek(1).kind == word && p.peek(1).text != "interface" && p.lang != PHP && p.lang != Ruby:
			start := p.offset()
			p.at++
			x := p.primary()
			for p.is(".") && p.peek(1).kind == word || p.is(":") && p.peek(1).kind == word && p.lang == Kotlin {
				x = &Expr{Kind: Name, Start: start, End: p.peek(1).end, Text: p.peek(1).text}
				p.at += 2
			}
			if p.is("(") && !p.peek(0).newline {
				x = p.call(x)
			}
			out = append(out, x)
		case p.is("#") && p.is2("["):
			p.at++
			p.inside(func() { out = append(out, p.list()...) })
		case p.lang == CSharp && p.is("[") && p.closing() > 0 && p.peek(1).kind == word:
			p.inside(func() {
				if p.is2(":") {
					p.at += 2 // [return: ...]
				}
				out = append(out, p.list()...)
			})
		default:
			return out
		}
	}
	return out
}

// statement reads one statement; it may take nothing.
func (p *parser) statement(class string) []*Stmt {
	if p.depth++; p.depth >= maxDepth {
		p.depth--
		p.cut = true
		p.skipOne()
		return nil
	}
	defer func() { p.depth-- }()
	t := p.peek(0)
	switch {
	case t.kind == punct && (t.text == ";" || t.text == ","):
		p.at++
		return nil
	case t.kind == punct && t.text == "{" && p.closing() >= 0 && p.lang != Kotlin:
		s := &Stmt{Kind: Block, Start: t.start}
		p.inside(func() { s.Body = p.block(class) })
		return p.done(s)
	case t.kind == word:
		if s, ok := p.keyword(t, class); ok {
			return s
		}
		if s, ok := p.declaration(class); ok {
			return s
		}
	}
	return p.plain()
}

func (p *parser) done(s *Stmt) []*Stmt {
	s.End = max(p.passed(), s.Start)
	return []*Stmt{s}
}

func (p *parser) plain() []*Stmt {
	start := p.offset()
	x := p.expr()
	if x == nil {
		return nil
	}
	if x.Kind == Choice && x.Func != nil && x.X == nil { // if or when of Kotlin
		return x.Func.Body
	}
	if x.Kind == Unary && x.Text == "throw" {
		return p.done(&Stmt{Kind: Throw, Start: start, X: x.X})
	}
	return p.done(&Stmt{Kind: Do, Start: start, X: x})
}

var modifiers = map[string]bool{"public": true, "private": true, "protected": true, "internal": true, "static": true, "final": true, "abstract": true,
	"override": true, "readonly": true, "virtual": true, "sealed": true, "open": true, "async": true, "synchronized": true, "transient": true,
	"volatile": true, "native": true, "partial": true, "extern": true, "unsafe": true, "suspend": true, "inline": true, "lateinit": true, "data": true,
	"companion": true, "operator": true, "infix": true, "tailrec": true, "const": true, "export": true, "default": true, "declare": true, "required": true,
	"inner": true, "strictfp": true, "accessor": true, "new": true, "fun": false}

// keyword reads a statement that begins with a word of the language.
func (p *parser) keyword(t *token, class string) ([]*Stmt, bool) {
	next := p.peek(1)
	if next.kind == punct && (next.text == ":" && t.text != "default" && t.text != "else" || next.text == "=" || next.text == "." || next.text == "," ||
		next.text == ")" || next.text == "=>" || next.text == "->") {
		return nil, false // a key, a variable
	}
	switch t.text {
	case "const", "let", "var", "val", "using", "global":
		if t.text == "using" && next.text != "(" && p.peek(2).text != "=" && next.text != "var" && p.peek(3).text != "=" || t.text == "global" {
			return p.imports(t), true
		}
		if t.text == "using" && next.text == "(" {
			return p.heads(t, class), true
		}
		if p.lang == Java && t.text != "var" || p.lang == PHP && t.text != "const" {
			break
		}
		return p.variables(), true
	case "if", "elseif", "else", "unless":
		return p.conditional(class), true
	case "for", "foreach", "while", "do", "lock", "synchronized", "checked", "unchecked", "fixed", "finally", "try", "catch", "switch", "when", "init":
		if next.text == "(" || next.text == "{" || next.text == "await" || t.text == "do" {
			return p.heads(t, class), true
		}
	case "return", "throw", "break", "continue", "goto", "echo", "print":
		return p.jump(t)
	case "class", "interface", "enum", "record", "struct", "trait", "namespace", "object", "module":
		if next.kind == word && next.text != "extends" || next.text == "{" && t.text == "object" {
			return p.class(t), true
		}
	case "function", "fun":
		if p.lang == PHP || p.lang == JavaScript || p.lang == Kotlin {
			p.at++
			f := p.function(t.start)
			return p.done(&Stmt{Kind: Define, Start: t.start, Name: f.Name, Func: f}), true
		}
	case "import", "package", "use":
		if next.text != "(" && (t.text != "use" || p.lang == PHP) {
			return p.imports(t), true
		}
	case "type":
		if next.kind == word && p.lang == JavaScript {
			p.skipAlias()
			return nil, true
		}
	case "case", "default":
		if t.text == "default" && next.text != ":" && next.text != "->" {
			break
		}
		for p.more() && !p.is(":") && !p.is("->") {
			p.skipOne()
		}
		p.at++
		return nil, true
	}
	if modifiers[t.text] && (next.kind == word || next.text == "{" || next.text == "(" && t.text != "new" && p.lang == CSharp || next.text == "[" || next.text == "@" || next.text == "*" ||
		next.text == "?" && p.lang == PHP) &&
		(t.text != "new" || class != "") && (t.text != "async" || next.text != "(") && !(t.text == "static" && next.text == "::") && (class != "" || !next.newline) {
		p.at++
		if p.is("{") {
			s := &Stmt{Kind: Block, Start: t.start}
			p.inside(func() { s.Body = p.block("") })
			return p.done(s), true
		}
		p.notes()
		if p.lang == PHP {
			p.take("?") // ?Type
		}
		return p.statement(class), true
	}
	return nil, false
}

// skipAlias moves over type Name = ...
func (p *parser) skipAlias() {
	p.at += 2
	if p.is("<") {
		p.at = max(p.generics(p.at), p.at+1)
	}
	p.take("=")
	p.take("|")
	p.at = max(p.typeAt(p.at), p.at)
}

func (p *parser) imports(t *token) []*Stmt {
	s := &Stmt{Kind: Import, Start: t.start}
	from := p.at
	for p.at++; p.more() && !p.is(";") && !(p.peek(0).newline && (p.lines || p.lang == JavaScript)); p.skipOne() {
	}
	s.Text = p.span(from, min(p.at, p.end))
	return p.done(s)
}

// jump reads return, throw and what ends a block; echo and print are calls.
func (p *parser) jump(t *token) ([]*Stmt, bool) {
	kind := Return
	switch t.text {
	case "throw":
		kind = Throw
	case "break", "continue", "goto":
		kind = Break
	case "echo", "print":
		if p.lang != PHP {
			return nil, false
		}
		p.at++
		c := &Expr{Kind: Call, Start: t.start, X: &Expr{Kind: Name, Start: t.start, End: t.end, Text: t.text}}
		for p.more() && !p.is(";") {
			at := p.at
			if x := p.expr(); x != nil {
				c.List = append(c.List, x)
			}
			if !p.take(",") || p.at == at {
				break
			}
		}
		return p.done(&Stmt{Kind: Do, Start: t.start, X: p.end2(c)}), true
	}
	p.at++
	s := &Stmt{Kind: kind, Start: t.start}
	if p.is("@") && p.lang == Kotlin {
		p.at += 2
	}
	if p.more() && !p.is(";") && !(p.peek(0).newline && (p.lines || p.lang == JavaScript)) {
		s.X = p.expr()
	}
	if kind == Break {
		s.X = nil
	}
	return p.done(s), true
}

// conditional reads if (test) body else body.
func (p *parser) conditional(class string) []*Stmt {
	s := &Stmt{Kind: If, Start: p.offset()}
	if p.word("else") { // one that lost its if
		p.at++
		s.Body = p.body(class)
		return p.done(s)
	}
	p.at++
	p.inside(func() { s.X = p.expr() })
	if p.lang == PHP && p.take(":") { // if (...): ... endif;
		return p.done(s)
	}
	s.Body = p.body(class)
	p.take(";")
	switch {
	case p.word("elseif"):
		s.Else = p.conditional(class)
	case p.word("else"):
		p.at++
		s.Else = p.body(class)
	}
	return p.done(s)
}

// body reads a block or the one statement in its place.
func (p *parser) body(class string) (out []*Stmt) {
	if p.is("{") && p.closing() >= 0 {
		p.inside(func() { out = p.block("") })
		return out
	}
	if p.more() {
		p.peek(0).newline = false
		out = p.statement("")
	}
	return out
}
