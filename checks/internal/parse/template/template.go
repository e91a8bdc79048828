// Package template finds the placeholders of template languages inside configuration files that are not yet
// filled in: Jinja2 and Twig ({{ x }}, {% if %}, {# c #}), Go and Handlebars ({{ if }}, {{#if}}) and ERB (<% %>).
package template

import "strings"

// maxLength bounds a placeholder in bytes, so that unclosed ones cost linear time.
const maxLength = 1000

var delimiters = []struct{ open, close string }{
	{"{{", "}}"}, {"{%", "%}"}, {"{#", "#}"}, {"<%", "%>"},
}

// End returns the offset after the placeholder that begins at offset i of text, or 0 where none begins there.
func End(text string, i int) int {
	if i+4 > len(text) || (text[i] != '{' && text[i] != '<') {
		return 0
	}
	for _, d := range delimiters {
		if !strings.HasPrefix(text[i:], d.open) {
			continue
		}
		window := text[i+2 : min(len(text), i+maxLength)]
		if n := strings.Index(window, d.close); n >= 0 {
			return i + 2 + n + 2
		}
	}
	return 0
}

// Has reports whether text holds a placeholder.
func Has(text string) bool {
	for i := 0; i < len(text); i++ {
		if End(text, i) > 0 {
			return true
		}
	}
	return false
}

// Nesting is how a placeholder changes the depth of conditions and loops: 1 where it opens one, -1 where it
// closes one, else 0.
func Nesting(placeholder string) int {
	if len(placeholder) < 4 {
		return 0
	}
	inner := strings.Trim(placeholder[2:len(placeholder)-2], "-+~ \t\r\n")
	word, rest, _ := strings.Cut(inner, " ")
	switch placeholder[:2] {
	case "{%":
		return step(word, "if for unless", "endif endfor endunless")
	case "{{":
		if strings.HasPrefix(word, "#") {
			return 1
		}
		if strings.HasPrefix(word, "/") {
			return -1
		}
		return step(word, "if range with block define unless", "end")
	case "<%":
		if rest == "do" || strings.HasSuffix(rest, " do") || strings.HasPrefix(rest, "do |") {
			return 1
		}
		return step(word, "if unless case", "end")
	}
	return 0
}

func step(word, opening, closing string) int {
	for w := range strings.FieldsSeq(opening) {
		if w == word {
			return 1
		}
	}
	for w := range strings.FieldsSeq(closing) {
		if w == word {
			return -1
		}
	}
	return 0
}
