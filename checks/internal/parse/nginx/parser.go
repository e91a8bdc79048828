package nginx

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
)

const (
	maxDepth = 64  // blocks inside blocks
	maxNotes = 100 // per file
)

type parser struct {
	file  *checks.File
	text  string
	pos   int
	conf  *Config
	open  []frame
	conds int // template conditions around pos
}

// frame is an open block; the file itself is the first.
type frame struct {
	body  *[]*Directive
	conds int
}

func parse(f *checks.File) *Config {
	p := &parser{file: f, text: f.Text(), conf: &Config{}}
	p.open = []frame{{body: &p.conf.Directives}}
	for p.next() {
	}
	if len(p.open) > 1 {
		p.note(len(p.text), "the file ends inside a block")
	}
	return p.conf
}

func (p *parser) note(at int, text string) {
	if len(p.conf.Notes) < maxNotes {
		p.conf.Notes = append(p.conf.Notes, Note{p.file.Place(at, at), text})
	}
}

// next reads one directive, block start, block end or template statement; false at the end of the file.
func (p *parser) next() bool {
	p.space()
	if p.pos >= len(p.text) {
		return false
	}
	switch c := p.text[p.pos]; {
	case c == '}':
		p.closeBlock()
	case c == ';':
		p.note(p.pos, `unexpected ";"`)
		p.pos++
	case p.statement():
	default:
		p.directive()
	}
	return true
}

func (p *parser) closeBlock() {
	if len(p.open) == 1 {
		p.note(p.pos, `unexpected "}"`)
	} else {
		p.open = p.open[:len(p.open)-1]
	}
	p.pos++
}

// statement skips a template's placeholder that stands for itself and not for the start of a directive: the next
// thing on its line is another one, a comment, a brace or nothing, or it is of a kind that yields no text.
func (p *parser) statement() bool {
	end := template.End(p.text, p.pos)
	if end == 0 {
		return false
	}
	placeholder := p.text[p.pos:end]
	nesting := template.Nesting(placeholder)
	silent := nesting != 0 || strings.HasPrefix(placeholder, "{%") || strings.HasPrefix(placeholder, "{#") ||
		strings.HasPrefix(placeholder, "<%") && !strings.HasPrefix(placeholder, "<%=") ||
		strings.HasPrefix(strings.TrimLeft(placeholder[2:], "- "), "else")
	if !silent {
		rest := strings.TrimLeft(p.text[end:], " \t\r")
		if rest != "" && !strings.ContainsRune("\n#}<{", rune(rest[0])) {
			return false
		}
	}
	p.conds = max(0, p.conds+nesting)
	p.pos = end
	return true
}

func (p *parser) directive() {
	start := p.pos
	top := p.open[len(p.open)-1]
	d := &Directive{Conditional: p.conds > top.conds}
	if p.text[p.pos] != '{' || template.End(p.text, p.pos) > 0 {
		d.Name = p.word().Text
	} else {
		p.note(p.pos, `unexpected "{"`)
	}
	*top.body = append(*top.body, d)
	for {
		p.space()
		if p.pos >= len(p.text) {
			p.note(p.pos, `the file ends before the ";" of `+d.Name)
			break
		}
		c := p.text[p.pos]
		if c == ';' {
			p.pos++
			break
		}
		if c == '}' {
			p.note(p.pos, `unexpected "}" before the ";" of `+d.Name)
			break
		}
		if c == '{' && p.placeholder(true) == 0 {
			p.pos++
			p.block(d)
			break
		}
		d.Args = append(d.Args, p.word())
	}
	end := p.pos
	if d.Raw != "" {
		end -= len(d.Raw) + 1
	}
	d.Place = p.file.Place(start, max(start, end))
}

// block enters the body of d, or takes it raw where it is in another language or too deep.
func (p *parser) block(d *Directive) {
	d.Block = true
	if strings.HasSuffix(d.Name, "_by_lua_block") {
		d.Raw = p.raw()
		return
	}
	if len(p.open) > maxDepth {
		p.note(p.pos, "blocks are nested too deep")
		d.Raw = p.raw()
		return
	}
	p.open = append(p.open, frame{&d.Body, p.conds})
}

// space skips white space and comments. A "#" begins a comment only here, at the start of a token.
func (p *parser) space() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.pos++
		case '#':
			n := strings.IndexByte(p.text[p.pos:], '\n')
			if n < 0 {
				p.pos = len(p.text)
				return
			}
			p.pos += n
		default:
			return
		}
	}
}
