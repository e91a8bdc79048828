package permissions

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

// secrets judges how secrets get to jobs and steps.
func (c *pipeline) secrets() {
	for _, j := range c.flow.Jobs {
		c.inherited(j)
		for _, container := range append([]*workflows.Container{j.Container}, j.Services...) {
			c.containerPassword(container)
		}
		for _, s := range j.Steps {
			c.appToken(s)
		}
	}
	c.wholeSecrets()
	c.pastedSecrets()
	c.openSecrets()
}

func (c *pipeline) inherited(j *workflows.Job) {
	if j.Uses == nil || j.Secrets.Text != "inherit" {
		return
	}
	severity := checks.Medium
	if j.Uses.Local != "" {
		severity = checks.Low // the same repository's workflow
	}
	c.fail(j.Secrets.Node, checks.Finding{Rule: "secrets-inherit", Attribute: "job " + j.ID, Severity: severity,
		Expected: "the secrets that the called workflow needs, by name", Actual: "secrets: inherit",
		Message: "The workflow " + j.Uses.Text + " gets every secret of this repository and of its organisation",
		Fix:     repair("Name the secrets that it declares under on.workflow_call.secrets", "restore secrets: inherit"),
		Snippet: "    secrets:\n      NAME: ${{ secrets.NAME }}"})
}

func (c *pipeline) containerPassword(container *workflows.Container) {
	if container == nil || !container.Password.Set() || container.Password.Text == "" {
		return
	}
	found := workflows.Find(container.Password.Text)
	for _, e := range found {
		if e.Expr == nil || !workflows.Constant(e.Expr) {
			return
		}
	}
	c.fail(container.Password.Node, checks.Finding{Rule: "literal-password", Attribute: strings.TrimSpace("container " + container.Name), ContentKey: container.Password.Text,
		Expected: "password: ${{ secrets.NAME }}", Actual: "a literal value",
		Message: "Everyone who can read the repository can read the password of the registry",
		Fix:     repair("Change the password, store it as a secret and name it", "put the new password into the secret, not into the file"),
		Snippet: "credentials:\n  username: ${{ vars.REGISTRY_USER }}\n  password: ${{ secrets.REGISTRY_PASSWORD }}"})
}

// appToken reports tokens of GitHub Apps that are not narrowed.
func (c *pipeline) appToken(s *workflows.Step) {
	if !s.Uses.Is("actions/create-github-app-token", "tibdex/github-app-token") {
		return
	}
	narrowed := slices.ContainsFunc(s.With, func(p workflows.Pair) bool {
		return strings.HasPrefix(p.Key, "permission-") || p.Key == "permissions"
	})
	wrong := ""
	switch {
	case !narrowed:
		wrong = "no permission-* input"
	case strings.EqualFold(s.With.Get("skip-token-revoke").Text, "true"):
		wrong = "skip-token-revoke: true"
	case s.With.Get("owner").Set() && !s.With.Get("repositories").Set():
		wrong = "owner without repositories"
	default:
		return
	}
	c.fail(s.Uses.Node, checks.Finding{Rule: "app-token", Attribute: wrong, Expected: "permission-* inputs, named repositories, and the token revoked at the end", Actual: wrong,
		Message: "The token can do everything that the app may, in every repository that it is installed in, or for longer than the job",
		Fix:     repair("Name the permissions and repositories that the job needs", "remove the inputs"),
		Snippet: "with:\n  permission-contents: read\n  repositories: ${{ github.event.repository.name }}"})
}

// secretPath is the context of an access to secrets, "secrets" for all of them; ok is false for anything else.
func secretPath(e workflows.Expr) (name string, index, ok bool) {
	a, isAccess := e.(*workflows.Access)
	if !isAccess {
		return "", false, false
	}
	p := a.Path()
	if p == "secrets" || strings.HasPrefix(p, "secrets.") {
		return p, a.Index != nil, true
	}
	return "", false, false
}

// wholeSecrets reports all secrets at once, and parts of secrets that the log does not mask.
func (c *pipeline) wholeSecrets() {
	c.expressions(func(n *yaml.Node, e workflows.Embedded) {
		workflows.Walk(e.Expr, func(x workflows.Expr) bool {
			call, ok := x.(*workflows.Call)
			if ok && len(call.Args) > 0 {
				name, _, secret := secretPath(call.Args[0])
				switch {
				case call.Name == "tojson" && name == "secrets":
					c.allSecrets(n, e)
				case call.Name == "fromjson" && secret:
					c.unredacted(n, e, name)
				}
				return true
			}
			if name, index, secret := secretPath(x); secret && (index || name == "secrets.*") {
				c.allSecrets(n, e)
			}
			return true
		})
	})
}

