package nginx

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "nginx.conf"}, Data: []byte(text), Line: 1, Whole: true}
}

// dump writes directives one per line: depth, line, name and arguments.
func dump(list []*Directive, depth int) []string {
	var out []string
	for _, d := range list {
		line := fmt.Sprintf("%s%d %s", strings.Repeat(" ", depth), d.Place.Line, d.Name)
		for _, a := range d.Args {
			line += " [" + a.Text + "]"
			if a.Template {
				line += "T"
			}
		}
		if d.Conditional {
			line += " conditional"
		}
		if d.Raw != "" {
			line += " raw " + d.Raw
		}
		out = append(out, line)
		out = append(out, dump(d.Body, depth+1)...)
	}
	return out
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		notes      []string
	}{
		{"blocks", "http {\n server { listen 80; }\n}\n", []string{"1 http", " 2 server", "  2 listen [80]"}, nil},
		{"comment only at the start of a token", "a b#c; # d;\n", []string{"1 a [b#c]"}, nil},
		{"quotes", `a "b;{}" 'c "d"' "e\"f" "\d";`, []string{`1 a [b;{}] [c "d"] [e"f] [\d]`}, nil},
		{"quote inside a token", `a b"c d"e;`, []string{`1 a [b"c] [d"e]`}, nil},
		{"escaped", `a b\;c \ d;`, []string{`1 a [b\;c] [\ d]`}, nil},
		{"brace of a variable", "root /srv/${host}/x;", []string{"1 root [/srv/${host}/x]"}, nil},
		{"environment", "listen ${PORT}; proxy_pass http://$UPSTREAM:80/; return 301 https://${host}$Uri$1;",
			[]string{"1 listen [${PORT}]T", "1 proxy_pass [http://$UPSTREAM:80/]T", "1 return [301] [https://${host}$Uri$1]"}, nil},
		{"brace ends a token", "location /{return 204;}", []string{"1 location [/]", " 1 return [204]"}, nil},
		{"comment after the brace", "server {# a }\n listen 1;\n}", []string{"1 server", " 2 listen [1]"}, nil},
		{"over several lines", "log_format a '$b'\n  '$c';", []string{"1 log_format [a] [$b] [$c]"}, nil},
		{"lua", "location / { content_by_lua_block { s = \"}\" -- }\n t = {a=[[}]]} }\n deny all; }",
			[]string{"1 location [/]", " 1 content_by_lua_block raw  s = \"}\" -- }\n t = {a=[[}]]} ", " 3 deny [all]"}, nil},
		{"jinja", "server {\n{% if tls %}\n listen {{ port }} ssl;\n{% endif %}\n root /x;\n}",
			[]string{"1 server", " 3 listen [{{ port }}]T [ssl] conditional", " 5 root [/x]"}, nil},
		{"jinja around a block", "{% for s in sites %}\nserver { server_name {{ s.name }}.example; }\n{% endfor %}",
			[]string{"2 server conditional", " 2 server_name [{{ s.name }}.example]T"}, nil},
		{"jinja inside a directive", "listen 443{% if h2 %} http2{% endif %};", []string{"1 listen [443{% if h2 %}]T [http2{% endif %}]T"}, nil},
		{"jinja comment", "{# server { #}\na b;", []string{"2 a [b]"}, nil},
		{"go template", "{{- range .Hosts }}\nserver_name {{ . }};\n{{- end }}\nx 1;", []string{"2 server_name [{{ . }}]T conditional", "4 x [1]"}, nil},
		{"placeholder for whole lines", "{{ extra }}\nx 1;", []string{"2 x [1]"}, nil},
		{"erb", "<% if @tls -%>\nssl on;\n<% end -%>\nuser <%= @user %>;", []string{"2 ssl [on] conditional", "4 user [<%= @user %>]T"}, nil},
		{"str.format", "server_name {NAME} a.{B_2};\nproxy_pass http://{BIND};", []string{"1 server_name [{NAME}]T [a.{B_2}]T", "2 proxy_pass [http://{BIND}]T"}, nil},
		{"a block of one word is none of nginx's", "location /{return 204;}", []string{"1 location [/]", " 1 return [204]"}, nil},
		{"a number in braces is a regular expression", "rewrite ^/a{2}$ /b;", []string{"1 rewrite [^/a]", " 1 2}$ [/b]"}, []string{"the file ends inside a block"}},
		{"quotes inside a placeholder", `a "{{ x | default("b") }}";`, []string{`1 a [{{ x | default("b") }}]T`}, nil},
		{"missing semicolon", "server { a b }\nc;", []string{"1 server", " 1 a [b]", "2 c"}, []string{`unexpected "}" before the ";" of a`}},
		{"stray brace", "}\na;", []string{"2 a"}, []string{`unexpected "}"`}},
		{"cut", "server { a", []string{"1 server", " 1 a"}, []string{`the file ends before the ";" of a`, "the file ends inside a block"}},
		{"crlf", "a b;\r\nc d;\r\n", []string{"1 a [b]", "2 c [d]"}, nil},
		{"empty", "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conf := parse(file(tt.text))
			if diff := cmp.Diff(tt.want, dump(conf.Directives, 0)); diff != "" {
				t.Errorf("directives (-want +got):\n%s", diff)
			}
			var notes []string
			for _, n := range conf.Notes {
				notes = append(notes, n.Text)
			}
			if diff := cmp.Diff(tt.notes, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	conf := parse(file("http {\n  server_tokens  off;\n}"))
	want := checks.Place{Path: "nginx.conf", Line: 2, Column: 3, EndLine: 2, EndColumn: 22}
	if diff := cmp.Diff(want, conf.Directives[0].Body[0].Place); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
}

func TestDepthIsBounded(t *testing.T) {
	conf := parse(file(strings.Repeat("a {", 100000)))
	depth := 0
	for list := conf.Directives; len(list) > 0; list = list[0].Body {
		depth++
	}
	if depth > maxDepth+1 {
		t.Errorf("nested %d deep, bound %d", depth, maxDepth)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"user www-data;\nhttp { include mime.types; server { listen 80 default_server; location ~ \\.php$ { fastcgi_pass unix:/x; } } }",
		"log_format main '$remote_addr \"$request\"' escape=json;",
		"{% if a %}server { {{ b }} }{% endif %}", "x_by_lua_block { -- [[ ' }", "a {{ {% <%= ", "\\", "a \"", "${", "}{;#",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		conf := parse(file(text))
		var walk func([]*Directive)
		walk = func(list []*Directive) {
			for _, d := range list {
				if d.Place.Line < 1 || d.Place.EndLine < d.Place.Line {
					t.Fatalf("%s: bad place %+v", d.Name, d.Place)
				}
				walk(d.Body)
			}
		}
		walk(conf.Directives)
	})
}
