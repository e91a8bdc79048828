package permissions

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/permissions/workflows"
)

// strangerVariable tells the variables of a step whose text strangers choose.
func (c *pipeline) strangerVariable(j *workflows.Job, s *workflows.Step) func(string) bool {
	return func(name string) bool {
		v := c.flow.Variable(j, s, name)
		for _, e := range workflows.Find(v.Text) {
			if e.Expr != nil && c.flow.Taint(j, s, e.Expr).Control == workflows.Stranger {
				return true
			}
		}
		return name == "GITHUB_HEAD_REF"
	}
}

const tainted = "hardchecktaintedtext"

// evaluates is the command of a script that makes the shell read such a variable's text as commands, or "".
func evaluates(script string, variable func(string) bool) string {
	if !strings.Contains(script, "eval") && !strings.Contains(script, " -c") && !strings.Contains(script, "ssh ") {
		return ""
	}
	commands, _ := shell.Parse(quoteExpressions(script), func(name string) (string, bool) {
		if variable(name) {
			return tainted + name, true
		}
		return "", false
	})
	for _, c := range commands {
		words := c.Program()
		if len(words) < 2 {
			continue
		}
		at := -1
		switch words[0].Text {
		case "eval":
			at = 1
		case "sh", "bash", "zsh", "dash", "ash", "pwsh", "su":
			if i := slices.IndexFunc(words, func(w shell.Word) bool {
				return len(w.Text) < 4 && strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c")
			}); i > 0 {
				at = i + 1
			}
		case "ssh":
			at = 2
		}
		if at < 0 || at >= len(words) {
			continue
		}
		// Behind the text of sh -c stand its arguments, which it does not read as commands.
		text := words[at:]
		if words[0].Text != "eval" && words[0].Text != "ssh" {
			text = text[:1]
		}
		if slices.ContainsFunc(text, func(w shell.Word) bool { return strings.Contains(w.Text, tainted) }) {
			return strings.ReplaceAll(strings.Join(texts(words), " "), tainted, "$")
		}
	}
	return ""
}

func (c *pipeline) evaluated(j *workflows.Job, s *workflows.Step, line string) {
	severity := checks.Medium
	exposure, _ := c.reach.Exposed(j, s)
	if exposure == workflows.Open {
		severity = checks.Critical
	}
	c.fail(s.Run.Node, evaluatedFinding(line, "job "+j.ID, severity))
}

func evaluatedFinding(line, attribute string, severity checks.Severity) checks.Finding {
	return checks.Finding{Rule: "evaluated-text", Attribute: attribute, Severity: severity, Expected: "the variable as an argument, not as part of the command", Actual: line,
		Message: "The shell reads the variable's text as commands, and who opens a pull or merge request chooses it",
		Fix:     repair("Give the variable as an argument of its own", "restore the command"), Snippet: `sh -c 'command "$1"' sh "$VARIABLE"`}
}

// environmentFiles reports scripts that write text of others into $GITHUB_ENV or $GITHUB_PATH in runs that strangers set off.
func (c *pipeline) environmentFiles() {
	for _, j := range c.flow.Jobs {
		for _, s := range j.Steps {
			if !strings.Contains(s.Run.Text, "GITHUB_ENV") && !strings.Contains(s.Run.Text, "GITHUB_PATH") {
				continue
			}
			exposure, event := c.reach.Exposed(j, s)
			if exposure != workflows.Open && c.flow.Kind != workflows.KindAction {
				continue
			}
			file, chosen := c.environmentWrite(j, s)
			if file == "" || c.flow.Kind == workflows.KindAction && !chosen {
				continue
			}
			severity, whose := checks.Medium, "Where a stranger gets a line break into that text, he"
			if chosen {
				severity, whose = checks.High, "A stranger's text is among what is written: with a line break in it he"
			}
			if event == "" {
				event = "a stranger's event"
			}
			c.fail(s.Run.Node, checks.Finding{Rule: "environment-file", Attribute: "job " + j.ID + " " + file, Severity: severity, Expected: "fixed text, or a step output", Actual: "text that is not fixed goes to $" + file,
				Place: c.within(s.Run.Node, file), Message: "On " + event + ": " + whose + " sets variables such as LD_PRELOAD, or programs, for every later step",
				Fix:     repair("Use $GITHUB_OUTPUT and name the output where it is needed, or keep the value to one line of harmless characters", "restore the line"),
				Snippet: "printf 'name=%s\\n' \"$(printf %s \"$VALUE\" | tr -cd 'A-Za-z0-9._-')\" >> \"$GITHUB_OUTPUT\""})
		}
	}
}

// harmless are variables of the runner in which no free text stands.
var harmless = regexp.MustCompile(`^(GITHUB_(SHA|RUN_ID|RUN_NUMBER|RUN_ATTEMPT|WORKSPACE|REPOSITORY|REPOSITORY_OWNER|ACTION_PATH|JOB|ENV|PATH|EVENT_NAME|SERVER_URL|API_URL)|RUNNER_[A-Z_]+|HOME|PWD|PATH|OSTYPE|RANDOM|SECONDS)$`)

