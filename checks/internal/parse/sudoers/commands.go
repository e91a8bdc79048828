package sudoers

import (
	"maps"
	"strings"
)

// tags of a command and what each takes back.
var tags = map[string]string{
	"EXEC": "NOEXEC", "NOEXEC": "EXEC", "FOLLOW": "NOFOLLOW", "NOFOLLOW": "FOLLOW", "INTERCEPT": "NOINTERCEPT", "NOINTERCEPT": "INTERCEPT",
	"LOG_INPUT": "NOLOG_INPUT", "NOLOG_INPUT": "LOG_INPUT", "LOG_OUTPUT": "NOLOG_OUTPUT", "NOLOG_OUTPUT": "LOG_OUTPUT",
	"MAIL": "NOMAIL", "NOMAIL": "MAIL", "PASSWD": "NOPASSWD", "NOPASSWD": "PASSWD", "SETENV": "NOSETENV", "NOSETENV": "SETENV",
}

// options stand before a command with = and a value.
var options = map[string]bool{"ROLE": true, "TYPE": true, "PRIVS": true, "LIMITPRIVS": true, "TIMEOUT": true, "CWD": true, "CHROOT": true,
	"NOTBEFORE": true, "NOTAFTER": true, "APPARMOR_PROFILE": true}

// commands reads a list of commands. Run-as lists and tags hold for those that follow; an alias has none.
func (p *parser) commands(alias bool) (list []Command, ok bool) {
	inherited := Command{Tags: map[string]bool{}}
	for {
		c := inherited
		c.Tags = maps.Clone(inherited.Tags)
		if !alias {
			if !p.runAs(&c) || !p.modifiers(&c) {
				return list, false
			}
			inherited = c
		}
		if !p.command(&c) {
			return list, false
		}
		list = append(list, c)
		if !p.take(',') {
			return list, true
		}
	}
}

// runAs reads (users : groups).
func (p *parser) runAs(c *Command) bool {
	if !p.take('(') {
		return true
	}
	c.RunAs, c.Groups = []Item{}, nil
	ok := true
	if next := p.peek(); next != ':' && next != ')' {
		c.RunAs, ok = p.list("=:()", false)
	}
	if ok && p.take(':') && (p.peek() != ')' || len(c.RunAs) > 0) {
		c.Groups, ok = p.list("=:()", false)
	}
	return ok && p.take(')')
}

// modifiers reads options and tags.
func (p *parser) modifiers(c *Command) bool {
	for {
		p.blanks()
		before := p.at
		name := p.word(",=:()")
		switch {
		case options[name] && p.take('='):
			p.blanks()
			if p.word(",:") == "" {
				return false
			}
		case tags[name] != "" && p.take(':'):
			delete(c.Tags, tags[name])
			c.Tags[name] = true
		default:
			p.at = before
			return true
		}
	}
}

// command reads digests, the path and its arguments.
func (p *parser) command(c *Command) bool {
	for p.take('!') {
		c.Negated = !c.Negated
	}
	if !p.digests(c) {
		return false
	}
	for p.take('!') {
		c.Negated = !c.Negated
	}
	p.blanks()
	start := p.at
	if p.at < len(p.text) && p.text[p.at] == '^' {
		c.Path = p.expression()
	} else {
		c.Path = p.raw(",:=# \t\r")
	}
	if c.Path == "" || !commandWord(c.Path) {
		return false
	}
	end := p.at
	p.blanks()
	if c.Path != "ALL" && !isAlias(c.Path) {
		argsAt := p.at
		if p.at < len(p.text) && p.text[p.at] == '^' {
			c.Args = p.expression()
		} else {
			c.Args = strings.TrimRight(p.raw(",:#"), " \t\r")
		}
		c.AnyArgs = c.Args == ""
		if c.Args == `""` {
			c.Args = ""
		}
		if c.Args != "" {
			end = argsAt + len(strings.TrimRight(p.text[argsAt:p.at], " \t\r"))
		}
	}
	c.Place = p.place(start, end)
	return true
}

// commandWord reports what a command may begin with.
func commandWord(path string) bool {
	return path[0] == '/' || path[0] == '^' || path == "sudoedit" || path == "list" || isAlias(path)
}

// digests reads sha256:HEX, sha512:BASE64 and so on.
func (p *parser) digests(c *Command) bool {
	for {
		p.blanks()
		before := p.at
		algorithm := p.word(",=:()")
		if !strings.HasPrefix(algorithm, "sha") || !p.take(':') {
			p.at = before
			return true
		}
		p.blanks()
		digest := p.raw(", \t\r")
		if digest == "" {
			return false
		}
		c.Digests = append(c.Digests, algorithm+":"+digest)
		p.take(',')
	}
}

// raw reads to one of the stops and keeps escapes: they tell a wildcard from a character.
func (p *parser) raw(stops string) string {
	start := p.at
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if c == '\\' {
			p.at++
			continue
		}
		if strings.IndexByte(stops, c) >= 0 {
			break
		}
	}
	p.at = min(p.at, len(p.text))
	return p.text[start:p.at]
}

// expression reads ^...$, where stops mean nothing.
func (p *parser) expression() string {
	start := p.at
	for ; p.at < len(p.text); p.at++ {
		if c := p.text[p.at]; c == '\\' {
			p.at++
		} else if c == '$' && (p.at+1 == len(p.text) || strings.IndexByte(", \t\r:", p.text[p.at+1]) >= 0) {
			p.at++
			break
		}
	}
	p.at = min(p.at, len(p.text))
	return p.text[start:p.at]
}
