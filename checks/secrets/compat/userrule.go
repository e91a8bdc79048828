package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"hardcheck/checks"
)

// UserRule is a rule that a policy brings.
type UserRule struct {
	ID      string // lower-case words joined by hyphens
	Title   string // what it finds, without an article
	Pattern string // RE2
	// Keywords are words of which one must be in the text, in any case; none to look at every text.
	Keywords []string
	// SecretGroup is the group of the pattern that is the secret; 0 for the first that matched something, or the whole
	// match of a pattern without groups.
	SecretGroup int
	// Entropy is what the secret's Shannon entropy must exceed, in bits per character; 0 for no bound.
	Entropy  float64
	Severity checks.Severity
	Paths    []string // globs of the files it looks at; none for all
	// Examples must be found, each as a text of its own, and NearMisses must not. "<+>" splits a secret so that none
	// stands whole in the policy.
	Examples, NearMisses []string
}

const maxEntropy = 8

// NewRules makes rules of a policy's. The error is an *Error with everything that is wrong with them, among it each
// example that its rule does not find.
func NewRules(rules []UserRule) (*Config, error) {
	c := &Config{UseDefault: true}
	var wrong []checks.Problem
	for i := range rules {
		u := &rules[i]
		refuse := func(expected, actual string) {
			wrong = append(wrong, checks.Problem{Op: "read the secret rule", Expected: expected, Actual: actual, Retry: checks.RetryUseless,
				Where: fmt.Sprintf("rules[%d]", i)})
		}
		u.validate(refuse)
		if slices.ContainsFunc(rules[:i], func(other UserRule) bool { return other.ID == u.ID }) {
			refuse("another id", "one that a rule before has")
		}
		r := u.compile(refuse)
		if r == nil {
			continue
		}
		u.try(r, refuse)
		c.rules = append(c.rules, r)
	}
	if len(wrong) > 0 {
		return nil, &Error{wrong}
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	c.plan = newPlan(c.rules)
	return c, nil
}

// validate refuses what can be told without the pattern.
func (u *UserRule) validate(refuse func(expected, actual string)) {
	if !ruleLike(u.ID) || strings.ContainsAny(u.ID, "/._") || strings.HasSuffix(u.ID, "-") {
		refuse("an id of lower-case words joined by hyphens", fmt.Sprintf("%q", shorten(u.ID)))
	}
	if strings.TrimSpace(u.Title) == "" {
		refuse("a title that says what it finds", "none")
	}
	if u.Entropy < 0 || u.Entropy >= maxEntropy {
		refuse("an entropy from 0 to below 8 bits", fmt.Sprint(u.Entropy))
	}
	if u.Severity < checks.Info || u.Severity > checks.Critical {
		refuse("a severity: "+strings.Join(checks.SeverityNames(), ", "), fmt.Sprintf("%q", u.Severity))
	}
	if slices.Contains(u.Keywords, "") {
		refuse("keywords that are words", "an empty one")
	}
	for _, glob := range u.Paths {
		if !doublestar.ValidatePattern(glob) {
			refuse("paths that are globs", fmt.Sprintf("%q", shorten(glob)))
		}
	}
	if len(u.Examples) == 0 {
		refuse("an example that the rule must find", "none")
	}
}

// compile makes the rule, or returns nil where its pattern cannot be used.
func (u *UserRule) compile(refuse func(expected, actual string)) *Rule {
	p, err := newPattern(u.Pattern)
	switch {
	case err != nil:
		refuse("a pattern in RE2 syntax", err.Error())
		return nil
	case p.matches(""):
		refuse("a pattern that needs text", "one that matches nothing at all, anywhere")
		return nil
	case u.SecretGroup < 0 || u.SecretGroup > p.groups:
		refuse(fmt.Sprintf("a secret_group from 0 to %d, the groups of the pattern", p.groups), fmt.Sprint(u.SecretGroup))
		return nil
	}
	r := &Rule{ID: u.ID, Description: u.Title, Severity: u.Severity, regex: p, secretGroup: u.SecretGroup, entropy: u.Entropy}
	for _, k := range u.Keywords {
		if k != "" {
			r.keywords = append(r.keywords, strings.ToLower(k))
		}
	}
	if len(u.Paths) > 0 {
		globs := slices.Clone(u.Paths)
		r.path = func(path string) bool {
			return slices.ContainsFunc(globs, func(glob string) bool { return doublestar.MatchUnvalidated(glob, path) })
		}
	}
	return r
}

// try scans the rule's own examples, whatever their paths.
func (u *UserRule) try(r *Rule, refuse func(expected, actual string)) {
	anywhere := *r
	anywhere.path = nil
	c := &Config{rules: []*Rule{&anywhere}}
	c.plan = newPlan(c.rules)
	finds := func(text string) (found bool) {
		c.Scan(Source{}, []byte(strings.ReplaceAll(text, "<+>", "")), func(Match) { found = true })
		return found
	}
	for i, text := range u.Examples {
		if !finds(text) {
			refuse(fmt.Sprintf("to find examples[%d]", i), "nothing there: the pattern does not match, the entropy is too low, or no keyword is in it")
		}
	}
	for i, text := range u.NearMisses {
		if finds(text) {
			refuse(fmt.Sprintf("to find nothing in near_misses[%d]", i), "a match")
		}
	}
}
