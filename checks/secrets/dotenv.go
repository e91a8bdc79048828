package secrets

import "hardcheck/checks"

func dotenv() *checks.Check {
	return &checks.Check{
		ID:         "secrets/dotenv",
		Title:      "Environment files stay out of git",
		Why:        "A committed .env gives its passwords and keys to everyone who can read the repository, now and through its history.",
		Fix:        "git rm --cached the file, add .env to .gitignore, change every credential that was in it, and commit a .env.example without values.",
		Expected:   "git tracks no .env file and would add none",
		Rollback:   "Nothing to roll back: the file stays on the disk.",
		Absent:     "No environment file was found in a git repository",
		References: []string{"CWE-538", "CWE-540", "https://12factor.net/config"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "committed", Title: "git tracks an environment file", Severity: checks.High},
			{ID: "not-ignored", Title: "git would add an environment file", Severity: checks.Medium,
				Fix: "Add the file's name to .gitignore before the next git add."},
		},
		Entry: dotenvEntry,
	}
}

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
	case !e.Ignored:
		finding.Rule, finding.Actual = "not-ignored", "neither tracked nor ignored"
		finding.Message = "git add would take " + e.Path + " with it"
		p.Fail(finding)
	default:
		p.OK(e.Subject())
	}
}
