package composefile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestInterpolate(t *testing.T) {
	env := Variables{"SET": "x", "EMPTY": "", "A_1": "y"}
	for text, want := range map[string]string{
		"host": "host", "${U:-/var}/b": "/var/b", "${U-x}": "x", "${U}": "?", "$U": "?", "a$$b": "a$b", "${U:-${V}}": "?", "${U:-${SET}}": "x",
		"$SET/${A_1}": "x/y", "${EMPTY:-d}": "d", "${EMPTY-d}": "", "${EMPTY}": "", "${SET:?e}": "x", "${U:?e}": "?", "${SET:+r}": "r",
		"${EMPTY+r}": "r", "${U:+r}": "?", "${HOME}/x": "~/x", "$": "$", "5$": "5$", "${": "?", "${SET": "?", "${SET!}": "?",
		"${U:-a}b}": "ab}", "${PWD}/d": "./d",
	} {
		got, known := env.interpolate(text, 0)
		if !known {
			got = "?"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func parse(texts map[string]string) Files {
	files := Files{}
	for name, text := range texts {
		f := &checks.File{Entry: &checks.Entry{Path: name}, Data: []byte(text), Whole: true, Line: 1}
		files[name], _ = Read(f)
	}
	return files
}

// show writes a value on one line.
func show(v *Value) string {
	switch {
	case v == nil:
		return "-"
	case v.Kind == Scalar:
		return v.Text
	case v.Kind == List:
		var parts []string
		for _, item := range v.Items {
			parts = append(parts, show(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	var parts []string
	for _, key := range v.Keys {
		parts = append(parts, key+":"+show(v.Fields[key]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func TestMerge(t *testing.T) {
	for _, c := range []struct{ base, over, want string }{
		{"privileged: true", "privileged: false", "{privileged:false}"},
		{"cap_add: [A]", "cap_add: [B]", "{cap_add:[A B]}"},
		{"command: [a, b]", "command: [c]", "{command:[c]}"},
		{"healthcheck: {test: [a], interval: 1s}", "healthcheck: {test: [b]}", "{healthcheck:{test:[b] interval:1s}}"},
		{"volumes: ['/a:/x', '/b:/y']", "volumes: ['/c:/x/']", "{volumes:[/b:/y /c:/x/]}"},
		{"volumes: ['/a:/x']", "volumes: [{type: bind, source: /c, target: /x}]", "{volumes:[{type:bind source:/c target:/x}]}"},
		{"environment: [A=1, B=2]", "environment: {B: 3}", "{environment:{A:1 B:3}}"},
		{"build: .", "build: {privileged: true}", "{build:{context:. privileged:true}}"},
		{"ports: [a]", "ports: !override [b]", "{ports:[b]}"},
		{"ports: [a]", "ports: !reset []", "{}"},
		{"user: a", "user:", "{user:a}"},
		{"user: a", "cap_drop: !reset null", "{user:a}"},
	} {
		files := parse(map[string]string{"a": "services: {s: {" + c.base + "}}", "b": "services: {s: {" + c.over + "}}"})
		p := files.Load([]string{"a", "b"}, func(string) Variables { return nil })
		if len(p.Services) != 1 {
			t.Fatalf("%v: %v", c, p)
		}
		if diff := cmp.Diff(c.want, show(p.Services[0].Value)); diff != "" {
			t.Errorf("%s with %s: %s", c.base, c.over, diff)
		}
	}
}

func TestCirclesEnd(t *testing.T) {
	var chain strings.Builder
	chain.WriteString("services:\n")
	for i := range 3000 {
		fmt.Fprintf(&chain, "  s%d: {extends: s%d}\n", i, i+1)
	}
	files := parse(map[string]string{"a": "include: [b]\nservices: {s: {extends: {file: b, service: s}}}", "b": "include: [a]\nservices: {s: {extends: {file: a, service: s}}}", "c": chain.String()})
	for _, name := range []string{"a", "b", "c"} {
		if p := files.Load([]string{name}, func(string) Variables { return nil }); len(p.Problems) == 0 {
			t.Errorf("%s: nothing is told", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("services: {a: {extends: b, cap_add: [x]}, b: {extends: {file: b, service: a}}}\ninclude: [b]", "services: {a: &a {<<: *a}}")
	f.Add("a: &a [*a]\nservices: *a", "include: {path: [a, b]}\nservices: {x: !reset y}")
	f.Add("services: {a: {environment: [A=${B:-${C}}], volumes: ['/a:/b', {target: /b}]}}", "services: {a: {build: x, volumes: !override [c]}}")
	f.Fuzz(func(t *testing.T, a, b string) {
		files := parse(map[string]string{"a": a, "b": b})
		p := files.Load([]string{"a", "b"}, func(string) Variables { return Variables{"B": "c"} })
		for _, s := range p.Services {
			_ = show(s.Value)
		}
	})
}
