package yamldoc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "a.yaml"}, Data: []byte(text), Line: 1, Whole: true}
}

func TestGet(t *testing.T) {
	f := file(`
x-base: &base
  privileged: yes
  user: root
services:
  web:
    <<: *base
    user: app
    ports: ["80:80", '443:443']
  db:
    <<: [*base, {pid: host}]
`)
	s := Of(f)
	if s.Err != nil || len(s.Docs) != 1 {
		t.Fatalf("%+v", s)
	}
	root := s.Docs[0]
	for _, c := range []struct {
		path, want, place string
	}{
		{"services web user", "app", "a.yaml:8"},
		{"services web privileged", "yes", "a.yaml:3"},
		{"services web ports 1", "443:443", "a.yaml:9"},
		{"services web ports 2", "", "a.yaml"},
		{"services db user", "root", "a.yaml:4"},
		{"services db pid", "host", "a.yaml:11"},
		{"services cache user", "", "a.yaml"},
	} {
		n := Get(root, strings.Fields(c.path)...)
		if got, _ := Text(n); got != c.want || Place(f, n).String() != c.place {
			t.Errorf("%s: got %q at %v, want %q at %s", c.path, got, Place(f, n), c.want, c.place)
		}
	}
	if v, ok := Bool(Get(root, "services", "web", "privileged")); !v || !ok {
		t.Error("yes is true")
	}
	want := checks.Place{Path: "a.yaml", Line: 9, Column: 22, EndLine: 9, EndColumn: 31}
	if diff := cmp.Diff(want, Place(f, Get(root, "services", "web", "ports", "1"))); diff != "" {
		t.Error(diff)
	}
}

func TestTemplates(t *testing.T) {
	f := file(`{{- if .Values.on }}
é: "{{ .Values.a | default("x") }}"
image: {{ .Values.image }}:{{ .Values.tag }}
{{- range $k, $v := .Values.env }}
- not: reached
{{- end }}
`)
	if s := Of(f); s.Err == nil || !s.Templated {
		t.Fatalf("a list in a mapping is no YAML: %+v", s)
	}
	f = file(`{{- if .Values.on }}
é: "{{ .Values.a | default("x") }}"   # {{ c }}
image: {{ .Values.image }}:{{ .Values.tag }}
{% for x in y %}
labels: {a: {{ b }}, c: d}
{{- with .Values.x -}} {{- toYaml . | nindent 2 }}
{{- end }}
long: {{ .Values.a
  | quote }}
plain: text
github: ${{ github.token }}
`)
	s := Of(f)
	if s.Err != nil || len(s.Docs) != 1 {
		t.Fatalf("%+v", s.Err)
	}
	for _, c := range []struct {
		path, want string
		dynamic    bool
		line, col  int
	}{
		{"é", `{{ .Values.a | default("x") }}`, true, 2, 5},
		{"image", "{{ .Values.image }}:{{ .Values.tag }}", true, 3, 8},
		{"labels a", "{{ b }}", true, 5, 13},
		{"labels c", "d", false, 5, 25},
		{"long", "{{ .Values.a\n  | quote }}", true, 8, 7},
		{"plain", "text", false, 10, 8},
		{"github", "${{ github.token }}", true, 11, 9},
	} {
		n := Get(s.Docs[0], strings.Fields(c.path)...)
		p := Place(f, n)
		if got, _ := Text(n); got != c.want || Dynamic(n) != c.dynamic || p.Line != c.line || p.Column != c.col {
			t.Errorf("%s: got %q dynamic %v at %d:%d", c.path, got, Dynamic(n), p.Line, p.Column)
		}
	}
}

// TestHelmChart reads a template of the shape that most charts have.
func TestHelmChart(t *testing.T) {
	s := Of(file(`{{- if .Values.enabled -}}
{{- $name := include "shop.fullname" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "shop.labels" . | nindent 4 }}
  {{- with .Values.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      hostNetwork: {{ .Values.hostNetwork | default false }}
      containers:
        - name: {{ .Chart.Name }}
          securityContext:
            privileged: true
            {{- toYaml .Values.securityContext | nindent 12 }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          args: ["--level={{ .Values.level }}", {{ .Values.more | quote }}]
          env:
            {{- range $key, $value := .Values.env }}
            - name: {{ $key }}
              value: {{ $value | quote }}
            {{- end }}
        {{- /* a comment
        over lines */}}
          ports:
          {{- range .Values.ports }}
          - containerPort: {{ . }}
          {{- end }}
      {{- if .Values.extra }}
      {{ .Values.extra | indent 6 }}: x
      {{- end }}
{{- end }}
`))
	if s.Err != nil || len(s.Docs) != 1 || !s.Templated {
		t.Fatalf("%+v", s.Err)
	}
	container := Get(s.Docs[0], "spec", "template", "spec", "containers", "0")
	if v, ok := Bool(Get(container, "securityContext", "privileged")); !v || !ok {
		t.Error("privileged was not read")
	}
	if n := Get(s.Docs[0], "spec", "template", "spec", "hostNetwork"); !Dynamic(n) || n.Line != 17 {
		t.Errorf("hostNetwork: %+v", n)
	}
	if n := Get(container, "ports", "0", "containerPort"); !Dynamic(n) {
		t.Errorf("ports: %+v", n)
	}
}

