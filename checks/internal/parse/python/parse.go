package python

import (
	"math"
	"strings"

	"hardcheck/checks"
)

type memoKey struct{}

// Of returns the file's parsed form, made at most once.
func Of(f *checks.File) *Module {
	return checks.Memo(f, memoKey{}, func() *Module { return Parse(f.Text()) })
}

// Parse reads source. It never fails; Module.Bad counts the logical lines that it could not read whole.
func Parse(src string) *Module {
	m := &Module{Source: src}
	if len(src) > math.MaxInt32 {
		m.Bad = 1
		return m
	}
	p := &parser{lexer: lexer{src: src}, module: m}
	p.more = p.next()
	for p.more {
		m.Body = p.block(m.Body, p.indent, 0)
	}
	return m
}

// parser holds one logical line at a time: its tokens, and how far they are read.
type parser struct {
	lexer
	module   *Module
	at       int  // index of the current token in toks
	more     bool // toks holds a line
	depth    int  // of expressions inside each other
	patterns bool // reading a pattern of a match statement
	failed   bool // the current line is not what was expected
}

// maxBlocks bounds blocks inside each other, as Python itself does; deeper ones are read as if less deep.
const maxBlocks = 100

// line moves to the next logical line.
func (p *parser) line() {
	if p.failed {
		p.module.Bad++
	}
	p.failed = false
	p.at = 0
	p.more = p.next()
}

func (p *parser) tok() token { return p.toks[p.at] }

func (p *parser) text(t token) string { return p.src[t.start:t.end] }

func (p *parser) advance() token {
	t := p.toks[p.at]
	if t.kind != endToken {
		p.at++
	}
	return t
}

// is reports whether the current token is that operator or keyword.
func (p *parser) is(word string) bool {
	t := p.toks[p.at]
	return (t.kind == operator || t.kind == keyword) && p.src[t.start:t.end] == word
}

func (p *parser) accept(word string) bool {
	if !p.is(word) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(word string) {
	if !p.accept(word) {
		p.fail()
	}
}

// end is the offset behind the last token read.
func (p *parser) end() int32 {
	if p.at == 0 {
		return p.toks[0].start
	}
	return p.toks[p.at-1].end
}

func (p *parser) from(start int32) Range { return Range{start, max(start, p.end())} }

// identifier reads a name; soft keywords are names.
func (p *parser) identifier() string {
	if p.tok().kind != name {
		p.fail()
		return ""
	}
	return p.text(p.advance())
}

// block appends the statements at this indentation, and any that are indented more without a reason.
func (p *parser) block(body []Stmt, indent, blocks int) []Stmt {
	for p.more && p.indent >= indent {
		body = p.statement(body, blocks)
	}
	return body
}

// suite reads what follows a colon: statements on the same line, or the block below.
func (p *parser) suite(indent, blocks int) []Stmt {
	p.expect(":")
	if !p.failed && p.tok().kind != endToken {
		return p.simple(nil)
	}
	p.line()
	if !p.more || p.indent <= indent {
		return nil
	}
	if blocks >= maxBlocks {
		p.module.Bad++
		return nil
	}
	return p.block(nil, p.indent, blocks+1)
}

// simple reads the rest of a line as statements separated by semicolons, and moves to the next line.
func (p *parser) simple(body []Stmt) []Stmt {
	for {
		start := p.tok().start
		s := p.simpleStatement()
		if p.failed || p.tok().kind != endToken && !p.is(";") {
			p.fail()
			if x, ok := s.(*ExprStmt); !ok || !isBad(x.X) {
				body = append(body, s) // what was understood of it
			}
			body = append(body, &Bad{Range: Range{start, p.toks[len(p.toks)-1].end}})
			break
		}
		body = append(body, s)
		if !p.accept(";") || p.tok().kind == endToken {
			break
		}
	}
	p.line()
	return body
}

func isBad(x Expr) bool {
	_, bad := x.(*Bad)
	return bad
}

// startsMatch reports whether the line is the header of a match or case statement: soft keywords that are
// ordinary names everywhere else.
func (p *parser) startsMatch(word string) bool {
	t := p.toks[0]
	if t.kind != name || p.text(t) != word || len(p.toks) < 4 {
		return false
	}
	switch next := p.toks[1]; p.text(next) {
	case "=", ".", ",", ")", ":", "+=", "==":
		return false
	}
	return word == "case" || p.text(p.toks[len(p.toks)-2]) == ":"
}

// skipBrackets moves over a bracketed list, as of type parameters.
func (p *parser) skipBrackets() {
	depth := 0
	for p.tok().kind != endToken {
		switch t := p.advance(); {
		case t.kind != operator:
		case strings.IndexByte("([{", p.src[t.start]) >= 0:
			depth++
		case strings.IndexByte(")]}", p.src[t.start]) >= 0:
			if depth--; depth <= 0 {
				return
			}
		}
	}
}
