package secrets

import (
	"errors"
	"slices"

	"hardcheck/checks"
)

func dotenv() *checks.Check {
	return &checks.Check{
		ID:         "secrets/dotenv",
		Title:      "Environment files stay out of git",
		Why:        "A committed .env gives its passwords and keys to everyone who can read the repository, now and through its history.",
		Fix:        "git rm --cached the file, add .env to .gitignore, change every credential that was in it, and commit a .env.example without values.",
		Expected:   "git tracks no .env file, and .gitignore covers .env",
		Rollback:   "Nothing to roll back: the file stays on the disk.",
		Absent:     "The tree is not a git repository",
		References: []string{"CWE-538", "CWE-540", "https://12factor.net/config"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "committed", Title: "git tracks an environment file", Severity: checks.High},
			{ID: "not-ignored", Title: "git would add an environment file", Severity: checks.Medium,
				Fix: "Add the file's name to .gitignore before the next git add."},
			{ID: "gitignore-gap", Title: ".gitignore does not cover .env", Severity: checks.Low,
				Fix: "Add a line .env to .gitignore."},
		},
		Entry: dotenvEntry,
		Tree:  dotenvTree,
	}
}

// keptDotenv is an environment file that git sees.
type keptDotenv struct{}

func dotenvEntry(p *checks.Pass, e *checks.Entry) {
	if p.Repository() == nil || !e.Mode.IsRegular() || !isDotenv(e.Name()) {
		return
	}
	finding := checks.Finding{Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Expected: "outside git"}
	switch {
	case isExampleDotenv(e.Name()):
		p.OK(e.Subject())
	case e.Tracked:
		finding.Rule, finding.Actual = "committed", "tracked by git"
		finding.Message = "git tracks " + e.Path + ": its values are in every clone and in the history"
		p.Fail(finding)
		p.Keep(e.Path, keptDotenv{})
	case !e.Ignored:
		finding.Rule, finding.Actual = "not-ignored", "neither tracked nor ignored"
		finding.Message = "git add would take " + e.Path + " with it"
		p.Fail(finding)
		p.Keep(e.Path, keptDotenv{})
	default:
		p.OK(e.Subject())
	}
}

// dotenvTree asks git whether a .env at the root would be ignored. Where one is already tracked or addable, that
// finding says it all.
func dotenvTree(p *checks.Pass) error {
	repository := p.Repository()
	if repository == nil {
		p.NotApplicable("The tree is not a git repository")
		return nil
	}
	subject := checks.Subject{Kind: "ignore file", Name: ".gitignore"}
	covered, err := repository.Ignores(".env")
	if err != nil {
		problem := &checks.Problem{Op: "ask git what it ignores", Expected: "an answer for .env", Actual: err.Error(), Retry: checks.RetrySafe, Where: ".gitignore"}
		errors.As(err, &problem)
		return problem
	}
	if covered || slices.ContainsFunc(p.Kept(), func(v any) bool { _, ok := v.(keptDotenv); return ok }) {
		if covered {
			p.OK(subject)
		}
		return nil
	}
	p.Fail(checks.Finding{
		Rule: "gitignore-gap", Subject: subject, Place: checks.Place{Path: ".gitignore"}, Attribute: ".env",
		Expected: ".env is ignored", Actual: ".env is not ignored",
		Message: "The first .env that somebody creates is committed by git add -A",
	})
	return nil
}
