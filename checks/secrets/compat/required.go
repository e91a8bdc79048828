package compat

import "slices"

// withRequired keeps the matches that have, for each rule that theirs requires, a finding of it near.
func (s *scan) withRequired(r *Rule, matches []found) []found {
	if len(matches) == 0 {
		return nil
	}
	s.locate(matches)
	for _, q := range r.required {
		others := s.findings(q.rule)
		kept := matches[:0]
		next := 0 // the first of the others that is not too many lines before
		for _, m := range matches {
			for q.lines >= 0 && next < len(others) && others[next].line < m.line-q.lines {
				next++
			}
			if q.anyNear(m, others[next:]) {
				kept = append(kept, m)
			}
		}
		matches = kept
	}
	return matches
}

// findings returns what a rule finds, by line. Keywords do not matter: the text holds those of
// the rule that requires it.
func (s *scan) findings(id string) []found {
	r := s.config.rule(id)
	if r == nil {
		return nil
	}
	matches := s.rule(slices.Index(s.config.rules, r))
	s.locate(matches)
	return matches
}

// maxNeighbours bounds the others that are compared with one match.
const maxNeighbours = 1000

func (q required) anyNear(m found, others []found) bool {
	for i, o := range others {
		if i == maxNeighbours || q.lines >= 0 && o.line > m.line+q.lines {
			return false
		}
		if o.Aside != "" && m.Aside == "" {
			continue // what is set aside is no finding, except beside another that is
		}
		if q.column < 0 || m.column-o.column <= q.column && o.column-m.column <= q.column {
			return true
		}
	}
	return false
}
