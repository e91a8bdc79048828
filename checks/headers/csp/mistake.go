package csp

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"hardcheck/checks"
	"hardcheck/checks/internal/spelling"
)

// directiveKind is what a directive takes, and whether browsers still read it.
type directiveKind uint8

const (
	sourceList  directiveKind = iota + 1
	otherValues               // tokens, addresses, or nothing
	retired                   // known once, and ignored by today's browsers
)

// directives are the names that browsers know or knew: CSP3, its companions (Trusted Types, Upgrade Insecure Requests,
// Mixed Content, Fenced Frame) and what they retired.
var directives = map[string]directiveKind{
	"default-src": sourceList, "script-src": sourceList, "script-src-elem": sourceList, "script-src-attr": sourceList,
	"style-src": sourceList, "style-src-elem": sourceList, "style-src-attr": sourceList, "img-src": sourceList,
	"font-src": sourceList, "connect-src": sourceList, "media-src": sourceList, "object-src": sourceList,
	"child-src": sourceList, "frame-src": sourceList, "worker-src": sourceList, "manifest-src": sourceList,
	"fenced-frame-src": sourceList, "base-uri": sourceList, "form-action": sourceList, "frame-ancestors": sourceList,
	"sandbox": otherValues, "webrtc": otherValues, "report-uri": otherValues, "report-to": otherValues,
	"upgrade-insecure-requests": otherValues, "require-trusted-types-for": otherValues, "trusted-types": otherValues,
	"block-all-mixed-content": retired, "plugin-types": retired, "prefetch-src": retired, "navigate-to": retired,
	"require-sri-for": retired, "reflected-xss": retired, "referrer": retired, "disown-opener": retired,
}

// mistake is a slip after which a browser reads another policy than was meant.
type mistake struct {
	rule checks.Rule
	find func(e *evaluation, p *Policy) []Finding
}

var mistakes = []mistake{
	{checks.Rule{ID: "unknown-directive", Title: "A directive that no browser knows", Severity: checks.Low}, unknownDirectives},
	{checks.Rule{ID: "missing-semicolon", Title: "A directive stands inside another one", Severity: checks.Medium}, missingSemicolons},
	{checks.Rule{ID: "stray-comma", Title: "A comma divides what belongs to one policy", Severity: checks.Low, Precision: checks.PrecisionMedium}, strayCommas},
	{checks.Rule{ID: "unquoted-keyword", Title: "A keyword without its single quotes is a host name", Severity: checks.Low}, unquotedKeywords},
	{checks.Rule{ID: "not-ascii", Title: "A directive with a character outside ASCII is dropped", Severity: checks.Medium}, notASCII},
	{checks.Rule{ID: "repeated-directive", Title: "A directive is given twice: the second is ignored", Severity: checks.Low}, repeatedDirectives},
	{checks.Rule{ID: "ignored-in-meta", Title: "A directive has no effect in a meta element", Severity: checks.Low}, metaDirectives},
	{checks.Rule{ID: "strict-dynamic-alone", Title: "'strict-dynamic' without nonce or hash blocks every script", Severity: checks.Low}, strictAlone},
	{checks.Rule{ID: "broken-source", Title: "A nonce or hash that can match nothing", Severity: checks.Low}, brokenSources},
	{checks.Rule{ID: "invalid-source", Title: "A source that browsers cannot read", Severity: checks.Low}, invalidSources},
	{checks.Rule{ID: "none-not-alone", Title: "'none' beside other sources has no effect", Severity: checks.Low}, noneNotAlone},
	{checks.Rule{ID: "invalid-value", Title: "A directive with a value that browsers ignore", Severity: checks.Low}, invalidValues},
	{checks.Rule{ID: "wide-directive", Title: "A directive that allows any host", Severity: checks.Low}, wideDirectives},
	{checks.Rule{ID: "oversized", Title: "The policy is longer than what is judged", Severity: checks.Low}, oversized},
	{checks.Rule{ID: "http-report", Title: "Reports go over plain http", Severity: checks.Low}, plainReports},
	{checks.Rule{ID: "undeclared-endpoint", Title: "Reports go to an endpoint that is not declared", Severity: checks.Low, Precision: checks.PrecisionMedium}, undeclaredEndpoints},
}

// in finds the mistake in one policy.
func (m *mistake) in(e *evaluation, policy int) []Finding {
	out := m.find(e, &e.policies[policy])
	for i := range out {
		out[i].Rule, out[i].Policy = m.rule.ID, policy
	}
	return out
}

// odd calls see with each source that may be a slip.
func (p *Policy) odd(see func(d *Directive, s *Source)) {
	for i := range p.Directives {
		d := &p.Directives[i]
		for j := 0; d.odd && j < len(d.Sources); j++ {
			if s := &d.Sources[j]; s.odd() {
				see(d, s)
			}
		}
	}
}

func unknownDirectives(_ *evaluation, p *Policy) (out []Finding) {
	for i := range p.Directives {
		d := &p.Directives[i]
		if d.kind != 0 || looksLikeSource(d.Name) {
			continue
		}
		f := Finding{Directive: d.Name, Expected: "a directive of CSP Level 3", Actual: d.Name,
			Message: "no browser knows " + d.Name + ": what it was to block is not blocked"}
		word, _, _ := strings.Cut(strings.ReplaceAll(d.Name, "=", ":"), ":")
		if near := closestDirective(word); near != "" {
			f.Expected, f.Fix = near, "Write "+near+"."
			f.Message += "; did you mean " + near + "?"
		} else if namesHeader(d.Name) {
			f.Expected, f.Fix = "the policy alone", "Take the header's name out of its value."
			f.Message = "the header's own name stands in its value, and browsers drop what follows up to the semicolon: an attacker uses what it was to block"
		}
		out = append(out, f)
	}
	return out
}

