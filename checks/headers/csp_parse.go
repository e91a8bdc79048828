package headers

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"hardcheck/checks"
)

// csPolicy is one serialized policy (CSP Level 3, 2.2). Several lines, commas in a line and meta elements give
// several policies, and a browser enforces each by itself: what any one of them blocks is blocked.
type csPolicy struct {
	directives []csDirective
	repeated   []string // names of directives that were given again; browsers take the first
	inMeta     bool
	place      checks.Place
}

// csDirective is one directive; its name is in lower case.
type csDirective struct {
	name   string
	values []string
}

// Bounds on what is read of one response and of one policy.
const (
	maxPolicies   = 64
	maxDirectives = 500
)

// inMetaIgnored are the directives that have no effect in a meta element (HTML, http-equiv processing).
var inMetaIgnored = []string{"frame-ancestors", "report-uri", "sandbox"}

// policies returns the enforced policies of a response, those of meta elements last.
func (r *response) policies() []csPolicy {
	var out []csPolicy
	for _, f := range r.all(cspHeader) {
		out = append(out, parsePolicies(f.value, f.place)...)
	}
	for _, m := range r.meta {
		if m.name != cspHeader {
			continue
		}
		for _, p := range parsePolicies(m.content, cmp.Or(m.place, r.place)) {
			p.inMeta = true
			out = append(out, p)
		}
	}
	return out[:min(len(out), maxPolicies)]
}

// parsePolicies reads a header value: policies divided by commas (CSP3, 2.2.2). Empty policies are dropped.
func parsePolicies(value string, place checks.Place) []csPolicy {
	var out []csPolicy
	for _, text := range strings.SplitN(value, ",", maxPolicies) {
		if p := parsePolicy(text); len(p.directives) > 0 {
			p.place = place
			out = append(out, p)
		}
	}
	return out
}

// parsePolicy is "parse a serialized CSP": it never fails, what it cannot read has no effect.
func parsePolicy(text string) csPolicy {
	var p csPolicy
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ";") {
		words := strings.FieldsFunc(part, asciiSpace)
		if len(words) == 0 || !ascii(part) {
			continue
		}
		if len(p.directives) == maxDirectives {
			break
		}
		name := strings.ToLower(words[0])
		if seen[name] {
			p.repeated = append(p.repeated, name)
			continue
		}
		seen[name] = true
		p.directives = append(p.directives, csDirective{name, words[1:]})
	}
	return p
}

func asciiSpace(c rune) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7f })
}

// get returns the first directive of the names that the policy has, which is how fetch directives fall back, and
// whether there is one. A directive that a meta element cannot carry is not there.
func (p *csPolicy) get(names ...string) (csDirective, bool) {
	for _, name := range names {
		if p.inMeta && slices.Contains(inMetaIgnored, name) {
			continue
		}
		for _, d := range p.directives {
			if d.name == name {
				return d, true
			}
		}
	}
	return csDirective{}, false
}

// scripts are the sources that decide about script elements, scriptAttrs those about inline event handlers.
func (p *csPolicy) scripts() (csDirective, bool) {
	return p.get("script-src-elem", "script-src", "default-src")
}

func (p *csPolicy) scriptAttrs() (csDirective, bool) {
	return p.get("script-src-attr", "script-src", "default-src")
}

// has reports whether the directive holds the keyword, such as 'unsafe-inline', in any case.
func (d *csDirective) has(keyword string) bool {
	return slices.ContainsFunc(d.values, func(v string) bool { return strings.EqualFold(v, keyword) })
}

// trusted reports whether the directive holds a valid nonce or hash.
func (d *csDirective) trusted() bool {
	return slices.ContainsFunc(d.values, func(v string) bool { return nonceOf(v) != "" || isHash(v) })
}

// inline reports whether any inline script runs: 'unsafe-inline' that no nonce, hash or 'strict-dynamic' cancels
// (CSP3, 6.7.3.2).
func (d *csDirective) inline() bool {
	return d.has("'unsafe-inline'") && !d.trusted() && !d.has("'strict-dynamic'")
}

// nonceOf returns the value of a nonce source, or "" where the word is none: a nonce with other characters than
// base64 is not a nonce, and 'unsafe-inline' beside it stays in force.
func nonceOf(word string) string {
	value, ok := quotedSource(word, "nonce-")
	if !ok || !base64Value(value) {
		return ""
	}
	return value
}

// nonces are the nonces that the response's policies trust scripts by.
func (r *response) nonces() (out []string) {
	for _, p := range r.policies() {
		d, _ := p.scripts()
		for _, v := range d.values {
			if nonce := nonceOf(v); nonce != "" {
				out = append(out, nonce)
			}
		}
	}
	return out
}

func isHash(word string) bool {
	for _, algorithm := range []string{"sha256-", "sha384-", "sha512-"} {
		if value, ok := quotedSource(word, algorithm); ok {
			return base64Value(value)
		}
	}
	return false
}

func quotedSource(word, prefix string) (string, bool) {
	if len(word) < len(prefix)+2 || word[0] != '\'' || word[len(word)-1] != '\'' {
		return "", false
	}
	inner := word[1 : len(word)-1]
	if !strings.EqualFold(inner[:len(prefix)], prefix) {
		return "", false
	}
	return inner[len(prefix):], true
}

// base64Value is the grammar base64-value of CSP3, 2.3.1: also the URL alphabet, at most two "=".
func base64Value(s string) bool {
	body := strings.TrimRight(s, "=")
	return body != "" && len(s)-len(body) <= 2 && !strings.ContainsFunc(body, func(c rune) bool {
		return !strings.ContainsRune(base64Alphabet, c)
	})
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

// hashSize reports whether a hash source has the length of its digest. A hash of another length matches no script.
func hashSize(word string) bool {
	for prefix, size := range map[string]int{"sha256-": 32, "sha384-": 48, "sha512-": 64} {
		if value, ok := quotedSource(word, prefix); ok {
			standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(value, "="))
			return base64.RawStdEncoding.DecodedLen(len(standard)) == size
		}
	}
	return true
}
