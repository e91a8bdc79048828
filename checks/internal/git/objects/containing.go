package objects

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"
)

// step is an entry of a tree that leads to something wanted.
type step struct {
	name string
	id   ID
	tree bool
}

// containing finds the trees that lead to the wanted objects, with the entries that do. Every round reads all trees
// for those that hold what the round before found, so it takes as many as the deepest path has parts, and no memory
// but for what leads somewhere.
func (s *Store) containing(ctx context.Context, wanted map[ID]bool) (map[ID][]step, error) {
	found := map[ID][]step{}
	frontier := wanted
	for len(frontier) > 0 {
		f := newFilter(frontier)
		next := map[ID]bool{}
		var mu sync.Mutex
		err := s.sweep(ctx, Options{Context: -1}, func(k Kind) bool { return k == KindTree }, func(p *Piece) {
			steps := f.entries(p.Data, s.hash)
			if len(steps) == 0 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if _, known := found[p.ID]; !known {
				next[p.ID] = true
			}
			found[p.ID] = append(found[p.ID], steps...)
		})
		if err != nil {
			return nil, err
		}
		frontier = next
	}
	for _, steps := range found {
		slices.SortFunc(steps, func(a, b step) int {
			return cmp.Or(cmp.Compare(a.name, b.name), a.id.Compare(b.id))
		})
	}
	return found, nil
}

// filter finds a set of IDs in trees. Most entries fail on their first two bytes.
type filter struct {
	first [1 << 16 / 64]uint64
	ids   map[ID]bool
}

func newFilter(ids map[ID]bool) *filter {
	f := &filter{ids: ids}
	for id := range ids {
		n := int(id.sum[0])<<8 | int(id.sum[1])
		f.first[n/64] |= 1 << (n % 64)
	}
	return f
}

// entries returns a tree's entries with a wanted ID, up to where the tree is damaged.
func (f *filter) entries(data []byte, hash int) []step {
	var out []step
	for rest := data; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		if end < 0 || len(rest)-end-1 < hash {
			break
		}
		n := int(rest[end+1])<<8 | int(rest[end+2])
		if f.first[n/64]>>(n%64)&1 != 0 && f.ids[idOf(rest[end+1:end+1+hash])] {
			one := Tree{Data: rest[:end+1+hash], Hash: hash}
			if one.Next() {
				out = append(out, step{string(one.Entry.Name), one.Entry.ID, one.Entry.IsTree()})
			}
		}
		rest = rest[end+1+hash:]
	}
	return out
}
