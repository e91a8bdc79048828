package scan

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// prefilter finds the occurrences of many literals in one pass. Of each literal four bytes, its window, are looked for:
// the vector kernel leaves few positions, the windows' hashes fewer, and only there are literals compared. Where only
// the beginning of a token counts, the kernel's positions are those of such beginnings, and where a long run of token
// bytes must follow, they are so few that they need no kernel.
type prefilter struct {
	anywhere, starts fingerprintTables
	four, three      windowIndex // of windows of four bytes, and of those whose fourth may be nearly any
	texts            []string
	broad            broadWindows
}

// comparison tells whether a literal may stand where its window was found, by the eight bytes around.
type comparison struct {
	bytes, mask uint64 // what it has there, and where
	target      int32
	offset      int32 // of the window in the literal
}

// aroundBefore is how many of the eight bytes stand before the window.
const aroundBefore = 2

func newPrefilter(targets []target) *prefilter {
	p := &prefilter{texts: make([]string, len(targets))}
	for i, t := range targets {
		p.texts[i] = t.text
	}
	var windows [places][]window
	for _, w := range chooseWindows(targets) {
		windows[w.where] = append(windows[w.where], w)
	}
	fillBuckets(&p.anywhere, windows[anywhere])
	fillBuckets(&p.starts, windows[startsText])
	var three, four []window
	for _, w := range slices.Concat(windows[:]...) {
		switch {
		case members(w.sets[fingerprint-1]) <= fewMembers:
			four = append(four, w)
		default:
			three = append(three, w)
		}
	}
	p.four.fill(p.broad.take(four, p.texts, fingerprint), p.texts, fingerprint)
	p.three.fill(p.broad.take(three, p.texts, fingerprint-1), p.texts, fingerprint-1)
	return p
}

// fewMembers is up to how many bytes the last of a window tells it from other text.
const fewMembers = 10

func newComparison(u use, text string) comparison {
	var around, mask [8]byte
	for i := range around {
		if at := u.offset - aroundBefore + i; at >= 0 && at < len(text) {
			around[i], mask[i] = text[at], 0xff
		}
	}
	return comparison{binary.LittleEndian.Uint64(around[:]), binary.LittleEndian.Uint64(mask[:]), int32(u.target), int32(u.offset)}
}

// around returns the eight bytes around the window at data[at:], zeros where data has none.
func around(data []byte, at int) uint64 {
	from := at - aroundBefore
	if from >= 0 && from+8 <= len(data) {
		return binary.LittleEndian.Uint64(data[from:])
	}
	var all [8]byte
	for i := range all {
		if from+i >= 0 && from+i < len(data) {
			all[i] = data[from+i]
		}
	}
	return binary.LittleEndian.Uint64(all[:])
}

// find calls hit(target, start) for each occurrence in data whose window is among the chunk's matches.
func (p *prefilter) find(s *sweep, data, view []byte, blocks, at int, hit func(target, start int)) {
	match(&p.anywhere, view, s.matched[anywhere], blocks)
	match(&p.starts, view, s.matched[startsText], blocks)
	for _, position := range p.likely(s, view, s.candidates(blocks)) {
		text := binary.LittleEndian.Uint32(view[position:])
		p.compare(p.four.of(text), data, at+int(position), hit)
		p.compare(p.three.of(text&threeBytes), data, at+int(position), hit)
		for of := p.broad.of(view[position:]); of != 0; of &= of - 1 {
			p.compare(p.broad.uses[bits.TrailingZeros32(of)], data, at+int(position), hit)
		}
	}
}

// compare reports the literals that stand around their window at data[at:].
func (p *prefilter) compare(uses []comparison, data []byte, at int, hit func(target, start int)) {
	if len(uses) == 0 {
		return
	}
	near := around(data, at)
	for i := range uses {
		c := &uses[i]
		if near&c.mask != c.bytes {
			continue
		}
		text, start := p.texts[c.target], at-int(c.offset)
		if start >= 0 && start+len(text) <= len(data) && string(data[start:start+len(text)]) == text {
			hit(int(c.target), start)
		}
	}
}

// likely keeps the positions whose bytes have the hash of a window, or fit a broad one. It does not branch on it: it cannot be foretold.
func (p *prefilter) likely(s *sweep, view []byte, candidates []uint16) []uint16 {
	n := 0
	for _, position := range candidates {
		text := binary.LittleEndian.Uint32(view[position:])
		s.positions[n] = position
		of := p.broad.of(view[position:])
		n += p.four.has(text) | p.three.has(text&threeBytes) | int((of|-of)>>31)
	}
	return s.positions[:n]
}
