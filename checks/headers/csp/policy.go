// Package csp reads Content Security Policies and says what an attacker can still do on a page that they cover.
//
// It follows CSP Level 3 (https://www.w3.org/TR/CSP3/; sections are given as "CSP3, 6.7.2"). An attack is a concrete
// attempt: this inline script, that script URL with this nonce. Every policy is asked by itself whether it allows the
// attempt, and what one of them blocks is blocked, so a hole counts only where all policies leave the same one.
package csp

import "strings"

// Policy is one policy of a page: a header line, the part of one between commas, or a meta element.
type Policy struct {
	Directives []Directive // what a browser keeps: the first of each name
	Dropped    []Dropped   // what a browser drops while it reads
	Meta       bool        // delivered by a meta element, where some directives have no effect
	parts      int         // of the first policy of a line: how many the line holds
	cut        bool        // longer than what is read
}

// Directive is one directive of a policy.
type Directive struct {
	Name    string // in lower case
	Text    string // as written
	Sources []Source
	kind    directiveKind // zero for a name that no browser knows
	words   keyword       // every keyword of the list
	nonces  bool
	hashes  bool
	// odd marks a source that may be a slip: one that cannot be read, or a host or scheme without a dot.
	odd bool
}

// Dropped is a directive that a browser does not keep.
type Dropped struct {
	Name string // in lower case
	Text string
	Why  DropReason
}

// DropReason is why a browser drops a directive.
type DropReason int

// The reasons of CSP3, 2.2.1.
const (
	Repeated DropReason = iota // a directive of that name came before it
	NotASCII                   // it holds a character outside ASCII, such as a curly quote
)

// Bounds on what is read. What is beyond them is told (see oversized), not judged.
const (
	MaxPolicies   = 32 // of a page
	maxDirectives = 200
	maxSources    = 1000 // of a policy
)

// ParseList is "parse a serialized CSP list" (CSP3, 2.2.2): policies divided by commas, without the empty ones.
func ParseList(text string) []Policy {
	var out []Policy
	for len(out) < MaxPolicies {
		one, rest, more := strings.Cut(text, ",")
		if p := Parse(one); len(p.Directives) > 0 || len(p.Dropped) > 0 {
			out = append(out, p)
		}
		if text = rest; !more {
			break
		}
	}
	if len(out) > 0 {
		out[0].parts = len(out)
	}
	return out
}

// Parse is "parse a serialized CSP" (CSP3, 2.2.1). It never fails: what cannot be read has no effect. A policy that holds
// only dropped directives enforces nothing.
func Parse(text string) Policy {
	p := Policy{Directives: make([]Directive, 0, min(strings.Count(text, ";")+1, maxDirectives))}
	sources := make([]Source, 0, min(countWords(text), maxSources))
	for rest, more := text, true; more; {
		if p.cut = p.cut || len(p.Directives)+len(p.Dropped) == maxDirectives; p.cut {
			break
		}
		var token string
		token, rest, more = strings.Cut(rest, ";")
		token = trim(token)
		name, values := nextWord(token)
		if name == "" {
			continue
		}
		name = strings.ToLower(name)
		switch {
		case !ascii(token):
			p.Dropped = append(p.Dropped, Dropped{name, token, NotASCII})
		case p.Get(name) != nil:
			p.Dropped = append(p.Dropped, Dropped{name, token, Repeated})
		default:
			d := Directive{Name: name, Text: token, kind: directives[name]}
			sources, p.cut = d.read(values, sources)
			p.Directives = append(p.Directives, d)
		}
	}
	return p
}

// read appends the directive's sources to the policy's, as many as there is room for, and returns those.
func (d *Directive) read(values string, sources []Source) (all []Source, cut bool) {
	first := len(sources)
	for {
		var word string
		if word, values = nextWord(values); word == "" || len(sources) == maxSources {
			cut = word != ""
			break
		}
		s := parseSource(word)
		d.words |= s.word
		d.nonces = d.nonces || s.Kind == Nonce
		d.hashes = d.hashes || s.Kind == Hash
		d.odd = d.odd || s.odd()
		sources = append(sources, s)
	}
	d.Sources = sources[first:len(sources):len(sources)]
	return sources, cut
}

// Get returns the policy's directive of that name, which is in lower case, or nil.
func (p *Policy) Get(name string) *Directive {
	for i := range p.Directives {
		if p.Directives[i].Name == name {
			return &p.Directives[i]
		}
	}
	return nil
}

func asciiSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' }

// trim strips ASCII whitespace, and no other: a no-break space is part of a word.
func trim(s string) string {
	for s != "" && asciiSpace(s[0]) {
		s = s[1:]
	}
	for s != "" && asciiSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// nextWord divides text into its first word and what follows it.
func nextWord(text string) (word, rest string) {
	start := 0
	for start < len(text) && asciiSpace(text[start]) {
		start++
	}
	end := start
	for end < len(text) && !asciiSpace(text[end]) {
		end++
	}
	return text[start:end], text[end:]
}

// countWords is an upper bound of the words in the text.
func countWords(text string) int {
	n := 1
	for i := range len(text) {
		if asciiSpace(text[i]) {
			n++
		}
	}
	return n
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
