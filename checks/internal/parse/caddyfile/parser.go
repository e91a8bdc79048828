package caddyfile

import (
	"strings"

	"hardcheck/checks"
)

const (
	maxDepth = 64  // blocks inside blocks
	maxNotes = 100 // per file
)

type parser struct {
	file   *checks.File
	tokens []token
	pos    int
	conf   *Config
	conds  int // template conditions around pos
}

func parse(f *checks.File) *Config {
	p := &parser{file: f, conf: &Config{}, tokens: lex(f.Text())}
	for p.skipStatements(); p.pos < len(p.tokens); p.skipStatements() {
		p.block()
	}
	return p.conf
}

func (p *parser) note(at int, text string) {
	if len(p.conf.Notes) < maxNotes {
		p.conf.Notes = append(p.conf.Notes, Note{p.file.Place(at, at), text})
	}
}

func (p *parser) peek() *token {
	if p.pos < len(p.tokens) {
		return &p.tokens[p.pos]
	}
	return nil
}

func (p *parser) skipStatements() {
	for t := p.peek(); t != nil && t.statement; t = p.peek() {
		p.conds = max(0, p.conds+t.nesting)
		p.pos++
	}
}

func (t *token) is(text string) bool { return !t.Quoted && t.Text == text }

// block reads a top-level block. A file whose first address is not followed by a brace is one site to its end.
func (p *parser) block() {
	first := p.tokens[p.pos]
	if first.is("}") {
		p.note(first.start, `unexpected "}"`)
		p.pos++
		return
	}
	b := &Block{Kind: Site}
	p.conf.Blocks = append(p.conf.Blocks, b)
	if first.is("import") {
		b.Kind = Import
		p.pos++
		b.Keys, b.Braces = p.arguments()
		b.Place = p.file.Place(first.start, p.tokens[p.pos-1].end)
		if b.Braces {
			b.Body = p.body(false, p.conds, 0)
		}
		return
	}
	b.Braces = p.keys(b)
	b.Place = p.file.Place(first.start, p.tokens[max(p.pos-1, 0)].end)
	if len(b.Keys) == 0 {
		b.Kind = Global
	} else if name := b.Keys[0].Text; strings.HasPrefix(name, "(") && strings.HasSuffix(name, ")") {
		b.Kind, b.Keys = Snippet, []Token{{Text: strings.Trim(name, "()")}}
	} else if strings.HasPrefix(name, "&(") {
		b.Kind = Route
	}
	b.Body = p.body(!b.Braces, p.conds, 0)
}

// keys reads a site's addresses, which commas and a brace at the end of the line carry on, and reports whether a
// brace opened the block.
func (p *parser) keys(b *Block) bool {
	more := true // another address is expected
	for t := p.peek(); t != nil; t = p.peek() {
		if t.is("{") {
			p.pos++
			return true
		}
		if t.newline && !more || t.is("}") || t.statement {
			return false
		}
		more = !t.Quoted && strings.HasSuffix(t.Text, ",")
		key := t.Token
		key.Text = strings.TrimSuffix(key.Text, ",")
		if key.Text != "" {
			b.Keys = append(b.Keys, key)
		}
		p.pos++
	}
	return false
}

// arguments reads the rest of the line, and reports whether it opens a block.
func (p *parser) arguments() (out []Token, block bool) {
	for t := p.peek(); t != nil && !t.newline && !t.is("}"); t = p.peek() {
		last := p.pos+1 == len(p.tokens) || p.tokens[p.pos+1].newline || p.tokens[p.pos+1].is("}")
		p.pos++
		if t.is("{") && last {
			return out, true
		}
		out = append(out, t.Token)
	}
	return out, false
}

// body reads directives up to the closing brace, or to the end of the file where the block has no braces.
func (p *parser) body(toEnd bool, conds, depth int) []*Directive {
	var out []*Directive
	for {
		p.skipStatements()
		t := p.peek()
		if t == nil {
			if !toEnd {
				p.note(len(p.file.Text()), "the file ends inside a block")
			}
			return out
		}
		if t.is("}") {
			p.pos++
			if toEnd {
				p.note(t.start, `unexpected "}"`)
				continue
			}
			return out
		}
		out = append(out, p.directive(conds, depth))
	}
}

func (p *parser) directive(conds, depth int) *Directive {
	first := p.tokens[p.pos]
	p.pos++
	d := &Directive{Name: first.Text, Conditional: p.conds > conds}
	d.Args, d.Block = p.arguments()
	d.Place = p.file.Place(first.start, p.tokens[p.pos-1].end)
	switch {
	case d.Block && depth < maxDepth:
		d.Body = p.body(false, p.conds, depth+1)
	case d.Block:
		p.note(first.start, "blocks are nested too deep")
		p.skip()
	}
	return d
}

// skip passes over a block's body.
func (p *parser) skip() {
	for depth := 1; p.pos < len(p.tokens) && depth > 0; p.pos++ {
		switch t := p.tokens[p.pos]; {
		case t.is("{"):
			depth++
		case t.is("}"):
			depth--
		}
	}
}