// namesHeader reports whether the name of a directive is that of the header, as where a whole line was pasted as the value.
func namesHeader(name string) bool { return strings.HasPrefix(name, "content-security-policy") }

func closestDirective(word string) string {
	if len(word) > 40 {
		return ""
	}
	best, least := "", 3
	for name := range directives {
		if n := spelling.Distance(word, name); n < least || n == least && best != "" && name < best {
			best, least = name, n
		}
	}
	return best
}

// missingSemicolons finds names of directives among values. Names without a hyphen are host names as well.
func missingSemicolons(_ *evaluation, p *Policy) (out []Finding) {
	p.odd(func(d *Directive, s *Source) {
		name := swallowed(s)
		if name == "" || d.Name == "report-to" || d.Name == "trusted-types" || namesHeader(d.Name) {
			return
		}
		out = append(out, Finding{Directive: d.Name, Expected: "; before " + name, Actual: d.Name + " … " + name,
			Message: name + " is read as a value of " + d.Name + " and restricts nothing, and its values widen " + d.Name + ": an attacker uses what it was to block",
			Fix:     "Put a semicolon before " + name + "."})
	})
	return out
}

// swallowed is the directive that a value names, or "".
func swallowed(s *Source) string {
	name := strings.ToLower(strings.TrimSuffix(s.Text, ":"))
	if directives[name] == 0 || !strings.Contains(name, "-") {
		return ""
	}
	return name
}

func looksLikeSource(name string) bool {
	if namesHeader(name) || strings.HasSuffix(name, ":") && directives[strings.TrimSuffix(name, ":")] != 0 {
		return false
	}
	s := parseSource(name)
	return s.Kind != Invalid && (s.Kind != Host || strings.ContainsAny(name, "./*:"))
}

// strayCommas finds a policy that begins with a source, because the comma before it ended the list that it belongs to,
// and directives divided by commas instead of semicolons.
func strayCommas(e *evaluation, p *Policy) (out []Finding) {
	for i := range p.Directives {
		if d := &p.Directives[i]; d.kind == 0 && looksLikeSource(d.Name) {
			out = append(out, Finding{Directive: d.Name, Expected: "a space before " + d.Name, Actual: ", " + d.Text,
				Message: "a comma or semicolon ends the list, so " + d.Name + " is read as the name of a directive: the source is not allowed, and someone will soon loosen the policy",
				Fix:     "Divide sources by spaces, directives by semicolons."})
		}
	}
	if e.dividedByCommas(p) {
		out = append(out, Finding{Directive: "default-src", Expected: "semicolons between directives", Actual: p.Directives[0].Text + ", …",
			Message: "a comma begins a policy of its own, and default-src goes on blocking what the directives after it allow: someone will soon loosen it",
			Fix:     "Divide directives by semicolons."})
	}
	return out
}

// dividedByCommas reports whether p is the first of a header line whose policies are one directive each, one of them
// default-src.
func (e *evaluation) dividedByCommas(p *Policy) bool {
	if p.parts < 2 {
		return false
	}
	names := map[string]bool{}
	for i := range e.policies {
		if &e.policies[i] != p {
			continue
		}
		for _, q := range e.policies[i:min(i+p.parts, len(e.policies))] {
			if len(q.Directives) != 1 || q.Directives[0].kind == 0 {
				return false
			}
			names[q.Directives[0].Name] = true
		}
	}
	return names["default-src"] && len(names) == p.parts
}

func notASCII(_ *evaluation, p *Policy) (out []Finding) {
	for _, d := range p.Dropped {
		if d.Why != NotASCII {
			continue
		}
		f := Finding{Directive: d.Name, Expected: "ASCII characters only", Actual: d.Text,
			Message: fmt.Sprintf("it holds %U, and browsers drop the whole of %s: an attacker uses everything that it was to block", foreignRune(d.Text), d.Name),
			Fix:     "Write international host names in Punycode (xn--…)."}
		switch c := foreignRune(d.Text); {
		case strings.ContainsRune("‘’“”", c):
			f.Fix = "Replace the curly quotes by straight single quotes (')."
		case !unicode.IsGraphic(c) || unicode.IsSpace(c):
			f.Fix = "Delete the invisible character and write a plain space."
		}
		out = append(out, f)
	}
	return out
}

// foreignRune is the first character outside ASCII.
func foreignRune(text string) rune {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return c
		}
	}
	return 0
}

// repeatedDirectives finds second directives of a name. One that says the same is only untidy.
func repeatedDirectives(_ *evaluation, p *Policy) (out []Finding) {
	for _, d := range p.Dropped {
		if d.Why != Repeated || d.Name == "report-uri" || d.Name == "report-to" {
			continue
		}
		f := Finding{Directive: d.Name, Expected: "one " + d.Name, Actual: d.Name + " twice",
			Message: "browsers take the first " + d.Name + " and ignore the other: what only the second blocks, an attacker uses",
			Fix:     "Join both into one " + d.Name + "."}
		if first := p.Get(d.Name); first != nil && sameWords(first.Text, d.Text) {
			f.Severity, f.Message = checks.Info, "browsers ignore the second "+d.Name+", which says the same as the first"
		}
		out = append(out, f)
	}
	return out
}

func sameWords(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func metaDirectives(_ *evaluation, p *Policy) (out []Finding) {
	if !p.Meta {
		return nil
	}
	for i := range p.Directives {
		if name := p.Directives[i].Name; ignoredInMeta(name) {
			out = append(out, Finding{Directive: name, Expected: name + " in the header", Actual: name + " in a meta element",
				Message: "browsers ignore " + name + " in a meta element", Fix: "Send " + name + " in the response header."})
		}
	}
	return out
}
