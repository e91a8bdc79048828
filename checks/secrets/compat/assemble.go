package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// assembly makes a configuration of its layers and of the built-in rules.
type assembly struct {
	*reader
	config *Config
	// off are the rules of gitleaks's default configuration that are turned off or replaced, with the reason.
	off map[string]string
}

func assemble(l *loader, top *layer) *Config {
	a := &assembly{reader: &reader{}, off: map[string]string{}, config: &Config{Title: top.title, UseDefault: top.extend.useDefault,
		Files: l.files, Off: map[string]string{}, global: top.allow, overlays: map[string][]overlay{}}}
	for _, id := range slices.Sorted(maps.Keys(top.rules)) {
		a.take(top.rules[id])
	}
	for _, t := range top.targeted {
		a.target(t)
	}
	for _, d := range top.disabled {
		a.disable(d)
	}
	a.turnOff(top)
	for _, rule := range a.config.rules {
		for _, q := range rule.required {
			if a.config.rule(q.rule) == nil {
				at := top.rules[rule.ID]
				a.file = at.file
				a.tell(at.at, "rules.required that are on", fmt.Sprintf("%q: %q cannot find anything", q.rule, rule.ID))
			}
		}
	}
	a.config.plan = newPlan(a.config.rules)
	l.errors = append(l.errors, a.errors...)
	a.config.Problems = append(l.problems, a.problems...)
	return a.config
}

// take adds a rule, or what it changes of a built-in one.
func (a *assembly) take(rule *layerRule) {
	a.file = rule.file
	c := a.config
	ours, known := builtin[rule.ID]
	judges := rule.regex != nil || rule.path != nil
	switch {
	case c.UseDefault && known && rule.regex == nil:
		for _, id := range ours {
			c.overlays[id] = append(c.overlays[id], overlay{rule.allow, rule.path, rule.Place})
		}
		if rule.entropy != 0 || rule.secretGroup != 0 {
			a.tell(rule.at, "a regex beside entropy and secretGroup", fmt.Sprintf("they do not change the built-in rules for %q", rule.ID))
		}
	case !judges && c.UseDefault:
		a.tell(rule.at, "regex or path, or a rule of gitleaks's default configuration", a.unknown(rule.ID))
	case !judges:
		a.refuse(rule.at, "regex or path", fmt.Sprintf("the rule %q with neither, which could not find anything", rule.ID))
	case rule.regex != nil && rule.secretGroup > rule.regex.groups:
		a.refuse(rule.at, fmt.Sprintf("a secretGroup of at most %d, the groups of the regex", rule.regex.groups), fmt.Sprint(rule.secretGroup))
	default:
		if c.UseDefault && known {
			a.off[rule.ID] = fmt.Sprintf("replaced by the rule %q at %s", rule.ID, rule.Place)
		}
		c.rules = append(c.rules, &rule.Rule)
	}
}

// rule returns the rule of that ID, or nil. The rules are ordered by ID.
func (c *Config) rule(id string) *Rule {
	if i, ok := slices.BinarySearchFunc(c.rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) }); ok {
		return c.rules[i]
	}
	return nil
}

func (a *assembly) unknown(id string) string {
	if a.full() {
		return ""
	}
	return fmt.Sprintf("%q, and no built-in rule means the same%s", id, didYouMean(id, slices.Sorted(maps.Keys(builtin))))
}

// target gives an allowlist to the rules it names.
func (a *assembly) target(t targeted) {
	a.file = t.file
	c := a.config
	for _, id := range t.rules {
		rule, ours := c.rule(id), builtin[id]
		switch {
		case rule != nil:
			rule.allow = append(rule.allow, t.allowlist)
		case !c.UseDefault:
			a.refuse(t.at, "targetRules that exist", fmt.Sprintf("%q", id))
		case ours == nil:
			a.tell(t.at, "targetRules that exist", a.unknown(id))
		default:
			for _, o := range ours {
				c.overlays[o] = append(c.overlays[o], overlay{allow: []*allowlist{t.allowlist}, place: t.place})
			}
		}
	}
}

func (a *assembly) disable(d disabled) {
	a.file = d.file
	if _, known := builtin[d.rule]; !known || !a.config.UseDefault {
		a.tell(d.at, "disabledRules that exist in what is extended", a.unknown(d.rule))
		return
	}
	a.off[d.rule] = fmt.Sprintf("extend.disabledRules at %s names %q", place(d.file, d.at.line, d.at.column), d.rule)
}

// turnOff turns a built-in rule off if every rule of gitleaks that it stands for is.
func (a *assembly) turnOff(top *layer) {
	for _, id := range slices.Sorted(maps.Keys(a.off)) {
		for _, ours := range builtin[id] {
			var left []string
			for _, other := range counterparts[ours] {
				if a.off[other] == "" {
					left = append(left, other)
				}
			}
			if len(left) == 0 {
				a.config.Off[ours] = a.off[id]
				continue
			}
			slices.Sort(left)
			at := top.extend.at
			a.file = a.config.Files[0]
			a.tell(at, "the other rules of gitleaks that a built-in rule stands for", fmt.Sprintf("%q without %s: the built-in rule %q stays on", id, strings.Join(left, ", "), ours))
		}
	}
}
