package headers

import (
	"strings"

	"hardcheck/checks"
)

const nosniffHeader = "X-Content-Type-Options"

func nosniff() *checks.Check {
	h := headerCheck{[]string{nosniffHeader}, judgeNosniff}
	return &checks.Check{
		ID:    "headers/nosniff",
		Title: "Browsers take the declared type of every answer",
		Why: "Without nosniff a browser may run as script, or show as a page, what the server declared to be something " +
			"else: an uploaded file becomes stored XSS.",
		Fix:        "Send `X-Content-Type-Options: nosniff` on every answer, and a right Content-Type.",
		Expected:   "Every answer carries X-Content-Type-Options: nosniff.",
		Rollback:   "Remove the header; first mend the Content-Type of what browsers refused.",
		Absent:     "No answer and no configuration that serves content was found",
		References: []string{"Fetch (X-Content-Type-Options)", "CWE-430", "CWE-693", "ASVS 3.4.4"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "missing", Title: "No X-Content-Type-Options"},
			{ID: "ignored-value", Title: "The value is not nosniff, so browsers ignore it"},
			ruleLost, ruleNotAlways,
		},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// judgeNosniff follows Fetch, "determine nosniff": the first element decides, in any case.
func judgeNosniff(_ *checks.Pass, r *response) (j judgement) {
	if r.is(redirect, errorDoc, fixed) {
		j.skip = "no type is sniffed there; found: " + string(r.class)
		return j
	}
	const harm = "a browser guesses the type and may run an uploaded file as script"
	values := r.list(nosniffHeader)
	switch {
	case len(values) == 0:
		j.fail(r.missing(nosniffHeader, "nosniff", harm))
	case !equalASCII(values[0], "nosniff"):
		j.fail(issue{rule: "ignored-value", attribute: nosniffHeader, expected: "nosniff", actual: strings.Join(values, ", "),
			place: r.all(nosniffHeader)[0].place, message: "only nosniff in the first place has an effect: " + harm})
	}
	return j
}
