package permissions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

func workflowToken() *checks.Check {
	return &checks.Check{
		ID:    "permissions/workflow-token",
		Title: "Pipelines hold the least token and secrets they need",
		Why: "Every step of a job, also an action taken over by somebody else, holds the job's token and the secrets it is given. With write " +
			"access it changes code, releases and packages; a secret that it did not need is one more that it takes.",
		Fix:        "Write permissions: {} at the top and, at each job, the scopes that it needs. Name each secret at the one step that uses it.",
		Expected:   "Every workflow limits its token, grants write access to single jobs only, and hands on no secret that is not needed",
		Rollback:   "Add the one scope that a failing step names to that job's permissions",
		Absent:     "No pipeline of GitHub Actions (.github/workflows/*.yml, action.yml) or GitLab (.gitlab-ci.yml) was found",
		References: []string{"CWE-250", "CWE-272", "CWE-522", "https://docs.github.com/actions/reference/security/secure-use", "https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "no-permissions", Title: "A job gets the repository's default token, which may write", Severity: checks.Medium},
			{ID: "write-all", Title: "The token may write everything", Severity: checks.High},
			{ID: "read-all", Title: "The token may read everything", Severity: checks.Low},
			{ID: "workflow-write", Title: "Every job gets a write access that one needs", Severity: checks.High},
			{ID: "unused-write", Title: "A job gets a write access that none of its steps uses", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "unknown-permission", Title: "A permission that GitHub does not know", Severity: checks.Low},
			{ID: "identity-before-review", Title: "Unreviewed changes get an identity that clouds and registries trust", Severity: checks.Medium},
			{ID: "persisted-credentials", Title: "The token stays in the checked-out repository", Severity: checks.High},
			{ID: "secrets-inherit", Title: "A called workflow gets every secret", Severity: checks.Medium},
			{ID: "all-secrets", Title: "A job gets every secret of the repository", Severity: checks.Medium},
			{ID: "unredacted-secret", Title: "A part of a secret is not masked in the log", Severity: checks.Medium},
			{ID: "literal-password", Title: "A registry's password is written into the workflow", Severity: checks.High},
			{ID: "app-token", Title: "An app's token has every permission of the app", Severity: checks.Medium},
			{ID: "stored-publish-token", Title: "Packages are published with a stored token", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "secret-in-script", Title: "A secret is pasted into a script", Severity: checks.Info},
			{ID: "secret-without-environment", Title: "A secret is used outside a protected environment", Severity: checks.Info, Precision: checks.PrecisionLow},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsPipeline,
		File:       judgeCalling((*pipeline).token),
		Tree:       judgeKept((*pipeline).token),
	}
}

// token judges what the token of the jobs may do and where it goes.
func (c *pipeline) token() {
	if c.gitlab != nil {
		c.gitlabToken()
		return
	}
	if c.flow.Kind == workflows.KindDependabot {
		return
	}
	c.grants()
	c.identity()
	c.persisted()
	c.secrets()
	c.publishing()
}

// strongScopes change what others run or trust.
var strongScopes = set("contents packages actions id-token attestations deployments pages")

// grants judges the permissions of the workflow and its jobs.
func (c *pipeline) grants() {
	if c.flow.Kind == workflows.KindAction {
		return
	}
	var bare []*workflows.Job // jobs without permissions of their own
	for _, j := range c.flow.Jobs {
		if j.Permissions == nil {
			bare = append(bare, j)
			continue
		}
		c.wideGrant(j.Permissions, "job "+j.ID, []*workflows.Job{j})
		c.unusedWrites(j.Permissions, j)
	}
	top := c.flow.Permissions
	switch {
	case top == nil && len(bare) > 0 && !c.flow.Called(): // a workflow that only others call has its caller's token
		c.noPermissions(bare)
	case top != nil && len(bare) > 0:
		c.wideGrant(top, "workflow", bare)
		if len(c.flow.Jobs) == 1 {
			c.unusedWrites(top, bare[0])
		} else {
			c.workflowWrites(top, bare)
		}
	case top != nil:
		c.unknownScopes(top, "workflow")
	}
}

func (c *pipeline) noPermissions(bare []*workflows.Job) {
	var names []string
	for _, j := range bare {
		names = append(names, j.ID)
	}
	c.fail(bare[0].Key, checks.Finding{
		Rule: "no-permissions", Attribute: "permissions", Expected: "permissions at the workflow or at every job", Actual: "none for: " + listed(names),
		Message: "These jobs get the repository's default token, which may write everything unless a setting outside the repository says otherwise",
		Fix:     repair("Add the block below: nothing for the workflow, and for each job what its steps were seen to need", "remove it"),
		Snippet: "permissions: {}\n" + c.grantBlocks(bare),
	})
}

// grantBlocks writes the permissions of jobs, as the workflow would hold them.
func (c *pipeline) grantBlocks(jobs []*workflows.Job) string {
	var b strings.Builder
	b.WriteString("jobs:\n")
	for i, j := range jobs {
		if i == 20 {
			fmt.Fprintf(&b, "  # and %d more jobs\n", len(jobs)-i)
			break
		}
		fmt.Fprintf(&b, "  %s:\n%s", plainWord(j.ID, "JOB"), c.needsOf(j).block("    "))
	}
	return strings.TrimRight(b.String(), "\n")
}

// wideGrant reports read-all, write-all, and what GitHub does not know.
func (c *pipeline) wideGrant(g *workflows.Grant, who string, jobs []*workflows.Job) {
	c.unknownScopes(g, who)
	if g.All == "" {
		return
	}
	f := checks.Finding{Rule: g.All, Attribute: who, Expected: "the scopes that are needed", Actual: "permissions: " + g.All,
		Message: "The token of the " + who + " may change everything in the repository",
		Fix:     repair("Grant each job only what its steps were seen to need", "restore permissions: "+g.All),
		Snippet: c.grantBlocks(jobs)}
	if g.All == "read-all" {
		f.Message = "The token of the " + who + " may read everything, also security alerts and packages"
	}
	c.fail(g.Node, f)
}

func (c *pipeline) unknownScopes(g *workflows.Grant, who string) {
	bad := func(at *yaml.Node, what, expected, right string) {
		c.fail(at, checks.Finding{Rule: "unknown-permission", Attribute: what, Expected: expected, Actual: what,
			Message: "GitHub refuses the permissions of the " + who + ", and with them the whole workflow: what it was to limit is not limited by it",
			Fix:     repair("Write a scope and a level that GitHub knows", "restore "+what), Snippet: "permissions:\n  " + right})
	}
	if g.Wrong.Set() && !strings.Contains(g.Wrong.Text, "${{") {
		bad(g.Node, "permissions: "+g.Wrong.Text, "read-all, write-all, {} or scopes", "contents: read")
	}
	for _, s := range g.Scopes {
		scope, level := s.Valid()
		switch {
		case !scope:
			bad(s.Key, s.Scope+": "+s.Level, "one of GitHub's scopes, such as contents or pull-requests", closestScope(s.Scope)+": read")
		case !level:
			bad(s.Value, s.Scope+": "+s.Level, "none or "+strings.Join(workflows.Scopes[s.Scope], " or "), s.Scope+": "+workflows.Scopes[s.Scope][0])
		}
	}
}

// workflowWrites reports write scopes at the top, which several jobs get.
func (c *pipeline) workflowWrites(top *workflows.Grant, bare []*workflows.Job) {
	for _, s := range top.Scopes {
		if scope, _ := s.Valid(); !scope || s.Level != workflows.LevelWrite {
			continue
		}
		severity := checks.Medium
		if strongScopes[s.Scope] {
			severity = checks.High
		}
		using := slices.DeleteFunc(slices.Clone(bare), func(j *workflows.Job) bool { return c.needsOf(j).level[s.Scope] != workflows.LevelWrite })
		f := checks.Finding{Rule: "workflow-write", Attribute: s.Scope, Severity: severity,
			Expected: s.Scope + ": write at the job that needs it", Actual: s.Scope + ": write for every job",
			Message: "Every job of the workflow gets " + s.Scope + ": write", Snippet: c.grantBlocks(bare),
			Fix: repair("Move it to the jobs that need it", "put "+s.Scope+": write back to the top")}
		if len(using) == len(bare) { // each of them needs it
			continue
		}
		c.fail(s.Value, f)
	}
}

// unusedWrites reports write scopes of a job none of whose steps is seen to use them. It is silent where a step is not known.
func (c *pipeline) unusedWrites(g *workflows.Grant, j *workflows.Job) {
	need := c.needsOf(j)
	if g.All != "" || len(need.unknown) > 0 || len(j.Steps) == 0 && j.Uses == nil {
		return
	}
	for _, s := range g.Scopes {
		if s.Level != workflows.LevelWrite || need.level[s.Scope] == workflows.LevelWrite || need.hidden(s.Scope) {
			continue
		}
		c.fail(s.Value, checks.Finding{Rule: "unused-write", Attribute: "job " + j.ID + " " + s.Scope,
			Expected: s.Scope + " not above " + need.get(s.Scope), Actual: s.Scope + ": write",
			Message: "No step of the job " + j.ID + " was seen to use " + s.Scope + ": write",
			Fix:     repair("Lower it", "restore "+s.Scope+": write"), Snippet: strings.TrimRight(need.block(""), "\n")})
	}
}

// identity reports id-token: write where unreviewed code runs.
func (c *pipeline) identity() {
	for _, j := range c.flow.Jobs {
		g := c.flow.Effective(j)
		if g == nil || g.All != "" || g.Level("id-token") != workflows.LevelWrite || j.Environment != nil { // write-all is a finding of its own
			continue
		}
		exposure, event := c.reach.Exposed(j, nil)
		severity := checks.Low
		switch {
		case event == "workflow_run" || exposure != workflows.Limited && exposure != workflows.Open:
			continue // what ran before is the other checks' matter
		case exposure == workflows.Open:
			severity = checks.Medium
		}
		c.fail(g.Node, checks.Finding{Rule: "identity-before-review", Attribute: "job " + j.ID, Severity: severity,
			Expected: "id-token: write after review, or in a protected environment", Actual: "id-token: write on " + event,
			Message: "On " + event + " the job " + j.ID + " can ask for a token that stands for this repository at clouds and registries",
			Fix:     repair("Run the job on push only, or put it into an environment with reviewers", "remove the environment"),
			Snippet: "    environment: release # protect it with required reviewers"})
	}
}

// closestScope is the scope of GitHub's that a misspelt one most likely means.
func closestScope(name string) string {
	name = strings.ReplaceAll(name, "_", "-")
	for _, scope := range slices.Sorted(maps.Keys(workflows.Scopes)) {
		if scope == name || oneOff(scope, name) {
			return scope
		}
	}
	return "contents"
}
