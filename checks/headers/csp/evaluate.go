package csp

import (
	"slices"

	"hardcheck/checks"
)

// Page is what is known of the page beside its policies.
type Page struct {
	Self URL // the page's address; without a host where it is not known
	// Reused are nonces known to be in more than one answer; Fresh stands for one that differs in every answer.
	Reused []string
	Fresh  string
	// Endpoints are the names that Reporting-Endpoints or Report-To declare, where Declares says that it is known.
	Endpoints []string
	Declares  bool
}

// Finding is one thing that policies leave open, or one that does not mean what its author meant.
type Finding struct {
	Rule      string
	Policy    int    // the policy it is about, by its place in the list
	Directive string // the name of the directive, also of one that is missing
	Expected  string
	Actual    string
	Message   string // how an attacker uses it
	Fix       string
	Severity  checks.Severity // zero means the rule's
	Precision checks.Precision
}

// evaluation is the policies of one page under judgement.
type evaluation struct {
	policies []Policy
	page     Page
	nonces   []string // of script elements, each once
	self     URL
	reach    []reached // on hosts of script sources, where gathered
	gathered bool
}

func newEvaluation(policies []Policy, page Page) *evaluation {
	e := &evaluation{policies: policies, page: page, self: page.Self}
	if e.self.Scheme == "" {
		e.self.Scheme = "https"
	}
	e.nonces = Nonces(policies)
	return e
}

// Nonces are the nonces by which the policies trust script elements, each once.
func Nonces(policies []Policy) []string {
	var out []string
	for i := range policies {
		d := policies[i].effective(inlineScript)
		if d == nil || !d.nonces {
			continue
		}
		for j := range d.Sources {
			if s := &d.Sources[j]; s.Kind == Nonce && len(out) < maxTries && !slices.Contains(out, s.value) {
				out = append(out, s.value)
			}
		}
	}
	return out
}

// Evaluate says what an attacker can do on a page with these enforced policies, and where one of them says something
// else than was meant. Of a page without a policy it says nothing.
func Evaluate(policies []Policy, page Page) []Finding {
	if len(policies) == 0 {
		return nil
	}
	e := newEvaluation(policies, page)
	out := e.judge(weaknesses, nil)
	for i := range mistakes {
		before := len(out)
		for n := 0; n < len(policies) && len(out)-before < maxAlike; n++ {
			out = append(out, mistakes[i].in(e, n)...)
		}
		out = out[:min(len(out), before+maxAlike)]
	}
	return out
}

// Bounds on what one page costs and what is told of it.
const (
	maxAlike = 20  // findings of one rule
	maxNamed = 5   // sources that one finding names
	maxTries = 100 // attempts for one rule
)

// Hints says what would make policies stronger that leave no known hole, or a small one.
func Hints(policies []Policy, page Page) []Finding {
	if len(policies) == 0 {
		return nil
	}
	e := newEvaluation(policies, page)
	return e.judge(hints, e.judge(weaknesses, nil))
}

// admits asks every policy. All have to allow the attempt; the grant is the most telling: by a host, by another source,
// by a directive, by the lack of one.
func (e *evaluation) admits(a attempt) (best grant, policy int, ok bool) {
	for n := range e.policies {
		g, ok := e.policies[n].allows(a, e.self)
		if !ok {
			return grant{}, 0, false
		}
		if n == 0 || g.weight() > best.weight() {
			best, policy = g, n
		}
	}
	return best, policy, true
}

func (g grant) weight() int {
	switch {
	case g.source != nil && g.source.Kind == Host && !g.source.everywhere():
		return 3
	case g.source != nil:
		return 2
	case g.directive != nil:
		return 1
	}
	return 0
}

// open reports whether all policies allow the attempt.
func (e *evaluation) open(a attempt) bool {
	_, _, ok := e.admits(a)
	return ok
}

// any reports whether one of the policies has the property.
func (e *evaluation) any(has func(p *Policy) bool) bool {
	for i := range e.policies {
		if has(&e.policies[i]) {
			return true
		}
	}
	return false
}

// trustedTypes reports whether strings may not be compiled or written into the page unless a policy object made them.
func (e *evaluation) trustedTypes() bool {
	return e.any(func(p *Policy) bool {
		d := p.Get("require-trusted-types-for")
		return d != nil && slices.ContainsFunc(d.Sources, func(s Source) bool { return s.Text == "'script'" })
	})
}

// sources calls see with the host and scheme sources by which the policies decide about the vector.
func (e *evaluation) sources(v vector, see func(s *Source)) {
	for i := range e.policies {
		d := e.policies[i].effective(v)
		if d == nil {
			continue
		}
		for j := range d.Sources {
			if s := &d.Sources[j]; s.Kind == Host || s.Kind == Scheme {
				see(s)
			}
		}
	}
}

// Framing reports whether a frame-ancestors is in force, which overrules X-Frame-Options, and how a foreign site gets
// past it where one does.
func Framing(policies []Policy, page Page) (inForce bool, open Finding, ok bool) {
	e := newEvaluation(policies, page)
	inForce = e.any(func(p *Policy) bool { return p.effective(framedBy) != nil })
	if !inForce {
		return false, Finding{}, false
	}
	open, ok = foreignFrame.judge(&trial{e: e})
	return true, open, ok
}

var foreignFrame = weakness{rule: checks.Rule{ID: "open-frame-ancestors"}, expected: "named sites", attempts: func(t *trial) {
	tryForeign(framedBy)(t)
	tryRented(t, framedBy)
}}

// KnownDirective reports whether browsers know or knew a directive of that name, which is in lower case.
func KnownDirective(name string) bool { return directives[name] != 0 }
