package permissions

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/workflows"
)

func workflowPins() *checks.Check {
	return &checks.Check{
		ID:    "permissions/workflow-pins",
		Title: "Pipelines run only the code of others that was reviewed",
		Why: "A tag or a branch of somebody else's action, and a tag of an image, can be moved to other content at any time, by its owner or by who " +
			"takes the account over. From then on every job that names it runs that content with its token and secrets.",
		Fix: "Name the commit, 40 hex digits, with the version in a comment, and let Dependabot or Renovate raise it. Name images by their digest.",
		Expected: "Every action and workflow of others is named by its commit, every image by its digest. " +
			"Whether a commit belongs to the repository that is named, and whether its comment is true, only the network can tell",
		Rollback:   "Name the tag again",
		Absent:     "No pipeline of GitHub Actions (.github/workflows/*.yml, action.yml) or GitLab (.gitlab-ci.yml) was found",
		References: []string{"CWE-829", "CWE-494", "CWE-1357", "https://docs.github.com/actions/reference/security/secure-use", "CVE-2025-30066"},
		Severity:   checks.High,
		Params: []checks.Param{
			{Name: "trusted_owners", Kind: checks.ParamList, Default: []string{"actions", "github"}, Doc: "owners whose actions may be named by a tag"},
			{Name: "denied_actions", Kind: checks.ParamList, Default: []string(nil), Doc: "actions that no workflow may use: owner/repo, owner/* or *"},
			{Name: "allowed_actions", Kind: checks.ParamList, Default: []string(nil), Doc: "the only actions that workflows may use, where any are named: owner/repo or owner/*"},
		},
		Rules: []checks.Rule{
			{ID: "unpinned-action", Title: "An action or workflow of others is named by a tag or a branch", Severity: checks.Medium},
			{ID: "unpinned-image", Title: "A container image is not named by its digest", Severity: checks.Medium},
			{ID: "unpinned-include", Title: "A pipeline includes a file of others that can change", Severity: checks.Medium},
			{ID: "compromised-action", Title: "A version of an action with a published vulnerability", Severity: checks.High},
			{ID: "lookalike-action", Title: "An action whose name is one letter off a well-known one", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "archived-action", Title: "An action that nobody maintains any more", Severity: checks.Low},
			{ID: "forbidden-action", Title: "An action that the policy does not allow", Severity: checks.High},
			{ID: "dependency-execution", Title: "Updates run the code of dependencies with the credentials of registries", Severity: checks.Medium},
			{ID: "dependency-cooldown", Title: "Updates are proposed on the day they are published", Severity: checks.Info, Precision: checks.PrecisionMedium},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsPipeline,
		File: pipelineFile(func(c *pipeline) {
			switch {
			case c.gitlab != nil:
				c.gitlabPins()
			case c.flow.Kind == workflows.KindDependabot:
				c.dependabot()
			default:
				c.pins()
			}
		}),
		Tree: groupPins,
	}
}

// pin is one use of code of others that is not held fast.
type pin struct {
	finding checks.Finding
	text    string // what is named, as the group's key
}

// keep notes a use for the group of its directory.
func (c *pipeline) keep(at *yaml.Node, text string, f checks.Finding) {
	c.failed = true // counted with its group
	f.Subject, f.Attribute, f.Actual, f.Message = c.subject, text, text, oneLine(f.Message)
	f.Place = c.within(at, text)
	if f.Place.Line == 0 || f.Place.Column == 0 {
		f.Place = c.place(at)
	}
	f.Aside = c.aside(&f)
	c.pass.Keep(c.file.Path, pin{f, text})
}

// groupPins makes one finding of the uses of one action or image in one directory, at the first of the worst. Those that a
// comment sets aside are another.
func groupPins(p *checks.Pass) error {
	groups := map[[4]string][]checks.Finding{}
	var order [][4]string
	for _, kept := range p.Kept() {
		use := kept.(pin)
		key := [4]string{path.Dir(use.finding.Place.Path), use.finding.Rule, use.text, use.finding.Aside}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], use.finding)
	}
	for _, key := range order {
		uses := groups[key]
		slices.SortStableFunc(uses, func(a, b checks.Finding) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), checks.CompareFindings(a, b))
		})
		f := uses[0]
		if len(uses) > 1 {
			var also []string
			for _, other := range uses[1:min(4, len(uses))] {
				also = append(also, fmt.Sprintf("%s:%d", path.Base(other.Place.Path), other.Place.Line))
			}
			f.Message += fmt.Sprintf(" (%d uses, also %s)", len(uses), strings.Join(also, ", "))
		}
		for _, use := range uses {
			if use.Subject != f.Subject {
				p.Examined(use.Subject)
			}
		}
		p.Fail(f)
	}
	return nil
}

