package objects

import (
	"hash/maphash"
	"sort"
	"sync"
)

// A number stands for an object of the store: its place among the names of all packs, one pack after the other, and
// behind them among the loose objects. An object in several places has the number of the first.
const noNumber = 1<<32 - 1

// numbers are given once the packs are open.
type numbers struct {
	numberOnce sync.Once
	looseAt    map[ID]uint32 // numbers of the loose objects
	looseList  []looseObject
	count      int
}

// number gives the objects their numbers.
func (s *Store) number() {
	s.numberOnce.Do(func() {
		for _, p := range s.packs {
			p.first = uint32(s.numbers.count)
			s.numbers.count += p.count
		}
		s.looseList = s.loose()
		s.looseAt = make(map[ID]uint32, len(s.looseList))
		for i, l := range s.looseList {
			s.looseAt[l.id] = uint32(s.numbers.count + i)
		}
		s.numbers.count += len(s.looseList)
	})
}

// numberOf is the number of an object; noNumber if the store does not hold it.
func (s *Store) numberOf(raw []byte) uint32 {
	for _, p := range s.packs {
		if at, ok := p.find(raw); ok {
			return p.first + uint32(at)
		}
	}
	if len(s.looseAt) > 0 {
		if n, ok := s.looseAt[idOf(raw)]; ok {
			return n
		}
	}
	return noNumber
}

// nameOf is the name of the object with a number.
func (s *Store) nameOf(n uint32) []byte {
	k := sort.Search(len(s.packs), func(k int) bool { return s.packs[k].first+uint32(s.packs[k].count) > n })
	if k < len(s.packs) {
		return s.packs[k].name(int(n - s.packs[k].first))
	}
	return s.looseList[int(n)-(s.numbers.count-len(s.looseList))].id.raw()
}

// cachedName is a name that the goroutine met lately.
type cachedName struct {
	text string
	at   uint32
}

// name finds the place of a name and shows it when it is new. tree is one that has it.
func (l *linker) name(name []byte, tree ID, worker int) uint32 {
	c := &l.cache[maphash.Bytes(l.names.seed, name)%uint64(len(l.cache))]
	if c.at != 0 && c.text == string(name) {
		return c.at
	}
	at, text, isNew := l.names.place(name)
	if isNew {
		l.visit(&Text{Kind: TextName, ID: tree, Data: name, Worker: worker})
	}
	if at != 0 {
		*c = cachedName{text, at}
	}
	return at
}

// nameSet keeps each name of the trees once.
type nameSet struct {
	seed  maphash.Seed
	mu    sync.Mutex
	byTxt map[string]uint32
	list  []string // 0: a name that was not kept
	bytes int
}

// Bounds on the names that are kept. Beyond them names are shown more than once and paths are not known.
const (
	maxNames     = 4 << 20
	maxNameBytes = 256 << 20
)

func newNameSet() *nameSet {
	return &nameSet{seed: maphash.MakeSeed(), byTxt: map[string]uint32{}, list: []string{""}}
}

// place is the place of a name in the list, 0 if it is not kept, and whether it was not there before.
func (n *nameSet) place(name []byte) (at uint32, text string, isNew bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, known := n.byTxt[string(name)]; known {
		return at, n.list[at], false
	}
	if len(n.list) >= maxNames || n.bytes+len(name) > maxNameBytes {
		return 0, "", true
	}
	text = string(name)
	at = uint32(len(n.list))
	n.list = append(n.list, text)
	n.byTxt[text] = at
	n.bytes += len(text)
	return at, text, true
}

// bitset is a set of numbers.
type bitset []uint64

func newBitset(count int) bitset { return make(bitset, count/64+1) }

func (b bitset) has(n uint32) bool { return b[n/64]>>(n%64)&1 != 0 }

// add reports whether the number is new in the set.
func (b bitset) add(n uint32) bool {
	old := b[n/64]
	b[n/64] |= 1 << (n % 64)
	return old != b[n/64]
}

func (b bitset) remove(n uint32) { b[n/64] &^= 1 << (n % 64) }
