package headers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

const clearHeader = "Clear-Site-Data"

func clearSiteData() *checks.Check {
	h := headerCheck{[]string{clearHeader}, judgeClear}
	return &checks.Check{
		ID:    "headers/clear-site-data",
		Title: "Logging out wipes what the browser stored",
		Why: "After a logout the next user of the machine finds tokens in the site's storage, pages in its cache and cookies " +
			"that the server did not expire.",
		Fix:        "Send `Clear-Site-Data: \"cache\", \"cookies\", \"storage\"` with the answer that ends the session, over https.",
		Expected:   "The answer to a logout clears cookies and storage, with each word in double quotes.",
		Rollback:   "Remove the header; sessions still end on the server.",
		Absent:     "No logout was audited: name its path with --path logout=PATH",
		References: []string{"Clear Site Data (W3C)", "CWE-613", "ASVS 14.3.1"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "missing", Title: "A logout leaves the site's data in the browser"},
			{ID: "ignored-value", Title: "Browsers ignore words of the header"},
			{ID: "incomplete", Title: "The header leaves cookies or storage behind"},
		},
		Site: h.site,
	}
}

// clearWords are the types of data that the header names.
var clearWords = []string{"cache", "cookies", "storage", "executionContexts", "clientHints", "prefetchCache", "prerenderCache", "*"}

var logoutPath = regexp.MustCompile(`(?i)/(log-?out|sign-?out|log_out|sign_out|log-?off|sign-?off)(/|\.[a-z]+$|$)`)

// logsOut reports whether the answer ends a session.
func logsOut(x *checks.Exchange) bool {
	if x.Role == checks.RoleLogout {
		return true
	}
	for _, h := range x.Chain {
		if u, err := url.Parse(h.URL); err == nil && logoutPath.MatchString(u.Path) {
			return true
		}
	}
	u, err := url.Parse(x.URL)
	return err == nil && logoutPath.MatchString(u.Path) && x.Status < 400
}

// judgeClear follows Clear Site Data, 3.1: the header holds quoted words, and one that is not quoted means nothing.
func judgeClear(_ *checks.Pass, r *response) (j judgement) {
	values := r.list(clearHeader)
	for _, hop := range r.answer.Chain {
		for _, v := range hop.Header.Values(clearHeader) {
			values = append(values, decodeSplit(v)...)
		}
	}
	out := logsOut(r.answer)
	if !out && len(values) == 0 {
		j.skip = "only the answer to a logout should clear the site's data"
		return j
	}
	if u, err := url.Parse(r.answer.URL); !r.https && (err != nil || !trustworthy(u)) {
		j.skip = "browsers read the header over https only; headers/https-redirect judges that the site is on http"
		return j
	}
	const want = `"cache", "cookies", "storage"`
	i := issue{attribute: clearHeader, expected: want, actual: strings.Join(values, ", ")}
	var cleared []string
	for _, v := range values {
		word := strings.Trim(v, `"`)
		if v == `"`+word+`"` && slices.Contains(clearWords, word) {
			cleared = append(cleared, word)
			continue
		}
		i.rule, i.actual, i.message = "ignored-value", v, "browsers read the known words in double quotes only, so this one clears nothing"
		j.fail(i)
		return j
	}
	clears := func(word string) bool { return slices.Contains(cleared, word) || slices.Contains(cleared, "*") }
	switch {
	case !out:
	case len(values) == 0:
		i.rule, i.actual, i.message = "missing", "no "+clearHeader, "the next user of the machine finds what the session left in storage and cache"
		j.fail(i)
	case !clears("cookies") || !clears("storage"):
		i.rule, i.message = "incomplete", "tokens that the site keeps in cookies or storage outlive the logout"
		j.fail(i)
	}
	return j
}
