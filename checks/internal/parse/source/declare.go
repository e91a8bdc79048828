package source

// notTypes are words that begin no declaration though a word follows.
var notTypes = map[string]bool{"return": true, "throw": true, "new": true, "await": true, "yield": true, "else": true, "case": true, "in": true, "is": true,
	"as": true, "goto": true, "delete": true, "typeof": true, "instanceof": true, "echo": true, "print": true, "and": true, "or": true, "not": true,
	"global": true, "assert": true, "from": true, "where": true, "select": true, "extends": true, "implements": true, "use": true, "insteadof": true}

// declaration reads Type name = value and Type name(parameters) { } where types stand first, and the members of classes
// of JavaScript and PHP. It reports false, and takes nothing, where none begins.
func (p *parser) declaration(class string) ([]*Stmt, bool) {
	at := p.at
	t := p.peek(0)
	start := t.start
	switch p.lang {
	case JavaScript:
		if class == "" {
			return nil, false
		}
		return p.scriptMember(t)
	case PHP:
		return p.phpMember(t, class)
	case Kotlin:
		if class != "" && t.text == "constructor" && p.is2("(") {
			p.at++
			return p.rest(&Function{Start: start, Name: class}, start), true
		}
		return nil, false
	}
	if p.is("<") && p.generics(p.at) > 0 {
		p.at = p.generics(p.at)
	}
	if notTypes[p.peek(0).text] {
		return nil, false
	}
	if class != "" && p.is2("(") { // a constructor
		f := &Function{Start: start, Name: p.peek(0).text, Class: class}
		p.at++
		if stop := p.closing(); stop > 0 && stop+1 < p.end && (p.toks[stop+1].text == "{" || p.toks[stop+1].text == ":" || p.toks[stop+1].text == "throws" || p.toks[stop+1].text == "=>") {
			return p.rest(f, start), true
		}
		p.at = at
		return nil, false
	}
	from := p.at
	to := p.typeAt(p.at)
	if to == 0 || to >= p.end || p.toks[to].kind != word || notTypes[p.toks[to].text] || p.toks[to].text == "when" || p.toks[to].text == "with" || p.toks[to].text == "switch" {
		p.at = at
		return nil, false
	}
	typ, name := p.span(from, to), p.toks[to].text
	p.at = to + 1
	if p.is("<") && p.generics(p.at) > 0 {
		p.at = p.generics(p.at)
	}
	switch {
	case p.is("(") && p.closing() > 0:
		return p.rest(&Function{Start: start, Name: name, Class: class, Result: typ}, start), true
	case p.is("=") || p.is(";") || p.is(",") || p.is("["):
		return p.typed(typ, name, start), true
	case p.is("{") && p.closing() > 0: // a property
		s := &Stmt{Kind: Var, Start: start, Names: []string{name}, Type: typ}
		var body []*Stmt
		p.inside(func() { body = p.block("") })
		if p.take("=") {
			s.X = p.expr()
		}
		return append(p.done(s), body...), true
	case p.is("=>"): // a property that is computed
		p.at++
		f := &Function{Start: start, Name: name, Class: class, Result: typ}
		if x := p.expr(); x != nil {
			f.Body = []*Stmt{{Kind: Return, Start: x.Start, End: x.End, X: x}}
		}
		return p.done(&Stmt{Kind: Define, Start: start, Name: name, Func: f}), true
	case p.ended() || p.is(":") || p.word("in"):
		return p.done(&Stmt{Kind: Var, Start: start, Names: []string{name}, Type: typ}), true
	}
	p.at = at
	return nil, false
}

// typed reads the values of Type a = 1, b = 2.
func (p *parser) typed(typ, name string, start int) []*Stmt {
	var out []*Stmt
	for {
		s := &Stmt{Kind: Var, Start: start, Names: []string{name}, Type: typ}
		for p.is("[") {
			p.skipOne()
		}
		if p.take("=") {
			s.X = p.expr()
		}
		out = append(out, p.done(s)...)
		if !p.is(",") || p.peek(1).kind != word {
			return out
		}
		name, start = p.peek(1).text, p.peek(1).start
		p.at += 2
	}
}

// scriptMember reads name(parameters) { } and name = value of a class of JavaScript.
func (p *parser) scriptMember(t *token) ([]*Stmt, bool) {
	at, start := p.at, t.start
	if p.word("get", "set", "async") && p.peek(1).kind == word && !p.peek(1).newline {
		p.at++
	}
	p.take("*")
	p.take("#")
	name := p.peek(0).text
	p.at++
	for p.is("?") || p.is("!") {
		p.at++
	}
	generic := p.at
	if p.is("<") && p.generics(p.at) > 0 {
		generic = p.generics(p.at)
	}
	switch {
	case generic < p.end && p.toks[generic].text == "(" && p.toks[generic].match > 0:
		p.at = generic
		return p.rest(&Function{Start: start, Name: name}, start), true
	case p.is(":") || p.is("=") || p.is(";"):
		s := &Stmt{Kind: Var, Start: start, Names: []string{name}}
		if p.take(":") {
			from := p.at
			p.at = max(p.typeAt(from), from)
			s.Type = p.span(from, p.at)
		}
		if p.take("=") {
			s.X = p.expr()
		}
		return p.done(s), true
	}
	p.at = at
	return nil, false
}

