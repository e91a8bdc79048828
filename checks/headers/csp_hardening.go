package headers

import (
	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

func cspHardening() *checks.Check {
	h := headerCheck{[]string{cspHeader}, judgeHardening}
	return &checks.Check{
		ID:    "headers/csp-hardening",
		Title: "The policy leaves no room beside its known holes",
		Why: "A policy without a known hole still leaves an attacker what it allows on purpose: the whole own host, inline styles, " +
			"forms to anywhere. Each of these is one step of an attack that a stricter policy would end.",
		Fix: "Tighten towards `script-src 'nonce-RANDOM' 'strict-dynamic'; object-src 'none'; base-uri 'none'; form-action 'self'; " +
			"require-trusted-types-for 'script'; report-to csp`.",
		Expected:   "Scripts are trusted by nonce or hash, and base-uri, form-action, object-src and Trusted Types are set (required: {require}).",
		Rollback:   "Send the stricter policy as a second one in Content-Security-Policy-Report-Only: it then blocks nothing.",
		Absent:     "No HTML page with an enforced policy was found; headers/csp judges pages without one",
		References: []string{"CSP Level 3", "Trusted Types", "CWE-693", "ASVS 3.4.3"},
		Severity:   checks.Info,
		Rules:      csp.HintRules(),
		Params: []checks.Param{{Name: "require", Kind: checks.ParamBool, Default: false,
			Doc: "Whether a policy without a known hole must be stricter still. What is found then is a step of an attack, not a hole."}},
		Site:  h.site,
		Entry: seeEnabled,
		Wants: startPage,
		File:  keepPolicy,
		Tree:  h.tree,
	}
}

// judgeHardening gives the hints that apply to all enforced policies together.
func judgeHardening(p *checks.Pass, r *response) (j judgement) {
	if !p.Bool("require") {
		j.skip = "not required: `require: true`, as in the strict profile, asks for more than a policy without a known hole"
		return j
	}
	if r.class != htmlPage {
		j.skip = "a policy protects HTML pages; found: " + string(r.class)
		return j
	}
	policies := r.policies()
	list, empty := enforcing(policies)
	if empty {
		j.skip = "no policy is enforced; headers/csp judges that"
		return j
	}
	for _, f := range csp.Hints(list, r.page(list)) {
		j.fail(policyIssue(f, policies))
	}
	return j
}
