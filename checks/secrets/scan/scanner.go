// Package scan is the detection engine of the secrets module: one pass of a multi-pattern prefilter over the bytes
// finds literals and runs of token bytes, and structural matchers decide at each hit in time bounded by the rule. It
// knows no provider: rules are data that its callers bring.
package scan

import (
	"errors"
	"fmt"
	"math/bits"
)

// Scanner finds the tokens of a list of rules and the occurrences of other literals in one pass over the bytes.
// It is safe for concurrent use.
type Scanner struct {
	prefilter  *prefilter
	literals   []literal
	contextual []*Matcher
	keyed      *keyed
	sets       *classTables
	longSets   int // of runs whose ends are remembered
	matchers   int
}

type literal struct {
	text     string
	matchers []*Matcher
	classes  []int // of the caller's literals
}

// Hit is an occurrence of one of the caller's literals. Class is its index in the classes given to NewScanner.
type Hit struct {
	Class, Start, End int
}

// leastLiteral is how many bytes a literal of the caller has at least.
const leastLiteral = 3

// NewScanner compiles rules and the caller's own classes of literals.
func NewScanner(rules []*Rule, classes ...[]string) (*Scanner, error) {
	b := &builder{scanner: &Scanner{keyed: newKeyed()}, index: map[string]int{}, places: map[Set]int{}, patterns: compiled{}, leads: edges{}, tails: edges{}}
	var errs []error
	for _, r := range rules {
		errs = append(errs, b.rule(r))
	}
	for class, texts := range classes {
		for _, t := range texts {
			if len(t) < leastLiteral {
				errs = append(errs, fmt.Errorf("literal %q: too short to look for", t))
				continue
			}
			l := b.literal(t)
			l.classes = append(l.classes, class)
		}
	}
	return b.finish(), errors.Join(errs...)
}

// builder is a scanner in the making.
type builder struct {
	scanner  *Scanner
	index    map[string]int // of literals, by text
	places   map[Set]int    // in runEnds
	patterns compiled
	// leads and tails are what patterns end and begin with.
	leads, tails edges
}

// rule compiles a rule and enters it where its kind is found.
func (b *builder) rule(r *Rule) error {
	s := b.scanner
	m, err := b.patterns.matcher(r)
	if err != nil {
		return err
	}
	if len(r.Keywords) > 0 {
		if err := s.keyed.add(m); err != nil {
			return err
		}
	}
	if len(r.Names) > 0 {
		s.contextual = append(s.contextual, m)
	}
	m.id, s.matchers = s.matchers, s.matchers+1
	for _, a := range r.Anchors {
		if a == "" {
			return fmt.Errorf("rule %s: an anchor is empty", r.ID)
		}
		m.tail.remember(b.places)
		l := b.literal(a)
		l.matchers = append(l.matchers, m)
	}
	return nil
}

func (b *builder) literal(text string) *literal {
	i, ok := b.index[text]
	if !ok {
		i = len(b.scanner.literals)
		b.index[text] = i
		b.scanner.literals = append(b.scanner.literals, literal{text: text})
	}
	return &b.scanner.literals[i]
}

func (b *builder) finish() *Scanner {
	s := b.scanner
	targets := make([]target, len(s.literals))
	for i := range s.literals {
		targets[i] = b.target(&s.literals[i])
	}
	s.prefilter, s.longSets = newPrefilter(targets), len(b.places)
	digits := rangesSet("09")
	if !s.keyed.digits {
		digits = &s.keyed.wide
	}
	s.sets = newClassTables(tokenBytes, &s.keyed.wide, digits, wordBytes, rangesSet(`\\%%`), rangesSet("mm"))
	return s
}

// The sets that Scan tells.
const (
	classToken = iota
	classWide  // what values of keyword rules may hold
	classMark  // what they must hold
	classWord
	classEscape // begins an escape that a token may follow
	classColour // ends one
)

// target is what the prefilter may take for granted around the literal.
func (b *builder) target(l *literal) target {
	t := target{text: l.text}
	if len(l.classes) > 0 {
		return t
	}
	t.starts = isWord(l.text[0])
	for i, m := range l.matchers {
		t.starts = t.starts && m.Rule.Lead == ""
		before, after := b.leads.of(m.lead, (*Pattern).trailing), b.tails.of(m.tail, (*Pattern).leading)
		if i == 0 {
			t.before, t.after = before, after
			continue
		}
		n := min(len(before), len(t.before))
		t.before, t.after = unite(t.before[len(t.before)-n:], before[len(before)-n:]), unite(t.after, after)
	}
	return t
}

// edges holds the sets at an edge of patterns: many rules share one.
type edges map[*Pattern][]*Set

func (e edges) of(p *Pattern, sets func(*Pattern) []*Set) []*Set {
	all, ok := e[p]
	if !ok {
		all = sets(p)
		e[p] = all
	}
	return all
}

// Scan returns the tokens of structural and of keyword rules in data, ordered and without overlaps, and calls hit
// for each occurrence of the caller's literals, in no defined order.
func (s *Scanner) Scan(data []byte, hit func(Hit)) []Match {
	var found []Match
	w := sweeps.Get().(*sweep)
	defer func() {
		w.context.reset() // it holds on to data
		sweeps.Put(w)
	}()
	w.runs.reset(s.keyed.least)
	w.starts = startState{}
	w.effort.reset(s.longSets, s.matchers)
	literalAt := func(id, start int) {
		l := &s.literals[id]
		for _, m := range l.matchers {
			if match, ok := m.at(data, start, len(l.text), &w.effort); ok {
				found = append(found, match)
			}
		}
		for _, class := range l.classes {
			hit(Hit{class, start, start + len(l.text)})
		}
	}
	keep := func(m Match) { found = append(found, m) }
	run := func(start, end int) {
		s.keyed.values(data, start, end, &w.context, keep)
	}
	w.chunks(data, func(view []byte, blocks, at int) {
		classify(s.sets, view, &w.classes, blocks+1)
		s.prefilter.find(w, data, view, blocks, at, literalAt)
		if len(s.keyed.groups) > 0 {
			w.runs.find(w.classes[classWide][:blocks], w.classes[classMark][:blocks], at, run)
		}
	})
	return Distinct(found)
}

// Beside returns the token that the value data[start:end] is by the keyword rules, where before is the text before it.
// It is for values whose context does not stand before them in data.
func (s *Scanner) Beside(before, data []byte, start, end int) (Match, bool) {
	var found []Match
	c := &context{}
	c.read(s.keyed.words, before)
	for fits := s.keyed.fitting(end - start); fits != 0; fits &= fits - 1 {
		i := bits.TrailingZeros32(fits)
		if s.keyed.loose>>i&1 == 0 && !mixes(data[start:end]) {
			continue
		}
		if m, ok := s.keyed.value(i, c, data, start, end); ok {
			found = append(found, m)
		}
	}
	if found = Distinct(found); len(found) > 0 {
		return found[0], true
	}
	return Match{}, false
}

// Named returns the token that the value data[start:end] of an assignment to name is, by the contextual rules.
func (s *Scanner) Named(name string, data []byte, start, end int) (Match, bool) {
	normal := NormalName(name)
	for _, m := range s.contextual {
		if m.NameMatches(normal) {
			if match, ok := m.Value(data, start, end); ok {
				return match, true
			}
		}
	}
	return Match{}, false
}
