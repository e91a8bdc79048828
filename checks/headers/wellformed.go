package headers

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"

	"hardcheck/checks"
)

func wellFormed() *checks.Check {
	var names []string
	for _, s := range strictHeaders {
		names = append(names, s.header)
	}
	h := headerCheck{names, judgeWellFormed}
	return &checks.Check{
		ID:    "headers/well-formed",
		Title: "Headers that browsers parse strictly are well formed",
		Why: "A structured field with one slip in it is dropped as a whole and in silence: the protection or the reports that " +
			"its author counts on are not there, and nobody is told of an attack.",
		Fix:        "Write the header as its specification does: tokens without quotes, strings in double quotes, members divided by commas.",
		Expected:   "Every structured field that is sent parses, and holds values that browsers read.",
		Rollback:   "Remove the header; browsers ignore the malformed one too.",
		Absent:     "No answer and no configuration that sends such a header was found",
		References: []string{"RFC 9651", "Reporting API (W3C)", "Subresource Integrity (Integrity-Policy)", "Network Error Logging (W3C)", "CWE-693"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "malformed", Title: "The header does not parse, so browsers ignore all of it"},
			{ID: "ignored-value", Title: "Browsers ignore a value in the header"},
			{ID: "insecure-endpoint", Title: "Reports are sent to an address that is not https"},
		},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// strictHeader is a header with a grammar of its own, and how its value is read. The headers with a check of their own,
// such as Permissions-Policy, are not here.
type strictHeader struct {
	header  string
	example string
	read    func(values []string) (fault fault)
}

// fault is what is wrong with a value: the rule, the part and what that means. An empty rule is nothing.
type fault struct{ rule, part, message string }

var strictHeaders = []strictHeader{
	{"Origin-Agent-Cluster", "?1", booleanItem},
	{"Reporting-Endpoints", `default="https://reports.example/r"`, endpoints},
	{integrityHeader, "blocked-destinations=(script)", integrityPolicy},
	{integrityHeader + reportOnly, "blocked-destinations=(script), endpoints=(integrity)", integrityPolicy},
	{permissionsHeader + reportOnly, "camera=()", dictionaryOnly},
	{"Document-Policy", "sync-xhr=?0", dictionaryOnly},
	{"Document-Policy" + reportOnly, "sync-xhr=?0", dictionaryOnly},
	{coopHeader + reportOnly, `same-origin; report-to="coop"`, tokenItem(isolations[0].words)},
	{coepHeader + reportOnly, `require-corp; report-to="coep"`, tokenItem(isolations[2].words)},
	{"No-Vary-Search", `params=("utm_source")`, dictionaryOnly},
	{"Activate-Storage-Access", "load", tokenItem([]string{"load", "retry"})},
	{"Speculation-Rules", `"/speculation.json"`, stringList},
	{"Accept-Ch", "Sec-CH-UA-Platform", tokenList},
	{"Nel", `{"report_to":"nel","max_age":86400}`, jsonFields},
}

func judgeWellFormed(_ *checks.Pass, r *response) (j judgement) {
	found := false
	for _, s := range strictHeaders {
		lines := r.all(s.header)
		if len(lines) == 0 {
			continue
		}
		found = true
		values := valuesOf(lines)
		if f := s.read(values); f.rule != "" {
			i := issue{rule: f.rule, attribute: s.header, expected: s.example, actual: f.part, message: f.message, place: lines[0].place}
			if i.actual == "" {
				i.actual = strings.Join(values, ", ")
			}
			j.fail(i)
		}
	}
	if !found {
		j.skip = "none of the headers that browsers parse strictly is sent"
	}
	return j
}

func valuesOf(lines []field) (values []string) {
	for _, l := range lines {
		values = append(values, l.value)
	}
	return values
}

func malformed(err error) fault {
	return fault{"malformed", "", "browsers drop the whole header: " + err.Error()}
}

func dictionaryOnly(values []string) fault {
	if _, err := httpsfv.UnmarshalDictionary(values); err != nil {
		return malformed(err)
	}
	return fault{}
}

func booleanItem(values []string) fault {
	item, err := httpsfv.UnmarshalItem(values)
	if err != nil {
		return malformed(err)
	}
	if _, ok := item.Value.(bool); !ok {
		return fault{"ignored-value", "", "browsers read only ?1 and ?0 and ignore this value"}
	}
	return fault{}
}

func tokenItem(words []string) func([]string) fault {
	return func(values []string) fault {
		if !slices.Contains(words, itemToken(strings.Join(values, ", "))) {
			return fault{"ignored-value", "", "browsers read one of " + strings.Join(words, ", ") + ", without quotes, once"}
		}
		return fault{}
	}
}

func tokenList(values []string) fault {
	list, err := httpsfv.UnmarshalList(values)
	if err != nil {
		return malformed(err)
	}
	for _, m := range list {
		item, ok := m.(httpsfv.Item)
		if _, token := item.Value.(httpsfv.Token); !ok || !token {
			return fault{"ignored-value", "", "a member is no token, so browsers ignore the header"}
		}
	}
	return fault{}
}

func stringList(values []string) fault {
	list, err := httpsfv.UnmarshalList(values)
	if err != nil {
		return malformed(err)
	}
	for _, m := range list {
		item, ok := m.(httpsfv.Item)
		if _, text := item.Value.(string); !ok || !text {
			return fault{"ignored-value", "", "addresses stand in double quotes; browsers skip this one"}
		}
	}
	return fault{}
}

// endpoints reads a dictionary of addresses (Reporting API, 3.2). A relative one leads to the site itself.
func endpoints(values []string) fault {
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return malformed(err)
	}
	for _, name := range dict.Names() {
		member, _ := dict.Get(name)
		item, ok := member.(httpsfv.Item)
		address, text := item.Value.(string)
		if !ok || !text {
			return fault{"ignored-value", name, "the address of " + name + " is no string in double quotes, so its reports are dropped"}
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "" && u.Scheme != "https" && !trustworthy(u) {
			return fault{"insecure-endpoint", address, "browsers send reports over https only, so those for " + name + " are dropped"}
		}
	}
	return fault{}
}

// integrityPolicy reads Integrity-Policy: without a destination that browsers know it blocks nothing.
func integrityPolicy(values []string) fault {
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return malformed(err)
	}
	for _, w := range wordsOf(dict, "blocked-destinations") {
		if w == "script" || w == "style" {
			return fault{}
		}
	}
	return fault{"ignored-value", "", "blocked-destinations names neither script nor style, so nothing is blocked"}
}

