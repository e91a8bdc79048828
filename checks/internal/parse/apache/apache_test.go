package apache

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "httpd.conf"}, Data: []byte(text), Line: 1, Whole: true}
}

func dump(list []*Directive, depth int) []string {
	var out []string
	for _, d := range list {
		line := fmt.Sprintf("%s%d %s", strings.Repeat(" ", depth), d.Place.Line, d.Name)
		for _, a := range d.Args {
			line += " [" + a + "]"
		}
		if d.Template {
			line += " template"
		}
		if d.Conditional {
			line += " conditional"
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
		{"sections", "<VirtualHost *:80>\n ServerName a\n</VirtualHost>\n", []string{"1 VirtualHost [*:80]", " 2 ServerName [a]"}, nil},
		{"quotes", `Header set A "b \"c\" \\ \d" 'e "f"'`, []string{`1 Header [set] [A] [b "c" \ \d] [e "f"]`}, nil},
		{"quote inside a word", `SetEnvIf A b"c d`, []string{`1 SetEnvIf [A] [b"c] [d]`}, nil},
		{"continued", "Header set \\\n  A b\nX y", []string{"1 Header [set] [A] [b]", "3 X [y]"}, nil},
		{"continued, crlf", "Header set \\\r\n  A b\r\nX y\r\n", []string{"1 Header [set] [A] [b]", "3 X [y]"}, nil},
		{"comments", "# a \\\n b\nX y # z", []string{"3 X [y] [#] [z]"}, nil},
		{"only the last backslash continues", "X a\\\\\nY b", []string{`1 X [a\Y] [b]`}, nil},
		{"case of the end", "<ifmodule a>\nX y\n</IfModule>\nZ", []string{"1 ifmodule [a]", " 2 X [y]", "4 Z"}, nil},
		{"quoted section", `<Directory "/srv/a b">` + "\n</Directory>", []string{"1 Directory [/srv/a b]"}, nil},
		{"missing end", "<A>\n<B>\nX\n</A>\nY", []string{"1 A", " 2 B", "  3 X", "5 Y"}, []string{"</A> where </B> was expected"}},
		{"stray end", "</A>\nX", []string{"2 X"}, []string{"unexpected </A>"}},
		{"cut", "<A x>\nX", []string{"1 A [x]", " 2 X"}, []string{"the file ends inside <A>"}},
		{"jinja", "{% if tls %}\nSSLEngine on\n{% endif %}\nServerName {{ name | default('a b') }}", []string{"2 SSLEngine [on] conditional", "4 ServerName [{{ name | default('a b') }}] template"}, nil},
		{"erb", "<% if @tls -%>\nSSLEngine on\n<% end -%>\nServerName <%= @n %>", []string{"2 SSLEngine [on] conditional", "4 ServerName [<%= @n %>] template"}, nil},
		{"placeholder for whole lines", "{{ extra }}\nX", []string{"2 X"}, nil},
		{"empty section name", "<>\nX", []string{"2 X"}, nil},
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

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"<VirtualHost *:80>\nHeader always set X \"a\\\"b\"\n</VirtualHost>", "<IfModule !mod_x.c>\nX y\\\n z", "</A>\n<A", "<", "\\\n\\\n", "{% if %}\n<%= x", "\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var walk func([]*Directive)
		walk = func(list []*Directive) {
			for _, d := range list {
				if d.Name == "" && !strings.Contains(text, `"`) && !strings.Contains(text, "'") {
					t.Fatal("a directive without a name")
				}
				if d.Place.Line < 1 || d.Place.EndLine < d.Place.Line {
					t.Fatalf("%s: bad place %+v", d.Name, d.Place)
				}
				walk(d.Body)
			}
		}
		walk(parse(file(text)).Directives)
	})
}
