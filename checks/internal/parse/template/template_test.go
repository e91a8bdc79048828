package template

import "testing"

func TestEnd(t *testing.T) {
	for text, want := range map[string]int{
		"{{ x }};":      7,
		"{% if a %}b":   10,
		"{# c #}":       7,
		"<%= @x %>":     9,
		"{ x }":         0,
		"{{ x":          0,
		"{{}}":          4,
		"<VirtualHost>": 0,
		"":              0,
	} {
		if got := End(text, 0); got != want {
			t.Errorf("End(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestNesting(t *testing.T) {
	for text, want := range map[string]int{
		"{% if ssl %}":             1,
		"{%- endif -%}":            -1,
		"{% for h in hosts %}":     1,
		"{% else %}":               0,
		"{% set a = 1 %}":          0,
		"{{ if .TLS }}":            1,
		"{{- end }}":               -1,
		"{{#if tls}}":              1,
		"{{/if}}":                  -1,
		"{{ name }}":               0,
		"<% if @ssl -%>":           1,
		"<% @hosts.each do |h| %>": 1,
		"<% end %>":                -1,
		"<%= @name %>":             0,
	} {
		if got := Nesting(text); got != want {
			t.Errorf("Nesting(%q) = %d, want %d", text, got, want)
		}
	}
}
