package permissions

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/iam"
	"hardcheck/checks/permissions/kube"
	"hardcheck/checks/permissions/terraform"
)

func cloudAccess() *checks.Check {
	return &checks.Check{
		ID:    "permissions/cloud-access",
		Title: "Cloud policies grant no more than is needed",
		Why: "A policy with a wildcard turns one leaked key or one hacked machine into the whole account, and a public principal or bucket needs " +
			"no key at all.",
		Fix:      "Name the actions, the resources and the principals that are needed; leave public only what is meant for the public, and say so in a waiver.",
		Expected: "No policy allows every action or everyone, no role can be taken on by strangers, and no storage is public",
		Rollback: "Apply the policy's version before: aws iam set-default-policy-version --policy-arn ARN --version-id vN, or terraform apply of the old revision",
		Absent:   "No IAM policy, CloudFormation template or Terraform configuration was found",
		References: []string{"CWE-732", "CWE-284", "CWE-250", "CIS AWS Foundations 1.16", "CIS AWS Foundations 2.1.4",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"},
		Severity:   checks.Critical,
		Rules:      cloudRules,
		Wants:      wantsCloud,
		File:       cloudFile,
		Tree:       cloudTree,
		NoSettings: true,
		Lasting:    true,
	}
}

var cloudRules = []checks.Rule{
	{ID: "all-actions", Title: "A policy allows every action", Severity: checks.Critical},
	{ID: "service-wildcard", Title: "A policy allows every action of a service on everything", Severity: checks.Critical},
	{ID: "any-resource", Title: "A policy allows actions on every resource that could be held to some", Severity: checks.Medium},
	{ID: "not-action", Title: "A policy allows everything but what it names", Severity: checks.High},
	{ID: "not-resource", Title: "A policy allows every resource but those it names", Severity: checks.High},
	{ID: "pass-role", Title: "A policy lets any role be handed to a service", Severity: checks.High},
	{ID: "escalation", Title: "What a policy allows leads to more rights", Severity: checks.High},
	{ID: "anyone", Title: "A resource is open to everyone", Severity: checks.Critical},
	{ID: "trust-anyone", Title: "A role can be taken on by every account", Severity: checks.Critical},
	{ID: "federated-subject", Title: "A role trusts every user of an identity provider", Severity: checks.Critical},
	{ID: "administrator-attached", Title: "A role or user gets a policy of administrators", Severity: checks.High},
	{ID: "any-source", Title: "A service may call this for any account", Severity: checks.Low, Precision: checks.PrecisionMedium},
	{ID: "public-storage", Title: "Storage is public", Severity: checks.Critical},
	{ID: "public-access-block", Title: "Nothing holds storage back from being made public", Severity: checks.Medium},
	{ID: "public-endpoint", Title: "A database has an address on the internet", Severity: checks.Medium},
	{ID: "metadata-token", Title: "A machine's metadata is given without a token", Severity: checks.Medium},
	{ID: "basic-role", Title: "A role of the whole project or subscription is given", Severity: checks.High},
	{ID: "custom-role-wildcard", Title: "A role of one's own allows every action", Severity: checks.Critical},
	{ID: "local-file-mode", Title: "A file that Terraform writes is open to other users", Severity: checks.High},
}

func wantsCloud(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Size > yamldoc.MaxSize {
		return false
	}
	switch e.Ext() {
	case ".json", ".yaml", ".yml", ".template", ".tf", ".tofu", ".tfvars":
		return true
	}
	return false
}

// cloudMarks are words of which every document that is judged holds all of one list: what holds none is not parsed.
var cloudMarks = [][]string{{"Effect", "tatement"}, {"AWS::"}, {"roles/", "bindings"}, {"AssignableScopes"}, {"assignableScopes"}, {"Microsoft.Storage"}, {"Microsoft.Authorization"}}

func cloudLike(data []byte) bool {
	return slices.ContainsFunc(cloudMarks, func(marks []string) bool {
		return !slices.ContainsFunc(marks, func(mark string) bool { return !bytes.Contains(data, []byte(mark)) })
	})
}

// cloudBlock is a block of Terraform that this check judges, or that completes one.
var cloudBlock = regexp.MustCompile(`(?m)^\s*(resource|data|locals|variable)\b`)

func cloudFile(p *checks.Pass, f *checks.File) error {
	ext := f.Ext()
	switch {
	case strings.HasSuffix(f.Name(), ".tfvars") || strings.HasSuffix(f.Name(), ".tfvars.json"):
		p.Keep(f.Path, valuesFile(f.Path))
		return nil
	case ext == ".tf" || ext == ".tofu":
		parsed, err := terraform.Parse(f.Path, f.Text())
		if err != nil { // a fixture is broken on purpose, and a file without such a block hides nothing
			p.Problem(checks.Problem{Op: "read Terraform", Expected: "valid HCL", Actual: err.Error(), Retry: checks.RetryUseless, Where: f.Path,
				Blind: !besideService.MatchString(f.Path) && cloudBlock.MatchString(f.Text())})
		}
		p.Keep(f.Path, parsed)
		return nil
	case strings.HasSuffix(f.Name(), ".tf.json"):
		return cloudJSON(p, f)
	}
	if cloudLike(f.Data) {
		d := &cloudDocument{pass: p, file: f, budget: maxCloudNodes}
		whole := true
		for _, doc := range yamldoc.Of(f).Docs {
			n, all := cloudNode(doc)
			d.search(n, "", 0)
			whole = whole && all && d.budget >= 0
		}
		if !whole {
			return cloudCut(f)
		}
	}
	return nil
}

// cloudCut tells of a document that is more than is read.
func cloudCut(f *checks.File) error {
	return checks.Problem{Op: "read policies", Expected: fmt.Sprintf("at most %d values with aliases resolved", maxCloudNodes), Actual: "more",
		Retry: checks.RetryUseless, Where: f.Path}.AsBlind()
}

// cloudLevels are the severities of what the evaluator of policies says.
var cloudLevels = map[iam.Level]checks.Severity{iam.Low: checks.Low, iam.Medium: checks.Medium, iam.High: checks.High, iam.Critical: checks.Critical}

// cloudReport collects what is wrong with one policy or resource, and counts it as good where nothing is.
type cloudReport struct {
	pass    *checks.Pass
	subject checks.Subject
	path    string
	failed  bool
}

func newCloudReport(p *checks.Pass, kind, path, name string) *cloudReport {
	return &cloudReport{pass: p, path: path, subject: checks.Subject{Kind: kind, Name: path + " " + name}}
}

func (r *cloudReport) fail(f checks.Finding, line, column int) {
	r.failed = true
	f.Subject = r.subject
	f.Place = checks.Place{Path: r.path, Line: line, Column: column}
	if testPath(r.path) && f.Severity > checks.Low {
		f.Severity = checks.Low
	}
	if f.Fix != "" && !strings.Contains(f.Fix, "Undo: ") {
		f.Fix += " Undo: " + cloudUndo(r.path)
	}
	r.pass.Fail(f)
}

// policy judges a policy document that belongs to the subject. base is the line before the document's first, where it is
// written inside a text.
func (r *cloudReport) policy(doc *iam.Node, base int) {
	for _, v := range iam.Read(doc).Judge() {
		attribute := v.Rule
		if v.Statement.Sid != "" {
			attribute = v.Statement.Sid
		}
		line, column := v.Statement.Line, v.Statement.Column
		if line > 0 && base > 0 {
			line, column = line+base, 0
		}
		r.fail(checks.Finding{Rule: v.Rule, Attribute: attribute, Severity: cloudLevels[v.Level], Expected: v.Expected, Actual: v.Actual,
			Message: v.Message, Fix: v.Fix}, line, column)
	}
}

// cloudUndo is the command that brings back what a file said before, by what reads it.
func cloudUndo(name string) string {
	name = kube.Argument(name)
	back := "git checkout HEAD~1 -- " + name + " && "
	switch ext := path.Ext(name); {
	case ext == ".tf" || ext == ".tofu" || strings.HasSuffix(name, ".tf.json"):
		return back + "terraform apply."
	case ext == ".json":
		return back + "aws iam create-policy-version --set-as-default --policy-arn ARN --policy-document file://" + name + " (of a template: deploy it)."
	}
	return back + "aws cloudformation deploy --stack-name NAME --template-file " + name + "."
}

func (r *cloudReport) done() {
	if !r.failed {
		r.pass.OK(r.subject)
	}
}
