package headers

import (
	"strings"

	"hardcheck/checks"
)

func deprecated() *checks.Check {
	h := headerCheck{deprecatedNames(), judgeDeprecated}
	return &checks.Check{
		ID:    "headers/deprecated",
		Title: "No header is sent that browsers have retired",
		Why: "A retired header protects nobody, hides that its successor is missing, and some do harm: the old XSS filter let " +
			"attackers switch off chosen scripts of a page and read from it which ones ran.",
		Fix:        "Remove the directive that sets the header; where a finding names a successor, send that instead.",
		Expected:   "None of the retired headers is sent; X-XSS-Protection, if at all, is 0.",
		Rollback:   "None is needed: today's browsers ignore these headers.",
		Absent:     "No answer and no configuration that serves content was found",
		References: []string{"MDN (HTTP headers, deprecated)", "RFC 9163", "RFC 9110", "CWE-477"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "harmful", Title: "A retired header weakens old browsers"},
			{ID: "replaced", Title: "A retired header is sent where browsers read its successor", Severity: checks.Info},
			{ID: "useless", Title: "A retired header has no effect", Severity: checks.Info},
		},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// retired is a header that must go. fine, if set, is a value that may stay; beside, if set, is the header without which
// another check already asks for the successor.
type retired struct {
	header, rule, fine, beside string
	successor                  string
	message                    string
}

var retiredHeaders = []retired{
	{"X-Xss-Protection", "harmful", "0", "", "no header, or 0",
		"old browsers' XSS filter lets an attacker name a script of the page in the address and so switch it off"},
	{"Public-Key-Pins", "harmful", "", "", "no header; CAA records and Certificate Transparency",
		"whoever holds a certificate for one day pins old browsers to his own key and locks visitors out for months"},
	{"Public-Key-Pins-Report-Only", "useless", "", "", "no header", "browsers dropped key pinning"},
	{"Expect-Ct", "useless", "", "", "no header", "browsers demand Certificate Transparency of every certificate by themselves (RFC 9163 is historic)"},
	{"Feature-Policy", "replaced", "", permissionsHeader, permissionsHeader, "browsers read Permissions-Policy; two lists of features drift apart"},
	{"X-Content-Security-Policy", "replaced", "", cspHeader, cspHeader, "browsers read Content-Security-Policy; two policies drift apart"},
	{"X-Webkit-Csp", "replaced", "", cspHeader, cspHeader, "browsers read Content-Security-Policy; two policies drift apart"},
	{"Report-To", "replaced", "", "", "Reporting-Endpoints", "browsers take endpoints for reports from Reporting-Endpoints; Report-To is left for NEL alone"},
	{"P3p", "useless", "", "", "no header", "only Internet Explorer read it, to let foreign cookies through"},
	{"Set-Cookie2", "useless", "", "", "Set-Cookie", "no browser stores cookies from it (RFC 6265)"},
	{"Tk", "useless", "", "", "no header", "Do Not Track was given up"},
	{"Large-Allocation", "useless", "", "", "no header", "Firefox dropped it"},
	{"Accept-Ch-Lifetime", "useless", "", "", "Accept-CH", "browsers dropped it"},
	{"Content-Md5", "useless", "", "", "Repr-Digest", "it was taken out of HTTP (RFC 7231)"},
	{"Digest", "useless", "", "", "Repr-Digest", "RFC 9530 replaced it"},
	{"Warning", "useless", "", "", "no header", "it was taken out of HTTP (RFC 9111, 5.5)"},
	{"X-Ua-Compatible", "useless", "", "", "no header", "only Internet Explorer read it"},
	{"X-Sourcemap", "replaced", "", "", "SourceMap", "browsers read SourceMap; the map shows visitors the source"},
}

func deprecatedNames() (names []string) {
	for _, h := range retiredHeaders {
		names = append(names, h.header)
	}
	return names
}

func judgeDeprecated(_ *checks.Pass, r *response) (j judgement) {
	for _, h := range retiredHeaders {
		value, sent := r.combined(h.header)
		if !sent || h.fine != "" && strings.TrimSpace(value) == h.fine {
			continue
		}
		if h.beside != "" && len(r.all(h.beside)) == 0 {
			continue
		}
		if h.header == "Report-To" && len(r.all("Nel")) > 0 {
			continue // NEL still names its endpoint there
		}
		j.fail(issue{rule: h.rule, attribute: h.header, expected: h.successor, actual: value, message: h.message, place: r.all(h.header)[0].place})
	}
	return j
}