// pins judges the actions, workflows and images that a file names.
func (c *pipeline) pins() {
	for _, j := range c.flow.Jobs {
		g := c.flow.Effective(j)
		holds := g == nil || g.Writes() || j.Secrets.Set() || c.usesSecret(j)
		c.uses(j.Uses, holds || c.flow.Called())
		for _, s := range j.Steps {
			c.uses(s.Uses, holds)
			if s.Uses != nil && s.Uses.Image != "" {
				c.image(workflows.Scalar{Text: s.Uses.Image, Node: s.Uses.Node})
			}
		}
		for _, container := range append([]*workflows.Container{j.Container}, j.Services...) {
			if container != nil {
				c.jobImage(j, container.Image)
			}
		}
	}
}

// uses judges one uses:. holds says whether the job has anything to take.
func (c *pipeline) uses(u *workflows.Uses, holds bool) {
	if u == nil || u.Slug() == "" {
		return
	}
	c.listedAction(u)
	if known := lookalike(u.Slug()); known != "" {
		c.keep(u.Node, u.Text, checks.Finding{Rule: "lookalike-action", Expected: known, Severity: checks.Medium,
			Message: u.Slug() + " is one letter off " + known + ": anyone can register such a name and wait for a slip",
			Fix:     repair("Write the name that is meant", "restore the name"), Snippet: "uses: " + known + "@COMMIT"})
	}
	if of, ok := archivedActions[u.Slug()]; ok {
		c.keep(u.Node, u.Text, checks.Finding{Rule: "archived-action", Expected: "an action that is maintained", Severity: checks.Low,
			Message: "The repository " + u.Slug() + " is archived: a vulnerability in it or in what it depends on stays",
			Fix:     repair("Use "+of, "name the old action again"), Snippet: "# instead of " + u.Slug() + ": " + of})
	}
	if fixed := vulnerable(u); fixed != "" {
		c.keep(u.Node, u.Text, checks.Finding{Rule: "compromised-action", Expected: fixed + " or later", Severity: checks.High,
			Message: "Versions of " + u.Slug() + " before " + fixed + " have a published vulnerability (" + advisories[u.Slug()].id + ")",
			Fix:     repair("Raise it, and change the secrets that its runs had if it was taken over", "name the old version again"), Snippet: "uses: " + u.Slug() + "@COMMIT # v" + fixed})
	}
	kind := u.RefKind()
	if kind == workflows.RefCommit {
		return
	}
	severity, what := checks.Low, map[workflows.RefKind]string{workflows.RefNone: "no version", workflows.RefShort: "a shortened commit, which anyone with write access may name a branch",
		workflows.RefTag: "a tag", workflows.RefBranch: "a branch"}[kind]
	switch {
	case slices.Contains(c.pass.List("trusted_owners"), u.Owner) && kind == workflows.RefTag:
		severity = checks.Info
	case holds && !slices.Contains(c.pass.List("trusted_owners"), u.Owner):
		severity = checks.Medium
	}
	c.keep(u.Node, u.Text, checks.Finding{Rule: "unpinned-action", Expected: "a commit of 40 hex digits", Severity: severity,
		Message: u.Slug() + " is named by " + what + ": its owner, or who takes the account over, decides what runs here",
		Fix:     repair("Name the commit: git ls-remote https://github.com/"+plainWord(u.Slug(), "OWNER/REPO")+" "+plainWord(cmp.Or(u.Ref, "HEAD"), "REF"), "write @"+oneLine(u.Ref)+" again"),
		Snippet: "uses: " + plainWord(strings.TrimSuffix(u.Slug()+"/"+u.Path, "/"), "OWNER/REPO") + "@COMMIT # " + plainWord(cmp.Or(u.Ref, "version"), "version")})
}

