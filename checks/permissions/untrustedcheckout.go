package permissions

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/internal/parse/yamldoc"
)

// foreignHead names the code that a stranger's pull request brings, in a workflow that runs with the repository's own
// rights. Expressions do not tell capitals from small letters.
var foreignHead = regexp.MustCompile(`(?i)github\.(event\.pull_request\.(head\.|merge_commit_sha)|head_ref|event\.workflow_run\.(head_|pull_requests))|refs/pull/`)

// indexed is an expression's other way to write .name.
var indexed = regexp.MustCompile(`\[\s*'([A-Za-z0-9_-]+)'\s*\]`)

func isForeign(text string) bool {
	return foreignHead.MatchString(indexed.ReplaceAllString(text, ".$1"))
}

// trusting are the triggers that give the workflow of the default branch its full token whoever set them off.
var trusting = []string{"pull_request_target", "workflow_run", "issue_comment"}

// ownBranch is a condition that lets only the repository's own branches through.
var ownBranch = regexp.MustCompile(`(?i)(head\.repo\.full_name|head_repository\.full_name)==github\.repository\b|github\.repository==github\.event\.(pull_request\.head\.repo|workflow_run\.head_repository)\.full_name|` +
	`!github\.event\.pull_request\.head\.repo\.fork|head\.repo\.fork==false|workflow_run\.event=='(push|schedule|workflow_dispatch|release)'|workflow_run\.event!='pull_request'`)

// guarded reports whether the job's or step's condition keeps strangers out.
func guarded(n *yaml.Node) bool {
	text, _ := yamldoc.Text(yamldoc.Get(n, "if"))
	text = strings.Join(strings.Fields(text), "")
	return !strings.Contains(text, "||") && ownBranch.MatchString(text)
}

func (w *workflow) checkouts(job workflowJob) {
	trigger := slices.IndexFunc(w.triggers, func(t string) bool { return slices.Contains(trusting, t) })
	if trigger < 0 || guarded(job.node) {
		return
	}
	for _, step := range yamldoc.Items(yamldoc.Get(job.node, "steps")) {
		if guarded(step) {
			continue
		}
		uses, _ := yamldoc.Text(yamldoc.Get(step, "uses"))
		at, what := (*yaml.Node)(nil), ""
		if strings.HasPrefix(strings.ToLower(uses), "actions/checkout@") {
			at, what = headReference(yamldoc.Get(step, "with"))
		}
		if run := yamldoc.Get(step, "run"); run != nil && at == nil {
			at, what = headCheckout(run, environmentOf(step, job.node, w.doc))
		}
		if at != nil {
			w.fail("untrusted-checkout", at, "job "+job.name, "the base branch, or the pull_request trigger", what,
				"On "+w.triggers[trigger]+" this fetches the pull request's code into a job that holds the repository's token and secrets", 0)
		}
	}
}

// environmentOf looks a variable up in the env of the step, its job and the workflow.
func environmentOf(nodes ...*yaml.Node) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, n := range nodes {
			if value := yamldoc.Get(n, "env", name); value != nil {
				return yamldoc.Text(value)
			}
		}
		return "", false
	}
}

func headReference(with *yaml.Node) (*yaml.Node, string) {
	for _, key := range []string{"ref", "repository"} {
		n := yamldoc.Get(with, key)
		if text, _ := yamldoc.Text(n); isForeign(text) {
			return n, key + ": " + text
		}
	}
	return nil, ""
}

// headCheckout finds gh pr checkout, and git fetch or checkout of a pull request, in a script.
func headCheckout(run *yaml.Node, variable func(string) (string, bool)) (*yaml.Node, string) {
	text, _ := yamldoc.Text(run)
	if !strings.Contains(text, "checkout") && !strings.Contains(text, "pull") {
		return nil, ""
	}
	// Expressions are put in before the shell reads the script: keep them as one word.
	text = expression.ReplaceAllStringFunc(text, func(e string) string { return "'" + strings.ReplaceAll(e, "'", "") + "'" })
	commands, _ := shell.Parse(text, variable)
	for _, c := range commands {
		program := c.Program()
		line := commandText(program)
		switch {
		case strings.HasPrefix(line, "gh pr checkout "):
		case strings.HasPrefix(line, "git ") && len(program) > 1 && slices.Contains([]string{"fetch", "checkout", "pull", "switch", "clone"}, program[1].Text) &&
			(isForeign(line) || strings.Contains(line, " pull/")):
		default:
			continue
		}
		return run, line
	}
	return nil, ""
}

var expression = regexp.MustCompile(`\$\{\{[^}]*\}\}`)
