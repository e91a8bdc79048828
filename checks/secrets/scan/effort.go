package scan

// effort bounds the work on text that is made of anchors: it remembers, during one scan, where long runs end, and how
// often a rule was judged on what ends at one place.
type effort struct {
	ends   runEnds
	judged []attempt // by matcher
	used   bool
}

type attempt struct{ end, times int }

// maxAttempts is how many anchors in one unbroken text a rule is tried on.
const maxAttempts = 16

// reset prepares for another text.
func (e *effort) reset(sets, matchers int) {
	if len(e.judged) != matchers || len(e.ends.known) != sets {
		*e = effort{ends: runEnds{make([]offsets, sets)}, judged: make([]attempt, matchers)}
	}
	if e.used {
		clear(e.ends.known)
		clear(e.judged)
		e.used = false
	}
}

// allow reports whether the matcher may judge one more token that ends there.
func (e *effort) allow(matcher, end int) bool {
	e.used = true
	a := &e.judged[matcher]
	if a.end != end {
		*a = attempt{end: end}
	}
	a.times++
	return a.times <= maxAttempts
}

// runEnds remembers, by set, where the last long run ends, so that an unbroken text full of anchors is not walked
// again from each of them.
type runEnds struct{ known []offsets }

// of returns the end of the run of the step's set at data[at:], however long.
func (e *runEnds) of(t *step, data []byte, at int) int {
	last := &e.known[t.memo-1]
	end := at
	for end < len(data) && t.set[data[end]] {
		if end >= last.from && end < last.to {
			end = last.to
			break
		}
		end++
	}
	*last = offsets{at, end}
	return end
}

// longRun is from how many bytes on the end of a run is worth remembering.
const longRun = 64

// remember gives each set of long runs its place in runEnds.
func (p *Pattern) remember(places map[Set]int) {
	for i := range p.alternatives {
		for j := range p.alternatives[i].steps {
			t := &p.alternatives[i].steps[j]
			if t.max < longRun {
				continue
			}
			place, ok := places[*t.set]
			if !ok {
				place = len(places) + 1
				places[*t.set] = place
			}
			t.memo = place
		}
	}
}
