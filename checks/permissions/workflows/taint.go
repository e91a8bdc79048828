package workflows

import (
	"slices"
	"strings"
)

// Control says who decides the text that an expression puts in.
type Control int

// Controls, the least first.
const (
	Fixed    Control = iota // nobody: literals, numbers, hashes, names that GitHub restricts
	Derived                 // what another step or job printed: not known
	Caller                  // an input of a called workflow or action
	Writer                  // who may write to the repository
	Stranger                // anyone
)

// Source is what an expression's text comes from.
type Source struct {
	Control Control
	Path    string // the context, "github.event.issue.title"
}

// boolean are functions whose value is no text of their arguments'.
var boolean = []string{"contains", "startswith", "endswith", "success", "failure", "always", "cancelled", "hashfiles"}

// Taint is the worst source of the text that the expression gives in that step. The step may be nil.
func (w *Workflow) Taint(j *Job, s *Step, e Expr) Source {
	t := tainter{w: w, job: j, step: s, left: 2000}
	return t.expr(e, 0)
}

type tainter struct {
	w    *Workflow
	job  *Job
	step *Step
	left int // nodes still to look at
}

func worse(a, b Source) Source {
	if b.Control > a.Control {
		return b
	}
	return a
}

func (t *tainter) expr(e Expr, depth int) Source {
	if t.left--; t.left < 0 || depth > maxDepth {
		return Source{Control: Derived}
	}
	switch e := e.(type) {
	case *Binary:
		switch e.Op {
		case "||":
			return worse(t.expr(e.X, depth+1), t.expr(e.Y, depth+1))
		case "&&": // X only where it is false, and then it holds no text
			return t.expr(e.Y, depth+1)
		}
	case *Call:
		if slices.Contains(boolean, e.Name) {
			return Source{}
		}
		return t.call(e, depth)
	case *Access:
		if root, ok := origin(e).(*Call); ok { // a part of what a function gives
			return t.expr(root, depth+1)
		}
		out := Source{}
		for _, p := range paths(e, 0) {
			out = worse(out, t.path(p, depth, false))
		}
		return out
	}
	return Source{}
}

func (t *tainter) call(e *Call, depth int) Source {
	out := Source{}
	for _, a := range e.Args {
		access, ok := a.(*Access)
		if !ok {
			out = worse(out, t.expr(a, depth+1))
			continue
		}
		for _, p := range paths(access, 0) {
			out = worse(out, t.path(p, depth, e.Name == "tojson"))
		}
	}
	return out
}

// origin is what the accesses start from.
func origin(e Expr) Expr {
	for {
		a, ok := e.(*Access)
		if !ok || a.Base == nil {
			return e
		}
		e = a.Base
	}
}

// maxPaths bounds the alternatives of one access.
const maxPaths = 16

// paths are what an access can stand for, (a || b).c being a.c or b.c.
func paths(e Expr, depth int) []string {
	if depth > maxDepth {
		return []string{"unknown"}
	}
	switch e := e.(type) {
	case *Access:
		if e.Base == nil {
			return []string{e.Key}
		}
		base := paths(e.Base, depth+1)
		out := make([]string, len(base))
		for i, b := range base {
			out[i] = b + "." + e.Key
		}
		return out
	case *Binary:
		if e.Op == "||" || e.Op == "&&" {
			both := slices.Concat(paths(e.X, depth+1), paths(e.Y, depth+1))
			return both[:min(maxPaths, len(both))]
		}
	}
	return nil
}

// path judges one context. whole asks for everything below it, as toJSON does.
func (t *tainter) path(p string, depth int, whole bool) Source {
	root, rest, _ := strings.Cut(p, ".")
	switch root {
	case "github":
		return Source{githubControl(rest, whole), p}
	case "env":
		return t.env(rest, p, depth)
	case "inputs":
		return t.input(rest, p)
	case "matrix":
		return t.matrix(rest, p, depth)
	case "steps":
		return t.stepOutput(rest, p)
	case "needs", "jobs", "vars", "unknown":
		if strings.HasSuffix(p, ".result") {
			return Source{}
		}
		return Source{Derived, p}
	}
	return Source{} // secrets, runner, job, strategy
}

func (t *tainter) env(name, p string, depth int) Source {
	v := t.w.Variable(t.job, t.step, name)
	if !v.Set() {
		return Source{Derived, p}
	}
	out := Source{}
	for _, found := range Find(v.Text) {
		if found.Expr != nil {
			out = worse(out, t.expr(found.Expr, depth+10))
		}
	}
	return out
}

func (t *tainter) input(name, p string) Source {
	switch input, declared := t.w.Inputs[name]; {
	case declared && (input.Type == "boolean" || input.Type == "number" || input.Type == "choice" || input.Type == "environment"):
		return Source{}
	case t.w.Kind == KindAction || t.w.Has("workflow_call"):
		return Source{Caller, p}
	}
	return Source{Writer, p}
}

func (t *tainter) matrix(name, p string, depth int) Source {
	values, complete := t.job.Matrix.Values(name)
	out := Source{}
	if !complete {
		out = Source{Derived, p}
	}
	for _, v := range values {
		for _, found := range Find(v.Text) {
			if found.Expr != nil {
				out = worse(out, t.expr(found.Expr, depth+10))
			}
		}
	}
	return out
}

// listing are actions whose outputs hold names of files or branches of a pull request, which strangers choose.
var listing = []string{"tj-actions/changed-files", "jitterbit/get-changed-files", "dorny/paths-filter", "trilom/file-changes-action",
	"lots0logs/gh-action-get-changed-files", "xt0rted/pull-request-comment-branch", "potiuk/get-workflow-origin", "tj-actions/branch-names",
	"ahmadnassri/action-changed-files", "the-coding-turtle/ga-file-changes", "amadevus/changed-files", "masesgroup/retrieve-changed-files",
	"umani/changed-files", "marceloprado/has-changed-path", "tzkhan/pr-update-action"}

// fixedOutputs are outputs of any action that GitHub itself or the name restricts to harmless characters.
var fixedOutputs = []string{"outcome", "conclusion", "outputs.cache-hit", "outputs.any_changed", "outputs.any_modified", "outputs.digest", "outputs.imageid",
	"outputs.pull-request-number", "outputs.commit", "outputs.artifact-id", "outputs.python-version", "outputs.go-version", "outputs.node-version",
	"outputs.cache-primary-key", "outputs.page_url"}

// listsNames tells outputs that hold names from counts and truth values.
func listsNames(u *Uses, output string) bool {
	if u.Is("dorny/paths-filter") {
		return strings.HasSuffix(output, "_files")
	}
	return !strings.Contains(output, "any_") && !strings.Contains(output, "only_") && !strings.HasSuffix(output, "_count") && !strings.Contains(output, "is_default")
}

func (t *tainter) stepOutput(rest, p string) Source {
	id, output, _ := strings.Cut(rest, ".")
	if slices.Contains(fixedOutputs, output) {
		return Source{}
	}
	for _, s := range t.job.Steps[:min(len(t.job.Steps), maxPairs)] {
		if equalFold(s.ID, id) && s.Uses.Is(listing...) && listsNames(s.Uses, output) {
			return Source{Stranger, p}
		}
	}
	return Source{Derived, p}
}
