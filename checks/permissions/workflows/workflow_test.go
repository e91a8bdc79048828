package workflows

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func read(t testing.TB, kind Kind, text string) (*Workflow, bool) {
	t.Helper()
	stream := yamldoc.Of(&checks.File{Entry: &checks.Entry{Path: "w.yml"}, Data: []byte(text), Whole: true})
	if len(stream.Docs) == 0 {
		t.Log(stream.Err)
		return &Workflow{}, true
	}
	return Read(kind, stream.Docs[0])
}

func TestTriggers(t *testing.T) {
	for text, want := range map[string]string{
		"on: push": "push", "on: [push, pull_request]": "push pull_request", "on:\n  push:\n  issues: {types: [opened]}": "push issues", "'on': push": "push", "true: push": "push",
		"x: &x [push]\non: *x": "push", "on:": "", "on: {workflow_call: {inputs: {A: {type: number}}}}": "workflow_call",
	} {
		w, _ := read(t, KindWorkflow, text)
		var got []string
		for _, trigger := range w.Triggers {
			got = append(got, trigger.Event)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: triggers %v, expected %s", text, got, want)
		}
	}
}

func TestUses(t *testing.T) {
	for text, want := range map[string]string{
		"actions/checkout@v4": "actions/checkout|tag", "Actions/Checkout@V4": "actions/checkout|tag", "a/b/c/d@main": "a/b/c/d|branch", "a/b@0123456789abcdef0123456789abcdef01234567": "a/b|commit",
		"a/b@1234abc": "a/b|short", "a/b@deadbeef": "a/b|branch", "a/b@release/v2": "a/b|tag", "a/b": "a/b|none", "./x": "|none", "docker://a:1": "|none", "a/b/../c@v1": "a/b/c|tag",
		"a/b@codeql-bundle-v2.1": "a/b|tag", "a/b@stable": "a/b|branch", "a/b@1.2": "a/b|tag", "${{ x }}": "|none", "plain": "|none", "a/b@2024-01-01": "a/b|tag",
	} {
		u := uses(Scalar{text, yamlNode})
		kind := []string{"none", "commit", "short", "tag", "branch"}[u.RefKind()]
		if got := u.Name() + "|" + kind; got != want {
			t.Errorf("%s is %s, expected %s", text, got, want)
		}
	}
}

var yamlNode = &yaml.Node{}

func TestMatrix(t *testing.T) {
	w, _ := read(t, KindWorkflow, `
jobs:
  a:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [one, two, self-hosted]
        target: [{image: x}, {image: y}]
        late: ${{ fromJSON(x) }}
        include: [{os: three}]
        exclude: [{os: self-hosted}, {os: one, target: x}]`)
	for name, want := range map[string]string{"os": "one two three true", "target.image": "x y true", "late": " false", "none": " true"} {
		values, complete := w.Jobs[0].Matrix.Values(name)
		var texts []string
		for _, v := range values {
			texts = append(texts, v.Text)
		}
		if got := fmt.Sprint(strings.Join(texts, " "), " ", complete); got != want {
			t.Errorf("matrix.%s is %q, expected %q", name, got, want)
		}
	}
	labels, complete := w.Jobs[0].Texts(w.Jobs[0].RunsOn)
	if len(labels) != 3 || !complete || labels[0].Node.Line != 7 {
		t.Errorf("labels are %v, complete %v", labels, complete)
	}
}

func TestReached(t *testing.T) {
	w, _ := read(t, KindWorkflow, `
on: [push, pull_request_target]
jobs:
  any: {steps: []}
  push: {if: github.event_name == 'push'}
  own: {if: "${{ github.event.pull_request.head.repo.full_name == github.repository }}"}
  swapped: {if: github.repository == github.event.pull_request.head.repo.full_name && success()}
  foreign: {if: github.event.pull_request.head.repo.full_name != github.repository}
  fork: {if: "!github.event.pull_request.head.repo.fork"}
  either: {if: "!github.event.pull_request.head.repo.fork || contains(github.event.pull_request.labels.*.name, 'safe')"}
  label: {if: "contains(github.event.pull_request.labels.*.name, 'safe')"}
  needs: {needs: [own]}
  always: {needs: own, if: always()}
  member: {if: "contains(fromJSON('[\"MEMBER\"]'), github.event.pull_request.author_association)"}
  named: {if: "github.event.pull_request.user.login == 'dependabot[bot]'"}
  actor: {if: "github.actor == 'dependabot[bot]'"}
  project: {if: github.repository == 'owner/project'}
  cycle: {needs: [cycle]}`)
	var got []string
	reach := NewReach(w)
	for _, j := range w.Jobs {
		if reach.Reached(j, nil, "pull_request_target") {
			got = append(got, j.ID)
		}
	}
	if want := []string{"any", "foreign", "either", "label", "always", "actor", "project", "cycle"}; !slices.Equal(got, want) {
		t.Errorf("reached %v, expected %v", got, want)
	}
}