// listedAction applies the policy's lists.
func (c *pipeline) listedAction(u *workflows.Uses) {
	match := func(list []string) bool {
		return slices.ContainsFunc(list, func(pattern string) bool {
			pattern = strings.ToLower(strings.TrimSpace(pattern))
			owner, all := strings.CutSuffix(pattern, "/*")
			return pattern == "*" || pattern == u.Slug() || pattern == u.Name() || all && owner == u.Owner
		})
	}
	allowed := c.pass.List("allowed_actions")
	if match(c.pass.List("denied_actions")) || len(allowed) > 0 && !match(allowed) {
		c.keep(u.Node, u.Text, checks.Finding{Rule: "forbidden-action", Expected: "an action that the policy allows", Severity: checks.High,
			Message: "The policy does not allow " + u.Slug(), Fix: repair("Remove the step, or let the policy name the action", "restore the step"),
			Snippet: "items:\n  - check: permissions/workflow-pins\n    expect: { allowed_actions: [" + u.Slug() + "] }"})
	}
}

// jobImage judges a job's image, the matrix put in.
func (c *pipeline) jobImage(j *workflows.Job, image workflows.Scalar) {
	if !strings.Contains(image.Text, "${{") {
		c.image(image)
		return
	}
	values, _ := j.Expand(image.Text)
	for _, v := range values {
		c.image(v)
	}
}

// image judges the reference of a container image.
func (c *pipeline) image(image workflows.Scalar) {
	if image.Text == "" || strings.ContainsAny(image.Text, "$ ") || strings.Contains(image.Text, "@sha256:") {
		return
	}
	_, tag, tagged := strings.Cut(image.Text[strings.LastIndexByte(image.Text, '/')+1:], ":")
	severity, what := checks.Info, "a tag"
	if !tagged || tag == "latest" || tag == "" {
		severity, what = checks.Medium, "whatever is newest"
	}
	c.keep(image.Node, image.Text, checks.Finding{Rule: "unpinned-image", Expected: "a digest: NAME@sha256:...", Severity: severity,
		Message: "The image " + image.Text + " is " + what + ": who may push to its repository decides what runs here",
		Fix:     repair("Name the digest: docker buildx imagetools inspect "+plainWord(image.Text, "IMAGE"), "name the tag again"), Snippet: plainWord(strings.TrimSuffix(image.Text, ":"), "IMAGE") + "@sha256:DIGEST"})
}

// dependabot judges .github/dependabot.yml.
func (c *pipeline) dependabot() {
	for _, update := range yamldoc.Items(yamldoc.Get(c.doc, "updates")) {
		ecosystem, _ := yamldoc.Text(yamldoc.Get(update, "package-ecosystem"))
		if run := yamldoc.Get(update, "insecure-external-code-execution"); run != nil {
			if text, _ := yamldoc.Text(run); text == "allow" {
				c.fail(run, checks.Finding{Rule: "dependency-execution", Attribute: ecosystem, Expected: "deny", Actual: "allow",
					Message: "A manifest or a package of " + ecosystem + " runs code in the updater, which holds the credentials of private registries",
					Fix:     repair("Write deny, or drop the line", "restore allow"), Snippet: "insecure-external-code-execution: deny"})
			}
		}
		cooldown := yamldoc.Get(update, "cooldown")
		days, ok := yamldoc.Int(yamldoc.Get(cooldown, "default-days"))
		if ok && days >= 7 {
			continue
		}
		at, actual := yamldoc.Get(update, "package-ecosystem"), "none"
		if ok {
			at, actual = yamldoc.Get(cooldown, "default-days"), fmt.Sprintf("%d days", days)
		}
		if at == nil {
			continue
		}
		c.fail(at, checks.Finding{Rule: "dependency-cooldown", Attribute: ecosystem, Expected: "cooldown.default-days of 7 or more", Actual: actual,
			Message: "Most malicious releases are found within days; an update proposed at once brings them in",
			Fix:     repair("Let updates wait", "remove the block"), Snippet: "    cooldown:\n      default-days: 7"})
	}
}
