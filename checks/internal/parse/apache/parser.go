package apache

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
)

const (
	maxDepth = 64  // sections inside sections
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

// frame is an open section; the file itself is the first.
type frame struct {
	name  string
	body  *[]*Directive
	conds int
}

func parse(f *checks.File) *Config {
	p := &parser{file: f, text: f.Text(), conf: &Config{}}
	p.open = []frame{{body: &p.conf.Directives}}
	for p.pos < len(p.text) {
		p.line()
	}
	if len(p.open) > 1 {
		p.note(len(p.text), "the file ends inside <"+p.open[len(p.open)-1].name+">")
	}
	return p.conf
}

func (p *parser) note(at int, text string) {
	if len(p.conf.Notes) < maxNotes {
		p.conf.Notes = append(p.conf.Notes, Note{p.file.Place(at, at), text})
	}
}

// line reads one logical line: a directive, the start or end of a section, or template statements.
func (p *parser) line() {
	start := p.pos
	line, end := p.logical()
	p.pos = end
	body := strings.TrimLeft(line, " \t\r\f\v")
	start += len(line) - len(body)
	for {
		rest, ok := p.statement(body)
		if !ok {
			break
		}
		start += len(body) - len(rest)
		body = rest
	}
	body = strings.TrimRight(body, " \t\r\n")
	if body == "" || body[0] == '#' {
		return
	}
	place := p.file.Place(start, min(start+len(body), len(p.text)))
	switch {
	case strings.HasPrefix(body, "</"):
		p.closeSection(strings.Trim(body[2:], " \t>"), start)
	case body[0] == '<':
		p.openSection(body, place, start)
	default:
		words := split(body)
		p.add(&Directive{Name: words[0], Args: words[1:], Template: template.Has(body), Place: place})
	}
}

// logical returns the text up to the end of the line, without the backslashes of continued lines, and where the
// next line begins. A comment cannot be continued past its end in a way that matters: what follows is comment too.
func (p *parser) logical() (string, int) {
	var b strings.Builder
	pos := p.pos
	for {
		n := strings.IndexByte(p.text[pos:], '\n')
		if n < 0 {
			b.WriteString(p.text[pos:])
			return b.String(), len(p.text)
		}
		line := strings.TrimSuffix(p.text[pos:pos+n], "\r")
		pos += n + 1
		if !strings.HasSuffix(line, "\\") {
			b.WriteString(line)
			return b.String(), pos
		}
		b.WriteString(line[:len(line)-1])
	}
}

// statement takes a template's placeholder off the start of a line where it stands for itself.
func (p *parser) statement(body string) (rest string, ok bool) {
	end := template.End(body, 0)
	if end == 0 {
		return body, false
	}
	rest = strings.TrimLeft(body[end:], " \t\r")
	nesting := template.Nesting(body[:end])
	silent := strings.HasPrefix(body, "{%") || strings.HasPrefix(body, "{#") || strings.HasPrefix(body, "<%") && !strings.HasPrefix(body, "<%=")
	if nesting == 0 && !silent && rest != "" {
		return body, false
	}
	p.conds = max(0, p.conds+nesting)
	return rest, true
}

func (p *parser) add(d *Directive) *Directive {
	top := p.open[len(p.open)-1]
	d.Conditional = p.conds > top.conds
	*top.body = append(*top.body, d)
	return d
}

func (p *parser) openSection(body string, place checks.Place, at int) {
	inner := strings.TrimSpace(strings.TrimSuffix(body[1:], ">"))
	if !strings.HasSuffix(body, ">") {
		p.note(at, "a section's start without its \">\"")
	}
	words := split(inner)
	if len(words) == 0 {
		return
	}
	d := p.add(&Directive{Name: words[0], Args: words[1:], Section: true, Template: template.Has(inner), Place: place})
	if len(p.open) > maxDepth {
		p.note(at, "sections are nested too deep")
		return
	}
	p.open = append(p.open, frame{d.Name, &d.Body, p.conds})
}

// closeSection ends the innermost section of that name, and those inside it.
func (p *parser) closeSection(name string, at int) {
	for i := len(p.open) - 1; i > 0; i-- {
		if !strings.EqualFold(p.open[i].name, name) {
			continue
		}
		if i < len(p.open)-1 {
			p.note(at, "</"+name+"> where </"+p.open[len(p.open)-1].name+"> was expected")
		}
		p.open = p.open[:i]
		return
	}
	p.note(at, "unexpected </"+name+">")
}

// split cuts a line into words as ap_getword_conf does: a word that begins with a quote ends with it, and a
// backslash before that quote or another backslash inside it is taken off. Placeholders are never cut.
func split(line string) []string {
	var out []string
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		word, n := word(line[i:])
		out = append(out, word)
		i += n
	}
	return out
}

func word(s string) (string, int) {
	var b strings.Builder
	var quote byte
	i := 0
	if s[0] == '"' || s[0] == '\'' {
		quote = s[0]
		i = 1
	}
	for i < len(s) {
		c := s[i]
		if end := template.End(s, i); end > 0 {
			b.WriteString(s[i:end])
			i = end
			continue
		}
		switch {
		case quote != 0 && c == '\\' && i+1 < len(s) && (s[i+1] == quote || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case quote != 0 && c == quote:
			return b.String(), i + 1
		case quote == 0 && (c == ' ' || c == '\t'):
			return b.String(), i
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String(), i
}
