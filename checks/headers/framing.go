package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

const xfoHeader = "X-Frame-Options"

func framing() *checks.Check {
	h := headerCheck{[]string{xfoHeader, cspHeader}, judgeFraming}
	return &checks.Check{
		ID:    "headers/framing",
		Title: "Pages cannot be framed by foreign sites",
		Why: "An attacker lays the page, invisible, over his own (clickjacking): the victim believes to click there and " +
			"confirms a payment or grants a permission here.",
		Fix:        "Send `Content-Security-Policy: frame-ancestors 'none'` (or 'self', or the sites that may frame it); add `X-Frame-Options: DENY` for old browsers.",
		Expected:   "Every HTML page has frame-ancestors with named sites, or X-Frame-Options DENY or SAMEORIGIN.",
		Rollback:   "Add the site that must frame the page to frame-ancestors; it overrules X-Frame-Options.",
		Absent:     "No HTML page and no configuration that serves pages was found",
		References: []string{"CSP Level 3 (frame-ancestors)", "HTML (X-Frame-Options)", "CWE-1021", "ASVS 3.4.6"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "missing", Title: "Neither X-Frame-Options nor frame-ancestors"},
			{ID: "open-frame-ancestors", Title: "frame-ancestors lets any site frame the page"},
			{ID: "ignored-value", Title: "Browsers ignore the value of X-Frame-Options"},
			{ID: "only-in-meta", Title: "Framing is forbidden in a meta element, which browsers ignore"},
			{ID: "conflict", Title: "X-Frame-Options lines contradict each other", Severity: checks.Low},
			ruleLost, ruleNotAlways,
		},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

const (
	framingWant = "DENY or SAMEORIGIN, or frame-ancestors"
	framingHarm = "any site can lay the page invisibly over its own and borrow the victim's clicks"
)

// judgeFraming follows HTML's check of X-Frame-Options: an enforced frame-ancestors of a header overrules it.
func judgeFraming(_ *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "framing concerns HTML pages; found: " + string(r.class)
		return j
	}
	policies := r.policies()
	list, _ := enforcing(policies)
	inForce, open, foreign := csp.Framing(list, r.page(list))
	if foreign {
		i := policyIssue(open, policies)
		i.message = i.actual + " overrules X-Frame-Options: " + framingHarm
		j.fail(i)
	}
	if inForce {
		return j
	}
	if i, bad := judgeXFO(r); bad {
		j.fail(i)
	}
	return j
}

// maxValues bounds the different values of one header that are told apart.
const maxValues = 100

// judgeXFO follows HTML, "check a navigation response's adherence to X-Frame-Options": one value of DENY or SAMEORIGIN
// forbids framing, several different values with a known one among them forbid it everywhere, anything else allows it.
func judgeXFO(r *response) (issue, bool) {
	var values []string
	for _, v := range r.list(xfoHeader) {
		if v = asciiLower(v); len(values) < maxValues && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return noFraming(r), true
	}
	i := issue{attribute: xfoHeader, expected: "DENY or SAMEORIGIN, once", actual: strings.Join(r.list(xfoHeader), ", "), place: r.all(xfoHeader)[0].place}
	known := func(v string) bool { return v == "deny" || v == "sameorigin" || v == "allowall" }
	allowFrom := func(v string) bool { return strings.HasPrefix(v, "allow-from") }
	switch {
	case len(values) > 1 && slices.ContainsFunc(values, known):
		i.rule, i.message = "conflict", "browsers answer contradicting values by blocking every frame, also the site's own, and older ones took the "+
			"first; two layers set the header"
	case values[0] == "deny" || values[0] == "sameorigin":
		return issue{}, false
	case slices.ContainsFunc(values, allowFrom):
		i.rule, i.message = "ignored-value", "browsers dropped ALLOW-FROM and ignore the header: "+framingHarm
		i.fix = "Use `Content-Security-Policy: frame-ancestors` with the site instead."
	case strings.ContainsAny(values[0], ";\"'"):
		i.rule, i.message = "ignored-value", "browsers compare the whole value, with its quotes and semicolons, and ignore the header: "+framingHarm
	default:
		i.rule, i.message = "ignored-value", "browsers know only DENY and SAMEORIGIN and ignore the header: "+framingHarm
	}
	return i, true
}

// namesAncestors reports whether a policy says who may frame the page.
func namesAncestors(policy string) bool {
	return strings.Contains(asciiLower(policy), "frame-ancestors")
}

func noFraming(r *response) issue {
	for _, m := range r.meta {
		if m.name == xfoHeader || m.name == cspHeader && namesAncestors(m.content) {
			return issue{rule: "only-in-meta", attribute: m.name, expected: framingWant + " in a header", actual: "a meta element",
				message: "browsers ignore it in a meta element: " + framingHarm}
		}
	}
	for _, f := range r.lost {
		if f.name == cspHeader && namesAncestors(f.value) {
			return r.missing(cspHeader, framingWant, framingHarm)
		}
	}
	i := r.missing(xfoHeader, framingWant, framingHarm)
	for _, f := range r.all(cspReportHeader) {
		if namesAncestors(f.value) {
			i.actual, i.place = "frame-ancestors in "+cspReportHeader+" only", f.place
			i.message = "a policy that only reports blocks no frame: " + framingHarm
		}
	}
	return i
}
