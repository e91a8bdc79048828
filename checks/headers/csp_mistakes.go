package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// directiveNames are the directives that browsers know or knew: CSP3, its companions and what they retired.
var directiveNames = []string{
	"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr",
	"img-src", "font-src", "connect-src", "media-src", "object-src", "child-src", "frame-src", "worker-src",
	"manifest-src", "fenced-frame-src", "base-uri", "form-action", "frame-ancestors", "sandbox", "webrtc",
	"report-uri", "report-to", "upgrade-insecure-requests", "require-trusted-types-for", "trusted-types",
	"block-all-mixed-content", "plugin-types", "prefetch-src", "navigate-to", "require-sri-for", "reflected-xss",
	"referrer", "disown-opener",
}

// keywords are the words that have their meaning only inside single quotes.
var keywords = []string{
	"none", "self", "unsafe-inline", "unsafe-eval", "unsafe-hashes", "strict-dynamic", "report-sample",
	"wasm-unsafe-eval", "unsafe-allow-redirects", "inline-speculation-rules", "trusted-types-eval", "report-sha256",
	"report-sha384", "report-sha512",
}

// cspMistakes are slips after which a browser reads another policy than was meant.
var cspMistakes = []cspMistake{
	{checks.Rule{ID: "unknown-directive", Title: "A directive that no browser knows", Severity: checks.Low}, unknownDirectives},
	{checks.Rule{ID: "missing-semicolon", Title: "A directive stands inside another one", Severity: checks.Medium}, missingSemicolons},
	{checks.Rule{ID: "unquoted-keyword", Title: "A keyword without its single quotes is a host name", Severity: checks.Low}, unquotedKeywords},
	{checks.Rule{ID: "repeated-directive", Title: "A directive is given twice: the second is ignored", Severity: checks.Low}, repeatedDirectives},
	{checks.Rule{ID: "ignored-in-meta", Title: "A directive has no effect in a meta element", Severity: checks.Low}, metaDirectives},
	{checks.Rule{ID: "strict-dynamic-alone", Title: "'strict-dynamic' without nonce or hash blocks every script", Severity: checks.Low}, strictAlone},
	{checks.Rule{ID: "broken-source", Title: "A nonce or hash that can match nothing", Severity: checks.Low}, brokenSources},
}

func unknownDirectives(p *csPolicy) (out []issue) {
	for _, d := range p.directives {
		if slices.Contains(directiveNames, d.name) {
			continue
		}
		i := issue{attribute: d.name, expected: "a directive of CSP Level 3", actual: d.name,
			message: "no browser knows " + d.name + ": what it was to block is not blocked"}
		if near := closest(strings.TrimRight(d.name, ":"), directiveNames); near != "" {
			i.expected, i.fix = near, "Write "+near+"."
			i.message += "; did you mean " + near + "?"
		}
		out = append(out, i)
	}
	return out
}

func missingSemicolons(p *csPolicy) (out []issue) {
	for _, d := range p.directives {
		for _, v := range d.values {
			if name := strings.ToLower(v); slices.Contains(directiveNames, name) && strings.Contains(name, "-") {
				out = append(out, issue{attribute: d.name, expected: "; before " + name, actual: d.name + " … " + name,
					message: name + " is read as a host of " + d.name + " and restricts nothing", fix: "Put a semicolon before " + name + "."})
			}
		}
	}
	return out
}

// sourceLists are the directives whose values are sources; others (sandbox, report-uri, trusted-types) take other words.
func sourceList(name string) bool {
	return strings.HasSuffix(name, "-src") || strings.HasSuffix(name, "-src-elem") || strings.HasSuffix(name, "-src-attr") ||
		slices.Contains([]string{"base-uri", "form-action", "frame-ancestors"}, name)
}

func unquotedKeywords(p *csPolicy) (out []issue) {
	for _, d := range p.directives {
		if !sourceList(d.name) {
			continue
		}
		for _, v := range d.values {
			word := strings.ToLower(strings.Trim(v, "'\"‘’“”"))
			special := slices.Contains(keywords, word) || strings.HasPrefix(word, "nonce-") || shaPrefix(word)
			whole := len(v) >= 2 && v[0] == '\'' && v[len(v)-1] == '\''
			if special && !whole {
				out = append(out, issue{attribute: d.name, expected: "'" + word + "'", actual: v,
					message: v + " is read as a host name, the keyword has no effect", fix: "Write '" + word + "' in single quotes."})
			}
		}
	}
	return out
}

func shaPrefix(word string) bool {
	return strings.HasPrefix(word, "sha256-") || strings.HasPrefix(word, "sha384-") || strings.HasPrefix(word, "sha512-")
}

func repeatedDirectives(p *csPolicy) (out []issue) {
	for _, name := range p.repeated {
		if name != "report-uri" && name != "report-to" {
			out = append(out, issue{attribute: name, expected: "one " + name, actual: name + " twice",
				message: "browsers take the first " + name + " and ignore the other"})
		}
	}
	return out
}

func metaDirectives(p *csPolicy) (out []issue) {
	if !p.inMeta {
		return nil
	}
	for _, d := range p.directives {
		if slices.Contains(inMetaIgnored, d.name) {
			out = append(out, issue{attribute: d.name, expected: d.name + " in the header", actual: d.name + " in a meta element",
				message: "browsers ignore " + d.name + " in a meta element", fix: "Send " + d.name + " in the response header."})
		}
	}
	return out
}

func strictAlone(p *csPolicy) []issue {
	d, ok := p.scripts()
	if !ok || !d.has("'strict-dynamic'") || d.trusted() {
		return nil
	}
	return []issue{{attribute: d.name, expected: "a nonce or hash beside 'strict-dynamic'", actual: shown(d),
		message: "'strict-dynamic' drops every host and no nonce or hash is there: no script runs, and someone will soon loosen it"}}
}

func brokenSources(p *csPolicy) (out []issue) {
	for _, d := range p.directives {
		for _, v := range d.values {
			value, nonce := quotedSource(v, "nonce-")
			badNonce := nonce && !base64Value(value)
			badHash := isHash(v) && !hashSize(v)
			if badNonce || badHash {
				out = append(out, issue{attribute: d.name, expected: "base64 of the full length", actual: v,
					message: "browsers cannot match " + v + ", so it allows nothing and protects nothing"})
			}
		}
	}
	return out
}
