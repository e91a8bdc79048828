package scan

import "errors"

// Scanner finds the tokens of a list of rules and the occurrences of other literals in one pass over the bytes.
// It is safe for concurrent use.
type Scanner struct {
	automaton  *Automaton
	literals   []literal
	contextual []*Matcher
	keyed      *keyed
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
	s := &Scanner{keyed: newKeyed()}
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
		if len(r.Keywords) > 0 {
			s.keyed.add(m)
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

// Scan returns the tokens of structural and of keyword rules in data, ordered and without overlaps, and calls hit for each occurrence of
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
	s.keyed.scan(data, func(m Match) { found = append(found, m) })
	return Distinct(found)
}

// Beside returns the token that the value data[start:end] is by the keyword rules, where context is the text before it.
// It is for values whose context does not stand before them in data.
func (s *Scanner) Beside(context, data []byte, start, end int) (Match, bool) {
	var found []Match
	for i, g := range s.keyed.groups {
		if end-start < g.least || end-start > g.most || g.mixed && !mixed(data[start:end]) {
			continue
		}
		if m, ok := s.keyed.value(i, context, data, start, end); ok {
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
