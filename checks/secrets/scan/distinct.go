package scan

import (
	"cmp"
	"slices"
)

// rank orders what overlaps: what is proven, then what its own form shows, then what its name says, then what a
// word near it says.
func (m *Match) rank() int {
	switch {
	case m.Proof == Proven:
		return 0
	case len(m.Rule.Anchors) > 0:
		return 1
	case len(m.Rule.Names) > 0:
		return 2
	}
	return 3
}

// Distinct orders matches and keeps, of those that overlap, the surest: by rank, then the longest, then the first,
// then by the rule's ID. It takes its argument over.
func Distinct(found []Match) []Match {
	if len(found) < 2 {
		return found
	}
	slices.SortFunc(found, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	kept := found[:0]
	for len(found) > 0 {
		size, end := 1, found[0].End
		for size < len(found) && found[size].Start < end {
			end = max(end, found[size].End)
			size++
		}
		kept = append(kept, surest(found[:size], end)...)
		found = found[size:]
	}
	return kept
}

// surest chooses among matches that overlap in a chain and end at end. A bitmap of the bytes taken makes it linear in their
// lengths, however many they are.
func surest(chain []Match, end int) []Match {
	if len(chain) == 1 {
		return chain
	}
	base := chain[0].Start
	slices.SortFunc(chain, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(b.End-b.Start, a.End-a.Start), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	taken := make(bitmap, (end-base)/64+1)
	kept := chain[:0]
	for _, m := range chain {
		if taken.claim(m.Start-base, m.End-base) {
			kept = append(kept, m)
		}
	}
	slices.SortFunc(kept, func(a, b Match) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

type bitmap []uint64

// claim sets the bits of start..end if none of them is set.
func (b bitmap) claim(start, end int) bool {
	mask := func(word int) uint64 {
		m := ^uint64(0)
		if word == start/64 {
			m <<= start % 64
		}
		if word == (end-1)/64 {
			m &= ^uint64(0) >> (63 - (end-1)%64)
		}
		return m
	}
	for w := start / 64; w <= (end-1)/64; w++ {
		if b[w]&mask(w) != 0 {
			return false
		}
	}
	for w := start / 64; w <= (end-1)/64; w++ {
		b[w] |= mask(w)
	}
	return true
}
