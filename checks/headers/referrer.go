package headers

import (
	"slices"
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
		References: []string{"Referrer Policy (W3C)", "CWE-200"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "leaks-address", Title: "The policy sends the full address to foreign sites"},
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

var referrerPolicies = []string{"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
	"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"}

// oldReferrerWords are what a meta element may still say (HTML, "name=referrer").
var oldReferrerWords = map[string]string{"never": "no-referrer", "default": "strict-origin-when-cross-origin",
	"always": "unsafe-url", "origin-when-crossorigin": "origin-when-cross-origin"}

// judgeReferrer follows Referrer Policy, 8.1: of a list the last policy that the browser knows wins, and a later
// meta element overrules the header. No policy means strict-origin-when-cross-origin.
func judgeReferrer(p *checks.Pass, r *response) (j judgement) {
	if r.class != htmlPage {
		j.skip = "a referrer policy matters on HTML pages; found: " + string(r.class)
		return j
	}
	words := r.list(referrerHeader)
	place := r.place
	if len(words) > 0 {
		place = r.all(referrerHeader)[0].place
	}
	policy := lastKnown(words)
	for _, m := range r.meta {
		if m.name == referrerHeader {
			metaWords := strings.Split(m.content, ",")
			if modern, old := oldReferrerWords[strings.ToLower(m.content)]; old {
				metaWords = []string{modern}
			}
			words = append(words, metaWords...)
			if known := lastKnown(metaWords); known != "" {
				policy = known
			}
		}
	}
	i := issue{attribute: referrerHeader, expected: "strict-origin-when-cross-origin or stricter", actual: policy, place: place}
	switch {
	case policy == "unsafe-url":
		i.rule, i.message = "leaks-address", "every foreign site, also over plain http, receives the page's full address with its query"
		j.fail(i)
	case policy == "no-referrer-when-downgrade":
		i.rule, i.message = "leaks-address", "every foreign https site receives the page's full address with its query"
		j.fail(i)
	case policy == "" && strings.Trim(strings.Join(words, ""), " ") != "":
		i.rule, i.actual = "unknown-policy", strings.Join(words, ", ")
		i.message = "no browser knows this policy; the browser's default is in effect instead"
		if near := closest(strings.ToLower(strings.TrimSpace(words[len(words)-1])), referrerPolicies); near != "" {
			i.expected = near
		}
		j.fail(i)
	case policy == "" && p.Bool("require"):
		j.fail(r.missing(referrerHeader, i.expected, "old browsers send the full address to foreign sites"))
	}
	return j
}

func lastKnown(words []string) string {
	last := ""
	for _, w := range words {
		if w = strings.ToLower(strings.TrimSpace(w)); slices.Contains(referrerPolicies, w) {
			last = w
		}
	}
	return last
}
