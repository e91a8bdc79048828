package kube

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
)

func file(path, text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: path}, Data: []byte(text), Whole: true, Line: 1}
}

// TestAliasBombs: what aliases make of a few lines is bounded, and told.
func TestAliasBombs(t *testing.T) {
	var wide strings.Builder
	wide.WriteString("x: &c {name: a, ports: &p [" + strings.Repeat("{hostPort: 1}, ", 2000) + "]}\napiVersion: v1\nkind: Pod\nspec:\n  containers: [")
	wide.WriteString(strings.Repeat("*c, ", 2000) + "]\n")
	var deep strings.Builder
	deep.WriteString("apiVersion: v1\nkind: List\na0: &a0 [{kind: Pod}]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&deep, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("{kind: List, items: *a%d}, ", i-1), 20))
	}
	deep.WriteString("items: *a11\n")
	for name, text := range map[string]string{"wide": wide.String(), "deep": deep.String(), "recursive": "apiVersion: v1\nkind: Pod\nspec: &s {containers: [*s]}\n"} {
		if objects, problem := Objects(file("a.yaml", text)); problem == nil || !problem.Blind {
			t.Errorf("%s: %d objects and no problem", name, len(objects))
		}
	}
}

// TestPatchesHoldNoForeignCommands: a name of the file never becomes more than a name in what somebody pastes.
func TestPatchesHoldNoForeignCommands(t *testing.T) {
	f := file("a.yaml", podText("containers: [{name: \"a\\n    image: evil\", securityContext: {privileged: true}}, {name: b, securityContext: {privileged: true}}]"))
	objects, _ := Objects(f)
	var patches []string
	for _, v := range Judge(&objects[0].Pods()[0], Baseline, Newest) {
		patches = append(patches, Patch(v.Sets))
	}
	want := "spec:\n  containers:\n    - name: b\n      securityContext:\n        privileged: false\n"
	if len(patches) != 2 || patches[0] != "" || patches[1] != want {
		t.Errorf("%q", patches)
	}
	o := Object{Kind: "Deployment", Name: "$(reboot)", Namespace: "a;b"}
	if got := o.Resource(); got != "deployment/NAME -n NAME" {
		t.Errorf("%q", got)
	}
	if got := Argument("it's $(x).yaml"); got != `'it'\''s $(x).yaml'` {
		t.Errorf("%q", got)
	}
}

// FuzzJudge reads anything as manifests and judges what it finds.
func FuzzJudge(f *testing.F) {
	f.Add(podText(hard))
	f.Add("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nrules: [{apiGroups: ['*'], resources: ['*'], verbs: [get]}]\n")
	f.Add("apiVersion: v1\nkind: List\nitems: [{apiVersion: a.b/v1, kind: C, spec: {podTemplate: {spec: {containers: [{}]}}}}]\n")
	f.Add("apiVersion: v1\nkind: Pod\nspec: {volumes: [{name: v, secret: {defaultMode: 600, items: [{mode: 0777}]}}, {hostPath: {path: /}}], containers: [null, 1]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		objects, _ := Objects(file("a.yaml", text))
		for i := range objects {
			o := &objects[i]
			for _, pod := range o.Pods() {
				for _, v := range append(Judge(&pod, Restricted, Newest), append(Harden(&pod), Judge(&pod, Restricted, 0)...)...) {
					if v.Node == nil || v.Attribute == "" || v.Message == "" || v.Actual == "" {
						t.Fatalf("%+v", v)
					}
					Patch(v.Sets)
				}
			}
			if role := o.Role(); role != nil {
				role.Powers()
			}
			o.Binding()
		}
	})
}

// FuzzKustomize builds an overlay of anything with anything.
func FuzzKustomize(f *testing.F) {
	f.Add("resources: [a.yaml]\npatches: [{path: b.yaml}]\n", podText(hard), "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: app, $patch: delete}], volumes: null}\n")
	f.Add("resources: [a.yaml]\npatches: [{path: b.yaml, target: {kind: Pod, labelSelector: a=b}}]\n", podText(hard), "[{op: add, path: /spec/containers/-, value: {}}, {op: move, from: /spec, path: /spec/x}]")
	f.Add("resources: [.]\nkind: Component\ncomponents: [.]\npatches: [{patch: '- {op: copy, from: /a~1b, path: /c}', target: {name: '('}}]\n", "", "")
	f.Fuzz(func(t *testing.T, root, base, patch string) {
		k := NewKustomizer(map[string]*checks.File{"kustomization.yaml": file("kustomization.yaml", root), "a.yaml": file("a.yaml", base), "b.yaml": file("b.yaml", patch)})
		for _, dir := range append(k.Roots(), ".") {
			built, err := k.Build(dir)
			if err != nil {
				continue
			}
			for _, item := range built.Items {
				for _, pod := range item.Object.Pods() {
					for _, v := range Judge(&pod, Restricted, Newest) {
						if item.Origin(k, v.Node) == nil {
							t.Fatal("a value that stands in no file")
						}
					}
				}
			}
		}
	})
}