func TestTaint(t *testing.T) {
	w, _ := read(t, KindWorkflow, `
on: {workflow_dispatch: {inputs: {Text: {}, Flag: {type: boolean}}}}
env: {TITLE: "${{ github.event.issue.title }}", LOOP: "${{ env.LOOP }}", FIXED: x}
jobs:
  a:
    strategy: {matrix: {v: [1, 2]}}
    steps: [{id: files, uses: tj-actions/changed-files@v46}]`)
	for source, want := range map[string]Control{
		"github.event.issue.title": Stranger, "github.event.issue.number": Fixed, "github.head_ref": Stranger, "github.ref_name": Writer, "github.base_ref": Writer, "github.sha": Fixed,
		"github.event.pull_request.head.ref": Stranger, "github.event.pull_request.base.ref": Writer, "github.event.pull_request.head.sha": Fixed, "github.event.pull_request.head.label": Stranger,
		"github.event.commits[0].message": Stranger, "github.event.commits.*.author.email": Stranger, "github.event.head_commit.author.name": Stranger, "github.event.workflow_run.name": Fixed,
		"github.event.workflow_run.head_branch": Stranger, "github.event.pages[0].page_name": Stranger, "github.event.label.name": Writer, "github.event.issue.labels.*.name": Writer,
		"github.event.client_payload.x": Writer, "github.event.inputs.x": Writer, "github.event.release.tag_name": Writer, "github.event.repository.name": Fixed, "github.actor": Fixed,
		"toJSON(github.event)": Stranger, "toJSON(github)": Stranger, "toJSON(github.event.issue)": Stranger, "toJSON(github.event.issue.number)": Fixed, "github.event": Fixed,
		"env.TITLE": Stranger, "env.FIXED": Fixed, "env.LOOP": Derived, "env.NONE": Derived, "inputs.text": Writer, "inputs.flag": Fixed, "matrix.v": Fixed, "matrix.none": Fixed,
		"steps.files.outputs.all_changed_files": Stranger, "steps.files.outputs.any_changed": Fixed, "steps.x.outputs.y": Derived, "steps.x.outcome": Fixed, "needs.a.result": Fixed,
		"secrets.X": Fixed, "runner.os": Fixed, "x && github.head_ref || ''": Stranger, "github.head_ref == 'x'": Fixed, "github.head_ref && 'x'": Fixed, "!github.head_ref": Fixed,
		"format('{0}', github.head_ref)": Stranger, "startsWith(github.head_ref, 'x')": Fixed, "fromJSON(github.event.comment.body).x": Stranger, "join(github.event.issue.title)": Stranger,
	} {
		e, err := ParseExpr(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got := w.Taint(w.Jobs[0], w.Jobs[0].Steps[0], e).Control; got != want {
			t.Errorf("%s: control %d, expected %d", source, got, want)
		}
	}
}

// bomb is a workflow in which n jobs hold one list of n steps by its alias.
func bomb(n int) string {
	var b strings.Builder
	b.WriteString("x: &s [" + strings.TrimSuffix(strings.Repeat("{run: a, env: {b: c}},", n), ",") + "]\njobs:\n")
	for i := range n {
		fmt.Fprintf(&b, "  j%d: {steps: *s}\n", i)
	}
	return b.String()
}

func TestAliasesAreBounded(t *testing.T) {
	if w, ok := read(t, KindWorkflow, bomb(2000)); ok || len(w.Jobs) > MaxNodes {
		t.Errorf("read %d jobs, whole %v", len(w.Jobs), ok)
	}
	if _, ok := read(t, KindWorkflow, bomb(20)); !ok {
		t.Error("a small workflow with aliases is refused")
	}
	read(t, KindWorkflow, "jobs: {a: &a {runs-on: {labels: *a}, steps: [*a], strategy: {matrix: {include: [*a]}}}}")
}

func FuzzRead(f *testing.F) {
	f.Add("on: push\npermissions: write-all\njobs: {a: {steps: [{uses: a/b@c, with: {d: e}}]}}")
	f.Add("jobs: {a: &a {runs-on: {labels: *a}, steps: [*a], strategy: {matrix: {include: [*a]}}}}")
	f.Add("runs: {using: composite, steps: [{run: '${{ inputs.a }}'}]}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{KindWorkflow, KindAction} {
			w, _ := read(t, kind, text)
			reach := NewReach(w)
			for _, j := range w.Jobs {
				j.Texts(j.RunsOn)
				reach.Exposed(j, nil)
				for _, s := range j.Steps {
					reach.Exposed(j, s)
					for _, e := range Find(s.Run.Text) {
						if e.Expr != nil {
							w.Taint(j, s, e.Expr)
						}
					}
				}
			}
		}
	})
}
