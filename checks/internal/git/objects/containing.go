package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/bits"
	"sync"
)

// step is an entry of a tree that may lead to something wanted.
type step struct {
	name string
	id   ID
	tree bool
}

// containing finds the trees that lead to the wanted objects, with the entries that do, in one reading of the trees
// that may. Which may the survey told. Trees too many are in the result, none too few.
func (p *Paths) containing(ctx context.Context, wanted map[ID]bool) (map[ID][]step, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	only := newBitset(p.s.numbers.count)
	may := p.mayContain(wanted, only)
	var mu sync.Mutex
	found := map[ID][]step{}
	kept := map[string]string{} // each name is kept once
	opt := Options{Context: -1, only: only}.withDefaults(p.s)
	lists := make([][]step, opt.Workers)
	err := p.s.sweep(ctx, opt, isTree, func(t *Piece) {
		if !may.has(keyOf(t.ID.raw())) {
			return
		}
		list := may.entries(lists[t.Worker][:0], t.Data, p.s.hash)
		lists[t.Worker] = list
		if len(list) == 0 {
			return
		}
		list = append([]step(nil), list...)
		mu.Lock()
		defer mu.Unlock()
		for i := range list {
			name, known := kept[list[i].name]
			if !known {
				name = list[i].name
				kept[name] = name
			}
			list[i].name = name
		}
		found[t.ID] = list
	})
	return found, err
}

func isTree(k Kind) bool { return k == KindTree }

// mayContain is the set of what is wanted and of the trees that may lead to it: those that have it as an entry, and
// those that were built from one that may. It adds the trees, and what they are built from, to only.
func (p *Paths) mayContain(wanted map[ID]bool, only bitset) *filter {
	var keys []key
	var next []uint32
	for id := range wanted {
		keys = append(keys, keyOf(id.raw()))
		if n := p.s.numberOf(id.raw()); n != noNumber {
			next = append(next, n)
		}
	}
	if len(next) == 0 {
		return newFilter(keys)
	}
	built, start := p.derived()
	seen := newBitset(p.s.numbers.count)
	for len(next) > 0 {
		n := next[len(next)-1]
		next = next[:len(next)-1]
		if !seen.add(n) {
			continue
		}
		p.withBases(only, n)
		keys = append(keys, keyOf(p.s.nameOf(n)))
		for _, l := range p.linksOf(n) {
			next = append(next, l.parent)
		}
		next = append(next, built[start[n]:start[n+1]]...)
	}
	return newFilter(keys)
}

// withBases adds a tree and all that it is built from.
func (p *Paths) withBases(set bitset, n uint32) {
	for set.add(n) && p.lists.base[n] != 0 {
		n = p.lists.base[n] - 1
	}
}

// derived lists the trees that were built from each object: those of number n stand from start[n] to start[n+1].
func (p *Paths) derived() (built, start []uint32) {
	start = make([]uint32, len(p.lists.base)+1)
	total := 0
	for _, b := range p.lists.base {
		if b != 0 {
			start[b-1]++
			total++
		}
	}
	sum := uint32(0)
	for i := range start {
		sum, start[i] = sum+start[i], sum
	}
	built = make([]uint32, total)
	for n, b := range p.lists.base {
		if b != 0 {
			built[start[b-1]] = uint32(n)
			start[b-1]++
		}
	}
	copy(start[1:], start)
	start[0] = 0
	return built, start
}

// key is the start of an ID. Two IDs of one key are taken for each other where that only costs time.
type key uint64

func keyOf(raw []byte) key { return key(binary.BigEndian.Uint64(raw)) }

// filter is a set of keys. Most that are not in it fail on one bit.
type filter struct {
	bits  []uint64 // by the keys' first bits
	shift uint
	keys  map[key]struct{}
}

// newFilter is the set of the keys, which may repeat.
func newFilter(keys []key) *filter {
	width := max(10, bits.Len(uint(len(keys)))+4) // one bit in sixteen, or fewer
	f := &filter{bits: make([]uint64, 1<<width/64), shift: uint(64 - width), keys: make(map[key]struct{}, len(keys))}
	for _, k := range keys {
		f.keys[k] = struct{}{}
		f.bits[k>>f.shift/64] |= 1 << (k >> f.shift % 64)
	}
	return f
}

func (f *filter) has(k key) bool {
	if f.bits[k>>f.shift/64]>>(k>>f.shift%64)&1 == 0 {
		return false
	}
	_, found := f.keys[k]
	return found
}

// entries appends a tree's entries whose objects are in the set, up to where the tree is damaged.
func (f *filter) entries(out []step, data []byte, hash int) []step {
	for rest := data; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		if end <= 0 || len(rest)-end-1 < hash {
			break
		}
		one := rest[:end+1+hash]
		rest = rest[end+1+hash:]
		if !f.has(keyOf(one[end+1:])) {
			continue
		}
		if t := (Tree{Data: one, Hash: hash}); t.Next() {
			out = append(out, step{name: string(t.Entry.Name), id: t.Entry.ID, tree: t.Entry.IsTree()})
		}
	}
	return out
}
