package scan

import (
	"math/bits"
	"slices"
)

// windowIndex holds what is found by windows, by the hash of their texts.
type windowIndex struct {
	// hashes has a bit for each hash that a window has; rank counts the bits before each word, so that a hash has its
	// place in lists.
	hashes [1 << (hashBits - 6)]uint64
	rank   [1 << (hashBits - 6)]uint16
	lists  []uint32 // by rank, where its uses begin
	uses   []comparison
}

const (
	hashBits   = 16
	threeBytes = 1<<24 - 1
)

func hash(window uint32) uint32 { return window * 0x9e3779b1 >> (32 - hashBits) }

// has is 1 where a window has the hash of the text, as a little-endian number, and 0 where none has.
func (x *windowIndex) has(text uint32) int {
	h := hash(text)
	return int(x.hashes[h/64] >> (h % 64) & 1)
}

// of returns what may stand around the text.
func (x *windowIndex) of(text uint32) []comparison {
	h := hash(text)
	word := x.hashes[h/64]
	if word>>(h%64)&1 == 0 {
		return nil
	}
	i := int(x.rank[h/64]) + bits.OnesCount64(word&(1<<(h%64)-1))
	return x.uses[x.lists[i]:x.lists[i+1]]
}

// fill enters every text that the first bytes of a window may have.
func (x *windowIndex) fill(windows []window, texts []string, size int) {
	type entry struct {
		hash uint32
		use
	}
	var entries []entry
	for _, w := range windows {
		eachText(w.sets[:size], func(text uint32) {
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
			x.hashes[e.hash/64] |= 1 << (e.hash % 64)
			x.lists = append(x.lists, uint32(len(x.uses)))
		}
		x.uses = append(x.uses, newComparison(e.use, texts[e.target]))
	}
	x.lists = append(x.lists, uint32(len(x.uses)))
	n := 0
	for w, word := range x.hashes {
		x.rank[w] = uint16(n)
		n += bits.OnesCount64(word)
	}
}

// eachText calls visit for every text of a row of sets, as a little-endian number.
func eachText(sets []*Set, visit func(uint32)) {
	texts := []uint32{0}
	for i, s := range sets {
		var longer []uint32
		for c, ok := range s {
			if ok {
				for _, t := range texts {
					longer = append(longer, t|uint32(c)<<(8*i))
				}
			}
		}
		texts = longer
	}
	for _, t := range texts {
		visit(t)
	}
}
