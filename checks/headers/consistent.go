package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

func consistentPages() *checks.Check {
	return &checks.Check{
		ID:    "headers/consistent-pages",
		Title: "Every page sends the same security headers",
		Why: "Headers are often set on the page that is looked at, and lost where another block, framework or error handler " +
			"answers. An attacker takes the page without them: an error page that echoes the address, a login that can be framed.",
		Fix:        "Set the headers in one place that every answer passes: nginx `add_header NAME VALUE always;` at the server level and in no location, a middleware outside all others, or the edge.",
		Expected:   "Pages, logins, signed-in pages and error pages send the same headers wherever a header matters.",
		Rollback:   "Take the header off the one page that it breaks, by name.",
		Absent:     "Fewer than two pages of the site could be compared",
		References: []string{"CWE-693", "CWE-1021", "RFC 9110, 15"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "missing-on-errors", Title: "Error answers lack headers that pages have", Severity: checks.Low},
			{ID: "missing-on-page", Title: "Some pages lack headers that others have", Severity: checks.Low},
			{ID: "different-policy", Title: "Browsers keep the value of whichever page came last", Severity: checks.Low},
			{ID: "different-values", Title: "Pages send different values of a header", Severity: checks.Info},
		},
		Site: consistentOfSite,
	}
}

// comparedHeaders are the headers that every page of a site is expected to send where they matter.
var comparedHeaders = []struct {
	name    string
	matters func(*response) bool
}{
	{stsHeader, func(r *response) bool { return r.https && !byAddress(r.place.URL) }},
	{cspHeader, rendered},
	{xfoHeader, func(r *response) bool { return rendered(r) && !slices.ContainsFunc(r.all(cspHeader), framesNamed) }},
	{nosniffHeader, func(r *response) bool { return r.class != redirect && hasBody(r) }},
	{referrerHeader, rendered},
	{permissionsHeader, rendered},
	{coopHeader, rendered},
	{coepHeader, rendered},
}

func framesNamed(f field) bool { return namesAncestors(f.value) }

func hasBody(r *response) bool { return r.answer == nil || len(r.answer.Body) > 0 }

// rendered reports whether a browser shows the response as a page, an error page among them.
func rendered(r *response) bool {
	if r.class != errorDoc || r.answer == nil {
		return r.class == htmlPage
	}
	contentType := strings.Join(r.list("Content-Type"), "")
	return hasBody(r) && contentType != "" && classOfType(contentType) == htmlPage
}

// consistentOfSite compares all pages but a logout, which is asked for when the others were compared.
func consistentOfSite(p *checks.Pass) error {
	var pages []*response
	err := eachVisit(p, func(page checks.Page) bool { return !isLogout(page) }, func(x *checks.Exchange) error {
		pages = append(pages, fetched(x))
		return nil
	})
	if err != nil || len(pages) < 2 {
		return err
	}
	bad := map[*response]bool{}
	for _, d := range append(lacking(pages), differing(pages)...) {
		for _, r := range d.pages {
			if bad[r] {
				continue
			}
			bad[r] = true
			if r != d.pages[0] {
				p.Examined(r.subject)
			}
		}
		d.pages[0].fail(p, d.issue)
	}
	for _, r := range pages {
		if !bad[r] {
			p.OK(r.subject)
		}
	}
	return nil
}

// discord is one issue and the pages that it is about; the first one has the finding.
type discord struct {
	issue
	pages []*response
}

// absent lists the headers that the response lacks, that matter there, and that one of the pages sends. What frameworks
// send with error answers of their own says nothing about the pages.
func absent(r *response, pages []*response) (out []string) {
	for _, h := range comparedHeaders {
		sent := func(r *response) bool { return len(r.all(h.name)) > 0 || inMeta(r, h.name) }
		sentByPage := func(r *response) bool { return sent(r) && !onError(r) }
		if h.matters(r) && !sent(r) && slices.ContainsFunc(pages, sentByPage) {
			out = append(out, h.name)
		}
	}
	return out
}

// inMeta reports whether the page has the policy in a meta element, where browsers read these two.
func inMeta(r *response, header string) bool {
	return (header == cspHeader || header == referrerHeader) && slices.ContainsFunc(r.meta, func(m metaTag) bool { return m.name == header })
}

// lacking gathers the pages that lack the same headers.
func lacking(pages []*response) (out []discord) {
	at := map[string]int{}
	for _, r := range pages {
		names := strings.Join(absent(r, pages), ", ")
		if names == "" {
			continue
		}
		i := issue{rule: "missing-on-page", attribute: names, expected: "the headers of the site's other pages", actual: "no " + names,
			message: "another block, framework or handler answers this page and leaves out what the others send: an attacker takes the page without it"}
		if onError(r) {
			i.rule, i.message = "missing-on-errors", "error answers leave out what the pages send: an address that is echoed there is script in the site's origin"
		}
		key := i.rule + " " + names
		n, seen := at[key]
		if !seen {
			n, at[key] = len(out), len(out)
			out = append(out, discord{issue: i})
		}
		out[n].pages = append(out[n].pages, r)
	}
	for n := range out {
		out[n].message += alsoOn(out[n].pages[1:])
	}
	return out
}

// differing gathers the headers that pages send with different values: in one issue those that may well differ, by
// itself HSTS, of which a browser keeps one for the whole host.
func differing(pages []*response) (out []discord) {
	var names []string
	var others []*response
	for _, h := range comparedHeaders {
		first, r := differs(pages, h.name, h.matters)
		switch {
		case r == nil:
		case h.name == stsHeader:
			out = append(out, discord{issue{rule: "different-policy", attribute: h.name, expected: steady(first, h.name) + " on every page", actual: steady(r, h.name),
				message: "browsers keep one policy for the host, that of whichever answer came last: the weaker one counts for whoever saw it last"}, []*response{r, first}})
		default:
			names = append(names, h.name)
			if !slices.Contains(others, r) {
				others = append(others, r)
			}
		}
	}
	if len(names) > 0 {
		out = append(out, discord{issue{rule: "different-values", attribute: strings.Join(names, ", "), expected: "the same value on every page, or a reason",
			actual: "other values than on " + pages[0].subject.Name, message: "pages differ in " + strings.Join(names, ", ") + ": the weakest is what counts for the origin" + alsoOn(others[1:])}, others})
	}
	return out
}

// differs finds the first two pages with different values of a header that matters on both.
func differs(pages []*response, name string, matters func(*response) bool) (first, other *response) {
	for _, r := range pages {
		switch {
		case len(r.all(name)) == 0 || !matters(r) || onError(r) && name != stsHeader: // an error page may well be stricter
		case first == nil:
			first = r
		case steady(r, name) != steady(first, name):
			return first, r
		}
	}
	return nil, nil
}

// steady is a header's value without what differs in every answer.
func steady(r *response, name string) string {
	return withoutNonces(strings.Join(r.list(name), ", "))
}

// withoutNonces takes out of a policy what differs in every answer.
func withoutNonces(value string) string {
	words := strings.Fields(value)
	for i, w := range words {
		if strings.HasPrefix(strings.ToLower(w), "'nonce-") {
			words[i] = "'nonce-...'"
		}
	}
	return strings.Join(words, " ")
}
