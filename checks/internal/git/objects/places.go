package objects

import "hash/maphash"

// places is a set of objects at paths. It keeps hashes of them only, with a key that nobody can know.
type places struct {
	seed maphash.Seed
	set  map[uint64]struct{}
}

func newPlaces() places { return places{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (p places) hash(id ID, path string) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	h.Write(id.raw())
	h.WriteString(path)
	return h.Sum64()
}

func (p places) has(id ID, path string) bool {
	_, found := p.set[p.hash(id, path)]
	return found
}

func (p places) add(id ID, path string) { p.set[p.hash(id, path)] = struct{}{} }

func (p places) count() int { return len(p.set) }
