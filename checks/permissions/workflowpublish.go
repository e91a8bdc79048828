package permissions

import (
	"fmt"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/permissions/workflows"
)

// publishing reports packages published with a stored token where the registry trusts the workflow itself (OpenID Connect):
// once per file.
func (c *pipeline) publishing() {
	var first *workflows.Step
	var which []string
	for _, j := range c.flow.Jobs {
		g := c.flow.Effective(j)
		trusted := g != nil && g.Level("id-token") == workflows.LevelWrite
		for i, s := range j.Steps {
			registry := storedToken(c.flow, j, s, j.Steps[:i])
			if registry == "" || trusted && !s.With.Get("password").Set() {
				continue
			}
			if which = append(which, registry); first == nil {
				first = s
			}
		}
	}
	if first == nil {
		return
	}
	c.fail(first.Node, checks.Finding{Rule: "stored-publish-token", Attribute: which[0], Expected: "trusted publishing: id-token: write and no stored token", Actual: fmt.Sprintf("%d steps with a token", len(which)),
		Message: "The token for " + which[0] + " is valid for months and from anywhere; a trusted publisher's is for this workflow and minutes",
		Fix:     repair("Register this workflow as a trusted publisher at "+which[0]+" and drop the token", "restore the token's input or variable"),
		Snippet: "    permissions:\n      id-token: write\n      contents: read"})
}

// tokenInputs are the publishing actions and the input that takes a stored token.
var tokenInputs = map[string][2]string{
	"pypa/gh-action-pypi-publish":             {"password", "pypi.org"},
	"js-devtools/npm-publish":                 {"token", "npmjs.com"},
	"katyo/publish-crates":                    {"registry-token", "crates.io"},
	"rubygems/configure-rubygems-credentials": {"api-token", "rubygems.org"},
}

// publishers are commands that publish, and the registry they publish to by default.
var publishers = []struct{ words, registry string }{
	{"npm publish", "npmjs.com"}, {"pnpm publish", "npmjs.com"}, {"yarn npm publish", "npmjs.com"}, {"yarn publish", "npmjs.com"}, {"npx npm publish", "npmjs.com"},
	{"cargo publish", "crates.io"}, {"twine upload", "pypi.org"}, {"python -m twine upload", "pypi.org"}, {"python3 -m twine upload", "pypi.org"}, {"uv publish", "pypi.org"},
	{"hatch publish", "pypi.org"}, {"pdm publish", "pypi.org"}, {"poetry publish", "pypi.org"}, {"flit publish", "pypi.org"}, {"maturin publish", "pypi.org"},
	{"uvx twine upload", "pypi.org"}, {"gem push", "rubygems.org"}, {"rake release", "rubygems.org"}, {"bundle exec rake release", "rubygems.org"},
}

// storedToken is the public registry that the step publishes to with a secret, or "".
func storedToken(w *workflows.Workflow, j *workflows.Job, s *workflows.Step, before []*workflows.Step) string {
	if input, ok := tokenInputs[s.Uses.Name()]; ok && s.Uses != nil {
		url := s.With.Get("repository-url").Text + s.With.Get("registry").Text
		if s.With.Get(input[0]).Set() && (url == "" || strings.Contains(url, input[1]) || strings.Contains(url, "pypi.org")) {
			return input[1]
		}
		return ""
	}
	registry := publishes(s.Run.Text)
	if registry == "" || privateRegistry(before) {
		return ""
	}
	if secretIn(s.Env) || secretIn(j.Env) || secretIn(w.Env) || secretIn(workflows.Pairs{{Value: s.Run}}) {
		return registry
	}
	return ""
}

func secretIn(list workflows.Pairs) bool {
	for _, p := range list {
		for _, e := range workflows.Find(p.Value.Text) {
			if usedSecret(e.Expr) != "" {
				return true
			}
		}
	}
	return false
}

// publishes is the registry that a script publishes to, or "".
func publishes(script string) string {
	if !strings.Contains(script, "publish") && !strings.Contains(script, "upload") && !strings.Contains(script, "push") && !strings.Contains(script, "release") {
		return ""
	}
	commands, _ := shell.Parse(quoteExpressions(script), nil)
	for _, c := range commands {
		line := strings.Join(texts(c.Program()), " ")
		for _, p := range publishers {
			if (line == p.words || strings.HasPrefix(line, p.words+" ")) && !strings.Contains(line, "--dry-run") && !strings.Contains(line, "--registry") &&
				!strings.Contains(line, "--repository-url") && !strings.Contains(line, "--index") {
				return p.registry
			}
		}
	}
	return ""
}

// privateRegistry reports a setup step before that points npm to another registry than the public one.
func privateRegistry(steps []*workflows.Step) bool {
	for i := len(steps) - 1; i >= max(0, len(steps)-100); i-- {
		if !steps[i].Uses.Is("actions/setup-node") {
			continue
		}
		url := steps[i].With.Get("registry-url").Text
		return url != "" && !strings.Contains(url, "registry.npmjs.org")
	}
	return false
}
