package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/bits"
	"sync"
)

// step is an entry of a tree that may lead to something wanted, or has a name on the way to a path that is sought.
type step struct {
	name          string
	id            ID
	tree          bool
	leads, sought bool
}

// containing finds the trees that lead to the wanted objects, and those on the way to the paths below top, with the
// entries that do, in one reading of the trees that may. Which may the survey told. Trees too many are in the result,
// none too few.
func (p *Paths) containing(ctx context.Context, wanted map[ID]bool, top *pathNode) (map[ID][]step, error) {
	names := map[string]string{}
	top.names(names)
	only := newBitset(p.s.numbers.count)
	sieve := newSieve(p.mayContain(wanted, only), names)
	if len(names) > 0 {
		p.onTheWay(top, only)
	}
	var mu sync.Mutex
	found := map[ID][]step{}
	kept := map[string]string{} // each name is kept once
	opt := Options{Context: -1, only: only}.withDefaults(p.s)
	lists := make([][]step, opt.Workers)
	err := p.s.sweep(ctx, opt, isTree, func(t *Piece) {
		leads := sieve.objects.has(keyOf(t.ID.raw()))
		if !leads && len(names) == 0 {
			return
		}
		list := sieve.entries(lists[t.Worker][:0], t.Data, p.s.hash, leads)
		lists[t.Worker] = list
		if len(list) == 0 {
			return
		}
		list = append([]step(nil), list...)
		mu.Lock()
		defer mu.Unlock()
		for i := range list {
			if list[i].sought {
				continue // shares the string that was asked for
			}
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
			if l.parent != noNumber {
				next = append(next, l.parent)
			}
		}
		next = append(next, built[start[n]:start[n+1]]...)
	}
	return newFilter(keys)
}

// withBases adds a tree and all that it is built from.
func (p *Paths) withBases(set bitset, n uint32) {
	for set.add(n) && p.base[n] != 0 {
		n = p.base[n] - 1
	}
}

// onTheWay adds the trees that may stand on the way to a path, at the depth of each of its directories, and what they
// are built from, which has the entries that are not their own.
func (p *Paths) onTheWay(top *pathNode, only bitset) {
	level := newBitset(p.s.numbers.count)
	for depth, names := range p.namesByDepth(top) {
		next := newBitset(p.s.numbers.count)
		for i := range p.links {
			l := &p.links[i]
			root := l.parent == noNumber
			if root && depth == 0 || !root && depth > 0 && names[l.name] && level.has(l.parent) {
				p.withBases(next, l.child)
			}
		}
		for i := range only {
			only[i] |= next[i]
		}
		level = next
	}
}

// namesByDepth are the names of the directories on the way to paths: those at depth d, as places among all names.
func (p *Paths) namesByDepth(top *pathNode) []map[uint32]bool {
	place := map[string]uint32{}
	asked := map[string]string{}
	top.names(asked)
	for at, name := range p.names {
		if _, ok := asked[name]; ok {
			place[name] = uint32(at)
		}
	}
	out := []map[uint32]bool{{}}
	for list := []*pathNode{top}; len(list) > 0; {
		names := map[uint32]bool{}
		var below []*pathNode
		for _, n := range list {
			for name, sub := range n.sub {
				if len(sub.sub) > 0 {
					names[place[name]] = true
					below = append(below, sub)
				}
			}
		}
		if list = below; len(list) > 0 {
			out = append(out, names)
		}
	}
	return out
}

// derived lists the trees that were built from each object: those of number n stand from start[n] to start[n+1].
func (p *Paths) derived() (built, start []uint32) {
	start = make([]uint32, len(p.base)+1)
	total := 0
	for _, b := range p.base {
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
	for n, b := range p.base {
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

// sieve picks entries of trees by their IDs or their names.
type sieve struct {
	objects *filter
	names   map[string]string // to themselves: what is found shares the string
	ends    [256]bool         // last bytes of the names
}

func newSieve(objects *filter, names map[string]string) *sieve {
	s := &sieve{objects: objects, names: names}
	for name := range names {
		if name != "" {
			s.ends[name[len(name)-1]] = true
		}
	}
	return s
}

// entries appends a tree's entries that are picked, up to where the tree is damaged.
func (s *sieve) entries(out []step, data []byte, hash int, leads bool) []step {
	for rest := data; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		if end <= 0 || len(rest)-end-1 < hash {
			break
		}
		one := rest[:end+1+hash]
		rest = rest[end+1+hash:]
		byID := leads && s.objects.has(keyOf(one[end+1:]))
		name, byName := "", false
		if s.ends[one[end-1]] {
			if at := bytes.IndexByte(one[:end], ' '); at >= 0 {
				name, byName = s.names[string(one[at+1:end])]
			}
		}
		if !byID && !byName {
			continue
		}
		t := Tree{Data: one, Hash: hash}
		if !t.Next() {
			continue
		}
		if !byName {
			name = string(t.Entry.Name)
		}
		out = append(out, step{name: name, id: t.Entry.ID, tree: t.Entry.IsTree(), leads: byID, sought: byName && (t.Entry.IsTree() || t.Entry.IsBlob())})
	}
	return out
}
