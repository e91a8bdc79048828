package compat

import (
	"math"
	"strings"
	"unicode/utf8"

	"hardcheck/checks"
)

// Rule is a rule that the user brought.
type Rule struct {
	ID          string
	Description string
	Tags        []string
	Severity    checks.Severity // 0 where its format has none
	Place       string          // file:line:column it was read from

	regex       *pattern // nil for a rule that judges paths alone
	path        func(string) bool
	keywords    []string // in lower case; one must be in the text
	secretGroup int      // 0 for the first group that matched something
	entropy     float64  // of the secret, which must have more; 0 for no bound
	allow       []*allowlist
	required    []required
	hidden      bool // it serves other rules and is not reported
}

// required is a rule that must also match near a match of the rule that requires it. A distance below 0 is none.
type required struct {
	rule          string
	lines, column int
}

// secretIn returns the bounds of the secret in a match, relative to it: of the chosen group, which is looked for in
// the match alone, or of the whole match.
func (r *Rule) secretIn(match []byte) (start, end int) {
	at := r.regex.compiled().FindSubmatchIndex(match)
	group := r.secretGroup
	if group <= 0 {
		group = 1
		for 2*group+1 < len(at) && at[2*group] == at[2*group+1] {
			group++
		}
	}
	if 2*group+1 >= len(at) || at[2*group] < 0 {
		if r.secretGroup > 0 && at != nil {
			return 0, 0
		}
		return 0, len(match)
	}
	return at[2*group], at[2*group+1]
}

// entropy is the Shannon entropy of the text's characters in bits, as gitleaks counts it: per byte of the text.
func entropy(text string) (bits float64) {
	share := 1 / float64(len(text))
	count := func(n int) {
		if n > 0 {
			f := float64(n) * share
			bits -= f * math.Log2(f)
		}
	}
	var ascii [utf8.RuneSelf]int
	var others map[rune]int
	for _, c := range text {
		if c < utf8.RuneSelf {
			ascii[c]++
			continue
		}
		if others == nil {
			others = map[rune]int{}
		}
		others[c]++
	}
	for _, n := range ascii {
		count(n)
	}
	for _, n := range others {
		count(n)
	}
	return bits
}

// gate reports whether the text holds one of the keywords, the slow way; see plan for the fast one.
func (r *Rule) gate(lower string) bool {
	for _, k := range r.keywords {
		if strings.Contains(lower, k) {
			return true
		}
	}
	return len(r.keywords) == 0
}
