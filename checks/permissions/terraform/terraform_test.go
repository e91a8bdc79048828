package terraform

import (
	"strings"
	"testing"

	"hardcheck/checks/permissions/iam"
)

// show writes a node in short: lists in [], objects in {}, what is not known as ?source.
func show(n *iam.Node) string {
	var parts []string
	switch {
	case n == nil:
		return "nil"
	case n.Kind == iam.Scalar:
		return strings.ReplaceAll(n.Text, iam.Unknown, "?")
	case n.Kind == iam.Dynamic:
		return "?" + n.Text
	case n.Kind == iam.List:
		for _, item := range n.Items {
			parts = append(parts, show(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	for _, f := range n.Fields {
		parts = append(parts, f.Key+"="+show(f.Value))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

func TestResources(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"literals", `a = "x"` + "\nb = true\nc = 12", "{a=x b=true c=12}"},
		{"a template", `a = "arn:aws:s3:::${var.unset}/*"`, "{a=arn:aws:s3:::?/*}"},
		{"a default of a root module", `a = var.open`, "{a=*}"},
		{"a local", `a = [local.all, local.none]`, "{a=[[* x] ?local.none]}"},
		{"a local that goes round", `a = local.round`, "{a=?round2}"},
		{"JSON", `a = jsonencode({ Statement = [{ "Effect" : "Allow", Action = concat(["x"], ["y"]) }] })`, "{a={Statement=[{Effect=Allow Action=[x y]}]}}"},
		{"a heredoc", "a = <<-EOT\n  {\"b\": \"${x.y}\"}\n  EOT", "{a={\"b\": \"?\"}\n}"},
		{"a condition", `a = var.open == "*" ? "x" : "y"`, `{a=?var.open == "*" ? "x" : "y"}`},
		{"blocks", "s {\n v = 1\n}\ns {\n v = 2\n}", "{s=[{v=1} {v=2}]}"},
		{"a dynamic block", "dynamic \"s\" {\n for_each = x\n content {\n v = 1\n }\n}", "{s=[{v=1}]}"},
		{"a reference", `bucket = aws_s3_bucket.shop.id`, "{bucket=?aws_s3_bucket.shop.id}"},
		{"a loop", `a = [for x in y : x]`, "{a=?[for x in y : x]}"},
		{"merged", `a = merge({ b = 1 }, { c = 2 })`, "{a={b=1 c=2}}"},
	} {
		f, err := Parse("main.tf", "provider \"aws\" {}\nvariable \"open\" {\n default = \"*\"\n}\nlocals {\n all = [\"*\", \"x\"]\n round = local.round2\n round2 = local.round\n}\nresource \"t\" \"n\" {\n"+c.src+"\n}\n")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := show(NewModule([]*File{f}, false).Resources()[0].Body)
		if c.name == "a local that goes round" {
			if !strings.HasPrefix(got, "{a=?") {
				t.Errorf("%s: %s", c.name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A default is certain only in a root module without a file of values.
func TestDefaults(t *testing.T) {
	const variable = "variable \"v\" {\n default = \"*\"\n}\nresource \"t\" \"n\" {\n a = var.v\n}\n"
	for _, c := range []struct {
		name, before string
		valued       bool
		want         string
	}{
		{"a module that others call", "", false, "{a=?var.v}"},
		{"a root module", "terraform {\n backend \"s3\" {}\n}\n", false, "{a=*}"},
		{"a root module with values", "provider \"aws\" {}\n", true, "{a=?var.v}"},
	} {
		f, err := Parse("main.tf", c.before+variable)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(NewModule([]*File{f}, c.valued).Resources()[0].Body); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What would take the parser's stack, time without end or memory without end is refused or left dynamic.
func TestHostile(t *testing.T) {
	for name, src := range map[string]string{
		"brackets": "a = " + strings.Repeat("[", 100_000), "not": "a = " + strings.Repeat("!", 100_000) + "x",
		"ternaries": "a = " + strings.Repeat("a ? b : ", 50_000) + "c", "blocks": strings.Repeat("a {\n", 50_000),
		"interpolations": "a = " + strings.Repeat(`"${`, 50_000), "templates": "a = \"" + strings.Repeat("%{ if x }", 50_000) + "\"",
	} {
		if _, err := Parse("main.tf", src); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	var b strings.Builder
	b.WriteString("locals {\n l0 = \"" + strings.Repeat("x", 1000) + "\"\n")
	for i := range 40 {
		n := string(rune('0'+i/10)) + string(rune('0'+i%10))
		p := "l0"
		if i > 0 {
			p = "m" + string(rune('0'+(i-1)/10)) + string(rune('0'+(i-1)%10))
		}
		b.WriteString(" m" + n + " = [\"${local." + p + "}${local." + p + "}\", local." + p + ", local." + p + "]\n")
	}
	b.WriteString("}\n" + strings.Repeat("resource \"t\" \"n\" {\n a = local.m39\n}\n", 100))
	f, err := Parse("main.tf", b.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(NewModule([]*File{f}, false).Resources()); got != 100 {
		t.Errorf("%d resources", got)
	}
	long, err := Parse("main.tf", "resource \"t\" \"n\" {\n a = "+strings.Repeat("x + ", 100_000)+"y\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := NewModule([]*File{long}, false).Resources(); len(got) != 1 {
		t.Errorf("a long sum: %d resources", len(got))
	}
}

func FuzzResources(f *testing.F) {
	f.Add("resource \"aws_s3_bucket\" \"b\" {\n acl = \"${local.a}-${var.b}\"\n}\nlocals {\n a = [\"x\"]\n}\n")
	f.Add("data \"x\" \"y\" {\n dynamic \"s\" {\n content {\n a = <<E\n${b}\nE\n}\n}\n}")
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := Parse("main.tf", text)
		for _, r := range NewModule([]*File{file}, false).Resources() {
			if r.Body == nil {
				t.Error("a resource without a body")
			}
		}
	})
}
