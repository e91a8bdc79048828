package permissions

import (
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func workflowToken() *checks.Check {
	return &checks.Check{
		ID:    "permissions/workflow-token",
		Title: "GitHub workflows have the least token they need",
		Why: "Every step of a job, also an action taken over by somebody else, holds the job's token. With write access it changes code, " +
			"releases and packages. A workflow that runs a stranger's pull request with that token gives it to him.",
		Fix:        "Write permissions: {} at the top and, at each job, the scopes that it needs. Build pull requests with the pull_request trigger.",
		Expected:   "Every workflow limits its token, grants write access to single jobs only, and never runs a stranger's code with it",
		Rollback:   "Add the one scope that a failing step names to that job's permissions",
		Absent:     "No GitHub Actions workflow (.github/workflows/*.yml) was found",
		References: []string{"CWE-250", "CWE-272", "CWE-829", "https://docs.github.com/actions/security-for-github-actions/security-guides/automatic-token-authentication"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "no-permissions", Title: "A job gets the repository's default token, which may write", Severity: checks.Medium},
			{ID: "write-all", Title: "The token may write everything", Severity: checks.High},
			{ID: "read-all", Title: "The token may read everything", Severity: checks.Low},
			{ID: "workflow-write", Title: "Every job gets a write access that one needs", Severity: checks.High},
			{ID: "untrusted-checkout", Title: "The code of a pull request runs with the repository's token and secrets", Severity: checks.Critical,
				Fix: "Build pull requests with the pull_request trigger, and let a second workflow (workflow_run) use the results as data only."},
		},
		Wants: func(e *checks.Entry) bool {
			dir := "/" + path.Dir(e.Path)
			return e.Mode.IsRegular() && (e.Ext() == ".yml" || e.Ext() == ".yaml") && strings.HasSuffix(dir, "/.github/workflows") && !thirdParty.MatchString(dir)
		},
		File: workflowFile,
	}
}

// thirdParty are directories of downloaded packages, whose workflows run nowhere.
var thirdParty = regexp.MustCompile(`/(node_modules|vendor|third_party|site-packages|dist-packages|pkg/mod)/|@v[0-9]`)

func workflowFile(p *checks.Pass, f *checks.File) error {
	if p.Repository() != nil && !strings.HasPrefix(p.Repository().Prefix()+f.Path, ".github/") {
		return nil // GitHub runs only those at the top of the repository
	}
	stream := yamldoc.Of(f)
	if stream.Err != nil {
		return stream.Err.AsBlind()
	}
	if len(stream.Docs) == 0 {
		return nil
	}
	w := &workflow{pass: p, file: f, doc: stream.Docs[0], subject: checks.Subject{Kind: "workflow", Name: f.Path}}
	w.read()
	if len(w.jobs) == 0 {
		return nil
	}
	w.token()
	for _, job := range w.jobs {
		w.checkouts(job)
	}
	if !w.failed {
		p.OK(w.subject)
	}
	return nil
}

type workflow struct {
	pass     *checks.Pass
	file     *checks.File
	doc      *yaml.Node
	subject  checks.Subject
	triggers []string
	jobs     []workflowJob
	failed   bool
}

type workflowJob struct {
	name        string
	key         *yaml.Node
	node        *yaml.Node
	permissions *yaml.Node // nil where the job sets none
}

func (w *workflow) read() {
	on := yamldoc.Get(w.doc, "on")
	if text, ok := yamldoc.Text(on); ok {
		w.triggers = append(w.triggers, text)
	}
	for _, item := range yamldoc.Items(on) {
		text, _ := yamldoc.Text(item)
		w.triggers = append(w.triggers, text)
	}
	yamldoc.Each(on, func(key, _ *yaml.Node) { w.triggers = append(w.triggers, key.Value) })
	yamldoc.Each(yamldoc.Get(w.doc, "jobs"), func(key, value *yaml.Node) {
		if value.Kind == yaml.MappingNode {
			w.jobs = append(w.jobs, workflowJob{key.Value, key, value, yamldoc.Get(value, "permissions")})
		}
	})
}

func (w *workflow) fail(rule string, at *yaml.Node, attribute, expected, actual, message string, severity checks.Severity) {
	w.failed = true
	w.pass.Fail(checks.Finding{
		Rule: rule, Subject: w.subject, Place: yamldoc.Place(w.file, at), Attribute: attribute, Severity: severity,
		Expected: expected, Actual: actual, Message: message,
	})
}

// token judges what the workflow and its jobs grant.
func (w *workflow) token() {
	top := yamldoc.Get(w.doc, "permissions")
	var bare []string // jobs without permissions of their own
	var first *yaml.Node
	for _, job := range w.jobs {
		if job.permissions == nil {
			if bare = append(bare, job.name); first == nil {
				first = job.key
			}
			continue
		}
		w.all(job.permissions, "job "+job.name)
	}
	// A workflow that only others call runs with what its caller grants.
	called := len(w.triggers) == 1 && w.triggers[0] == "workflow_call"
	switch {
	case top == nil && first != nil && !called:
		w.fail("no-permissions", first, "permissions", "permissions at the workflow or at every job", "none for: "+strings.Join(bare, ", "),
			"These jobs get the repository's default token, which may write everything unless a setting outside the repository says otherwise", 0)
	case top != nil && first != nil:
		w.all(top, "workflow")
		w.wide(top)
	}
}

// all reports read-all and write-all.
func (w *workflow) all(n *yaml.Node, who string) {
	switch text, _ := yamldoc.Text(n); text {
	case "write-all":
		w.fail("write-all", n, who, "the scopes that are needed", "permissions: write-all", "The token of the "+who+" may change everything in the repository", 0)
	case "read-all":
		w.fail("read-all", n, who, "the scopes that are needed", "permissions: read-all", "The token of the "+who+" may read everything, also security alerts and packages", 0)
	}
}

// wide reports write scopes that several jobs get.
func (w *workflow) wide(top *yaml.Node) {
	if len(w.jobs) < 2 {
		return
	}
	yamldoc.Each(top, func(key, value *yaml.Node) {
		if text, _ := yamldoc.Text(value); text != "write" {
			return
		}
		severity := checks.Medium
		if strongScopes[key.Value] {
			severity = checks.High
		}
		w.fail("workflow-write", value, key.Value, key.Value+": write at the job that needs it", key.Value+": write for every job",
			"Every job of the workflow gets "+key.Value+": write", severity)
	})
}

// strongScopes change what others run or trust.
var strongScopes = set("contents packages actions id-token attestations deployments pages")