func (c *pipeline) allSecrets(n *yaml.Node, e workflows.Embedded) {
	c.fail(n, checks.Finding{Rule: "all-secrets", Attribute: e.Raw, Expected: "each secret by its name", Actual: e.Raw, Place: c.within(n, e.Raw),
		Message: "The runner gets every secret of the repository and its organisation, since the one that is meant is not known beforehand",
		Fix:     repair("Name the secret", "restore "+e.Raw), Snippet: "${{ secrets.NAME }}"})
}

func (c *pipeline) unredacted(n *yaml.Node, e workflows.Embedded, name string) {
	c.fail(n, checks.Finding{Rule: "unredacted-secret", Attribute: name, Expected: "one secret for each value", Actual: e.Raw, Place: c.within(n, e.Raw),
		Message: "The log masks the secret as a whole; a value taken out of its JSON is printed in clear",
		Fix:     repair("Store each value as a secret of its own, or mask it before it is used", "restore "+e.Raw),
		Snippet: "run: |\n  value=$(jq -r .field <<<\"$STRUCTURED\"); echo \"::add-mask::$value\""})
}

// pastedSecrets reports secrets inside scripts: once per file.
func (c *pipeline) pastedSecrets() {
	var first checks.Place
	var names []string
	for _, j := range c.flow.Jobs {
		for _, s := range j.Steps {
			for _, e := range workflows.Find(s.Run.Text) {
				if name := usedSecret(e.Expr); name != "" && len(names) < maxNamed && !slices.Contains(names, name) {
					if names = append(names, name); len(names) == 1 {
						first = c.within(s.Run.Node, e.Raw)
					}
				}
			}
		}
	}
	if len(names) == 0 {
		return
	}
	c.fail(nil, checks.Finding{Rule: "secret-in-script", Attribute: "run", Place: first, Expected: "the secret in env:, the variable in the script",
		Actual: listed(names), Message: "A character of the secret that the shell interprets breaks or changes the script, and other processes see it among the arguments",
		Fix:     repair("Pass it by the environment", "restore the expression"),
		Snippet: "env:\n  TOKEN: ${{ " + names[0] + " }}\nrun: |\n  command --token \"$TOKEN\""})
}

// usedSecret is the first secret an expression reads, other than the job's own token.
func usedSecret(e workflows.Expr) string {
	found := ""
	workflows.Walk(e, func(x workflows.Expr) bool {
		if name, _, ok := secretPath(x); ok && found == "" && name != "secrets.github_token" && name != "secrets" {
			found = name
		}
		return true
	})
	return found
}

// openSecrets reports jobs that use secrets outside an environment: once per file.
func (c *pipeline) openSecrets() {
	var names []string
	var first *workflows.Job
	for _, j := range c.flow.Jobs {
		if j.Environment != nil || j.Uses != nil || c.flow.Kind == workflows.KindAction {
			continue
		}
		if c.usesSecret(j) {
			if names = append(names, j.ID); first == nil {
				first = j
			}
		}
	}
	if first == nil {
		return
	}
	c.fail(first.Key, checks.Finding{Rule: "secret-without-environment", Attribute: "environment", Expected: "environment: NAME at jobs with secrets",
		Actual: "none for: " + listed(names), Message: "Any branch's version of these jobs can read the secrets; an environment lets protected branches and reviewers decide",
		Fix: repair("Move the secrets into an environment and name it", "remove the line"), Snippet: "    environment: production"})
}

func jobUsesSecret(j *workflows.Job) bool {
	uses := func(list workflows.Pairs) bool {
		for _, p := range list {
			for _, e := range workflows.Find(p.Value.Text) {
				if usedSecret(e.Expr) != "" {
					return true
				}
			}
		}
		return false
	}
	for _, s := range j.Steps {
		if uses(s.Env) || uses(s.With) || uses(workflows.Pairs{{Value: s.Run}}) {
			return true
		}
	}
	return uses(j.Env)
}
