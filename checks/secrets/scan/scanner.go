package scan

import (
	"cmp"
	"errors"
	"slices"
)

// Scanner finds the tokens of a list of rules and the occurrences of other literals in one pass over the bytes.
// It is safe for concurrent use.
type Scanner struct {
	automaton  *Automaton
	literals   []literal
	contextual []*Matcher
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

// NewScanner compiles rules and the caller's own classes of literals.
func NewScanner(rules []*Rule, classes ...[]string) (*Scanner, error) {
	s := &Scanner{}
	index := map[string]int{}
	add := func(text string) *literal {
		i, ok := index[text]
		if !ok {
			i = len(s.literals)
			index[text] = i
			s.literals = append(s.literals, literal{text: text})
		}
		return &s.literals[i]
	}
	var errs []error
	for _, r := range rules {
		m, err := NewMatcher(r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, a := range r.Anchors {
			l := add(a)
			l.matchers = append(l.matchers, m)
		}
		if len(r.Names) > 0 {
			s.contextual = append(s.contextual, m)
		}
	}
	for class, texts := range classes {
		for _, t := range texts {
			l := add(t)
			l.classes = append(l.classes, class)
		}
	}
	texts := make([]string, len(s.literals))
	for i := range s.literals {
		texts[i] = s.literals[i].text
	}
	s.automaton = NewAutomaton(texts)
	return s, errors.Join(errs...)
}

// Scan returns the structural tokens in data, ordered and without overlaps, and calls hit for each occurrence of
// the caller's literals, in no defined order.
func (s *Scanner) Scan(data []byte, hit func(Hit)) []Match {
	var found []Match
	s.automaton.Find(data, func(id, start int) {
		l := &s.literals[id]
		for _, m := range l.matchers {
			if match, ok := m.At(data, start, len(l.text)); ok {
				found = append(found, match)
			}
		}
		for _, class := range l.classes {
			hit(Hit{class, start, start + len(l.text)})
		}
	})
	return Distinct(found)
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

// Distinct orders matches and keeps, of those that overlap, the surest: proven first, then the longest, then the
// rule's ID.
func Distinct(found []Match) []Match {
	slices.SortFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	kept := found[:0]
	for _, m := range found {
		if n := len(kept); n > 0 && m.Start < kept[n-1].End {
			if m.Proof == Proven && kept[n-1].Proof != Proven {
				kept[n-1] = m
			}
			continue
		}
		kept = append(kept, m)
	}
	return kept
}
