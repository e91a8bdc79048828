package compat

import (
	"fmt"
	"strings"
)

// allowlist sets findings aside by where they are and what they are.
type allowlist struct {
	place, description string

	every     bool // all of the kinds of criteria that are given must hold, not any
	commits   []string
	paths     *anyOf
	regexes   *anyOf
	target    string   // of regexes: "secret", "match" or "line"
	stopwords []string // in lower case
}

// anyOf is a list of expressions. gitleaks joins them into one, so a flag like (?i) that opens one of them holds for
// those after it too.
type anyOf struct {
	joined *pattern
	list   []*pattern
}

func newAnyOf(sources []string) (*anyOf, int, error) {
	if len(sources) == 0 {
		return nil, 0, nil
	}
	a := &anyOf{}
	for i, s := range sources {
		p, err := newPattern(s)
		if err != nil {
			return nil, i, err
		}
		a.list = append(a.list, p)
	}
	joined, err := newPattern("(?:" + strings.Join(sources, "|") + ")")
	if err != nil {
		return nil, len(sources) - 1, err
	}
	a.joined = joined
	return a, 0, nil
}

// match returns the first expression that matches a text, which is never empty.
func (a *anyOf) match(text string) (which string, ok bool) {
	if a == nil || text == "" || !a.joined.matches(text) {
		return "", false
	}
	for _, p := range a.list {
		if p.matches(text) {
			return p.source, true
		}
	}
	return a.joined.source, true
}

// candidate is what an allowlist judges. line makes the text of its lines.
type candidate struct {
	src           Source
	secret, match string
	line          func() string
}

// source reports whether the allowlist sets aside everything from there, and why.
func (a *allowlist) source(src Source) (reason string, ok bool) {
	commit := a.hasCommit(src.Commit)
	path, pathOK := a.paths.match(src.Path)
	if a.every {
		if a.regexes != nil || len(a.stopwords) > 0 || len(a.commits) > 0 && !commit || a.paths != nil && !pathOK {
			return "", false
		}
	}
	switch {
	case pathOK:
		return a.reason("path %q", path), true
	case commit:
		return a.reason("commit %s", src.Commit), true
	}
	return "", false
}

func (a *allowlist) hasCommit(id string) bool {
	for _, c := range a.commits {
		if id != "" && strings.EqualFold(c, id) {
			return true
		}
	}
	return false
}

// finding reports whether the allowlist sets a finding aside for what it is, and why.
func (a *allowlist) finding(c *candidate) (reason string, ok bool) {
	if a.regexes == nil && len(a.stopwords) == 0 {
		return "", false // the source was judged before
	}
	text := c.secret
	switch a.target {
	case "match":
		text = c.match
	case "line":
		text = c.line()
	}
	regex, regexOK := a.regexes.match(text)
	word, wordOK := a.stopword(c.secret)
	if a.every {
		_, pathOK := a.paths.match(c.src.Path)
		if len(a.commits) > 0 && !a.hasCommit(c.src.Commit) || a.paths != nil && !pathOK ||
			a.regexes != nil && !regexOK || len(a.stopwords) > 0 && !wordOK {
			return "", false
		}
	}
	switch {
	case regexOK:
		return a.reason("regex %q", regex), true
	case wordOK:
		return a.reason("stopword %q", word), true
	}
	return "", false
}

func (a *allowlist) stopword(secret string) (string, bool) {
	if len(a.stopwords) == 0 || secret == "" {
		return "", false
	}
	secret = strings.ToLower(secret)
	for _, w := range a.stopwords {
		if strings.Contains(secret, w) {
			return w, true
		}
	}
	return "", false
}

func (a *allowlist) reason(format string, args ...any) string {
	s := "allowlist at " + a.place
	if a.description != "" {
		s += " (" + shorten(a.description) + ")"
	}
	for i := range args {
		args[i] = shorten(args[i].(string))
	}
	return s + ": " + fmt.Sprintf(format, args...)
}

// bySource returns why the first of the lists that does so sets aside everything from there.
func bySource(lists []*allowlist, src Source) (reason string, ok bool) {
	for _, a := range lists {
		if reason, ok = a.source(src); ok {
			return reason, true
		}
	}
	return "", false
}

// byFinding returns why the first of the lists that does so sets the candidate aside for what it is.
func byFinding(lists []*allowlist, c *candidate) (reason string, ok bool) {
	for _, a := range lists {
		if reason, ok = a.finding(c); ok {
			return reason, true
		}
	}
	return "", false
}
