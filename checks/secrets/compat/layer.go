package compat

import (
	"fmt"

	"strconv"
	"strings"
)

// layer is one configuration file.
type layer struct {
	title    string
	extend   extend
	rules    map[string]*layerRule
	allow    []*allowlist
	targeted []targeted
	disabled []disabled
}

type extend struct {
	at         *node
	path, url  string
	useDefault bool
	disabled   []string
}

type layerRule struct {
	Rule
	file string
	at   *node
}

type targeted struct {
	*allowlist
	rules []string
	file  string
	at    *node
}

type disabled struct {
	rule, file string
	at         *node
}

func (r *reader) layer(root *node) *layer {
	l := &layer{rules: map[string]*layerRule{}}
	var description, minimum string
	r.table(root, "the configuration", []field{
		{"title", r.text(&l.title)},
		{"description", r.text(&description)},
		{"minVersion", func(n *node) { r.text(&minimum)(n); r.version(n, minimum) }},
		{"extend", func(n *node) { r.extend(n, l) }},
		{"rules", r.tables("rules", func(n *node) { r.rule(n, l) })},
		{"allowlist", func(n *node) { r.allowlist(n, "allowlist", l.allowGlobal(r, n)) }},
		{"allowlists", r.tables("allowlists", func(n *node) { r.allowlist(n, "allowlists", l.allowGlobal(r, n)) })},
	})
	r.notBoth(root)
	for _, rule := range l.rules {
		for _, q := range rule.required {
			if l.rules[q.rule] == nil {
				r.refuse(rule.at, "rules.required of the same file", strconv.Quote(q.rule))
			}
		}
	}
	return l
}

// notBoth refuses the deprecated spelling beside the present one, as gitleaks does.
func (r *reader) notBoth(n *node) {
	if old, now := n.get("allowlist"), n.get("allowlists"); old != nil && now != nil {
		r.refuse(old, "allowlists alone", "allowlist, its deprecated spelling, beside it")
	}
}

// allowGlobal takes an allowlist of the whole configuration.
func (l *layer) allowGlobal(r *reader, n *node) func(*allowlist, []string) {
	return func(a *allowlist, rules []string) {
		if len(rules) == 0 {
			l.allow = append(l.allow, a)
			return
		}
		l.targeted = append(l.targeted, targeted{a, rules, r.file, n})
	}
}

// version tells of a configuration for a newer gitleaks.
func (r *reader) version(n *node, minimum string) {
	var want, have [2]int
	if !numbers(minimum, &want) {
		r.tell(n, "a version like v8.25.0", strconv.Quote(minimum))
		return
	}
	numbers(GitleaksVersion, &have)
	if want[0] > have[0] || want[0] == have[0] && want[1] > have[1] {
		r.tell(n, "a configuration for gitleaks "+GitleaksVersion+" or older", minimum+": what is new there has no effect")
	}
}

func numbers(version string, to *[2]int) bool {
	parts := strings.Split(strings.TrimPrefix(version, "v"), ".")
	for i := range min(len(parts), len(to)) {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return false
		}
		to[i] = n
	}
	return true
}

func (r *reader) extend(n *node, l *layer) {
	e := &l.extend
	e.at = n
	r.table(n, "extend", []field{
		{"path", r.text(&e.path)},
		{"url", r.text(&e.url)},
		{"useDefault", r.flag(&e.useDefault)},
		{"disabledRules", func(n *node) {
			r.list(&e.disabled)(n)
			for i, id := range e.disabled {
				at := n
				if i < len(n.items) {
					at = n.items[i]
				}
				l.disabled = append(l.disabled, disabled{id, r.file, at})
			}
		}},
	})
}

