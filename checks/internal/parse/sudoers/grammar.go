package sudoers

import "strings"

// list reads members separated by commas. The addresses among hosts may hold colons.
func (p *parser) list(stops string, hosts bool) (items []Item, ok bool) {
	for {
		item := Item{}
		for p.take('!') {
			item.Negated = !item.Negated
		}
		p.blanks()
		item.Text = p.word(stops + ",")
		for hosts && isAddress(item.Text) && p.at+1 < len(p.text) && p.text[p.at] == ':' && isAddress(p.text[p.at+1:p.at+2]) {
			p.at++
			item.Text += ":" + p.word(stops+",")
		}
		if item.Text == "" {
			return items, false
		}
		items = append(items, item)
		if !p.take(',') {
			return items, true
		}
	}
}

func (p *parser) defaults(start int) {
	var scope byte
	var members []Item
	if p.at < len(p.text) && strings.IndexByte("@:!>", p.text[p.at]) >= 0 {
		scope = p.text[p.at]
		p.at++
		list, ok := p.list("", false)
		if !ok {
			p.fail(start, "expected who the defaults are for")
			return
		}
		members = list
	}
	for {
		d := Default{Scope: scope, For: members}
		from := p.at
		for p.take('!') {
			d.Off = !d.Off
		}
		p.blanks()
		d.Name = p.word(",=+-")
		if d.Name == "" {
			p.fail(from, "expected the name of a setting")
			return
		}
		p.operator(&d)
		if d.Operator != "" {
			p.blanks()
			from := p.at
			if d.Value = p.word(","); d.Off || p.at == from {
				p.fail(from, "expected a value, and none for a setting that is turned off")
				return
			}
		}
		d.Place = p.place(start, p.at)
		p.out.Defaults = append(p.out.Defaults, d)
		if !p.take(',') {
			break
		}
	}
	if p.peek() != 0 {
		p.fail(p.at, "expected a comma")
	}
}

// operator reads = += or -= behind a name.
func (p *parser) operator(d *Default) {
	p.blanks()
	for _, operator := range []string{"+=", "-=", "="} {
		if strings.HasPrefix(p.text[p.at:], operator) {
			d.Operator = operator
			p.at += len(operator)
			return
		}
	}
}

func (p *parser) aliases(start int, kind string) {
	for {
		p.blanks()
		alias := Alias{Kind: kind, Name: p.word("=:,")}
		if !isAlias(alias.Name) || !p.take('=') {
			p.fail(start, "expected NAME = list")
			return
		}
		ok := true
		if strings.HasPrefix(kind, "Cm") {
			alias.Commands, ok = p.commands(true)
		} else {
			alias.Items, ok = p.list("=:()", kind == "Host_Alias")
		}
		if !ok {
			p.fail(start, "expected a list")
			return
		}
		p.out.Aliases = append(p.out.Aliases, alias)
		if !p.take(':') {
			break
		}
	}
	if p.peek() != 0 {
		p.fail(p.at, "expected a colon or the end of the line")
	}
}

// isAddress reports text of the characters of an IPv6 address.
func isAddress(text string) bool {
	return text == "" || strings.Trim(text, "0123456789abcdefABCDEF:./") == ""
}

// isAlias reports a name of capital letters, digits and underscores.
func isAlias(name string) bool {
	for i, c := range name {
		if (c < 'A' || c > 'Z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

func (p *parser) grant(start int) {
	users, ok := p.list("=:()", false)
	if !ok {
		p.fail(start, "expected users")
		return
	}
	for {
		g := Grant{Users: users}
		if g.Hosts, ok = p.list("=:()", true); !ok || !p.take('=') {
			p.fail(start, "expected hosts and =")
			return
		}
		if g.Commands, ok = p.commands(false); !ok {
			p.fail(start, "expected commands")
			return
		}
		g.Place = p.place(start, p.at)
		p.out.Grants = append(p.out.Grants, g)
		if !p.take(':') {
			break
		}
	}
	if p.peek() != 0 {
		p.fail(p.at, "expected a colon or the end of the line")
	}
}
