package permissions

import (
	"bytes"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
)

// ignoreComment is how zizmor's users set a finding aside where it stands: # zizmor: ignore[rule, rule]. It is honoured for
// the rules that ask the same here; the finding is told as waived and counted.
// https://docs.zizmor.sh/usage/#with-comments
var ignoreComment = regexp.MustCompile(`#.*\bzizmor:\s*ignore\[([a-z0-9_, -]+)\]`)

// ignoreNames are zizmor's names of what the rules here ask.
var ignoreNames = map[string]string{
	"template-injection": "template-injection", "unknown-in-script": "template-injection", "evaluated-text": "template-injection", "environment-file": "github-env",
	"insecure-commands": "insecure-commands", "obfuscated": "obfuscation", "unpinned-action": "unpinned-uses", "unpinned-image": "unpinned-images",
	"compromised-action": "known-vulnerable-actions", "archived-action": "archived-uses", "forbidden-action": "forbidden-uses", "dependency-execution": "dependabot-execution",
	"dependency-cooldown": "dependabot-cooldown", "no-permissions": "excessive-permissions", "write-all": "excessive-permissions", "read-all": "excessive-permissions",
	"workflow-write": "excessive-permissions", "unused-write": "excessive-permissions", "persisted-credentials": "artipacked", "secrets-inherit": "secrets-inherit",
	"all-secrets": "overprovisioned-secrets", "unredacted-secret": "unredacted-secrets", "literal-password": "hardcoded-container-credentials", "app-token": "github-app",
	"stored-publish-token": "use-trusted-publishing", "secret-without-environment": "secrets-outside-env", "untrusted-checkout": "dangerous-triggers",
	"dangerous-trigger": "dangerous-triggers", "spoofable-actor": "bot-conditions", "always-true": "unsound-condition", "unsound-contains": "unsound-contains",
	"unsound-ternary": "unsound-ternary", "self-hosted-runner": "self-hosted-runner", "cache-poisoning": "cache-poisoning",
}

// ignoreComments are the names in such comments by line; nil for a file without any.
func ignoreComments(f *checks.File) map[int]string {
	if !bytes.Contains(f.Data, []byte("zizmor:")) {
		return nil
	}
	out := map[int]string{}
	n := 0
	for line := range strings.Lines(f.Text()) {
		n++
		if m := ignoreComment.FindStringSubmatch(line); m != nil {
			out[n] = m[1]
		}
	}
	return out
}

// aside is the comment that sets a finding aside, or "".
func (c *pipeline) aside(f *checks.Finding) string {
	name := ignoreNames[f.Rule]
	if name == "" || f.Place.Line == 0 {
		return ""
	}
	for line := f.Place.Line; line <= max(f.Place.Line, f.Place.EndLine); line++ {
		for word := range strings.FieldsFuncSeq(c.ignored[line], func(r rune) bool { return r == ',' || r == ' ' }) {
			if word == name {
				return "a comment in the file ignores it: zizmor: ignore[" + name + "]"
			}
		}
		if len(c.ignored) == 0 || line-f.Place.Line > maxPlaces {
			break
		}
	}
	return ""
}

// failSeveral reports one finding for several places, which a comment at one of them does not set aside.
func (c *pipeline) failSeveral(count int, at *yaml.Node, f checks.Finding) {
	if count > 1 {
		held := c.ignored
		c.ignored = nil
		defer func() { c.ignored = held }()
	}
	c.fail(at, f)
}
