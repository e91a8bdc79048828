package headers

import (
	"bytes"
	"slices"

	"golang.org/x/net/html"

	"hardcheck/checks"
)

var ruleMisplaced = checks.Rule{ID: "misplaced-meta", Title: "A policy in a meta element comes too late or outside the head", Severity: checks.Low}

// misplacedMeta finds a policy in a meta element that covers less than the page. A meta policy holds from where it
// stands on, and outside the head it does not hold at all (HTML, "Content security policy state").
func misplacedMeta(r *response, policies []csPolicy) (issue, bool) {
	if r.answer == nil || !bytes.Contains(bytes.ToLower(r.answer.Body), []byte("content-security-policy")) {
		return issue{}, false
	}
	inHead := slices.ContainsFunc(r.meta, func(m metaTag) bool { return m.name == cspHeader })
	inHeader := slices.ContainsFunc(policies, func(p csPolicy) bool { return !p.Meta })
	scripts, outside := aroundPolicies(r.answer.Body)
	i := issue{rule: ruleMisplaced.ID, attribute: "meta", place: r.place, expected: "the meta element first in the head, or the header",
		fix: "Send the policy as the header; in a meta element it stands first in the head."}
	switch {
	case outside && !inHead:
		i.actual = "a meta element outside the head"
		i.message = "browsers ignore a policy in a meta element outside the head: an attacker uses everything that it was to block"
		return i, true
	case scripts && inHead && !inHeader:
		i.actual = "a script before the meta element"
		i.message = "scripts before the meta element run without the policy, and so does what an attacker injects there"
		return i, true
	}
	return issue{}, false
}

// aroundPolicies reports whether a script stands before the first policy of the page, and whether a policy stands
// outside the head.
func aroundPolicies(body []byte) (scriptBefore, outside bool) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	head, script, found, inside := true, false, false, ""
	for n := 0; n < maxTokens; n++ {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind == html.TextToken {
			head = head && (inside != "" || len(bytes.TrimSpace(z.Text())) == 0)
			continue
		}
		name, more := z.TagName()
		tag := string(name)
		switch {
		case kind == html.CommentToken, kind == html.DoctypeToken:
		case inside != "":
			if kind == html.EndTagToken && tag == inside {
				inside = ""
			}
		case kind == html.EndTagToken:
			head = head && tag != "head"
		case tag == "meta":
			if m, ok := metaOf(z, more); ok && m.name == cspHeader {
				scriptBefore = scriptBefore || script && !found && head
				outside = outside || !head
				found = true
			}
		case headContent[tag]:
			script = script || tag == "script" && element{tag, attributesOf(z, more)}.runs()
			inside = tag
		default:
			head = head && headElements[tag]
		}
	}
	return scriptBefore, outside
}

// maxTokens bounds the elements and texts that are read of one page.
const maxTokens = 200_000
