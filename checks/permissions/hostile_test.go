package permissions

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// aliases is YAML of a few lines in which name stands for 10^11 values.
func aliases(leaf, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "x0: &x0 %s\n", leaf)
	for i := 1; i <= 10; i++ {
		fmt.Fprintf(&b, "x%d: &x%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d, ", i-1), 10), ", "))
	}
	return b.String() + name + ": *x10\n"
}

// mappings is the same with mappings, which readers merge and flatten.
func mappings(leaf, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "x0: &x0 %s\n", leaf)
	for i := 1; i <= 10; i++ {
		fmt.Fprintf(&b, "x%d: &x%d {", i, i)
		for k := range 10 {
			fmt.Fprintf(&b, "k%d: *x%d, ", k, i-1)
		}
		b.WriteString("}\n")
	}
	return b.String() + name + ": *x10\n"
}

// hostileInputs are files that are built to cost the reader more than they cost their author. blind is the check that must
// not pass; "" where a reader may take the file for what it is.
var hostileInputs = []struct {
	name, blind string
	files       map[string]string
}{
	{"aliases in a manifest", "pod-security", map[string]string{"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: containers}\n" + aliases("{hostPID: true}", "spec")}},
	{"aliases in a role", "rbac", map[string]string{"role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\n" + aliases("{verbs: ['*']}", "rules")}},
	{"aliases in Compose", "compose", map[string]string{"compose.yaml": aliases("/a:/b", "x-volumes") + "services: {a: {image: a, volumes: *x10}}\n"}},
	{"merges in Compose", "compose", map[string]string{"compose.yaml": mappings("{privileged: true}", "services")}},
	{"aliases in a workflow", "", map[string]string{".github/workflows/a.yml": "on: push\n" + mappings("{run: a}", "jobs")}},
	{"aliases in GitLab's pipeline", "workflow-token", map[string]string{".gitlab-ci.yml": aliases("make", "script") + "job: {image: a, script: *x10}\n"}},
	{"aliases in CloudFormation", "cloud-access", map[string]string{"template.yaml": "AWSTemplateFormatVersion: '2010-09-09'\n" + aliases("{Effect: Allow, Action: '*', Resource: '*'}", "x") +
		"Resources: {a: {Type: 'AWS::IAM::Policy', Properties: {PolicyDocument: {Statement: *x10}}}}\n"}},
	{"aliases in a kustomization", "", map[string]string{"kustomization.yaml": "kind: Kustomization\n" + aliases("pod.yaml", "resources"),
		"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n"}},
	{"deep brackets in a manifest", "pod-security", map[string]string{"pod.yaml": "apiVersion: v1\nkind: Pod\nspec:\n  containers: " + strings.Repeat("[", 100_000)}},
	{"deep brackets in Compose", "compose", map[string]string{"compose.yaml": "services: " + strings.Repeat("{a: ", 100_000)}},
	{"deep brackets in a workflow", "workflow-token", map[string]string{".github/workflows/a.yml": "jobs: " + strings.Repeat("[", 100_000)}},
	{"deep brackets in Terraform", "cloud-access", map[string]string{"main.tf": "resource \"aws_s3_bucket\" \"a\" {\n  x = " + strings.Repeat("[", 100_000) + "\n}\n"}},
	{"deep blocks of a shell", "container-modes", map[string]string{"Dockerfile": "FROM a\nRUN " + strings.Repeat("( ", 100_000) + "\n"}},
	{"extends in a circle", "compose", map[string]string{"compose.yaml": "services: {a: {extends: b}, b: {extends: {service: a}}}\n"}},
	{"include in a circle", "compose", map[string]string{"compose.yaml": "include: [b.yaml]\nservices: {a: {image: a}}\n", "b.yaml": "include: [compose.yaml]\nservices: {b: {image: b}}\n"}},
	{"include of itself in GitLab's pipeline", "", map[string]string{".gitlab-ci.yml": "include: [{local: .gitlab-ci.yml}]\na: {script: [make], extends: [a, b]}\nb: {extends: a}\n"}},
	{"bases in a circle", "", map[string]string{"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a, pod.yaml]\n",
		"b/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a}]}\n"}},
	{"workflows that call each other", "", map[string]string{".github/workflows/a.yml": "on: workflow_call\npermissions: {contents: write}\njobs: {a: {uses: ./.github/workflows/b.yml}}\n",
		".github/workflows/b.yml": "on: workflow_call\npermissions: {contents: write}\njobs: {a: {uses: ./.github/workflows/a.yml}, b: {uses: ./.github/workflows/a.yml}}\n"}},
	{"sudoers that include each other", "", map[string]string{"etc/sudoers": "@include /etc/sudoers\n@includedir /etc/sudoers.d\nroot ALL=(ALL) ALL\n", "etc/sudoers.d/a": "@include /etc/sudoers\n"}},
	{"modules that call themselves", "", map[string]string{"main.tf": "module \"a\" {\n  source = \"./\"\n}\nlocals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_s3_bucket_acl\" \"a\" {\n  acl = local.a\n}\n"}},
}

