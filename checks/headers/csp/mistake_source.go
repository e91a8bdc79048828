package csp

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks/internal/spelling"
)

// unquotedKeywords finds keywords, nonces and hashes without single quotes, which are host names.
func unquotedKeywords(_ *evaluation, p *Policy) (out []Finding) {
	p.odd(func(d *Directive, s *Source) {
		word := strings.Trim(s.Text, "'\"`")
		whole := len(s.Text) > 1 && s.Text[0] == '\'' && s.Text[len(s.Text)-1] == '\''
		if d.kind != sourceList || whole || !special(word) {
			return
		}
		out = append(out, Finding{Directive: d.Name, Expected: "'" + word + "'", Actual: s.Text,
			Message: s.Text + " is read as a host name: the keyword has no effect, and whoever owns a host of that name serves content here",
			Fix:     "Write '" + word + "' in single quotes."})
	})
	return out
}

// special reports whether a word without its quotes is a keyword, a nonce or a hash.
func special(word string) bool {
	_, isNonce := cutPrefixFold(word, "nonce-")
	_, isHash := hashValue(word)
	return keywords[strings.ToLower(word)] != 0 || isNonce || isHash > 0
}

func strictAlone(_ *evaluation, p *Policy) []Finding {
	d := p.effective(scriptURL)
	if d == nil || d.words&strictDynamic == 0 || d.nonces || d.hashes {
		return nil
	}
	return []Finding{{Directive: d.Name, Expected: "a nonce or hash beside 'strict-dynamic'", Actual: d.Text,
		Message: "'strict-dynamic' drops every host and no nonce or hash is there: no script runs, and someone will soon loosen it",
		Fix:     "Add a nonce that differs in every answer beside 'strict-dynamic'."}}
}

// brokenSources finds nonces and hashes that a browser cannot read, or that are too short to be one.
func brokenSources(_ *evaluation, p *Policy) (out []Finding) {
	p.odd(func(d *Directive, s *Source) {
		inner := strings.Trim(s.Text, "'")
		quoted := s.Text[0] == '\'' && s.Text[len(s.Text)-1] == '\''
		if !quoted || !special(inner) || keywords[strings.ToLower(inner)] != 0 {
			return
		}
		f := Finding{Directive: d.Name, Expected: "base64 of the full length", Actual: s.Text,
			Message: "browsers cannot match " + s.Text + ", so it allows nothing and protects nothing"}
		if _, live := d.inline(true); live {
			f.Message += "; 'unsafe-inline' beside it stays in force"
		}
		out = append(out, f)
	})
	return out
}

// invalidSources finds words that no part of the grammar reads, apart from those that other rules explain.
func invalidSources(_ *evaluation, p *Policy) (out []Finding) {
	p.odd(func(d *Directive, s *Source) {
		word := strings.ToLower(strings.Trim(s.Text, "'\"`"))
		if d.kind != sourceList || s.Kind != Invalid && !s.query || special(word) {
			return
		}
		f := Finding{Directive: d.Name, Expected: "a source of CSP Level 3", Actual: s.Text,
			Message: "browsers cannot read " + s.Text + " and ignore it: what it was to allow is blocked, and someone will soon loosen the policy"}
		if s.query {
			f.Message = "browsers cut off what follows the path in " + s.Text + ": every query is allowed"
		}
		if near := closestKeyword(word); near != "" {
			f.Expected, f.Fix = near, "Write "+near+"."
		} else if plain := parseSource(cmp.Or(word, "'")); plain.Kind == Host || plain.Kind == Scheme {
			f.Expected, f.Fix = word, "Write hosts and schemes without quotes."
		}
		out = append(out, f)
	})
	return out
}

func closestKeyword(word string) string {
	if len(word) > 40 || strings.ContainsAny(word, ".:/*") {
		return ""
	}
	best, least := "", 3
	for name := range keywords {
		if n := spelling.Distance(word, name); n < least || n == least && best != "" && "'"+name+"'" < best {
			best, least = "'"+name+"'", n
		}
	}
	return best
}

// noneNotAlone finds 'none' beside a source that matches something, unless a semicolon is missing between the two.
func noneNotAlone(_ *evaluation, p *Policy) (out []Finding) {
	matching := func(s Source) bool { return s.Kind != Invalid && s.word&(none|reportSample|otherKeyword) == 0 }
	divided := func(s Source) bool { return swallowed(&s) != "" }
	for i := range p.Directives {
		d := &p.Directives[i]
		if d.kind == sourceList && d.words&none != 0 && slices.ContainsFunc(d.Sources, matching) && !slices.ContainsFunc(d.Sources, divided) {
			out = append(out, Finding{Directive: d.Name, Expected: "'none' alone", Actual: d.Text,
				Message: "browsers ignore 'none' beside other sources: an attacker uses what those allow",
				Fix:     "Remove 'none', or everything else."})
		}
	}
	return out
}
