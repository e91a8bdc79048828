package iam

import (
	"slices"
	"strings"
)

// escalation finds the known ways by which what the whole policy allows becomes more: one violation for all.
func (p *Policy) escalation() []Violation {
	var first *Statement
	var actions, gains []string
	for _, r := range routes {
		s := p.opens(r)
		if s == nil {
			continue
		}
		if first == nil || s.Line < first.Line {
			first = s
		}
		actions = append(actions, strings.Join(r.actions, " + "))
		if !slices.Contains(gains, r.gain) {
			gains = append(gains, r.gain)
		}
	}
	if first == nil {
		return nil
	}
	return []Violation{first.violation("escalation", High, list(actions), "none of these combinations on every resource",
		"Whoever has this can "+gains[0]+more(len(gains)-1),
		`Hold the action to the resources that are needed ("Resource": "arn:aws:iam::ACCOUNT:role/NAME"), or set a permissions boundary and deny its removal.`)}
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return ", among other ways to more rights"
}

// opens returns the first statement that takes part in a route, where every action of it is allowed on all of a kind,
// without a condition, and not denied. Statements that are reported as a wildcard of the whole service do not count: their
// finding says it already.
func (p *Policy) opens(r route) *Statement {
	var first *Statement
	whole := true
	for _, action := range r.actions {
		at := slices.IndexFunc(p.Statements, func(s *Statement) bool {
			return s.Allow && !s.onResource() && len(s.Conditions) == 0 && broad(s.Resources) && covers(s.Actions, action) &&
				!slices.ContainsFunc(s.Actions, isEverything)
		})
		if at < 0 || p.denied(action) {
			return nil
		}
		if first == nil {
			first = p.Statements[at]
		}
		service, _, _ := strings.Cut(action, ":")
		whole = whole && slices.Contains(p.Statements[at].Actions, service+":*")
	}
	if whole {
		return nil
	}
	return first
}