// dictionary reads the header of a response as a structured dictionary.
func dictionary(r *response, header string) (*httpsfv.Dictionary, error) {
	return httpsfv.UnmarshalDictionary(valuesOf(r.all(header)))
}

// wordsOf are the tokens of the inner list that is the dictionary's member of that name.
func wordsOf(dict *httpsfv.Dictionary, name string) (words []string) {
	member, _ := dict.Get(name)
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return nil
	}
	for _, item := range list.Items {
		if t, ok := item.Value.(httpsfv.Token); ok {
			words = append(words, string(t))
		}
	}
	return words
}

// jsonFields reads objects divided by commas, as NEL is written: not a structured field, but just as strict.
func jsonFields(values []string) fault {
	var objects []struct {
		ReportTo string `json:"report_to"`
		MaxAge   *int64 `json:"max_age"`
	}
	if err := json.Unmarshal([]byte("["+strings.Join(values, ",")+"]"), &objects); err != nil {
		return fault{"malformed", "", "browsers drop the whole header: it is no JSON"}
	}
	for _, o := range objects {
		if o.MaxAge == nil || *o.MaxAge != 0 && o.ReportTo == "" {
			return fault{"ignored-value", "", "without max_age and report_to browsers ignore the policy"}
		}
	}
	return fault{}
}
