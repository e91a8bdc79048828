package permissions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/permissions/workflows"
)

// foreignHead names the code that a stranger's pull request brings, in a workflow that runs with the repository's own
// rights.
var foreignHead = regexp.MustCompile(`^github\.(event\.pull_request\.(head\.|merge_commit_sha)|head_ref|event\.workflow_run\.(head_|pull_requests))`)

// trusting are the triggers that give the workflow of the default branch its full token whoever set them off, and that come
// with a pull request.
var trusting = []string{"pull_request_target", "workflow_run", "issue_comment", "pull_request_comment"}

// untrusted reports checkouts of a stranger's code, and where there are none the trigger itself.
func (c *pipeline) untrusted() {
	for _, t := range c.flow.Triggers {
		if !slices.Contains(trusting, t.Event) {
			continue
		}
		reached, found := false, false
		for _, j := range c.flow.Jobs {
			if !c.reach.Reached(j, nil, t.Event) {
				continue
			}
			reached = true
			found = c.checkouts(j, t.Event) || found
		}
		if reached && !found && (t.Event == "pull_request_target" || t.Event == "workflow_run") {
			c.fail(t.Node, checks.Finding{Rule: "dangerous-trigger", Attribute: t.Event, Expected: "pull_request, or a condition that lets only the repository's own branches through",
				Actual: t.Event, Message: "A stranger's " + t.Event + " runs these jobs with the repository's token, secrets and caches; one step that uses what the stranger sent gives them away",
				Fix: repair("Use pull_request where no secret is needed, else guard the jobs", "restore "+t.Event), Snippet: guardSnippet(t.Event)})
		}
	}
}

func guardSnippet(event string) string {
	if event == "workflow_run" {
		return "    if: github.event.workflow_run.event == 'push' && github.event.workflow_run.head_repository.full_name == github.repository"
	}
	return "    if: github.event.pull_request.head.repo.full_name == github.repository"
}

// checkouts reports the steps of a job that fetch the stranger's code.
func (c *pipeline) checkouts(j *workflows.Job, event string) bool {
	found := false
	for i, s := range j.Steps {
		if !c.reach.Reached(j, s, event) {
			continue
		}
		at, what := c.fetches(j, s)
		if at == nil {
			if event == "workflow_run" {
				c.artifact(j, s, j.Steps[i+1:min(len(j.Steps), i+maxNamed)])
			}
			continue
		}
		found = true
		severity, message := c.danger(j, j.Steps[i:min(len(j.Steps), i+maxNamed)], what)
		c.fail(at, checks.Finding{Rule: "untrusted-checkout", Attribute: "job " + j.ID, Expected: "the base branch, or the pull_request trigger", Actual: what,
			Severity: severity, Message: "On " + event + " this " + message,
			Fix:     repair("Build on pull_request, and let a workflow_run job use its artifacts as data", "restore the ref"),
			Snippet: "on: pull_request\npermissions:\n  contents: read"})
	}
	return found
}

// danger is how bad it is that the first of the steps fetches a stranger's code.
func (c *pipeline) danger(j *workflows.Job, steps []*workflows.Step, what string) (checks.Severity, string) {
	switch g := c.flow.Effective(j); {
	case strings.HasPrefix(what, "git fetch ") && !checksOut(steps):
		return checks.Low, "fetches the pull request's commits beside the workspace, from where one git command puts them into a job that holds the repository's token"
	case !runsCode(steps[1:]) && !steps[0].Run.Set():
		return checks.High, "fetches the pull request's code into a job that holds the repository's token and caches"
	case j.Environment == nil && (g == nil || g.Writes() || c.usesSecret(j)):
		return checks.Critical, "fetches the pull request's code and runs what may come from it with the repository's token, secrets and caches"
	}
	return checks.High, "fetches the pull request's code and runs what may come from it with the repository's caches"
}

// checksOut reports whether a script puts fetched commits into the workspace.
func checksOut(steps []*workflows.Step) bool {
	return slices.ContainsFunc(steps, func(s *workflows.Step) bool { return putsOut.MatchString(s.Run.Text) })
}

var putsOut = regexp.MustCompile(`\bgit\b[^\n]*\s((checkout|switch|merge|reset|worktree|rebase|cherry-pick|restore|archive)\b|pull\s)`)

// runsCode reports whether a later step may run what was fetched: a script, a local action, an action that is not known to
// only look.
func runsCode(steps []*workflows.Step) bool {
	for _, s := range steps {
		if s.Run.Set() || s.Uses != nil && !s.Uses.Is("actions/checkout", "actions/upload-artifact", "actions/labeler", "actions/cache", "actions/github-script") {
			return true
		}
	}
	return false
}