func (r *reader) rule(n *node, l *layer) {
	rule := &layerRule{file: r.file, at: n}
	rule.Place = place(r.file, n.line, n.column)
	var regex, path string
	r.table(n, "a rule", []field{
		{"id", r.text(&rule.ID)},
		{"description", r.text(&rule.Description)},
		{"regex", func(n *node) { r.text(&regex)(n); rule.regex = r.pattern(n, regex) }},
		{"path", func(n *node) {
			r.text(&path)(n)
			if p := r.pattern(n, path); p != nil {
				rule.path = p.matches
			}
		}},
		{"secretGroup", r.integer(&rule.secretGroup)},
		{"entropy", r.number(&rule.entropy)},
		{"keywords", func(n *node) { r.list(&rule.keywords)(n); rule.keywords = r.words(n, rule.keywords) }},
		{"tags", r.list(&rule.Tags)},
		{"skipReport", r.flag(&rule.hidden)},
		{"allowlist", func(n *node) { r.allowlist(n, "rules.allowlist", rule.allowHere) }},
		{"allowlists", r.tables("rules.allowlists", func(n *node) { r.allowlist(n, "rules.allowlists", rule.allowHere) })},
		{"required", r.tables("rules.required", func(n *node) { r.required(n, rule) })},
	})
	r.notBoth(n)
	switch {
	case strings.TrimSpace(rule.ID) == "":
		r.refuse(n, "a rule with an id", "none")
	case len(l.rules) >= maxRules:
		r.refuse(n, fmt.Sprintf("at most %d rules", maxRules), "more")
	case l.rules[rule.ID] != nil:
		r.tell(n, "each rule id once", fmt.Sprintf("%q again; the last one counts", rule.ID))
	}
	l.rules[rule.ID] = rule
}

func (rule *layerRule) allowHere(a *allowlist, _ []string) { rule.allow = append(rule.allow, a) }

// words are texts in lower case, without the empty ones, which would be found in every text.
func (r *reader) words(n *node, list []string) []string {
	var words []string
	for _, w := range list {
		if w == "" {
			r.tell(n, "words", "an empty one, which has no effect")
			continue
		}
		words = append(words, strings.ToLower(w))
	}
	return words
}

// pattern reads a regular expression; "" is none.
func (r *reader) pattern(n *node, source string) *pattern {
	if source == "" {
		return nil
	}
	p, err := newPattern(source)
	if err != nil {
		r.refuse(n, "a regular expression in Go's syntax", err.Error())
		return nil
	}
	return p
}

func (r *reader) required(n *node, rule *layerRule) {
	q := required{lines: -1, column: -1}
	r.table(n, "rules.required", []field{
		{"id", r.text(&q.rule)},
		{"withinLines", r.integer(&q.lines)},
		{"withinColumns", r.integer(&q.column)},
	})
	if q.rule == "" {
		r.refuse(n, "the id of a rule", "none")
	}
	rule.required = append(rule.required, q)
}

// merge adds a configuration that the layer extends. What both say of a rule is the layer's.
func (l *layer) merge(r *reader, base *layer) {
	off := map[string]bool{}
	var left []disabled
	for _, d := range l.disabled {
		off[d.rule] = true
		if base.rules[d.rule] == nil {
			left = append(left, d) // it may be a built-in rule
		}
	}
	for id, rule := range base.rules {
		if off[id] {
			continue
		}
		if own := l.rules[id]; own != nil {
			rule = own.over(r, rule)
		}
		l.rules[id] = rule
	}
	for _, t := range base.targeted {
		r.problems = append(r.problems, (&reader{file: t.file}).problem(t.at, "targetRules in the first file only", "an allowlist without effect: gitleaks does not read it in a file that another one extends"))
	}
	l.allow = append(l.allow, base.allow...)
	l.disabled = append(left, base.disabled...)
	l.extend.useDefault = l.extend.useDefault || base.extend.useDefault
}

// over is the base rule with what the rule changes.
func (rule *layerRule) over(r *reader, base *layerRule) *layerRule {
	merged := *base
	if rule.Description != "" {
		merged.Description = rule.Description
	}
	if rule.entropy != 0 {
		merged.entropy = rule.entropy
	}
	if rule.secretGroup != 0 {
		merged.secretGroup = rule.secretGroup
	}
	if rule.regex != nil {
		merged.regex = rule.regex
	}
	if rule.path != nil {
		merged.path = rule.path
	}
	if len(rule.required) > 0 || rule.hidden {
		r.tell(rule.at, "required and skipReport where the rule begins", fmt.Sprintf("%q changes them without effect: gitleaks does not read them in a rule that is extended", rule.ID))
	}
	merged.Tags = concat(base.Tags, rule.Tags)
	merged.keywords = concat(base.keywords, rule.keywords)
	merged.allow = concat(base.allow, rule.allow)
	merged.Place, merged.file, merged.at = rule.Place, rule.file, rule.at
	return &merged
}

func concat[T any](a, b []T) []T { return append(append([]T(nil), a...), b...) }