func TestValues(t *testing.T) {
	root := Of(file("mode: 0644\ndec: 12\nquoted: \"12\"\nno: 'no'\nnull: ~\nref: !Ref x\nvault: !vault |\n  abc\nlist: !reference [a, b]\nports: !override [1]\n")).Docs[0]
	if v, ok := Int(Get(root, "mode")); v != 0o644 || !ok {
		t.Error("0644 is octal")
	}
	if _, ok := Int(Get(root, "quoted")); ok {
		t.Error("a quoted number is text")
	}
	if _, ok := Bool(Get(root, "no")); ok {
		t.Error("a quoted no is text")
	}
	if _, ok := Text(Get(root, "null")); ok {
		t.Error("null has no text")
	}
	for key, want := range map[string]bool{"ref": true, "vault": true, "list": true, "ports": false, "dec": false} {
		if Dynamic(Get(root, key)) != want {
			t.Errorf("Dynamic(%s) is not %v", key, want)
		}
	}
	if len(Items(Get(root, "list"))) != 2 || Items(Get(root, "dec")) != nil {
		t.Error("Items are a sequence's only")
	}
}

func TestDocuments(t *testing.T) {
	s := Of(file("---\na: 1\n---\n---\nb: 2\n---\nc: [\n"))
	if len(s.Docs) < 2 || s.Err == nil || !strings.HasPrefix(s.Err.Where, "a.yaml:") {
		t.Errorf("%d documents, %v", len(s.Docs), s.Err)
	}
	if s := Of(file("")); len(s.Docs) != 0 || s.Err != nil {
		t.Errorf("empty: %+v", s)
	}
	if s := Of(file("\xef\xbb\xbfa: 1\r\nb: 2\r\n")); len(s.Docs) != 1 || Get(s.Docs[0], "b").Value != "2" {
		t.Errorf("BOM and CRLF: %+v", s)
	}
}

// TestHostile reads what is built to break readers; it ends, and says so where it gives up.
func TestHostile(t *testing.T) {
	bomb := "a0: &a0 {k: v}\n"
	for i := 1; i < 30; i++ {
		bomb += "a" + itoa(i) + ": &a" + itoa(i) + " {<<: [*a" + itoa(i-1) + ", *a" + itoa(i-1) + ", *a" + itoa(i-1) + "]}\n"
	}
	for name, text := range map[string]string{
		"bomb":     bomb,
		"cycle":    "a: &a {<<: *a, b: *a}\n",
		"deep":     strings.Repeat("[", 100000),
		"dashes":   strings.Repeat("- ", 100000),
		"openings": strings.Repeat("{{", 200000),
		"tags":     strings.Repeat("{{}}", 200000),
		"comments": strings.Repeat("#\n", 500000),
		"percent":  strings.Repeat("{%\n", 200000),
		"keys":     strings.Repeat("? ", 50000),
		"large":    strings.Repeat("a", MaxSize+1),
	} {
		t.Run(name, func(t *testing.T) {
			f := file(text)
			for _, doc := range Of(f).Docs {
				walk(f, doc)
			}
		})
	}
}

func itoa(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }

// walk touches every function; the budget stands for a caller's own bound.
func walk(f *checks.File, n *yaml.Node) {
	budget := 200
	var visit func(*yaml.Node)
	visit = func(n *yaml.Node) {
		if budget--; budget < 0 {
			return
		}
		Place(f, n)
		Dynamic(n)
		Text(n)
		Bool(n)
		Int(n)
		for _, item := range Items(n) {
			visit(item)
		}
		Each(n, func(key, value *yaml.Node) {
			if budget > 0 {
				Get(n, key.Value)
				visit(value)
			}
		})
	}
	visit(n)
}

func FuzzOf(f *testing.F) {
	for _, seed := range []string{
		"a: &a {b: 1}\nc: *a\nd: {<<: *a}\n", "{{ if x }}\na: {{ b }}\n{{ end }}\n", "a: !vault |\n  x\n", "- 1\n- 'a'\n- \"b\\\"\"\n",
		"a: {% x %}\n", "---\na\n...\n---\n", "\xff\xfea\x00:\x00 \x001\x00", "? [a]\n: b\n", "a:\u2028b: {{\n}}", "x: {{}}\r\ry: 1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := file(string(data))
		s := Of(file)
		if len(s.masked) != len(file.Text()) {
			t.Fatalf("masking changed the length: %d, %d", len(s.masked), len(file.Text()))
		}
		for _, doc := range s.Docs {
			walk(file, doc)
		}
	})
}

// TestCommentsHoldTags: a Go template's comment ends at its own end, whatever tags stand in it.
func TestCommentsHoldTags(t *testing.T) {
	s := Of(file("a: 1\n{{- /* as {{- if $value }} but also for 0 */ -}}\n{{/* one\n}} two */}}\nb: {{ .x }}\n{{/* never closed }}\nc: 3\n"))
	if s.Err != nil || len(s.Docs) != 1 {
		t.Fatalf("%+v", s)
	}
	for key, want := range map[string]string{"a": "1", "b": "{{ .x }}", "c": "3"} {
		if got, _ := Text(Get(s.Docs[0], key)); got != want {
			t.Errorf("%s is %q, expected %q", key, got, want)
		}
	}
}
