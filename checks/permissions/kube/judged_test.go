package kube

import (
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// judged lists "rule attribute" of every violation of the pods in text.
func judged(t *testing.T, text string, level Level, version Version) []string {
	t.Helper()
	f := &checks.File{Entry: &checks.Entry{Path: "pod.yaml"}, Data: []byte(text), Whole: true, Line: 1}
	if s := yamldoc.Of(f); s.Err != nil {
		t.Fatal(s.Err)
	}
	var out []string
	pods := 0
	objects, _ := Objects(f)
	for _, o := range objects {
		for _, pod := range o.Pods() {
			pods++
			for _, v := range Judge(&pod, level, version) {
				out = append(out, v.Rule+" "+v.Attribute)
			}
		}
	}
	if pods == 0 {
		t.Fatal("no pod was found")
	}
	return out
}
