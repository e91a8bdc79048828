package toml

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "a.toml"}, Data: []byte(text), Line: 1, Whole: true}
}

func TestOf(t *testing.T) {
	d := Of(file(`title = "x" # why
[server]
"max.body" = 1_000
tls = {on = true, versions = ["1.2", # old
  "1.3"]}
[[routes]]
path = '/'
[[routes]]
path = """
a
b"""
[routes.limits]
rate = 1.5
when = 2020-01-02
hex = 0xff
broken =
`))
	type row struct {
		Path  string
		Value any
		Place string
	}
	var got []row
	for _, p := range d.Pairs {
		got = append(got, row{p.Path, p.Value, p.Place.String()})
	}
	want := []row{
		{"title", "x", "a.toml:1"},
		{"server.max.body", int64(1000), "a.toml:3"},
		{"server.tls.on", true, "a.toml:4"},
		{"server.tls.versions", []any{"1.2", "1.3"}, "a.toml:4"},
		{"routes.0.path", "/", "a.toml:7"},
		{"routes.1.path", "a\nb", "a.toml:9"},
		{"routes.1.limits.rate", 1.5, "a.toml:13"},
		{"routes.1.limits.when", "2020-01-02", "a.toml:14"},
		{"routes.1.limits.hex", int64(255), "a.toml:15"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if d.Err == nil {
		t.Error("the broken line was not reported")
	}
	if p, ok := d.Get("title"); !ok || p.Place.EndColumn != 12 {
		t.Errorf("title is at %+v", p.Place)
	}
}

func TestHostile(t *testing.T) {
	for _, text := range []string{
		"a = " + strings.Repeat("[", 100000), "a = " + strings.Repeat("{b=", 100000), strings.Repeat("a.", 100000) + "b = 1", "[" + strings.Repeat("a.", 100000) + "b]",
		strings.Repeat("[[a]]\n", 100000),
	} {
		Of(file(text))
	}
}

func FuzzOf(f *testing.F) {
	f.Add("a = 1\n[b.c]\nd = [1, {x = 2}]\n[[e]]\nf = 1979-05-27T07:32:00Z\n")
	f.Add("a = \"\\u00e9\"\r\n'q' = '''x'''")
	f.Fuzz(func(t *testing.T, text string) { Of(file(text)) })
}
