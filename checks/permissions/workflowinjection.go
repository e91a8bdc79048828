package permissions

import (
	"fmt"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

func workflowInjection() *checks.Check {
	return &checks.Check{
		ID:    "permissions/workflow-injection",
		Title: "No stranger's text becomes code of a pipeline",
		Why: "An expression is pasted into a script before the shell reads it. A pull request's title, a branch's name or a comment can end the " +
			"quotes around it and go on with commands, which then run with the job's token and secrets.",
		Fix:        "Give the value to the step by env: and let the script read the variable, in quotes.",
		Expected:   "No script of a pipeline holds an expression, or runs a variable, whose text others choose",
		Rollback:   "Restore the expression; it changes nothing but who can write commands",
		Absent:     "No pipeline of GitHub Actions (.github/workflows/*.yml, action.yml) or GitLab (.gitlab-ci.yml) was found",
		References: []string{"CWE-94", "CWE-78", "CWE-77", "https://docs.github.com/actions/concepts/security/script-injections"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "template-injection", Title: "An expression puts text that others choose into a script", Severity: checks.Critical},
			{ID: "unknown-in-script", Title: "An expression puts text that is not known into a script", Severity: checks.Low, Precision: checks.PrecisionLow},
			{ID: "evaluated-text", Title: "A script runs text that others choose", Severity: checks.Critical},
			{ID: "environment-file", Title: "Text that others choose sets variables or the PATH of later steps", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "insecure-commands", Title: "Anything that a job prints may set variables and the PATH", Severity: checks.High},
			{ID: "obfuscated", Title: "A workflow is written so that it is hard to read", Severity: checks.Low},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsPipeline,
		File: pipelineFile(func(c *pipeline) {
			switch {
			case c.gitlab != nil:
				c.gitlabInjection()
				return
			case c.flow.Kind == workflows.KindDependabot:
				return
			}
			c.injections()
			c.environmentFiles()
			c.insecureCommands()
			c.obfuscated()
		}),
	}
}

// codeInputs are inputs that actions run as code, and in what language.
var codeInputs = map[string]map[string]string{
	"actions/github-script": {"script": "javascript"}, "amadevus/pwsh-script": {"script": "pwsh"}, "azure/powershell": {"inlinescript": "pwsh"},
	"azure/cli": {"inlinescript": "bash"}, "appleboy/ssh-action": {"script": "bash"}, "nick-fields/retry": {"command": "bash"}, "nick-invision/retry": {"command": "bash"},
	"addnab/docker-run-action": {"run": "bash"}, "reactivecircus/android-emulator-runner": {"script": "bash"}, "coactions/setup-xvfb": {"run": "bash"},
	"gabrielbb/xvfb-action": {"run": "bash"}, "jannekem/run-python-script-action": {"script": "python"}, "satackey/action-js-inline": {"script": "javascript"},
	"mikefarah/yq": {"cmd": "bash"}, "devcontainers/ci": {"runcmd": "bash"}, "cross-platform-actions/action": {"run": "bash"},
	"vmactions/freebsd-vm": {"run": "bash", "prepare": "bash"}, "vmactions/openbsd-vm": {"run": "bash", "prepare": "bash"}, "fifsky/ssh-action": {"command": "bash"},
	"uraimo/run-on-arch-action": {"run": "bash", "install": "bash", "setup": "bash"}, "pguyot/arm-runner-action": {"commands": "bash"}, "wagoid/run-cmd": {"command": "bash"},
	"google-github-actions/ssh-compute": {"command": "bash"}, "garygrossgarten/github-action-ssh": {"command": "bash"}, "d3adb5/helm-unittest-action": {"flags": "bash"},
	"azure/webapps-deploy": {"startup-command": "bash"}, "cardinalby/js-eval-action": {"expression": "javascript"}, "roots/issue-closer-action": {"issue-close-message": "javascript", "pr-close-message": "javascript"},
}

// code is a text of a step that runs as code.
type code struct {
	workflows.Scalar
	language string
}

// codeOf lists the texts of a step that run as code.
func codeOf(w *workflows.Workflow, j *workflows.Job, s *workflows.Step) []code {
	if s.Run.Set() {
		return []code{{s.Run, w.ShellOf(j, s)}}
	}
	var out []code
	for _, p := range s.With {
		if language := codeInputs[s.Uses.Name()][strings.ToLower(p.Key)]; language != "" {
			out = append(out, code{p.Value, language})
		}
	}
	return out
}

// maxPasted bounds the expressions of one file that are followed to where they come from.
const maxPasted = 5000

// pasted are expressions of one kind in a file, reported together.
type pasted struct {
	raws     []string
	first    checks.Place
	language string
	open     bool // one of them in a job that strangers set off
}

// injections reports expressions in code, by who chooses their text: strangers one by one, the others once per file.
func (c *pipeline) injections() {
	groups := map[workflows.Control]*pasted{}
	for _, j := range c.flow.Jobs {
		for _, s := range j.Steps {
			for _, text := range codeOf(c.flow, j, s) {
				c.injectionsIn(j, s, text, groups)
				if line := evaluates(text.Text, c.strangerVariable(j, s)); line != "" && s.Run.Set() {
					c.evaluated(j, s, line)
				}
			}
		}
	}
	for control, group := range groups {
		c.group(control, group)
	}
}

// injectionsIn reports the expressions of one text that strangers fill, and adds the others to their groups.
func (c *pipeline) injectionsIn(j *workflows.Job, s *workflows.Step, text code, groups map[workflows.Control]*pasted) {
	seen := map[string]bool{}
	exposure, _ := c.reach.Exposed(j, s)
	for _, e := range workflows.Find(text.Text) {
		if e.Expr == nil || seen[e.Raw] {
			continue
		}
		if c.pasted++; c.pasted > maxPasted {
			c.pass.Problem(*checks.Problem{Op: "read expressions", Expected: fmt.Sprintf("at most %d in the scripts of one file", maxPasted), Actual: "more",
				Retry: checks.RetryUseless, Where: c.file.Path}.AsBlind())
			return
		}
		seen[e.Raw] = true
		source := c.flow.Taint(j, s, e.Expr)
		switch source.Control {
		case workflows.Fixed:
		case workflows.Stranger:
			severity, message := c.consequence(j, s, source)
			c.fail(text.Node, checks.Finding{Rule: "template-injection", Attribute: "job " + j.ID + " " + source.Path, Place: c.within(text.Node, e.Raw), Severity: severity,
				Expected: "the value by env:, the variable in the script", Actual: e.Raw, Message: message,
				Fix: repair("Give the value to the step by env: and read the variable", "restore the expression"), Snippet: environmentSnippet(e.Raw, text.language)})
		default:
			g := groups[source.Control]
			if g == nil {
				g = &pasted{first: c.within(text.Node, e.Raw), language: text.language}
				groups[source.Control] = g
			}
			g.raws = append(g.raws, e.Raw)
			g.open = g.open || exposure == workflows.Open
		}
	}
}

// group reports what writers, callers, or other steps fill.
func (c *pipeline) group(control workflows.Control, g *pasted) {
	f := checks.Finding{Rule: "template-injection", Attribute: "script", Place: g.first, Severity: checks.Low, Expected: "values by env:, variables in the script", Actual: listed(g.raws),
		Fix: repair("Give the value to the step by env: and read the variable", "restore the expression"), Snippet: environmentSnippet(g.raws[0], g.language)}
	switch control {
	case workflows.Writer:
		f.Attribute, f.Message = "script writers", "who may write to the repository chooses, who with quotes in it writes commands that run as this job"
	case workflows.Caller:
		f.Attribute, f.Message = "script inputs", "the caller chooses; where that comes from a pull request or an issue, a stranger writes commands"
		if c.flow.Kind == workflows.KindAction {
			f.Severity = checks.Medium
		}
	default:
		f.Rule, f.Severity, f.Message = "unknown-in-script", checks.Info, "other steps, jobs or settings give: it runs as code if it ever holds quotes"
		if g.open {
			f.Severity = checks.Low
		}
	}
	f.Message = fmt.Sprintf("Text goes into scripts (%d expressions) that %s", len(g.raws), f.Message)
	c.failSeveral(len(g.raws), nil, f)
}

// suppliers are the events that fill an object of the event's payload.
var suppliers = map[string]string{
	"issue": "issues issue_comment", "comment": "issue_comment pull_request_review_comment discussion_comment commit_comment pull_request_comment",
	"pull_request": "pull_request pull_request_target pull_request_review pull_request_review_comment", "review": "pull_request_review",
	"review_comment": "pull_request_review_comment", "head_commit": "push", "commits": "push", "workflow_run": "workflow_run",
	"discussion": "discussion discussion_comment", "answer": "discussion", "pages": "gollum", "forkee": "fork",
	"changes": "issues pull_request pull_request_target issue_comment discussion",
}

// supplies reports whether the event fills the context; an event whose payload is not known, and all of it at once, may.
func supplies(event, path string) bool {
	if path == "github.head_ref" {
		path = "github.event.pull_request"
	}
	object, ok := strings.CutPrefix(path, "github.event.")
	object, _, _ = strings.Cut(object, ".")
	events, known := suppliers[object]
	return !ok || !known || strings.Contains(" "+events+" ", " "+event+" ")
}

// consequence is how bad it is that this stranger's text reaches a script of the step.
func (c *pipeline) consequence(j *workflows.Job, s *workflows.Step, source workflows.Source) (checks.Severity, string) {
	if c.flow.Called() {
		return checks.Medium, "A stranger chooses " + source.Path + ", and with quotes in it writes commands that run with what the caller's job holds"
	}
	worst, event := workflows.Closed, ""
	for _, t := range c.flow.Triggers {
		if e := workflows.ExposureOf(t.Event); e > worst && supplies(t.Event, source.Path) && c.reach.Reached(j, s, t.Event) {
			worst, event = e, t.Event
		}
	}
	switch worst {
	case workflows.Open:
		message := "On " + event + " a stranger chooses " + source.Path + ", and with quotes in it writes commands that run with the job's token and secrets"
		if g := c.flow.Effective(j); g == nil || g.Writes() || c.usesSecret(j) {
			return checks.Critical, message
		}
		return checks.High, message
	case workflows.Indirect:
		return checks.High, "A stranger's text gets into " + source.Path + " when his change is merged, and with quotes in it runs commands on " + event
	case workflows.Limited:
		return checks.Medium, "Who opens a " + event + " chooses " + source.Path + ", and with quotes in it writes commands that run on the runner"
	}
	return checks.Low, "Strangers choose " + source.Path + "; no trigger of this workflow fills it for them now, and the next one that does makes it commands"
}

// variableName is an environment variable's name for a context.
func variableName(raw string) string {
	raw = strings.TrimSpace(strings.Trim(raw, "${}"))
	parts := strings.FieldsFunc(raw, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') })
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	name := strings.ToUpper(strings.Join(parts, "_"))
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "VALUE"
	}
	return name
}

// environmentSnippet shows the value given by env: in the language of the script.
func environmentSnippet(raw, language string) string {
	raw = oneLine(raw)
	name := variableName(raw)
	read := map[string]string{"javascript": "process.env." + name, "pwsh": "$env:" + name, "powershell": "$env:" + name, "python": "os.environ['" + name + "']",
		"cmd": "%" + name + "%"}[language]
	if read == "" {
		read = `"$` + name + `"`
	}
	return "env:\n  " + name + ": " + raw + "\n# and in the script, instead of the expression:\n" + read
}