// fetches is where a step fetches a stranger's code, or nil.
func (c *pipeline) fetches(j *workflows.Job, s *workflows.Step) (*yaml.Node, string) {
	if s.Uses.Is("actions/checkout") {
		for _, key := range []string{"ref", "repository"} {
			if v := s.With.Get(key); v.Set() && c.foreign(j, s, v.Text, 0) {
				return v.Node, key + ": " + v.Text
			}
		}
	}
	if !s.Run.Set() || !strings.Contains(s.Run.Text, "checkout") && !strings.Contains(s.Run.Text, "pull") && !strings.Contains(s.Run.Text, "fetch") {
		return nil, ""
	}
	return c.fetchedBy(j, s)
}

// foreign reports whether a text names a stranger's code, variables and outputs of known actions followed.
func (c *pipeline) foreign(j *workflows.Job, s *workflows.Step, text string, depth int) bool {
	if strings.Contains(text, "refs/pull/") {
		return true
	}
	found := false
	for _, e := range workflows.Find(text) {
		workflows.Walk(e.Expr, func(x workflows.Expr) bool {
			a, ok := x.(*workflows.Access)
			if !ok || found {
				return !found
			}
			name := a.Path()
			switch root, rest, _ := strings.Cut(name, "."); {
			case foreignHead.MatchString(name):
				found = true
			case root == "env" && depth < 4:
				found = c.foreign(j, s, c.flow.Variable(j, s, rest).Text, depth+1)
			case root == "steps":
				found = headOutput(j, rest)
			}
			return false
		})
	}
	return found
}

// headActions are actions that print the branch or commit of a pull request.
var headActions = []string{"xt0rted/pull-request-comment-branch", "potiuk/get-workflow-origin", "gotson/pull-request-comment-branch", "alessbell/pull-request-comment-branch"}

// headOutput reports an output of a step that prints a pull request's head, an action's or gh pr view's.
func headOutput(j *workflows.Job, rest string) bool {
	id, _, _ := strings.Cut(rest, ".")
	for _, s := range j.Steps {
		if strings.EqualFold(s.ID, id) {
			return s.Uses.Is(headActions...) || strings.Contains(s.Run.Text, "headRef") || strings.Contains(s.With.Get("script").Text, "head.sha") ||
				strings.Contains(s.With.Get("script").Text, "head.ref")
		}
	}
	return false
}

// fetchedBy finds gh pr checkout, and git fetch or checkout of a pull request, in a script.
func (c *pipeline) fetchedBy(j *workflows.Job, s *workflows.Step) (*yaml.Node, string) {
	// Expressions are put in before the shell reads the script: keep them as one word.
	raw := map[string]string{}
	script := mapExpressions(s.Run.Text, func(i int, e workflows.Embedded) string {
		word := fmt.Sprintf("hardcheckexpression%dx", i)
		raw[word] = e.Raw
		return word
	})
	written := func(line string) string {
		return placeholder.ReplaceAllStringFunc(line, func(word string) string { return raw[word] })
	}
	commands, _ := shell.Parse(script, func(name string) (string, bool) {
		v := c.flow.Variable(j, s, name)
		return v.Text, v.Set()
	})
	for _, command := range commands {
		words := texts(command.Program())
		line := written(strings.Join(words, " "))
		switch {
		case strings.HasPrefix(line, "gh pr checkout "), strings.HasPrefix(line, "hub pr checkout "):
		case strings.HasPrefix(line, "git ") && slices.ContainsFunc(words[1:], isFetch) && (c.foreign(j, s, line, 0) || strings.Contains(line, " pull/")):
		default:
			continue
		}
		return s.Run.Node, line
	}
	return nil, ""
}

func isFetch(word string) bool {
	return slices.Contains([]string{"fetch", "checkout", "pull", "switch", "clone", "merge", "reset"}, word)
}

var placeholder = regexp.MustCompile(`hardcheckexpression[0-9]+x`)

// artifact reports an artifact of the run that set this one off, unpacked where later steps run things.
func (c *pipeline) artifact(j *workflows.Job, s *workflows.Step, later []*workflows.Step) {
	if !s.Uses.Is("actions/download-artifact", "dawidd6/action-download-artifact") || !runsCode(later) {
		return
	}
	from := s.With.Get("run-id").Text + s.With.Get("run_id").Text
	if !strings.Contains(from, "workflow_run") {
		return
	}
	if target := s.With.Get("path").Text; strings.Contains(target, "runner.temp") || strings.HasPrefix(target, "/tmp") || strings.Contains(target, "RUNNER_TEMP") {
		return
	}
	c.fail(s.Uses.Node, checks.Finding{Rule: "untrusted-artifact", Attribute: "job " + j.ID, Expected: "path: ${{ runner.temp }}/NAME, and its content read as data",
		Actual: "unpacked into the workspace", Message: "A pull request's run decides what is in the artifact: it can overwrite scripts and settings that the later steps run",
		Fix:     repair("Unpack it outside the workspace and check what is read from it", "remove the path"),
		Snippet: "with:\n  path: ${{ runner.temp }}/artifact"})
}
