package secrets

import (
	"cmp"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/secrets/compat"
)

// projectRulesID is where the matches of rules go that the policy brings.
const projectRulesID = "secrets/project-rules"

const projectRule = "project-rule"

func projectRules() *checks.Check {
	return &checks.Check{
		ID:         projectRulesID,
		Title:      "No secret of the project's own formats is readable",
		Why:        "Services of the house issue tokens that no other scanner knows; whoever reads one acts as its owner.",
		Fix:        "Revoke the token where it was issued, then read its successor from a secret store or the environment.",
		Expected:   "No text matches a rule of the policy's secrets section or of its gitleaks configuration",
		Rollback:   "Nothing to roll back: a revoked token is replaced by a new one, never restored.",
		Absent:     "The policy brings no rules of its own (secrets.rules, secrets.gitleaks_config)",
		References: []string{"CWE-798", "CWE-540"},
		Severity:   checks.Critical,
		Rules:      []checks.Rule{{ID: projectRule, Title: "A text matches a rule that the project brought"}},
		Wants:      hasBytes,
		File:       inFile,
		Stream:     true,
		Part:       true,
	}
}

// ownRules finds what the rules of the policy and of its gitleaks configuration match in a text.
func (d *discoveries) ownRules(t *text) {
	src := compat.Source{Path: d.config.counted(t.Path)}
	for _, c := range []*compat.Config{d.config.project, d.config.gitleaks} {
		if c == nil || len(c.Rules()) == 0 || t.binary {
			continue
		}
		if !slices.Contains(d.examined, projectRulesID) {
			d.examined = append(d.examined, projectRulesID)
		}
		cut := c.Scan(src, t.data, func(m compat.Match) {
			if !t.owns(m.End) {
				return
			}
			f := ownFinding(t, m)
			f.Aside = cmp.Or(m.Aside, d.config.aside(t, &f, span{m.Start, m.End}))
			d.add(projectRulesID, f)
		})
		for _, r := range cut {
			d.problems.Add(checks.Problem{Op: "match rule " + printable(r.ID), Expected: "a bounded number of matches in one text", Actual: "more; the rest was not looked at",
				Retry: checks.RetryUseless, Where: t.Path})
		}
	}
}

func ownFinding(t *text, m compat.Match) checks.Finding {
	secret := string(t.data[m.Start:m.End])
	f := checks.Finding{
		Rule: projectRule, Place: t.place(m.Start, m.End), Attribute: printable(m.Rule.ID), Severity: cmp.Or(m.Rule.Severity, checks.High),
		Expected: "no match of the rule " + printable(m.Rule.ID), Actual: redact(secret), Message: "A rule of the project's own matches: " + printable(cmp.Or(m.Rule.Description, m.Rule.ID)),
		ContentKey: secret,
	}
	if m.End == 0 { // a rule about the path alone
		f.Place = checks.Place{Path: f.Place.Path, Inside: f.Place.Inside}
		f.Actual = "a file of that name"
	}
	return f
}