func TestHostileInput(t *testing.T) {
	for _, tt := range hostileInputs {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for name, text := range tt.files {
				write(t, root, name, text)
			}
			told(t, tt.blind, root, everything(t, root))
		})
	}
}

// everything runs every check of the module over a directory, and finds that nothing was written.
func everything(t *testing.T, root string) map[string]checks.Observation {
	t.Helper()
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	before := snapshot(t, filepath.Dir(root))
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range Checks() {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	out := map[string]checks.Observation{}
	for i, o := range engine.RunTree(context.Background(), tree, jobs, engine.Options{Debug: os.Stderr}).Observations {
		out[strings.TrimPrefix(jobs[i].Check.ID, "permissions/")] = o
	}
	if after := snapshot(t, filepath.Dir(root)); !slices.Equal(before, after) {
		t.Errorf("the audit left files behind: %v, before %v", after, before)
	}
	if left := snapshot(t, scratch); len(left) != 1 {
		t.Errorf("the audit left files in the temporary directory: %v", left)
	}
	return out
}

func snapshot(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			info, _ := d.Info()
			names = append(names, fmt.Sprint(path, " ", info.Mode(), " ", info.ModTime().UnixNano()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// told finds a problem of that check which names a file of the tree, and no fault of any check.
func told(t *testing.T, blind, root string, all map[string]checks.Observation) {
	t.Helper()
	for id, o := range all {
		for _, p := range o.Problems {
			if strings.Contains(p.Actual, "a fault in hardcheck") {
				t.Errorf("%s: %v", id, &p)
			}
		}
	}
	if blind == "" {
		return
	}
	names := func(p checks.Problem) bool {
		file, _, _ := strings.Cut(p.Where, ":")
		_, err := os.Lstat(filepath.Join(root, file))
		return p.Blind && p.Where != "" && err == nil
	}
	if o := all[blind]; !slices.ContainsFunc(o.Problems, names) {
		t.Errorf("%s passes over it: problems %v, reason %q, examined %d, %d findings", blind, o.Problems, o.Reason, o.Examined, len(o.Findings))
	}
}

// TestHundredMegabytes: a file that is too large is told by its name, not read.
func TestHundredMegabytes(t *testing.T) {
	for id, name := range map[string]string{"pod-security": "pods.yaml", "compose": "compose.yaml", "workflow-token": ".github/workflows/a.yml"} {
		root := t.TempDir()
		write(t, root, name, "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}]}\njobs: {}\nservices: {}\n"+strings.Repeat("key: value\n", 10_000_000))
		o := everything(t, root)[id]
		if len(o.Problems) != 1 || o.Problems[0].Where != name || o.Examined > 0 {
			t.Errorf("%s: problems %v, examined %d", id, o.Problems, o.Examined)
		}
	}
}

// TestHostileImages: archives that lead out of the image, that stack thousands of layers, or that unpack to far more than they
// are, are told and leave nothing behind.
func TestHostileImages(t *testing.T) {
	var zeros bytes.Buffer
	w, err := gzip.NewWriterLevel(&zeros, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.LimitReader(zero{}, 256<<20)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	link := func(name, to string, kind byte) layerEntry {
		return layerEntry{name: name, body: "", mode: 0o777, kind: kind, link: to}
	}
	small := layerOf(t, layerEntry{name: "a", body: "x", mode: 0o644})
	for name, layers := range map[string][][]byte{
		"a way up":          {layerOf(t, layerEntry{name: "../../../escaped", body: "x", mode: 0o666})},
		"an absolute name":  {layerOf(t, layerEntry{name: "/escaped", body: "x", mode: 0o666})},
		"a hard link out":   {layerOf(t, link("passwd", "../../../etc/passwd", tar.TypeLink), layerEntry{name: "passwd", body: "x", mode: 0o666})},
		"a link, then over": {layerOf(t, link("out", "/", tar.TypeSymlink), layerEntry{name: "out/escaped", body: "x", mode: 0o666})},
		"a white-out up":    {layerOf(t, layerEntry{name: "../.wh.escaped", mode: 0o644}, layerEntry{name: ".wh...", mode: 0o644})},
		"ten thousand":      slices.Repeat([][]byte{small}, 10_000),
		"zeros":             {zeros.Bytes()},
		"no archive":        {[]byte("not a layer")},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			var entries []layerEntry
			for name, data := range layout(t, layers) {
				entries = append(entries, layerEntry{name: name, body: string(data), mode: 0o644})
			}
			write(t, root, "image.tar", string(layerOf(t, entries...)))
			o := everything(t, root)["image-content"]
			if len(o.Findings) == 0 && len(o.Problems) == 0 && o.Examined == 0 {
				t.Errorf("nothing is said of it: %q", o.Reason)
			}
			for _, p := range o.Problems {
				if strings.Contains(p.Actual, "a fault in hardcheck") || !strings.Contains(p.Where, "image.tar") {
					t.Errorf("problem %v", &p)
				}
			}
		})
	}
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }
