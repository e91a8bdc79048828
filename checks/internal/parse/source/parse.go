package source

// maxDepth bounds expressions and blocks inside each other.
const maxDepth = 120

// parser reads tokens. Every loop of it either takes a token or ends.
type parser struct {
	lang  *Language
	src   string
	toks  []token
	at    int
	end   int
	depth int
	cut   bool
	lines bool // a line's end ends a statement here
	bare  bool // a brace does not belong to the expression: the test of an if without parentheses
}

// Parse reads a file in a language of the shared lexer.
func Parse(lang *Language, src string) *File {
	l := lexer{lang: lang, src: src, limit: len(src), fresh: true, out: make([]token, 0, len(src)/5)}
	if lang == PHP {
		l.behind("<?")
		l.tag()
	}
	l.run(false)
	p := newParser(lang, src, l.out, 0)
	f := &File{Lang: lang, Source: src}
	if lang == Ruby {
		f.Body = p.rubyBlock(nil)
	} else {
		f.Body = p.block("")
	}
	f.Cut = l.cut || p.cut
	return f
}

func newParser(lang *Language, src string, toks []token, depth int) *parser {
	pair(toks)
	return &parser{lang: lang, src: src, toks: toks, end: len(toks), depth: depth, lines: lang.lineEnds}
}

// pair joins brackets. One that closes none, or another kind, stays alone.
func pair(toks []token) {
	var open []int
	for i := range toks {
		if toks[i].kind != punct {
			continue
		}
		t := toks[i].text
		switch t {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			for n := len(open) - 1; n >= 0 && n >= len(open)-3; n-- { // a few that were never closed are left alone
				if o := toks[open[n]].text; o == "(" && t == ")" || o == "[" && t == "]" || o == "{" && t == "}" {
					toks[i].match, toks[open[n]].match = open[n], i
					open = open[:n]
					break
				}
			}
		}
	}
}

func (p *parser) more() bool { return p.at < p.end }

var noToken = token{kind: punct, match: -1}

func (p *parser) peek(n int) *token {
	if i := p.at + n; i >= 0 && i < p.end {
		return &p.toks[i]
	}
	return &noToken
}

// is reports whether the next token is that operator or bracket.
func (p *parser) is(op string) bool {
	t := p.peek(0)
	return t.kind == punct && t.text == op
}

// word reports whether the next token is one of these words.
func (p *parser) word(words ...string) bool {
	t := p.peek(0)
	if t.kind != word {
		return false
	}
	for _, w := range words {
		if t.text == w {
			return true
		}
	}
	return false
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
	if p.at < p.end && p.toks[p.at].match > p.at && p.toks[p.at].match < p.end {
		return p.toks[p.at].match
	}
	return -1
}

// inside reads what is between the next token and the bracket that closes it, and moves behind that.
func (p *parser) inside(read func()) bool {
	stop := p.closing()
	if stop < 0 {
		return false
	}
	brace := p.toks[p.at].text == "{"
	end, lines, bare := p.end, p.lines, p.bare
	p.at++
	p.end, p.lines, p.bare = stop, brace && p.lang.lineEnds, false
	if p.depth++; p.depth < maxDepth {
		read()
	} else {
		p.cut = true
	}
	p.depth--
	p.end, p.lines, p.bare = end, lines, bare
	p.at = stop + 1
	return true
}

// offset is where the next token begins.
func (p *parser) offset() int {
	if p.at < len(p.toks) {
		return p.toks[p.at].start
	}
	return len(p.src)
}

// passed is where the token before this one ended.
func (p *parser) passed() int {
	if last := min(p.at, len(p.toks)); last > 0 {
		return p.toks[last-1].end
	}
	return 0
}

// ended reports that the statement is over: no more tokens, or a new line where that counts.
func (p *parser) ended() bool { return !p.more() || p.lines && p.peek(0).newline }

// maxType bounds the tokens of a type.
const maxType = 120

// generics returns the index behind <...>, or 0 where that is no list of types.
func (p *parser) generics(from int) int {
	depth := 0
	for i := from; i < p.end && i < from+maxType; i++ {
		t := &p.toks[i]
		switch {
		case t.kind == punct && t.text == "<":
			depth++
		case t.kind == punct && t.text == ">":
			if depth--; depth == 0 {
				return i + 1
			}
		case t.match > i && (t.text != "{" || p.lang == JavaScript):
			i = t.match
		case t.kind == word, t.kind == text && p.lang == JavaScript:
		case t.kind == punct && (t.text == "," || t.text == "." || t.text == "|" || t.text == "&" || t.text == "?" || t.text == "=>" || t.text == "*" ||
			t.text == "=" || t.text == ":" || t.text == "->"):
		default:
			return 0
		}
	}
	return 0
}

// typeAt returns the index behind a type that begins at a token, or 0.
func (p *parser) typeAt(i int) int {
	if i < p.end && p.toks[i].kind == punct && (p.toks[i].text == "(" || p.toks[i].text == "{" || p.toks[i].text == "[") {
		if p.lang == Java || p.toks[i].match < 0 || p.toks[i].match >= p.end {
			return 0
		}
		i = p.toks[i].match + 1 // a tuple, or a type of TypeScript written out
	} else if i < p.end && (p.toks[i].kind == word || p.lang == JavaScript && p.toks[i].kind != punct) {
		i++
	} else {
		return 0
	}
	for from := i; i < p.end && i < from+maxType; {
		t := &p.toks[i]
		next := token{kind: punct, match: -1}
		if i+1 < p.end {
			next = p.toks[i+1]
		}
		switch {
		case t.kind != punct:
			return i
		case t.text == "." || t.text == "::" || (t.text == "|" || t.text == "&") && p.lang != Java && p.lang != CSharp:
			if next.kind == punct && next.match < 0 || next.kind == word && next.text[0] == '$' {
				return i
			}
			i += 2
			if next.match > 0 {
				i = next.match + 1
			}
		case t.text == "=>" && p.lang == JavaScript, t.text == "->" && p.lang == Kotlin: // a type of functions
			return max(p.typeAt(i+1), i)
		case t.text == "<":
			g := p.generics(i)
			if g == 0 {
				return i
			}
			i = g
		case t.text == "[" && t.match >= 0 && (t.match == i+1 || p.lang == JavaScript || next.text == ","):
			i = t.match + 1
		case t.text == "?" && p.lang != JavaScript, t.text == "*":
			i++
		default:
			return i
		}
	}
	return i
}

// span is source text between tokens.
func (p *parser) span(from, to int) string {
	if from >= to || to > len(p.toks) {
		return ""
	}
	return p.src[p.toks[from].start:p.toks[to-1].end]
}
