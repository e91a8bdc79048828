package objects

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// listLoose lists the objects that stand in files of their own.
func (s *Store) listLoose() {
	s.looseOnce.Do(func() {
		for _, o := range s.stores {
			for b := range 256 {
				s.listBucket(o, byte(b))
			}
		}
	})
}

func (s *Store) listBucket(o *objectDir, first byte) {
	const digits = "0123456789abcdef"
	prefix := string([]byte{digits[first>>4], digits[first&15]})
	names, err := o.list(prefix)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.tellError("list the loose objects", o.label(prefix), err)
		}
		return
	}
	for _, name := range names {
		if len(name) != 2*s.hash-2 || strings.ToLower(name) != name {
			continue
		}
		if id, ok := ParseID(prefix + name); ok {
			o.loose[first] = append(o.loose[first], id)
		}
	}
	slices.SortFunc(o.loose[first], ID.Compare)
}

// holdsLoose reports whether the object stands in a file of its own there.
func (o *objectDir) holdsLoose(id ID) bool {
	_, found := slices.BinarySearchFunc(o.loose[id.sum[0]], id, ID.Compare)
	return found
}

// loose returns the objects that only stand in files of their own, each with one place that holds it.
func (s *Store) loose() []looseObject {
	s.listLoose()
	var out []looseObject
	for k, o := range s.stores {
		for b := range o.loose {
			for _, id := range o.loose[b] {
				if !s.packed(id) && !slices.ContainsFunc(s.stores[:k], func(e *objectDir) bool { return e.holdsLoose(id) }) {
					out = append(out, looseObject{id, o})
				}
			}
		}
	}
	return out
}

type looseObject struct {
	id ID
	at *objectDir
}

func (s *Store) packed(id ID) bool {
	for _, p := range s.packs {
		if _, ok := p.find(id.raw()); ok {
			return true
		}
	}
	return false
}

// Has reports whether the store holds an object.
func (s *Store) Has(id ID) bool {
	if int(id.size) != s.hash || id.IsZero() {
		return false
	}
	if s.packed(id) {
		return true
	}
	s.listLoose()
	return slices.ContainsFunc(s.stores, func(o *objectDir) bool { return o.holdsLoose(id) })
}

// markDups marks the objects that an earlier pack holds too, so that each is given once. The names of all packs are
// merged first byte by first byte.
func (s *Store) markDups() {
	s.dupOnce.Do(func() {
		if len(s.packs) < 2 {
			return
		}
		type named struct{ pack, pos int }
		var list []named
		for first := range 256 {
			list = list[:0]
			for k, p := range s.packs {
				lo, hi := p.bucket(byte(first))
				for pos := lo; pos < hi; pos++ {
					list = append(list, named{k, pos})
				}
			}
			slices.SortFunc(list, func(a, b named) int {
				if c := slices.Compare(s.packs[a.pack].name(a.pos), s.packs[b.pack].name(b.pos)); c != 0 {
					return c
				}
				return a.pack - b.pack
			})
			for i := 1; i < len(list); i++ {
				a, b := list[i-1], list[i]
				if slices.Equal(s.packs[a.pack].name(a.pos), s.packs[b.pack].name(b.pos)) {
					s.packs[b.pack].markDup(b.pos)
				}
			}
		}
	})
}
