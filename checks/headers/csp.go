package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

const (
	cspHeader       = "Content-Security-Policy"
	cspReportHeader = "Content-Security-Policy-Report-Only"
)

func csp() *checks.Check {
	h := headerCheck{[]string{cspHeader}, judgeCSP}
	rules := []checks.Rule{
		{ID: "missing", Title: "No Content-Security-Policy on a page"},
		{ID: "report-only", Title: "The policy only reports, it blocks nothing"},
		{ID: "empty", Title: "The header holds no directive that a browser reads"},
		ruleLost, ruleNotAlways,
	}
	for _, w := range cspWeaknesses {
		rules = append(rules, w.rule)
	}
	for _, m := range cspMistakes {
		rules = append(rules, m.rule)
	}
	return &checks.Check{
		ID:    "headers/csp",
		Title: "Pages carry a Content-Security-Policy that stops XSS",
		Why: "One place that echoes input unescaped is enough for an attacker to run script as the victim. A policy that " +
			"allows only the site's own scripts turns that hole into a blocked request.",
		Fix: "Start from `default-src 'self'; script-src 'nonce-RANDOM' 'strict-dynamic'; object-src 'none'; base-uri 'none'`, " +
			"a fresh nonce for every answer; watch it with Content-Security-Policy-Report-Only, then enforce it.",
		Expected:   "Every HTML page is covered by an enforced policy that blocks injected inline and foreign scripts.",
		Rollback:   "Send the same policy as Content-Security-Policy-Report-Only: it stops blocking and goes on reporting.",
		Absent:     "No HTML page and no configuration that serves pages was found",
		References: []string{"CSP Level 3", "CWE-79", "CWE-1021", "ASVS 3.4.3"},
		Severity:   checks.Medium,
		Rules:      rules,
		Site:       cspOfSite,
		Entry:      seeEnabled,
		Wants:      startPage,
		File:       keepPolicy,
		Tree:       h.tree,
	}
}

// cspOfSite compares the nonces of each page with those of its next answer, which the check of CORS asks for too.
func cspOfSite(p *checks.Pass) error {
	return eachPage(p, func(p *checks.Pass, r *response) {
		if nonces := r.nonces(); len(nonces) > 0 {
			if x, err := asForeign(p, r.place.URL, probeOrigin); err == nil && x.URL == r.place.URL {
				again := fetched(x).nonces()
				r.sameNonces = slices.DeleteFunc(nonces, func(n string) bool { return !slices.Contains(again, n) })
			}
		}
		headerCheck{[]string{cspHeader}, judgeCSP}.report(p, r)
	})
}

// judgeCSP judges what all enforced policies together let an attacker do. Each policy is enforced by itself, so a
// weakness counts only where every policy has it.
func judgeCSP(p *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a policy protects HTML pages; found: " + string(r.class)
		return j
	}
	policies := r.policies()
	if len(policies) == 0 {
		j.fail(noPolicy(r))
		return j
	}
	covered := false
	for _, w := range cspWeaknesses {
		if covered && w.part {
			continue // scripts are not restricted at all, which was said
		}
		if i, ok := w.judge(policies, r); ok {
			covered = covered || w.whole
			j.fail(i)
		}
	}
	for n := range policies {
		for _, m := range cspMistakes {
			for _, f := range m.find(&policies[n]) {
				f.rule, f.place = m.rule.ID, policies[n].place
				j.fail(f)
			}
		}
	}
	return j
}

func noPolicy(r *response) issue {
	const harm = "a single place that echoes input unescaped lets an attacker run script in the victim's session"
	const want = "an enforced policy"
	if lines := r.all(cspHeader); len(lines) > 0 {
		return issue{rule: "empty", attribute: cspHeader, expected: want, actual: lines[0].value, place: lines[0].place,
			message: "no directive in it is read by a browser: " + harm}
	}
	if lines := r.all(cspReportHeader); len(lines) > 0 {
		return issue{rule: "report-only", attribute: cspReportHeader, expected: want, actual: "only " + cspReportHeader,
			place: lines[0].place, message: "the policy only reports: injected script still runs"}
	}
	i := r.missing(cspHeader, want, harm)
	for _, old := range []string{"X-Content-Security-Policy", "X-Webkit-Csp"} {
		if len(r.all(old)) > 0 {
			i.actual = "only " + old
			i.message = old + " is ignored by today's browsers: " + harm
		}
	}
	return i
}

// cspWeakness is a rule about what the policies let through.
type cspWeakness struct {
	rule checks.Rule
	// whole: nothing that runs scripts is restricted. part: pointless to report beside a whole one.
	whole, part bool
	expected    string
	message     string // how an attacker uses it
	// in judges one policy. A policy that leaves the matter to the others is weak with actual "".
	in func(p *csPolicy, r *response) (where, actual string, weak bool)
}

// judge reports the weakness if every policy has it, at the first policy.
func (w *cspWeakness) judge(policies []csPolicy, r *response) (issue, bool) {
	var first issue
	for n := range policies {
		where, actual, weak := w.in(&policies[n], r)
		if !weak {
			return issue{}, false
		}
		if first.actual == "" {
			first = issue{rule: w.rule.ID, attribute: where, expected: w.expected, actual: actual, message: w.message,
				place: policies[n].place}
		}
	}
	return first, first.actual != ""
}

// cspMistake is a rule about one policy that says something else than its author meant.
type cspMistake struct {
	rule checks.Rule
	find func(*csPolicy) []issue
}

func shown(d csDirective) string {
	return strings.TrimSpace(d.name + " " + strings.Join(d.values, " "))
}
