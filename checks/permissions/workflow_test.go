package permissions

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// pipelineChecks are the checks of CI.
func pipelineChecks() []*checks.Check {
	return []*checks.Check{workflowToken(), workflowTriggers(), workflowInjection(), workflowPins()}
}

// audit runs the checks of CI over a directory.
func audit(t *testing.T, root string) []checks.Finding {
	t.Helper()
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range pipelineChecks() {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	var out []checks.Finding
	for _, o := range engine.RunTree(context.Background(), tree, jobs, engine.Options{Debug: os.Stderr}).Observations {
		out = append(out, o.Findings...)
	}
	return out
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPipelineFindingsSayHowToRepairAndGoBack(t *testing.T) {
	files, err := filepath.Glob("testdata/workflow-*/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	seen := 0
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		root := t.TempDir()
		for _, f := range archive.Files {
			write(t, root, f.Name, string(f.Data))
		}
		for _, f := range audit(t, root) {
			seen++
			if !strings.Contains(f.Fix, "Rollback: ") || strings.TrimSpace(f.Snippet) == "" {
				t.Errorf("%s: %s at %s: fix %q, snippet %q", name, f.Rule, f.Place, f.Fix, f.Snippet)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d findings were looked at", seen)
	}
}

func TestPastedPermissionsAreEnough(t *testing.T) {
	const jobs = `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: softprops/action-gh-release@v2
      - run: gh pr comment 1 --body done
`
	root := t.TempDir()
	write(t, root, ".github/workflows/ci.yml", jobs)
	var found *checks.Finding
	for _, f := range audit(t, root) {
		if f.Rule == "no-permissions" {
			found = &f
		}
	}
	if found == nil {
		t.Fatal("nothing is said of a workflow without permissions")
	}
	pasted := "on: push\n" + found.Snippet + "\n"
	for _, want := range []string{"permissions: {}\njobs:", "contents: read # actions/checkout", "contents: write # softprops/action-gh-release", "pull-requests: write # gh pr comment"} {
		if !strings.Contains(pasted, want) {
			t.Errorf("the block lacks %q:\n%s", want, pasted)
		}
	}
	write(t, root, ".github/workflows/ci.yml", pasted)
	for _, f := range audit(t, root) {
		if f.Rule == "no-permissions" || f.Rule == "unknown-permission" || f.Rule == "workflow-write" {
			t.Errorf("the pasted block gives %s: %s", f.Rule, f.Message)
		}
	}
}

func TestSeverityFollowsWhatAStrangerGets(t *testing.T) {
	head := "      - uses: actions/checkout@v4\n        with: {ref: \"${{ github.event.pull_request.head.sha }}\"}\n"
	for _, c := range []struct {
		permissions, steps string
		want               checks.Severity
	}{
		{"write-all", head + "      - run: make\n", checks.Critical},
		{"{}", head + "      - run: make\n", checks.High},
		{"{}", head + "      - run: make\n        env: {TOKEN: \"${{ secrets.DEPLOY }}\"}\n", checks.Critical},
		{"write-all", head, checks.High},
		{"write-all", "      - run: git fetch origin pull/1/head:pr\n      - run: git rev-list --no-merges main..pr\n", checks.Low},
		{"write-all", "      - run: git fetch origin pull/1/head:pr\n      - run: git checkout pr && make\n", checks.Critical},
	} {
		root := t.TempDir()
		write(t, root, ".github/workflows/a.yml", "on: pull_request_target\npermissions: "+c.permissions+"\njobs:\n  a:\n    steps:\n"+c.steps)
		got := checks.Severity(0)
		for _, f := range audit(t, root) {
			if f.Rule == "untrusted-checkout" {
				got = f.Severity
			}
		}
		if got != c.want {
			t.Errorf("permissions %s, steps\n%s: severity %s, expected %s", c.permissions, c.steps, got, c.want)
		}
	}
}

func TestLookalike(t *testing.T) {
	for slug, want := range map[string]string{"action/checkout": "actions/checkout", "actons/checkout": "actions/checkout", "atcions/cache": "actions/cache", "softprop/action-gh-release": "softprops/action-gh-release",
		"actions/checkout": "", "acme/checkout": "", "actions/checkouts": "", "dockers/login-action": "docker/login-action"} {
		if got := lookalike(slug); got != want {
			t.Errorf("%s looks like %q, expected %q", slug, got, want)
		}
	}
}

func FuzzPipeline(f *testing.F) {
	files, _ := filepath.Glob("testdata/workflow-*/*.txtar")
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range archive.Files {
			f.Add(file.Data, uint8(i))
		}
	}
	paths := []string{".github/workflows/a.yml", "action.yml", ".github/dependabot.yml", ".gitlab-ci.yml"}
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		for _, c := range pipelineChecks() {
			pass := checks.NewPass(context.Background(), c, &checks.World{}, c.Defaults())
			file := &checks.File{Entry: &checks.Entry{Path: paths[int(kind)%len(paths)]}, Data: data, Whole: true}
			if err := c.File(pass, file); err == nil && c.Tree != nil {
				err = c.Tree(pass)
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, found := range pass.Observation().Findings {
				if c.Rule(found.Rule) == nil || found.Message == "" || found.Expected == "" || found.Actual == "" || found.Place.Path == "" || strings.Contains(found.Message, "\n") {
					t.Errorf("malformed finding: %+v", found)
				}
			}
		}
	})
}

// TestIgnoreComments: a comment of zizmor's sets aside what it names, where it stands, and nothing else.
func TestIgnoreComments(t *testing.T) {
	root := t.TempDir()
	write(t, root, ".github/workflows/a.yml", `on: pull_request_target
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: other/first@v1 # zizmor: ignore[unpinned-uses]
      - uses: other/first@v1
      - uses: other/second@v1 # pinned by policy, zizmor: ignore[artipacked, unpinned-uses]
      - uses: other/third@v1 # zizmor: ignore[artipacked]
      - run: echo "${{ github.event.pull_request.title }}" # zizmor: ignore[template-injection]
      - run: echo "${{ github.event.pull_request.body }}"
        name: "zizmor: ignore[template-injection]"
`)
	aside := map[string]bool{}
	for _, f := range audit(t, root) {
		if f.Rule == "unpinned-action" || f.Rule == "template-injection" {
			aside[f.Attribute+" "+strconv.Itoa(f.Place.Line)] = f.Aside != ""
		}
	}
	want := map[string]bool{"other/first@v1 7": true, "other/first@v1 8": false, "other/second@v1 9": true, "other/third@v1 10": false,
		"job a github.event.pull_request.title 11": true, "job a github.event.pull_request.body 12": false}
	if diff := cmp.Diff(want, aside); diff != "" {
		t.Error(diff)
	}
}
