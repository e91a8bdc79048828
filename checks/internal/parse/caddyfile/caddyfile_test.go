package caddyfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "Caddyfile"}, Data: []byte(text), Line: 1, Whole: true}
}

func tokens(list []Token) string {
	out := ""
	for _, a := range list {
		out += " [" + a.Text + "]"
		if a.Dynamic {
			out += "D"
		}
	}
	return out
}

func dump(list []*Directive, depth int) []string {
	var out []string
	for _, d := range list {
		line := fmt.Sprintf("%s%d %s%s", strings.Repeat(" ", depth), d.Place.Line, d.Name, tokens(d.Args))
		if d.Conditional {
			line += " conditional"
		}
		out = append(out, line)
		out = append(out, dump(d.Body, depth+1)...)
	}
	return out
}

var kinds = map[Kind]string{Site: "site", Global: "global", Snippet: "snippet", Route: "route", Import: "import"}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		notes      []string
	}{
		{"site", "shop.example {\n\troot * /srv\n}\n", []string{"1 site [shop.example]", " 2 root [*] [/srv]"}, nil},
		{"one site without braces", "localhost\n\nrespond \"hi\"\nlog\n", []string{"1 site [localhost]", " 3 respond [hi]", " 4 log"}, nil},
		{"addresses", "a.example, b.example,\nc.example {\n}", []string{"1 site [a.example] [b.example] [c.example]"}, nil},
		{"global, snippet, import", "{\n debug\n}\n(sec) {\n header X y\n}\nimport sites/*\na {\n import sec 1\n}",
			[]string{"1 global", " 2 debug", "4 snippet [sec]", " 5 header [X] [y]", "7 import [sites/*]", "8 site [a]", " 9 import [sec] [1]"}, nil},
		{"import with a block", "import a 1 {\n b\n}\nc {\n import a {\n  d\n }\n}", []string{"1 import [a] [1]", " 2 b", "4 site [c]", " 5 import [a]", "  6 d"}, nil},
		{"placeholders are no blocks", "a {\n header X {http.request.id}\n redir https://{host}{uri}\n}",
			[]string{"1 site [a]", " 2 header [X] [{http.request.id}]", " 3 redir [https://{host}{uri}]"}, nil},
		{"nested", "a {\n handle /x/* {\n  reverse_proxy b {\n   header_down -C\n  }\n }\n}",
			[]string{"1 site [a]", " 2 handle [/x/*]", "  3 reverse_proxy [b]", "   4 header_down [-C]"}, nil},
		{"quotes", "a {\n x \"b \\\"c\\\" \\d\" `e \"f\" \\` g\"h # i\n}", []string{"1 site [a]", ` 2 x [b "c" \d] [e "f" \] [g"h]`}, nil},
		{"comment inside a word", "a {\n x b#c\n}", []string{"1 site [a]", " 2 x [b#c]"}, nil},
		{"continued", "a {\n x b \\\n  c\n}", []string{"1 site [a]", " 2 x [b] [c]"}, nil},
		{"heredoc", "a {\n respond <<HTML\n  <p>}\n   b\n  HTML 200\n}", []string{"1 site [a]", " 2 respond [<p>}\n b] [200]"}, nil},
		{"not a heredoc", "a {\n x <<b\n}", []string{"1 site [a]", " 2 x [<<b]"}, nil},
		{"environment", "{$SITE:localhost} {\n x {$A}b\n}", []string{"1 site [{$SITE:localhost}]D", " 2 x [{$A}b]D"}, nil},
		{"jinja", "a {\n{% if x %}\n header X {{ y }}\n{% endif %}\n log\n}", []string{"1 site [a]", " 3 header [X] [{{ y }}]D conditional", " 5 log"}, nil},
		{"missing end", "a {\n x {\n y\n", []string{"1 site [a]", " 2 x", "  3 y"}, []string{"the file ends inside a block", "the file ends inside a block"}},
		{"stray end", "}\na {\n}", []string{"2 site [a]"}, []string{`unexpected "}"`}},
		{"empty block on one line", "a {\n handle { }\n x\n}", []string{"1 site [a]", " 2 handle", " 3 x"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conf := parse(file(tt.text))
			var got []string
			for _, b := range conf.Blocks {
				got = append(got, fmt.Sprintf("%d %s%s", b.Place.Line, kinds[b.Kind], tokens(b.Keys)))
				got = append(got, dump(b.Body, 1)...)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
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
		"{\n debug\n}\n(a) {\n x {args[0]}\n}\nb.example {\n import a 1\n}", "a\nrespond <<X\n y\n X", "\"", "`", "{", "}", "a {", "\\\n", "{% if %}", "<<A\n", ",\n{",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, b := range parse(file(text)).Blocks {
			var walk func([]*Directive)
			walk = func(list []*Directive) {
				for _, d := range list {
					if d.Place.Line < 1 || d.Place.EndLine < d.Place.Line {
						t.Fatalf("%s: bad place %+v", d.Name, d.Place)
					}
					walk(d.Body)
				}
			}
			walk(b.Body)
		}
	})
}
