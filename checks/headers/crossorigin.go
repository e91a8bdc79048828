package headers

import (
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"

	"hardcheck/checks"
)

const (
	coopHeader = "Cross-Origin-Opener-Policy"
	coepHeader = "Cross-Origin-Embedder-Policy"
	corpHeader = "Cross-Origin-Resource-Policy"
	// isolationHeader isolates one document, whatever opened it.
	isolationHeader = "Document-Isolation-Policy"
	// reportOnly ends the name of a header that reports what its namesake would block.
	reportOnly = "-Report-Only"
)

func crossOrigin() *checks.Check {
	names := []string{coopHeader, corpHeader, coepHeader, coopHeader + reportOnly, coepHeader + reportOnly, isolationHeader}
	for _, o := range openings {
		names = append(names, o.header)
	}
	h := headerCheck{names, judgeCrossOrigin}
	return &checks.Check{
		ID:    "headers/cross-origin",
		Title: "Cross-origin isolation headers have an effect",
		Why: "A foreign page that opens this one keeps a handle on its window, and one that embeds its resources can read " +
			"them through side channels such as Spectre.",
		Fix:        "Send `Cross-Origin-Opener-Policy: same-origin` on pages and `Cross-Origin-Resource-Policy: same-origin` on what only this site embeds.",
		Expected:   "COOP, CORP and COEP hold values that browsers read (COOP and CORP required: {require}).",
		Rollback:   "Set same-origin-allow-popups (COOP) or cross-origin (CORP) while a login popup or an embedding partner is moved.",
		Absent:     "No answer and no configuration that serves pages was found",
		References: []string{"HTML (cross-origin opener policy)", "Fetch (Cross-Origin-Resource-Policy)", "CWE-346"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "ignored-value", Title: "Browsers ignore the value"},
			{ID: "off", Title: "The value switches the protection off although it is required"},
			{ID: "missing", Title: "The header is missing although it is required"},
			{ID: "open-to-all", Title: "A header opens to every site what is closed without it", Severity: checks.Info},
			ruleLost,
		},
		Params: []checks.Param{{Name: "require", Kind: checks.ParamBool, Default: false,
			Doc: "Whether pages must carry Cross-Origin-Opener-Policy and Cross-Origin-Resource-Policy with a protecting value."}},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// isolation is one header of the family: its words, the ones that protect, and how its value is read. Of several lines
// browsers read the values joined by commas, which is no word.
type isolation struct {
	header  string
	words   []string // every word that browsers know; the first is what no header means
	require bool     // the parameter "require" covers it
	token   bool     // a structured field item; else the bare word, letter by letter
	harm    string
}

var isolations = []isolation{
	{coopHeader, []string{"unsafe-none", "same-origin", "same-origin-allow-popups", "noopener-allow-popups"}, true, true,
		"a page that opened this one keeps a handle on its window and navigates it to a copy"},
	{corpHeader, []string{"cross-origin", "same-origin", "same-site"}, true, false,
		"any site can embed the answer and read it through side channels"},
	{coepHeader, []string{"unsafe-none", "require-corp", "credentialless"}, false, true,
		"the page is not cross-origin isolated"},
	{isolationHeader, []string{"none", "isolate-and-require-corp", "isolate-and-credentialless"}, false, true,
		"the page shares a process with pages of other sites"},
}

// opening is a header that gives foreign sites something, and the value that gives it to all.
type opening struct {
	header  string
	classes []class // where it matters
	open    func(value string) bool
	want    string
	harm    string
}

var openings = []opening{
	{"Timing-Allow-Origin", []class{htmlPage, jsonAnswer}, func(v string) bool { return slices.Contains(decodeSplit(v), "*") }, "named origins",
		"any site measures the size and timing of this answer for its visitors, and so tells who is signed in here"},
	{"X-Permitted-Cross-Domain-Policies", []class{htmlPage, jsonAnswer, static}, func(v string) bool { return asciiLower(v) == "all" }, "none",
		"any policy file on the host lets PDF and Flash content of foreign sites read answers with the visitor's cookies"},
	{"Service-Worker-Allowed", []class{static}, func(v string) bool { return v == "/" }, "the path that the worker needs",
		"an attacker who can have this script registered intercepts every request of the whole origin"},
}

func judgeCrossOrigin(p *checks.Pass, r *response) (j judgement) {
	if r.is(redirect, errorDoc) {
		j.skip = "isolation matters on pages and resources; found: " + string(r.class)
		return j
	}
	for _, h := range isolations {
		if h.header != corpHeader && r.class != htmlPage {
			continue // an opener and an embedder are documents
		}
		if i, bad := h.judge(r, h.require && p.Bool("require")); bad {
			j.fail(i)
		}
	}
	for _, o := range openings {
		if value, ok := r.combined(o.header); ok && r.is(o.classes...) && o.open(value) {
			j.fail(issue{rule: "open-to-all", attribute: o.header, expected: o.want, actual: value, message: o.harm, place: r.all(o.header)[0].place})
		}
	}
	return j
}

func (h isolation) judge(r *response, require bool) (issue, bool) {
	value, sent := r.combined(h.header)
	want := strings.Join(h.words[1:], ", ")
	if !sent {
		i := r.missing(h.header, want, h.harm)
		if len(r.all(h.header+reportOnly)) > 0 {
			i.actual, i.message = "only "+h.header+reportOnly, "the report-only header blocks nothing: "+h.harm
		}
		return i, require
	}
	lines := r.all(h.header)
	i := issue{attribute: h.header, expected: want, actual: value, place: lines[0].place}
	word := value
	if h.token {
		word = itemToken(value)
	}
	switch {
	case !slices.Contains(h.words, word):
		i.rule, i.message = "ignored-value", "browsers read only the exact word, once, and ignore this value: "+h.harm
	case require && word == h.words[0]:
		i.rule, i.message = "off", word+" is what browsers do without the header: "+h.harm
	default:
		return issue{}, false
	}
	return i, true
}

// itemToken reads a structured field item whose value is a token (RFC 9651), or "" where it is none.
func itemToken(value string) string {
	item, err := httpsfv.UnmarshalItem([]string{value})
	if err != nil {
		return ""
	}
	if t, ok := item.Value.(httpsfv.Token); ok {
		return string(t)
	}
	return ""
}
