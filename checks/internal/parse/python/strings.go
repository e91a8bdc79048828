package python

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// strings reads literals side by side as one.
func (p *parser) strings() Expr {
	start := p.tok().start
	s := &String{}
	var parts []Part
	for {
		t := p.tok()
		if t.kind == plainString {
			p.at++
			text, bytes := literalText(p.text(t))
			s.Bytes = s.Bytes || bytes
			parts = append(parts, Part{Text: text})
			continue
		}
		if t.kind != formatStart {
			break
		}
		p.at++
		parts = p.parts(parts, strings.ContainsAny(p.text(t), "rR"), false)
		if p.tok().kind != formatEnd {
			p.fail()
			break
		}
		p.at++
	}
	s.Range = p.from(start)
	s.set(parts)
	return s
}

// set joins parts to one text where none is a field.
func (s *String) set(parts []Part) {
	size := 0
	for i := range parts {
		size += len(parts[i].Text)
		if parts[i].Value != nil {
			s.Parts = parts
			return
		}
	}
	if len(parts) == 1 {
		s.Text = parts[0].Text
		return
	}
	var b strings.Builder
	b.Grow(size)
	for i := range parts {
		b.WriteString(parts[i].Text)
	}
	s.Text = b.String()
}

// parts reads text and fields of a format string, or of the spec of a field, up to what ends it.
func (p *parser) parts(list []Part, raw, spec bool) []Part {
	for {
		t := p.tok()
		switch {
		case t.kind == formatText:
			p.at++
			list = append(list, Part{Text: formatLiteral(p.text(t), raw, spec)})
		case p.is("{"):
			p.at++
			list = append(list, p.field(raw))
		default:
			return list
		}
	}
}

// field reads a replacement field behind its opening brace.
func (p *parser) field(raw bool) Part {
	if p.depth >= maxDepth {
		p.fail()
		return Part{}
	}
	p.depth++
	part := Part{Value: p.expressions()}
	p.accept("=") // {x=} prints the source too
	if p.accept("!") {
		if id := p.identifier(); id != "" {
			part.Conversion = id[0]
		}
	}
	if p.accept(":") {
		part.Spec = p.parts(nil, raw, true)
	}
	p.expect("}")
	p.depth--
	return part
}

// formatLiteral decodes literal text of a format string.
func formatLiteral(s string, raw, spec bool) string {
	if !spec {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "{{", "{"), "}}", "}")
	}
	if raw {
		return s
	}
	return unescape(s, false)
}

// literalText decodes a plain string token.
func literalText(token string) (text string, bytes bool) {
	prefix, body, _ := splitLiteral(token)
	bytes = strings.ContainsAny(prefix, "bB")
	if strings.ContainsAny(prefix, "rR") {
		return body, bytes
	}
	return unescape(body, bytes), bytes
}

// unescape resolves backslash escapes; unknown ones stay, as Python keeps them.
func unescape(s string, bytes bool) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		size := escapeSize(s, bytes)
		b.WriteString(escaped(s[:size]))
		s = s[size:]
		i = strings.IndexByte(s, '\\')
	}
	b.WriteString(s)
	return b.String()
}

// escapeSize is the length of the escape at the start of s.
func escapeSize(s string, bytes bool) int {
	if len(s) < 2 {
		return len(s)
	}
	want := 0
	switch c := s[1]; {
	case c >= '0' && c <= '7':
		n := 2
		for n < min(4, len(s)) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		return n
	case c == 'x':
		want = 4
	case c == 'u' && !bytes:
		want = 6
	case c == 'U' && !bytes:
		want = 10
	case c == '\r' && strings.HasPrefix(s[2:], "\n"):
		return 3
	}
	if want > 0 && len(s) >= want {
		if _, err := strconv.ParseUint(s[2:want], 16, 32); err == nil {
			return want
		}
	}
	return 2
}

// escaped is what one escape stands for.
func escaped(s string) string {
	if len(s) < 2 {
		return s
	}
	if len(s) > 2 && strings.IndexByte("xuU", s[1]) >= 0 {
		n, err := strconv.ParseUint(s[2:], 16, 32)
		if err != nil || n > utf8.MaxRune {
			return s
		}
		return string(rune(n))
	}
	if s[1] >= '0' && s[1] <= '7' {
		n, _ := strconv.ParseUint(s[1:], 8, 16)
		return string(rune(n))
	}
	switch s[1] {
	case '\n', '\r':
		return ""
	case '\\', '\'', '"':
		return s[1:]
	case 'a', 'b', 'f', 'n', 'r', 't', 'v':
		return string("\a\b\f\n\r\t\v"[strings.IndexByte("abfnrtv", s[1])])
	}
	return s
}
