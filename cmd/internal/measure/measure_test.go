package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRecall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cases.jsonl")
	cases := `{"rule": "stripe", "label": "pos", "text": "key = \"sk_live` + `_4eC39HqLyjWDarjtT1zdp7dc9Bx2Nq0\""}
{"rule": "stripe", "label": "neg", "text": "key = os.environ[\"KEY\"]"}
{"rule": "none", "label": "pos", "text": "nothing", "path": "a/b.py"}
`
	if err := os.WriteFile(file, []byte(cases), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := recall(&out, []string{"-rules", "-misses", file}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`pos missed none "nothing"`,
		"none                                         positives     1: found   0.0 %",
		"cases                        positives     2: found  50.0 %, gated  50.0 %; negatives     1: flagged   0.0 %, gated   0.0 %",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	if err := run([]string{"recall", filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a file that is not there is accepted")
	}
}

func TestCost(t *testing.T) {
	tree := t.TempDir()
	if err := os.WriteFile(filepath.Join(tree, "a.txt"), []byte("text\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "/usr/bin:/bin") // no scanner is started from elsewhere
	var out strings.Builder
	if err := cost(&out, []string{tree}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "cat ") || !strings.Contains(out.String(), "not installed") {
		t.Errorf("unexpected table:\n%s", out.String())
	}
	if err := cost(&out, nil); err == nil {
		t.Error("no tree is accepted")
	}
}

func TestWalk(t *testing.T) {
	tree := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(filepath.Join(tree, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, look := range []string{"walk", "checks"} {
		var out strings.Builder
		if err := walk(&out, []string{"-once", look, tree}); err != nil || out.String() != "4 entries\n" {
			t.Errorf("%s: %v, %q; expected the directory and three files", look, err, out.String())
		}
	}
	for _, args := range [][]string{nil, {"-once", "other", tree}, {"-rounds", "0", tree}} {
		if err := walk(&strings.Builder{}, args); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

func TestPods(t *testing.T) {
	dir := t.TempDir()
	for name, spec := range map[string]string{"v1.30/baseline/pass/a.yaml": "{containers: [{name: a}]}", "v1.30/baseline/fail/b.yaml": "{hostPID: true, containers: [{name: b}]}",
		"restricted/pass/wrong.yaml": "{containers: [{name: c}]}"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: "+spec+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	if err := pods(&out, dir); err != nil || !strings.Contains(out.String(), "pods: 2 of 3 right") || !strings.Contains(out.String(), "wrong.yaml: [") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if err := run([]string{"pods", t.TempDir()}); err == nil {
		t.Error("a directory without pods is accepted")
	}
}
