package scan

import (
	"fmt"
	"slices"
)

// Set is a set of bytes.
type Set [256]bool

// step is a run of min to max bytes of a set.
type step struct {
	set      *Set
	min, max int
	memo     int // the place of long runs' ends in runEnds, from 1; 0 for short runs
}

// Pattern is a sequence of steps, or several to choose from. Its notation is a subset of regular expressions: literal
// bytes, classes ([0-9a-f], [^"], \w, \d, \s, .), groups, counts (?, *, +, {36}, {20,40}), | between alternatives, and
// (?i) in front. Groups are written out, so that matching is a walk over steps, linear and equal to the regular
// expression on ASCII text; only runs without an upper count end at maxRun.
type Pattern struct {
	alternatives []sequence
}

// sequence is one alternative. It is greedy where no run can take what the next step needs, so that taking every run
// whole decides; otherwise all ends that a run may have are followed.
type sequence struct {
	steps  []step
	greedy bool
}

// maxRun bounds a run without an upper count.
const maxRun = 4096

// maxAmbiguous bounds what a match of a sequence that is not greedy may take, in bytes.
const maxAmbiguous = 1024

func newSequence(steps []step) (sequence, error) {
	s := sequence{steps: steps, greedy: true}
	most := 0
	for i := range steps {
		most += steps[i].max
		if steps[i].min == steps[i].max {
			continue
		}
		for _, next := range steps[i+1:] {
			if overlaps(steps[i].set, next.set) {
				s.greedy = false
			}
			if next.min > 0 {
				break
			}
		}
	}
	if !s.greedy && most > maxAmbiguous {
		return s, fmt.Errorf("a run that is not told from what follows it needs bounds: %d bytes, %d at most", most, maxAmbiguous)
	}
	return s, nil
}

func overlaps(a, b *Set) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}

// Match returns the end of the longest match that begins at data[at:] and is followed by a byte that could not
// continue a token, or -1.
func (p *Pattern) Match(data []byte, at int) int { return p.match(data, at, nil) }

func (p *Pattern) match(data []byte, at int, e *effort) int {
	best := -1
	for i := range p.alternatives {
		s := &p.alternatives[i]
		if s.greedy {
			if end := s.forward(data, at, e); end > best && s.endsToken(data, end) {
				best = end
			}
			continue
		}
		for _, reached := range slices.Backward(s.reach(data, at, 1)) {
			for end := reached.to; end >= reached.from && end > best; end-- {
				if s.endsToken(data, end) {
					best = end
				}
			}
		}
	}
	return best
}

// forward takes every run whole.
func (s *sequence) forward(data []byte, at int, e *effort) int {
	for i := range s.steps {
		t := &s.steps[i]
		from, limit := at, min(at+t.max, len(data))
		if t.memo > 0 && e != nil {
			e.used = true
			at = min(limit, e.ends.of(t, data, at))
		} else {
			for at < limit && t.set[data[at]] {
				at++
			}
		}
		if at-from < t.min {
			return -1
		}
	}
	return at
}

// offsets is a range of offsets, both ends included.
type offsets struct{ from, to int }

// reach returns every offset at which the steps, taken in the direction 1 or -1 from at, may end, as ranges by ascending
// distance from at. Distances are measured from at, so that one walk serves both directions.
func (s *sequence) reach(data []byte, at, direction int) []offsets {
	length := len(data) - at
	if direction < 0 {
		length = at
	}
	member := func(set *Set, distance int) bool {
		if direction < 0 {
			return set[data[at-1-distance]]
		}
		return set[data[at+distance]]
	}
	reached := []offsets{{0, 0}}
	for i := range s.steps {
		t := &s.steps[i]
		if direction < 0 {
			t = &s.steps[len(s.steps)-1-i]
		}
		var next []offsets
		seen := 0 // what is before it and not before the last from is a run
		for _, r := range reached {
			for from := r.from; from <= r.to; {
				end := max(from, seen)
				for end < length && end < r.to+t.max && member(t.set, end) {
					end++
				}
				if from+t.min <= end {
					next = join(next, offsets{from + t.min, min(end, min(r.to, end-t.min)+t.max)})
				}
				seen, from = end, end+1
			}
		}
		reached = next
	}
	if direction < 0 {
		for i := range reached {
			reached[i] = offsets{at - reached[i].to, at - reached[i].from}
		}
		return reached
	}
	for i := range reached {
		reached[i] = offsets{at + reached[i].from, at + reached[i].to}
	}
	return reached
}

// join adds a range to those in ascending order, as part of the last ones where they touch.
func join(all []offsets, s offsets) []offsets {
	for len(all) > 0 && s.from <= all[len(all)-1].to+1 {
		last := all[len(all)-1]
		s = offsets{min(s.from, last.from), max(s.to, last.to)}
		all = all[:len(all)-1]
	}
	return append(all, s)
}

// back returns the start of the longest match that ends at data[:end], or -1.
func (p *Pattern) back(data []byte, end int) int {
	best := -1
	for i := range p.alternatives {
		s := &p.alternatives[i]
		for _, reached := range s.reach(data, end, -1) {
			if best < 0 || reached.from < best {
				best = reached.from
			}
		}
	}
	return best
}

// whole reports whether the pattern matches all of the value.
func (p *Pattern) whole(value []byte) bool {
	for i := range p.alternatives {
		s := &p.alternatives[i]
		if s.greedy {
			if s.forward(value, 0, nil) == len(value) {
				return true
			}
			continue
		}
		if reached := s.reach(value, 0, 1); len(reached) > 0 && reached[len(reached)-1].to == len(value) {
			return true
		}
	}
	return false
}

// endsToken reports whether the byte at end is no word character and could not belong to the last runs.
func (s *sequence) endsToken(data []byte, end int) bool {
	if end >= len(data) {
		return true
	}
	c := data[end]
	if isWord(c) {
		return false
	}
	for i := len(s.steps) - 1; i >= 0; i-- {
		if s.steps[i].set[c] {
			return false
		}
		if s.steps[i].min > 0 {
			break
		}
	}
	return true
}

// tokenBytes are the word characters and hyphens.
var tokenBytes = rangesSet("09AZaz__--")

// wordBytes are the word characters.
var wordBytes = rangesSet("09AZaz__")

func rangesSet(pairs string) *Set {
	s := &Set{}
	s.addRanges(pairs)
	return s
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}
