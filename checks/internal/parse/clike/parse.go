package clike

import "hardcheck/checks"

// Of returns the file's parsed form, made at most once.
func Of(f *checks.File, lang *Language) *File {
	return checks.Memo(f, lang, func() *File { return Parse(lang, f.Text()) })
}

// maxDepth bounds expressions and blocks inside each other.
const maxDepth = 150

// parser reads tokens. Every loop of it either takes a token or ends.
type parser struct {
	lang  *Language
	src   string
	toks  []token
	at    int
	depth int
	cut   bool
	// plain marks the middle of a ?:, where a colon is no type.
	plain bool
}

// Parse reads a file.
func Parse(lang *Language, source string) *File {
	l := lexer{lang: lang, src: source, fresh: true}
	l.run(false)
	p := parser{lang: lang, src: source, toks: l.out}
	pair(p.toks)
	f := &File{Source: source, lines: []int{0}}
	for i := range len(source) {
		if source[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	f.Body = p.block(len(p.toks))
	f.Cut = l.cut || p.cut
	return f
}

var closers = map[string]string{")": "(", "]": "[", "}": "{"}

// pair joins brackets. One that closes none, or another kind, stays alone.
func pair(toks []token) {
	var open []int
	for i := range toks {
		if toks[i].kind != punct {
			continue
		}
		switch t := toks[i].text; t {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			for n := len(open) - 1; n >= 0 && n >= len(open)-3; n-- { // a few that were never closed are left alone
				if toks[open[n]].text == closers[t] {
					toks[i].match, toks[open[n]].match = open[n], i
					open = open[:n]
					break
				}
			}
		}
	}
}

func (p *parser) more(end int) bool { return p.at < end }

// is reports whether the next token is that operator or bracket.
func (p *parser) is(op string) bool {
	return p.at < len(p.toks) && p.toks[p.at].kind == punct && p.toks[p.at].text == op
}

// word reports whether the next token is that word.
func (p *parser) word(w string) bool {
	return p.at < len(p.toks) && p.toks[p.at].kind == word && p.toks[p.at].text == w
}

func (p *parser) peek(n int) token {
	if p.at+n < len(p.toks) && p.at+n >= 0 {
		return p.toks[p.at+n]
	}
	return token{kind: punct, match: -1}
}

func (p *parser) take(op string) bool {
	if p.is(op) {
		p.at++
		return true
	}
	return false
}

// closing is the index of the bracket that closes the next token, or -1.
func (p *parser) closing() int {
	if p.at < len(p.toks) && p.toks[p.at].match > p.at {
		return p.toks[p.at].match
	}
	return -1
}

// inside reads what is between the next token and the bracket that closes it, and moves behind that.
func (p *parser) inside(read func(end int)) bool {
	end := p.closing()
	if end < 0 {
		return false
	}
	p.at++
	if p.depth++; p.depth < maxDepth {
		plain := p.plain
		p.plain = false
		read(end)
		p.plain = plain
	} else {
		p.cut = true
	}
	p.depth--
	p.at = end + 1
	return true
}

// offset is where the next token begins, or the last one ended.
func (p *parser) offset() int {
	if p.at < len(p.toks) {
		return p.toks[p.at].start
	}
	return len(p.src)
}

// passed is where the token before this one ended.
func (p *parser) passed() int {
	if p.at > 0 {
		return p.toks[p.at-1].end
	}
	return 0
}

// skipType moves over a type. It stops at what cannot be part of one.
func (p *parser) skipType(end int) {
	for operand := true; p.more(end); {
		t := p.toks[p.at]
		switch {
		case t.newline && !operand && t.text != "|" && t.text != "&":
			return
		case operand && (t.text == "{" || t.text == "(" || t.text == "[") && p.closing() >= 0:
			p.at = p.closing() + 1
			operand = p.take("=>")
		case operand && t.kind != punct:
			p.at++
			operand = t.text == "typeof" || t.text == "keyof" || t.text == "readonly"
		case t.text == "<" && p.generics(end) > 0:
			p.at = p.generics(end)
		case t.text == "[" && !operand && p.closing() >= 0:
			p.at = p.closing() + 1
		case t.text == "|" || t.text == "&" || t.text == ".":
			p.at++
			operand = true
		case t.text == "?" && !operand && p.lang.lambdas:
			p.at++
		default:
			return
		}
	}
}

// maxGenerics bounds the tokens of <A, B<C>>.
const maxGenerics = 80

// generics returns the index behind <...>, or 0 where that is no list of types.
func (p *parser) generics(end int) int {
	depth := 0
	for i := p.at; i < end && i < p.at+maxGenerics; i++ {
		t := p.toks[i]
		switch {
		case t.kind == punct && t.text == "<":
			depth++
		case t.kind == punct && t.text == ">":
			if depth--; depth == 0 {
				return i + 1
			}
		case t.match > i:
			i = t.match
		case t.kind == word, t.kind == text:
		case t.kind == punct && (t.text == "," || t.text == "." || t.text == "|" || t.text == "&" || t.text == "?" || t.text == "=>"):
		default:
			return 0
		}
	}
	return 0
}
