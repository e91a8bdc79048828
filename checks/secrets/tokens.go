package secrets

import (
	"bytes"
	"cmp"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/scan"
)

func providerTokens() *checks.Check {
	return &checks.Check{
		ID:         "secrets/provider-tokens",
		Title:      "No token of a known provider is readable",
		Why:        "A token opens the provider's API to whoever reads it. Bots read public code and pages within minutes, and a token stays in every copy and in the history.",
		Fix:        "Revoke the token at the provider first, then read its successor from a secret store or the environment.",
		Expected:   "No file and no response holds a provider's token",
		Rollback:   "Nothing to roll back: a revoked token is replaced by a new one, never restored.",
		Absent:     "No text was found",
		References: []string{"CWE-798", "CWE-540", "ASVS 13.3.1"},
		Severity:   checks.Critical,
		Rules:      tokenRules(),
		Wants:      hasBytes,
		File:       tokenFile,
		Stream:     true,
		Part:       true,
		Tree:       tokenTree,
		Site: func(p *checks.Pass) error {
			return eachResponse(p, func(r response) bool { return tokensInResponse(p, r) })
		},
	}
}

func tokenRules() []checks.Rule {
	var rules []checks.Rule
	for _, r := range providers.Rules() {
		rules = append(rules, checks.Rule{ID: r.ID, Title: capital(article(r.Title)) + " is readable", Severity: r.Severity, Precision: r.Precision, Fix: revocation(r)})
	}
	return rules
}

// revocation says where the owner withdraws a token; "" where the format does not tell.
func revocation(r *scan.Rule) string {
	if r.Revoke == "" {
		return ""
	}
	return "Revoke it first (" + r.Revoke + "), then read its successor from a secret store or the environment. Removing the line leaves it in every copy and in git's history."
}

func capital(s string) string { return string(s[0]-'a'+'A') + s[1:] }

func tokensIn(t *text, in *inspection, fail func(checks.Finding, span)) {
	tokens, identifiers := joinCompanions(in.tokens)
	for _, m := range tokens {
		if !t.owns(m.End) {
			continue
		}
		finding := tokenFinding(m, string(t.data[m.Start:m.End]))
		if seldomSecret[m.Rule.ID] && (t.kind == prose || t.example() || alone(t.data, m.Start, m.End)) {
			finding.Precision = checks.PrecisionLow
		}
		if id, ok := identifiers[m.Start]; ok {
			text := string(t.data[id.Start:id.End])
			finding.Companion = text
			finding.Message = join(finding.Message, "the "+id.Rule.Title+" "+redact(text)+" stands beside it", evidenceOf(id.Rule.ID, text, time.Now()).note)
		}
		finding.Place = t.place(m.Start, m.End)
		if t.Ignored {
			finding.Severity = min(cmp.Or(finding.Severity, checks.Critical), checks.Medium)
			finding.Message += " (git ignores this file; it is on the disk)"
		}
		fail(finding, span{m.Start, m.End})
	}
}

// seldomSecret are the rules whose tokens are seldom secrets where nothing is configured: samples that nobody signed, and
// keys that pages show to their visitors.
var seldomSecret = map[string]bool{"jwt": true, "gcp-api-key": true}

// alone reports whether the token makes up its line, marks and quotes apart: an entry of a list, given to nothing.
func alone(data []byte, start, end int) bool {
	const marks = " \t\r\"'`,;*-"
	line := bytes.Trim(data[lineStart(data, start):start], marks)
	rest := data[end:min(len(data), end+maxLine)]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return len(line) == 0 && len(bytes.Trim(rest, marks)) == 0
}

// browserSeverity caps what a page may be meant to give to its visitor: a key restricted by referrer, or the visitor's
// own token (none).
var browserSeverity = map[string]checks.Severity{"gcp-api-key": checks.Low, "stripe-test-key": checks.Low, "jwt": 0}

func tokensInResponse(p *checks.Pass, r response) bool {
	clean := true
	for _, finding := range discoverIn(p, r).found[p.Check.ID] {
		limit, capped := browserSeverity[finding.Rule]
		if capped && limit == 0 {
			continue
		}
		clean = false
		if capped {
			finding.Severity = limit
		}
		finding.Subject = r.subject
		p.Fail(finding)
	}
	return clean
}

func tokenFinding(m scan.Match, secret string) checks.Finding {
	e := evidenceOf(m.Rule.ID, secret, time.Now())
	f := checks.Finding{
		Rule:      m.Rule.ID,
		Expected:  "no " + m.Rule.Title,
		Actual:    redact(secret),
		Message:   join(capital(article(m.Rule.Title))+": whoever reads it "+m.Rule.Opens, e.note),
		Severity:  m.Severity(),
		Precision: m.Precision(),
		// The token is the identity: another one in the same file is another finding.
		ContentKey: secret,
	}
	switch {
	case m.Proof == scan.Doubtful, m.Proof == scan.Invented:
		f.Message = capital(article(m.Rule.Title)) + " " + doubt(m)
	case f.Precision == checks.PrecisionLow:
		f.Message = join("What may be "+article(m.Rule.Title)+": whoever reads it "+m.Rule.Opens, e.note)
	case e.expired:
		f.Severity = checks.Low
	}
	return f
}

// doubt says why a token may be none.
func doubt(m scan.Match) string {
	if m.Proof == scan.Invented {
		return "that looks made up"
	}
	return cmp.Or(m.Rule.Doubt, "whose checksum does not fit: made up, or altered")
}

// join appends what is known to a message.
func join(message string, notes ...string) string {
	for _, n := range notes {
		if n != "" {
			message += "; " + n
		}
	}
	return message
}
