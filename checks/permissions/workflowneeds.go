package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks/permissions/workflows"
)

// jobNeeds is what a job's steps were seen to need of the token.
type jobNeeds struct {
	level   map[string]string   // by scope: "read" or "write"
	why     map[string][]string // by scope: actions and commands
	unknown []string            // steps whose need is not known
	opaque  bool                // commands run, each of which could ask for an identity
	pushes  bool                // scripts of the repository run, which could push with the token that checkout left
}

// runsOthers reports a command whose work is written in a file of the repository.
func runsOthers(program string) bool {
	return strings.Contains(program, "/") || otherScripts[program]
}

var otherScripts = set("bash sh zsh make just task npm pnpm yarn npx bun python python3 node ruby rake mage invoke nox tox hatch pdm poetry uv gradlew mvn gradle go cargo " +
	"deno perl php composer source . pwsh bazel earthly dagger ansible-playbook")

// maxNamed bounds the steps that a list of reasons names.
const maxNamed = 100

func (n *jobNeeds) add(scopes, why string) {
	for _, grant := range strings.Fields(scopes) {
		scope, level, _ := strings.Cut(grant, ":")
		if n.level[scope] != workflows.LevelWrite {
			n.level[scope] = level
		}
		if len(n.why[scope]) < maxNamed && !slices.Contains(n.why[scope], why) {
			n.why[scope] = append(n.why[scope], why)
		}
	}
}

func (n *jobNeeds) guess(what string) {
	if len(n.unknown) < maxNamed && !slices.Contains(n.unknown, what) {
		n.unknown = append(n.unknown, what)
	}
}

func (n *jobNeeds) get(scope string) string {
	if level := n.level[scope]; level != "" {
		return level
	}
	return workflows.LevelNone
}

// hidden reports whether something that was not looked into may use the scope: scripts of the repository may push and ask for
// an identity, and a comment on a pull request is one on an issue too.
func (n *jobNeeds) hidden(scope string) bool {
	switch scope {
	case "id-token":
		return n.opaque
	case "contents":
		return n.pushes
	case "issues", "pull-requests":
		return n.level["issues"] == workflows.LevelWrite || n.level["pull-requests"] == workflows.LevelWrite
	}
	return false
}

// block is the permissions: of the job, to paste.
func (n *jobNeeds) block(indent string) string {
	unknown := ""
	if len(n.unknown) > 0 {
		unknown = " # not known: what " + oneLine(listed(n.unknown)) + " needs"
	}
	if len(n.level) == 0 {
		return indent + "permissions: {}" + unknown + "\n"
	}
	var b strings.Builder
	b.WriteString(indent + "permissions:" + unknown + "\n")
	scopes := make([]string, 0, len(n.level))
	for scope := range n.level {
		scopes = append(scopes, scope)
	}
	slices.Sort(scopes)
	for _, scope := range scopes {
		fmt.Fprintf(&b, "%s  %s: %s # %s\n", indent, plainWord(scope, "SCOPE"), n.level[scope], oneLine(listed(n.why[scope])))
	}
	return b.String()
}

// maxCalls bounds how deep local workflows and actions call each other; GitHub allows ten.
const maxCalls = 10

// maxVisits bounds the jobs of one file and of what it calls that are looked into.
const maxVisits = 5000

// needsOf infers the least permissions of a job from the actions it uses and the commands it runs, into the files of the tree.
func (c *pipeline) needsOf(j *workflows.Job) *jobNeeds {
	n := c.needs[j]
	if n == nil {
		n = &jobNeeds{level: map[string]string{}, why: map[string][]string{}}
		n.job(c, c.flow, j, 0)
		c.needs[j] = n
	}
	return n
}

func (n *jobNeeds) job(c *pipeline, w *workflows.Workflow, j *workflows.Job, depth int) {
	if c.visits++; depth > 0 && c.visits > maxVisits || depth > maxCalls {
		n.guess("calls of calls")
		return
	}
	if j.Uses != nil {
		n.call(c, j.Uses, depth)
		return
	}
	for _, s := range j.Steps {
		switch {
		case s.Uses != nil && s.Uses.Local != "":
			n.call(c, s.Uses, depth)
		case s.Uses != nil:
			n.action(w, j, s)
		case s.Run.Set():
			n.script(w, j, s)
		}
	}
}

