package objects

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync"
)

// step is an entry of a tree that may lead to something wanted.
type step struct {
	name string
	id   ID
	tree bool
}

// containing finds the trees that lead to the wanted objects, with the entries that do, in two readings of all trees.
// The first one notes only what each tree has more than the one it was built from, so that a few links stand for
// millions of entries: a tree may lead where one of its new entries does, or where its base does. The second one
// takes the entries of those that may. Trees too many are in the result, none too few.
func (s *Store) containing(ctx context.Context, wanted map[ID]bool) (map[ID][]step, error) {
	may, err := s.mayContain(ctx, wanted)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	found := map[ID][]step{}
	names := map[string]string{} // each name is kept once
	err = s.sweep(ctx, Options{Context: -1}, isTree, func(p *Piece) {
		if !may.has(keyOf(p.ID.raw())) {
			return
		}
		steps := may.entries(p.Data, s.hash)
		mu.Lock()
		defer mu.Unlock()
		for i := range steps {
			name, known := names[steps[i].name]
			if !known {
				name = steps[i].name
				names[name] = name
			}
			steps[i].name = name
		}
		found[p.ID] = steps
	})
	return found, err
}

func isTree(k Kind) bool { return k == KindTree }

// key is the start of an ID. Two IDs of one key are taken for each other where that only costs time.
type key uint64

func keyOf(raw []byte) key { return key(binary.BigEndian.Uint64(raw)) }

// edge says that a tree may lead where another object does: it has it as an entry, or was built from it.
type edge struct{ to, from key }

// mayContain is the set of what is wanted and of the trees that may lead to it.
func (s *Store) mayContain(ctx context.Context, wanted map[ID]bool) (*filter, error) {
	set := newFilter()
	for id := range wanted {
		set.add(keyOf(id.raw()))
	}
	var mu sync.Mutex
	var edges []edge
	var seeds []key
	err := s.sweep(ctx, Options{Context: -1}, isTree, func(p *Piece) {
		own := keyOf(p.ID.raw())
		var list []edge
		seed := false
		if !p.base.IsZero() {
			list = append(list, edge{keyOf(p.base.raw()), own})
		}
		eachNew(p, s.hash, func(e *TreeEntry) { // damage was told by Names, or is by the walk
			k := keyOf(e.ID.raw())
			if e.IsTree() {
				list = append(list, edge{k, own})
			}
			seed = seed || set.has(k)
		})
		mu.Lock()
		defer mu.Unlock()
		edges = append(edges, list...)
		if seed {
			seeds = append(seeds, own)
		}
	})
	if err != nil {
		return nil, err
	}
	for k := range set.keys {
		seeds = append(seeds, k)
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.to, b.to) })
	done := newFilter()
	for len(seeds) > 0 {
		k := seeds[len(seeds)-1]
		seeds = seeds[:len(seeds)-1]
		if done.has(k) {
			continue
		}
		done.add(k)
		at, _ := slices.BinarySearchFunc(edges, k, func(e edge, k key) int { return cmp.Compare(e.to, k) })
		for ; at < len(edges) && edges[at].to == k; at++ {
			seeds = append(seeds, edges[at].from)
		}
	}
	return done, nil
}

// filter is a set of keys. Most that are not in it fail on their first two bytes.
type filter struct {
	first [1 << 16 / 64]uint64
	keys  map[key]struct{}
}

func newFilter() *filter { return &filter{keys: map[key]struct{}{}} }

func (f *filter) add(k key) {
	f.keys[k] = struct{}{}
	f.first[k>>54] |= 1 << (k >> 48 & 63)
}

func (f *filter) has(k key) bool {
	if f.first[k>>54]>>(k>>48&63)&1 == 0 {
		return false
	}
	_, found := f.keys[k]
	return found
}

// entries returns a tree's entries whose keys are in the set, up to where the tree is damaged.
func (f *filter) entries(data []byte, hash int) []step {
	var out []step
	for rest := data; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest)-end-1 < hash {
			break
		}
		if f.has(keyOf(rest[end+1:])) {
			one := Tree{Data: rest[:end+1+hash], Hash: hash}
			if one.Next() {
				out = append(out, step{string(one.Entry.Name), one.Entry.ID, one.Entry.IsTree()})
			}
		}
		rest = rest[end+1+hash:]
	}
	return out
}