// phpMember reads Type $name = value of a class of PHP.
func (p *parser) phpMember(t *token, class string) ([]*Stmt, bool) {
	if class == "" || t.text[0] == '$' {
		return nil, false
	}
	to := p.typeAt(p.at)
	if to == 0 || to >= p.end || p.toks[to].kind != word || p.toks[to].text[0] != '$' {
		return nil, false
	}
	typ, name := p.span(p.at, to), p.toks[to].text
	p.at = to + 1
	return p.typed(typ, name, t.start), true
}

// function reads name(parameters) { body } behind the word for it. The name may be missing.
func (p *parser) function(start int) *Function {
	f := &Function{Start: start}
	p.take("*")
	p.take("&")
	if p.is("<") && p.generics(p.at) > 0 {
		p.at = p.generics(p.at)
	}
	for p.peek(0).kind == word {
		f.Name = p.peek(0).text
		p.at++
		if p.is("<") && p.generics(p.at) > 0 {
			p.at = p.generics(p.at)
		}
		if !(p.lang == Kotlin && p.take(".")) {
			break
		}
	}
	p.parts(f)
	return f
}

// rest reads the parameters and the body of a method whose name was read.
func (p *parser) rest(f *Function, start int) []*Stmt {
	p.parts(f)
	return p.done(&Stmt{Kind: Define, Start: start, Name: f.Name, Func: f})
}

// parts reads (parameters): Result { body }.
func (p *parser) parts(f *Function) {
	if p.is("(") {
		f.Params = p.params()
	}
	if p.word("use") && p.is2("(") { // what a closure of PHP takes along
		p.at++
		p.skipOne()
	}
	if p.is(":") {
		p.at++
		p.take("?")
		from := p.at
		p.at = max(p.typeAt(from), from)
		f.Result = p.span(from, p.at)
		if p.is("(") && p.lang == CSharp { // : base(...)
			p.skipOne()
		}
		if p.word("is") { // a type guard
			p.at = max(p.typeAt(p.at+1), p.at+1)
		}
	}
	for p.word("throws", "where") || p.is("[") && p.lang == Java {
		for p.more() && !p.is("{") && !p.is(";") && !p.is("=>") {
			p.skipOne()
		}
	}
	switch {
	case p.is("{") && p.closing() > 0:
		p.inside(func() { f.Body = p.block("") })
	case p.is("=>") || p.is("=") && p.lang == Kotlin:
		p.at++
		p.peek(0).newline = false
		if x := p.expr(); x != nil {
			f.Body = []*Stmt{{Kind: Return, Start: x.Start, End: x.End, X: x}}
		}
	}
	f.End = p.passed()
}

// params reads (parameters).
func (p *parser) params() []Param {
	out := []Param{}
	p.inside(func() { out = append(out, p.paramsUpTo(p.end)...) })
	return out
}

// paramsUpTo reads parameters between commas up to a token.
func (p *parser) paramsUpTo(stop int) []Param {
	var out []Param
	end := p.end
	p.end = min(stop, end)
	for p.more() {
		at := p.at
		if p.take(",") {
			continue
		}
		if param, ok := p.param(); ok {
			out = append(out, param)
		}
		if p.at == at {
			p.skipOne()
		}
		for p.more() && !p.is(",") {
			p.skipOne()
		}
	}
	p.end = end
	return out
}

func (p *parser) param() (Param, bool) {
	var out Param
	out.Notes = p.notes()
	for p.word("final", "ref", "out", "in", "this", "params", "readonly", "public", "private", "protected", "override", "vararg", "var", "val", "crossinline", "noinline") &&
		(p.peek(1).kind == word || p.lang == JavaScript && p.peek(1).text == "{") {
		out.Rest = out.Rest || p.word("params", "vararg")
		p.at++
	}
	out.Notes = append(out.Notes, p.notes()...)
	if p.is("...") || p.is("&") || p.is("*") || p.is("**") {
		out.Rest = !p.is("&")
		p.at++
	}
	if pattern := p.closing(); pattern >= 0 && !(p.lang == CSharp && p.is("(")) {
		out.Names = p.namesIn(p.at+1, pattern)
		p.at = pattern + 1
		return out, true
	}
	switch p.lang {
	case JavaScript, Kotlin, Ruby:
		if p.peek(0).kind != word {
			return out, false
		}
		out.Names = []string{p.peek(0).text}
		p.at++
		p.take("?")
		if p.take(":") && p.lang != Ruby {
			from := p.at
			p.at = max(p.typeAt(from), from)
			out.Type = p.span(from, p.at)
		}
		return out, true
	}
	p.take("?")
	to := p.typeAt(p.at)
	from := p.at
	for to > 0 && to < p.end && p.toks[to].kind == punct && (p.toks[to].text == "..." || p.toks[to].text == "&" || p.toks[to].text == "?" || p.toks[to].text == "|") {
		out.Rest = out.Rest || p.toks[to].text == "..."
		to++
	}
	if to > 0 && to < p.end && p.toks[to].kind == word {
		out.Type, out.Names = p.span(from, to), []string{p.toks[to].text}
		p.at = to + 1
		return out, true
	}
	if p.peek(0).kind == word {
		out.Names = []string{p.peek(0).text}
		p.at++
		return out, true
	}
	return out, false
}