// environmentWrite is the environment file that the step writes text into that is not fixed, and whether a stranger's text is
// among it.
func (c *pipeline) environmentWrite(j *workflows.Job, s *workflows.Step) (file string, chosen bool) {
	shellName := strings.ToLower(c.flow.ShellOf(j, s))
	if strings.HasPrefix(shellName, "pwsh") || strings.HasPrefix(shellName, "powershell") || shellName == "cmd" {
		return environmentLine(s.Run.Text), false
	}
	stranger := c.strangerVariable(j, s)
	for _, o := range shell.Outputs(markExpressions(s.Run.Text)) {
		name := strings.Trim(o.Target, "${}")
		if name != "GITHUB_ENV" && name != "GITHUB_PATH" {
			continue
		}
		free := slices.DeleteFunc(slices.Clone(o.Variables), harmless.MatchString)
		if o.Computed || len(free) > 0 {
			file = name
		}
	}
	if file == "" {
		return "", false
	}
	shell.Parse(quoteExpressions(s.Run.Text), func(name string) (string, bool) { // asks for every variable the script reads
		chosen = chosen || stranger(name)
		return "", false
	})
	return file, chosen
}

// markExpressions writes each ${{ }} as a variable, so that it counts as text that is not fixed.
func markExpressions(script string) string {
	return mapExpressions(script, func(int, workflows.Embedded) string { return "${expression}" })
}

var (
	environmentFile = regexp.MustCompile(`(?i)\$env:(GITHUB_ENV|GITHUB_PATH)|%(GITHUB_ENV|GITHUB_PATH)%`)
	otherVariable   = regexp.MustCompile(`(?i)\$[a-z({]|%[a-z_]+%`)
)

// environmentLine is the environment file that a line of PowerShell or cmd writes a variable or an expression into.
func environmentLine(script string) string {
	for line := range strings.Lines(script) {
		m := environmentFile.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if otherVariable.MatchString(environmentFile.ReplaceAllString(line, "")) {
			return strings.ToUpper(m[1] + m[2])
		}
	}
	return ""
}

// insecureCommands reports ACTIONS_ALLOW_UNSECURE_COMMANDS, which brings ::set-env:: and ::add-path:: back.
func (c *pipeline) insecureCommands() {
	check := func(list workflows.Pairs) {
		v := list.Get("ACTIONS_ALLOW_UNSECURE_COMMANDS")
		if !v.Set() || strings.EqualFold(v.Text, "false") || v.Text == "" {
			return
		}
		c.fail(v.Node, checks.Finding{Rule: "insecure-commands", Attribute: "ACTIONS_ALLOW_UNSECURE_COMMANDS", Expected: "not set", Actual: v.Text,
			Message: "A line that any program of the job prints, a test's output or a file's content, can set variables and the PATH of later steps",
			Fix:     repair("Remove it, and write to $GITHUB_ENV or $GITHUB_OUTPUT", "restore the variable at the one step"), Snippet: `echo "name=value" >> "$GITHUB_OUTPUT"`})
	}
	check(c.flow.Env)
	for _, j := range c.flow.Jobs {
		check(j.Env)
		for _, s := range j.Steps {
			check(s.Env)
		}
	}
}

// obfuscated reports roundabout names of actions and expressions that could be plain text.
func (c *pipeline) obfuscated() {
	say := func(at *yaml.Node, what, plain string, severity checks.Severity) {
		c.fail(at, checks.Finding{Rule: "obfuscated", Attribute: what, Severity: severity, Place: c.within(at, what), Expected: plain, Actual: what,
			Message: "Written in a roundabout way it passes by readers and by rules that look for a name",
			Fix:     repair("Write "+plain, "restore "+what), Snippet: plain})
	}
	for _, j := range c.flow.Jobs {
		for _, s := range j.Steps {
			if s.Uses != nil && s.Uses.Unclean {
				say(s.Uses.Node, s.Uses.Text, strings.TrimSuffix(s.Uses.Slug()+"/"+s.Uses.Path, "/")+"@"+s.Uses.Ref, checks.Low)
			}
		}
	}
	c.expressions(func(n *yaml.Node, e workflows.Embedded) {
		if e.Expr == nil || !workflows.Constant(e.Expr) || strings.Contains(e.Raw[2:], "{{'") && strings.Contains(e.Raw, "'${{") || strings.Contains(e.Raw, "'{{") {
			return
		}
		if value := workflows.Eval(e.Expr, func(string) workflows.Value { return workflows.Unknown() }); value.Known() && value.Text() != "" && !strings.Contains(value.Text(), "{{") {
			if _, plain := e.Expr.(*workflows.Literal); !plain || strings.HasPrefix(strings.TrimSpace(e.Raw[3:]), "'") {
				say(n, e.Raw, value.Text(), checks.Info)
			}
		}
	})
}
