package iam

import (
	"slices"
	"strings"
)

// Match reports whether a pattern of IAM covers a text: * stands for any characters, ? for one. Linear in the product of
// the stars' stretches, never exponential.
func Match(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// covers reports whether one of the patterns covers the action, which is in lower case.
func covers(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return !strings.Contains(p, Unknown) && Match(p, action) })
}

// everything reports resources that stand for all of an account: "*", or an ARN whose every part is.
func everything(resources []string) bool {
	return slices.ContainsFunc(resources, func(r string) bool { return r == "*" || strings.Trim(r, "*:") == "" && r != "" })
}

// broad reports resources that stand for all of a kind: "*", arn:aws:s3:::*, arn:aws:iam::123456789012:role/*.
func broad(resources []string) bool {
	return slices.ContainsFunc(resources, func(r string) bool {
		if everything([]string{r}) {
			return true
		}
		parts := strings.SplitN(r, ":", 6)
		if len(parts) < 6 || parts[0] != "arn" || strings.Contains(parts[2], Unknown) {
			return false
		}
		kind, rest, found := strings.Cut(parts[5], "/")
		if !found {
			kind, rest, found = strings.Cut(parts[5], ":")
		}
		return parts[5] == "*" || parts[5] == "*/*" || found && kinds[kind] && strings.Trim(rest, "*/:") == "" && strings.Contains(rest, "*")
	})
}

// kinds are the kinds of resources whose wildcard takes in every one of the account.
var kinds = words(`user role policy group instance-profile function instance table secret key parameter`)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
