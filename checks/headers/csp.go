package headers

import (
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

const (
	cspHeader       = "Content-Security-Policy"
	cspReportHeader = "Content-Security-Policy-Report-Only"
)

func contentSecurityPolicy() *checks.Check {
	h := headerCheck{[]string{cspHeader}, judgeCSP}
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
		Rules: slices.Concat([]checks.Rule{
			{ID: "missing", Title: "No Content-Security-Policy on a page"},
			{ID: "report-only", Title: "The policy only reports, it blocks nothing"},
			{ID: "empty", Title: "The header holds no directive that a browser reads"},
			ruleLost, ruleNotAlways, ruleMisplaced,
		}, csp.Rules()),
		Site:  cspOfSite,
		Entry: seeEnabled,
		Wants: startPage,
		File:  keepPolicy,
		Tree:  h.tree,
	}
}

// cspOfSite compares the nonces of each page with those of its next answer, which the check of CORS asks for too.
func cspOfSite(p *checks.Pass) error {
	return eachPage(p, func(p *checks.Pass, r *response) {
		list, _ := enforcing(r.policies())
		if nonces := csp.Nonces(list); len(nonces) > 0 {
			if x, err := asForeign(p, r.place.URL, probeOrigin); err == nil && x.URL == r.place.URL {
				next, _ := enforcing(fetched(x).policies())
				again := csp.Nonces(next)
				r.sameNonces = slices.DeleteFunc(nonces, func(n string) bool { return !slices.Contains(again, n) })
			}
		}
		headerCheck{[]string{cspHeader}, judgeCSP}.report(p, r)
	})
}

// judgeCSP judges what all enforced policies together let an attacker do.
func judgeCSP(_ *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a policy protects HTML pages; found: " + string(r.class)
		return j
	}
	policies := r.policies()
	list, empty := enforcing(policies)
	misplaced, isMisplaced := misplacedMeta(r, policies)
	if empty {
		i := noPolicy(r)
		if i.rule == "missing" && isMisplaced {
			i.actual, i.message, i.fix = misplaced.actual, misplaced.message, misplaced.fix
		}
		j.fail(i)
	}
	for _, f := range csp.Evaluate(list, r.page(list)) {
		if !empty || f.Rule == "not-ascii" {
			j.fail(policyIssue(f, policies))
		}
	}
	if isMisplaced && !empty {
		j.fail(misplaced)
	}
	return j
}

// policyIssue is a finding of the evaluation at the place of its policy.
func policyIssue(f csp.Finding, policies []csPolicy) issue {
	return issue{rule: f.Rule, attribute: f.Directive, expected: f.Expected, actual: f.Actual, message: f.Message, fix: f.Fix,
		severity: f.Severity, precision: f.Precision, place: policies[f.Policy].place}
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
	if slices.ContainsFunc(r.meta, func(m metaTag) bool { return m.name == cspReportHeader }) {
		i.actual = cspReportHeader + " in a meta element"
		i.message = "browsers ignore " + cspReportHeader + " in a meta element: " + harm
	}
	for _, old := range []string{"X-Content-Security-Policy", "X-Webkit-Csp"} {
		if len(r.all(old)) > 0 {
			i.actual = "only " + old
			i.message = old + " is ignored by today's browsers: " + harm
		}
	}
	return i
}
