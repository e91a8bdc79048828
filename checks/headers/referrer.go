package headers

import (
	"strings"

	"hardcheck/checks"
)

const referrerHeader = "Referrer-Policy"

func referrerPolicy() *checks.Check {
	h := headerCheck{[]string{referrerHeader}, judgeReferrer}
	return &checks.Check{
		ID:    "headers/referrer-policy",
		Title: "Foreign sites do not learn the page's full address",
		Why: "Addresses hold reset tokens, search words and customer numbers. A loose policy hands them to every site " +
			"that the page links to or loads from.",
		Fix:        "Send `Referrer-Policy: strict-origin-when-cross-origin`, or a stricter one.",
		Expected:   "The policy in effect sends foreign sites the origin at most (header required: {require}).",
		Rollback:   "Set the previous policy; nothing is stored in browsers.",
		Absent:     "No HTML page and no configuration that serves pages was found",
		References: []string{"Referrer Policy (W3C)", "HTML (meta referrer)", "CWE-200", "ASVS 3.4.5"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "leaks-address", Title: "The policy sends the full address to foreign sites"},
			{ID: "leaks-origin", Title: "The policy names the site to destinations over plain http", Severity: checks.Info,
				Fix: "Send the strict form: `strict-origin` or `strict-origin-when-cross-origin`."},
			{ID: "unknown-policy", Title: "No browser knows the policy, so the default is in effect"},
			{ID: "missing", Title: "No Referrer-Policy although the policy requires it"},
			ruleLost,
		},
		Params: []checks.Param{{Name: "require", Kind: checks.ParamBool, Default: false,
			Doc: "Whether the header must be there. Browsers since 2021 default to strict-origin-when-cross-origin."}},
		Site:  h.site,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// referrerPolicies are the policies that browsers know, and what each gives away that it should not: "" is nothing.
var referrerPolicies = []struct{ name, rule, harm string }{
	{"no-referrer", "", ""},
	{"same-origin", "", ""},
	{"strict-origin", "", ""},
	{"strict-origin-when-cross-origin", "", ""},
	{"origin", "leaks-origin", "destinations over plain http are told the site's name too, readable to everyone on the way"},
	{"origin-when-cross-origin", "leaks-origin", "destinations over plain http are told the site's name too, readable to everyone on the way"},
	{"no-referrer-when-downgrade", "leaks-address", "every foreign https site receives the page's full address with its query"},
	{"unsafe-url", "leaks-address", "every foreign site, also over plain http, receives the page's full address with its query"},
}

// oldReferrerWords are what a meta element may still say (HTML, "name=referrer").
var oldReferrerWords = map[string]string{"never": "no-referrer", "default": "strict-origin-when-cross-origin",
	"always": "unsafe-url", "origin-when-crossorigin": "origin-when-cross-origin"}

const referrerWant = "strict-origin-when-cross-origin or stricter"

// judgeReferrer follows Referrer Policy, 8.1: of the header's list the last policy that the browser knows wins. A later
// meta element overrules the header; it holds one policy (HTML, "referrer"; Chromium alone reads a list there). No
// policy means strict-origin-when-cross-origin.
func judgeReferrer(p *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a referrer policy matters on HTML pages; found: " + string(r.class)
		return j
	}
	words, place := r.list(referrerHeader), r.place
	if len(words) > 0 {
		place = r.all(referrerHeader)[0].place
	}
	policy := lastKnown(words)
	for _, m := range r.meta {
		if m.name != referrerHeader {
			continue
		}
		word := asciiLower(m.content)
		if modern, old := oldReferrerWords[word]; old {
			word = modern
		}
		if known := lastKnown([]string{word}); known != "" {
			policy, place = known, r.place
		} else if !strings.Contains(word, ",") {
			words = append(words, word)
		}
	}
	i := issue{attribute: referrerHeader, expected: referrerWant, actual: policy, place: place}
	for _, known := range referrerPolicies {
		if known.name == policy && known.rule != "" {
			i.rule, i.message = known.rule, known.harm
			j.fail(i)
		}
	}
	switch {
	case policy == "" && strings.Trim(strings.Join(words, ""), " ") != "":
		j.fail(unknownReferrer(i, words))
	case policy == "" && p.Bool("require"):
		j.fail(r.missing(referrerHeader, referrerWant, "old browsers send the full address to foreign sites"))
	}
	return j
}

// unknownReferrer is the finding for words of which no browser knows one.
func unknownReferrer(i issue, words []string) issue {
	i.rule, i.actual = "unknown-policy", strings.Join(words, ", ")
	i.message = "no browser knows this policy; the browser's default is in effect instead"
	var names []string
	for _, known := range referrerPolicies {
		names = append(names, known.name)
	}
	if near := closest(asciiLower(words[len(words)-1]), names); near != "" {
		i.expected = near
	}
	return i
}

func lastKnown(words []string) string {
	last := ""
	for _, w := range words {
		w = asciiLower(w)
		for _, known := range referrerPolicies {
			if known.name == w {
				last = w
			}
		}
	}
	return last
}
