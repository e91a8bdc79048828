package scan

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// prefilter finds the occurrences of many literals in one pass. Of each literal four bytes, its window, are looked for:
// the vector kernel leaves few positions, a bitmap of the windows' hashes fewer, and only there are literals compared.
type prefilter struct {
	tables fingerprintTables
	// hashes has a bit for each hash that a window has; rank counts the bits before each word, so that a hash has its
	// place in lists.
	hashes [1 << (hashBits - 6)]uint64
	rank   [1 << (hashBits - 6)]uint16
	lists  []uint32 // by rank, where its uses begin
	uses   []comparison
	texts  []string
	broad  broadWindows
}

const hashBits = 16

func hash(window uint32) uint32 { return window * 0x9e3779b1 >> (32 - hashBits) }

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
	windows := chooseWindows(targets)
	fillBuckets(&p.tables, windows)
	p.tables.derive()
	p.index(p.broad.take(windows, p.texts))
	return p
}

// index enters every text that a window may have.
func (p *prefilter) index(windows []window) {
	type entry struct {
		hash uint32
		use
	}
	var entries []entry
	for _, w := range windows {
		eachText(&w, func(text uint32) {
			for _, u := range w.uses {
				entries = append(entries, entry{hash(text), u})
			}
		})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.hash != b.hash {
			return int(a.hash) - int(b.hash)
		}
		return a.target - b.target
	})
	entries = slices.Compact(entries)
	for i, e := range entries {
		if i == 0 || e.hash != entries[i-1].hash {
			p.hashes[e.hash/64] |= 1 << (e.hash % 64)
			p.lists = append(p.lists, uint32(len(p.uses)))
		}
		p.uses = append(p.uses, newComparison(e.use, p.texts[e.target]))
	}
	p.lists = append(p.lists, uint32(len(p.uses)))
	n := 0
	for w, word := range p.hashes {
		p.rank[w] = uint16(n)
		n += bits.OnesCount64(word)
	}
}

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

// eachText calls visit for every text of the window, as a little-endian number.
func eachText(w *window, visit func(uint32)) {
	var members [fingerprint][]uint32
	for i, s := range w.sets {
		for c, ok := range s {
			if ok {
				members[i] = append(members[i], uint32(c)<<(8*i))
			}
		}
	}
	for _, a := range members[0] {
		for _, b := range members[1] {
			for _, c := range members[2] {
				for _, d := range members[3] {
					visit(a | b | c | d)
				}
			}
		}
	}
}

// find calls hit(target, start) for each occurrence in data whose window is among the chunk's matches.
func (p *prefilter) find(s *sweep, data, view []byte, blocks, at int, hit func(target, start int)) {
	match(&p.tables, view, &s.matched, blocks)
	for _, position := range p.likely(s, view, s.candidates(blocks)) {
		h := hash(binary.LittleEndian.Uint32(view[position:]))
		i := int(p.rank[h/64]) + bits.OnesCount64(p.hashes[h/64]&(1<<(h%64)-1))
		if p.hashes[h/64]>>(h%64)&1 == 1 {
			p.compare(p.uses[p.lists[i]:p.lists[i+1]], data, at+int(position), hit)
		}
		for of := p.broad.of(view[position:]); of != 0; of &= of - 1 {
			p.compare(p.broad.uses[bits.TrailingZeros32(of)], data, at+int(position), hit)
		}
	}
}

// compare reports the literals that stand around their window at data[at:].
func (p *prefilter) compare(uses []comparison, data []byte, at int, hit func(target, start int)) {
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

// candidates lists the positions that the kernel left: of the first bank only those with a long run of token bytes.
func (s *sweep) candidates(blocks int) []uint16 {
	run, free, token := s.matched[0][:blocks], s.matched[1][:blocks], s.classes[classToken][:blocks+1]
	n := 0
	for w := range run {
		m := free[w]
		if run[w] != 0 {
			m |= run[w] & runsFrom(token[w], token[w+1])
		}
		for ; m != 0; m &= m - 1 {
			s.positions[n] = uint16(w*blockSize + bits.TrailingZeros64(m))
			n++
		}
	}
	return s.positions[:n]
}

// runsFrom has the bits from which runBank bits are set, in the word m that next follows.
func runsFrom(m, next uint64) uint64 {
	for step := 1; step < runBank; step *= 2 {
		m &= m>>step | next<<(64-step)
		next &= next >> step
	}
	return m
}

// likely keeps the positions whose four bytes have the hash of a window, or fit a broad one. It does not branch on it: it cannot be foretold.
func (p *prefilter) likely(s *sweep, view []byte, candidates []uint16) []uint16 {
	n := 0
	for _, position := range candidates {
		h := hash(binary.LittleEndian.Uint32(view[position:]))
		s.positions[n] = position
		of := p.broad.of(view[position:])
		n += int(p.hashes[h/64]>>(h%64)&1) | int((of|-of)>>31)
	}
	return s.positions[:n]
}
