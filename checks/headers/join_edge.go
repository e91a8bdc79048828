package headers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// locateHaproxy chooses the frontend by its listeners. Which of its backends answers, rules decide that are not
// followed: all of them may.
func locateHaproxy(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	keep := func(fits func(bind string) bool) {
		some := slices.DeleteFunc(slices.Clone(scopes), func(s *checks.Scope) bool {
			return !slices.ContainsFunc(s.All("bind"), func(set checks.Setting) bool { return fits(set.Raw) })
		})
		if len(some) > 0 {
			scopes = some
		}
	}
	keep(func(bind string) bool { return slices.Contains(strings.Fields(bind), "ssl") == at.https })
	keep(func(bind string) bool { return listenPort(bind) == at.port })
	fronts := map[checks.Place]bool{}
	for _, s := range scopes {
		fronts[s.Place] = true
	}
	if len(fronts) != 1 {
		return nil, "which frontend of HAProxy answers is not known: none or several of them listen there"
	}
	return scopes, ""
}

var (
	traefikHost  = regexp.MustCompile(`Host\(([^)]*)\)`)
	traefikPaths = regexp.MustCompile(`(Path|PathPrefix)\(([^)]*)\)`)
	traefikOther = regexp.MustCompile(`[A-Za-z]+\(`)
	quotedWord   = regexp.MustCompile("[`'\"]([^`'\"]*)[`'\"]")
)

// locateTraefik chooses the router by its rule: of those that hold the longest, which has the highest priority unless
// one is given. Of matchers besides Host, Path and PathPrefix it is not known whether they hold.
func locateTraefik(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	var sure, open []*checks.Scope
	for _, s := range scopes {
		set, ok := s.Get("rule")
		if s.Kind != "router" || !ok || set.Dynamic() || tlsSetting(s) && !at.https {
			continue
		}
		holds, known := traefikHolds(set.Raw, at)
		switch {
		case !known:
			open = append(open, s)
		case holds:
			sure = append(sure, s)
		}
	}
	slices.SortStableFunc(sure, func(a, b *checks.Scope) int {
		ruleA, _ := a.Get("rule")
		ruleB, _ := b.Get("rule")
		return cmp.Compare(len(ruleB.Raw), len(ruleA.Raw))
	})
	if len(sure) > 1 {
		sure = sure[:1]
	}
	if found := append(sure, open...); len(found) > 0 {
		return found, ""
	}
	return nil, "no router of Traefik has a rule for " + at.host
}

// traefikHolds evaluates a rule that joins its matchers by &&.
func traefikHolds(rule string, at asked) (holds, known bool) {
	if strings.Contains(rule, "||") || strings.Contains(rule, "!") {
		return false, false
	}
	matchers := len(traefikOther.FindAllString(rule, -1))
	for _, m := range traefikHost.FindAllStringSubmatch(rule, -1) {
		matchers--
		if !slices.ContainsFunc(quotedWord.FindAllStringSubmatch(m[1], -1), func(q []string) bool { return strings.EqualFold(q[1], at.host) }) {
			return false, true
		}
	}
	for _, m := range traefikPaths.FindAllStringSubmatch(rule, -1) {
		matchers--
		if !slices.ContainsFunc(quotedWord.FindAllStringSubmatch(m[2], -1), func(q []string) bool {
			return q[1] == at.path || m[1] == "PathPrefix" && strings.HasPrefix(at.path, q[1])
		}) {
			return false, true
		}
	}
	return true, matchers == 0
}

// locatePaths finds the rule of a hosting service for the path, the longest pattern first. The rule for every path holds
// where no other does; patterns with more than * are not followed and may hold.
func locatePaths(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	var found, open []*checks.Scope
	for _, s := range scopes {
		pattern, ok := strings.CutPrefix(s.Name, "path ")
		switch {
		case !ok:
		case strings.ContainsAny(pattern, "(:{[?") || strings.Count(pattern, "*") > 1:
			open = append(open, s)
		case globHolds(pattern, at.path):
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b *checks.Scope) int { return cmp.Compare(len(b.Name), len(a.Name)) })
	if len(found)+len(open) == 0 {
		return nil, "no rule for headers holds for " + at.path
	}
	return append(found, open...), ""
}

// globHolds matches a path with one * that stands for anything.
func globHolds(pattern, path string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == path
	}
	return len(path) >= len(before)+len(after) && strings.HasPrefix(path, before) && strings.HasSuffix(path, after)
}
