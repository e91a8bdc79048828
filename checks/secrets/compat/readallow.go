package compat

import (
	"fmt"
	"strconv"
	"strings"
)

// allowlist reads an allowlist and gives it, with the rules that it names, to take.
func (r *reader) allowlist(n *node, name string, take func(*allowlist, []string)) {
	if r.allowlists++; r.allowlists > maxAllowlists {
		r.refuse(n, fmt.Sprintf("at most %d allowlists", maxAllowlists), "more")
		return
	}
	a := &allowlist{place: place(r.file, n.line, n.column), target: "secret"}
	var condition string
	var paths, regexes, rules []string
	fields := []field{
		{"description", r.text(&a.description)},
		{"condition", func(n *node) { r.text(&condition)(n); a.every = r.every(n, condition) }},
		{"commits", func(n *node) {
			r.list(&a.commits)(n)
			for i := range a.commits {
				a.commits[i] = strings.TrimSpace(a.commits[i])
			}
		}},
		{"paths", func(n *node) { r.list(&paths)(n); a.paths = r.anyOf(n, paths) }},
		{"regexes", func(n *node) { r.list(&regexes)(n); a.regexes = r.anyOf(n, regexes) }},
		{"regexTarget", func(n *node) { r.text(&a.target)(n); r.target(n, &a.target) }},
		{"stopwords", func(n *node) { r.list(&a.stopwords)(n); a.stopwords = r.words(n, a.stopwords) }},
	}
	if !strings.HasPrefix(name, "rules.") {
		fields = append(fields, field{"targetRules", r.list(&rules)})
	}
	r.table(n, name, fields)
	if len(a.commits)+len(paths)+len(regexes)+len(a.stopwords) == 0 {
		r.refuse(n, "commits, paths, regexes or stopwords in "+name, "none")
		return
	}
	take(a, rules)
}

func (r *reader) every(n *node, condition string) bool {
	switch strings.ToUpper(condition) {
	case "AND", "&&":
		return true
	case "", "OR", "||":
	default:
		r.refuse(n, `the condition "OR" or "AND"`, strconv.Quote(condition))
	}
	return false
}

func (r *reader) target(n *node, target *string) {
	switch *target {
	case "secret", "match", "line":
	case "":
		*target = "secret"
	default:
		r.refuse(n, "the regexTarget secret, match or line", strconv.Quote(*target)+didYouMean(*target, []string{"secret", "match", "line"}))
	}
}

func (r *reader) anyOf(n *node, sources []string) *anyOf {
	a, wrong, err := newAnyOf(sources)
	if err != nil {
		if wrong < len(n.items) {
			n = n.items[wrong]
		}
		r.refuse(n, "a regular expression in Go's syntax", err.Error())
	}
	return a
}
