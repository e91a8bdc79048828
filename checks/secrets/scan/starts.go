package scan

import "math/bits"

// startState is what the places where tokens may begin depend on, of the bitmaps' last words.
type startState struct{ word, escape, colour, mark uint64 }

// How far a token begins behind the m of a colour, and behind the \ or the % of an escape.
const (
	colourEnd  = 1
	letterEnd  = 2 // \n
	percentEnd = 3 // %3D
	unicodeEnd = 6 // \u003d
)

// next has the bits where startsToken may be true in the next word of the bitmaps: after no word character, or where
// an escape may end.
func (s *startState) next(word, escape, colour, mark uint64) uint64 {
	starts := ^shift(word, s.word, 1)
	starts |= shift(escape, s.escape, letterEnd) | shift(escape, s.escape, percentEnd) | shift(escape, s.escape, unicodeEnd)
	starts |= shift(colour, s.colour, colourEnd) & shift(mark|^word, s.mark|^s.word, colourEnd+1)
	*s = startState{word, escape, colour, mark}
	return starts
}

// shift moves bits up, with those that come from the word before.
func shift(m, before uint64, by int) uint64 { return m<<by | before>>(64-by) }

// usual is how many candidates are listed without a look at whether there are as many: how many there are cannot be
// foretold, and few blocks have more.
const usual = 4

// candidates lists the positions at which a window may be.
func (s *sweep) candidates(blocks int) []uint16 {
	free, first := s.matched[anywhere][:blocks], s.matched[startsText][:blocks]
	word, escape, colour, mark := s.classes[classWord][:blocks], s.classes[classEscape][:blocks], s.classes[classColour][:blocks], s.classes[classMark][:blocks]
	token := s.classes[classToken][:blocks+1]
	n := 0
	state := s.starts
	for w := range free {
		starts := state.next(word[w], escape[w], colour[w], mark[w])
		m := free[w] | starts&(first[w]|runsFrom(token[w], token[w+1]))
		next := n + bits.OnesCount64(m)
		for ; ; n += usual {
			few := (*[usual]uint16)(s.positions[n:])
			for i := range few {
				few[i] = uint16(w*blockSize + bits.TrailingZeros64(m))
				m &= m - 1
			}
			if m == 0 {
				break
			}
		}
		n = next
	}
	s.starts = state
	return s.positions[:n]
}

// runsFrom has the bits from which leastRun bits are set, in the word m that next follows.
func runsFrom(m, next uint64) uint64 {
	m &= m>>1 | next<<63
	next &= next >> 1
	m &= m>>2 | next<<62
	next &= next >> 2
	m &= m>>4 | next<<60
	next &= next >> 4
	return m & (m>>8 | next<<56)
}
