package secrets

import (
	"bytes"
	"slices"

	"hardcheck/checks/secrets/compat"
)

// ignoreWords occur in every comment that sets something aside, so that a text without one costs one search a finding.
var ignoreWords = [][]byte{[]byte(":allow"), []byte(":ignore")}

// ignoredByComment says which comment on the line of a finding, or on the line before it, sets it aside; "" for none.
// The comment may name the rule in any of the ways given.
func (t *text) ignoredByComment(at span, rule ...string) string {
	start := lineStart(t.data, at.start)
	end := bytes.IndexByte(t.data[at.start:min(len(t.data), at.start+maxLine)], '\n')
	if end < 0 {
		end = min(len(t.data)-at.start, maxLine)
	}
	if reason := ignores(t.data[start:at.start+end], rule, false); reason != "" || start == 0 {
		return reason
	}
	return ignores(t.data[lineStart(t.data, start-1):start-1], rule, true)
}

func ignores(line []byte, rule []string, next bool) string {
	if !slices.ContainsFunc(ignoreWords, func(w []byte) bool { return bytes.Contains(line, w) }) {
		return ""
	}
	comment, ok := compat.Inline(line)
	if !ok || comment.Problem != "" || comment.NextLine != next || len(comment.Rules) > 0 && !slices.ContainsFunc(comment.Rules, func(named string) bool { return slices.Contains(rule, named) }) {
		return ""
	}
	if comment.Reason != "" {
		return "a comment of " + comment.Tool + " in the file: " + printable(comment.Reason)
	}
	return "a comment of " + comment.Tool + " in the file"
}