// call adds what a local workflow or action needs. What a called job declares is all that it can use.
func (n *jobNeeds) call(c *pipeline, u *workflows.Uses, depth int) {
	w := c.local.called(c, u.Local)
	if u.Local == "" || w == nil || len(w.Jobs) == 0 {
		n.guess(u.Text)
		return
	}
	for _, j := range w.Jobs {
		if c.visits > maxVisits {
			n.guess("calls of calls")
			return
		}
		g := w.Effective(j)
		if g == nil || g.All != "" {
			n.job(c, w, j, depth+1)
			continue
		}
		for _, s := range g.Scopes {
			if s.Level == workflows.LevelRead || s.Level == workflows.LevelWrite {
				n.add(s.Scope+":"+s.Level, u.Local)
			}
		}
	}
}

// action adds what an action needs.
func (n *jobNeeds) action(w *workflows.Workflow, j *workflows.Job, s *workflows.Step) {
	if s.Uses.Image != "" || s.Uses.Dynamic {
		n.guess(s.Uses.Text)
		return
	}
	name := s.Uses.Name()
	scopes, known := actionNeeds[name]
	switch {
	case ownToken(s): // another token than the job's
		return
	case name == "docker/login-action" || name == "docker/build-push-action":
		registry, known := withEnvironment(w, j, s, s.With.Get("registry").Text+" "+s.With.Get("tags").Text)
		switch {
		case strings.Contains(registry, "ghcr.io"):
			scopes = "packages:write"
		case !known:
			n.guess(s.Uses.Text)
		}
	case name == "actions/github-script":
		if octokit := scriptNeeds(s.With.Get("script").Text); octokit != "" {
			scopes = octokit
		} else {
			n.guess(s.Uses.Text)
		}
	case name == "actions/download-artifact" && s.With.Get("run-id").Set():
		scopes = "actions:read"
	case !known:
		n.guess(s.Uses.Text)
		return
	}
	n.add(scopes, s.Uses.Slug())
}

// withEnvironment puts what env: holds into a text; known is false where an expression remains.
func withEnvironment(w *workflows.Workflow, j *workflows.Job, s *workflows.Step, text string) (resolved string, known bool) {
	known = true
	resolved = mapExpressions(text, func(_ int, e workflows.Embedded) string {
		if a, ok := e.Expr.(*workflows.Access); ok {
			if name, variable := strings.CutPrefix(a.Path(), "env."); variable {
				if v := w.Variable(j, s, name); v.Set() && !strings.Contains(v.Text, "${{") {
					return v.Text
				}
			}
		}
		known = false
		return e.Raw
	})
	return resolved, known
}

// ownToken reports a step that is given a token which is not the job's.
func ownToken(s *workflows.Step) bool {
	for _, key := range []string{"token", "github-token", "github_token", "repo-token", "gh-token"} {
		if v := s.With.Get(key); v.Set() {
			return !isJobToken(v.Text)
		}
	}
	return false
}

func isJobToken(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "github.token") || strings.Contains(text, "secrets.github_token")
}

// octokitNamespaces are the scopes behind github.rest.NAME of actions/github-script.
var octokitNamespaces = map[string]string{"issues": "issues", "pulls": "pull-requests", "repos": "contents", "git": "contents", "checks": "checks",
	"actions": "actions", "packages": "packages", "codeScanning": "security-events", "reactions": "issues"}

// scriptNeeds reads the calls of github.rest in a script. A call that begins with get or list only reads.
func scriptNeeds(script string) string {
	var out []string
	for _, prefix := range []string{"github.rest.", "github."} {
		for rest := script; ; {
			_, after, found := strings.Cut(rest, prefix)
			if !found {
				break
			}
			rest = after
			namespace, call, _ := strings.Cut(after, ".")
			scope := octokitNamespaces[namespace]
			if scope == "" {
				continue
			}
			level := ":write"
			if strings.HasPrefix(call, "get") || strings.HasPrefix(call, "list") {
				level = ":read"
			}
			switch {
			case namespace == "repos" && strings.HasPrefix(call, "createCommitStatus"):
				scope = "statuses"
			case namespace == "repos" && strings.HasPrefix(call, "createDeployment"):
				scope = "deployments"
			}
			out = append(out, scope+level)
		}
	}
	return strings.Join(out, " ")
}
