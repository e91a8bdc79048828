package objects

import (
	"slices"
	"sort"
	"sync"
)

// none stands for no node.
const none = -1

// node is an entry of a pack in its place by offset. Bases are the roots of trees whose other nodes are deltas. There
// are millions: what the pack's index or the entry's header tells is not kept.
type node struct {
	entry uint32 // its place in the index, and what it is
	base  int32  // node that a delta builds on; none for a root
	child int32  // first node that builds on this one: the heaviest comes last
	sib   int32  // next node with the same base
}

// What entry holds beside the place: the kind of the object, for deltas too, 0 where it is not known.
const (
	kindShift = 29
	nodeDelta = 1 << 28
	nodeHeavy = 1 << 27 // batch nodes or more hang on it
	nodePlace = 1<<placeBits - 1
)

func (n *node) pos() int       { return int(n.entry & nodePlace) }
func (n *node) kind() Kind     { return Kind(n.entry >> kindShift) }
func (n *node) isDelta() bool  { return n.entry&nodeDelta != 0 }
func (n *node) isHeavy() bool  { return n.entry&nodeHeavy != 0 }
func (n *node) setKind(k Kind) { n.entry = n.entry&(1<<kindShift-1) | uint32(k)<<kindShift }

// forest is how a pack's deltas build on each other. A walk from the roots inflates every entry once.
type forest struct {
	pack  *pack
	nodes []node
	roots []int32
	// outside are the deltas whose base is not in this pack, by node.
	outside map[int32]ID
	// places are those of the nodes, while they are linked.
	places []located
}

// off is where a node's entry starts.
func (f *forest) off(i int32) int64 {
	off, _ := f.pack.offset(f.nodes[i].pos())
	return off
}

// end is where a node's compressed bytes end: where the next entry starts.
func (f *forest) end(i int32) int64 {
	if int(i)+1 < len(f.nodes) {
		return f.off(i + 1)
	}
	return f.pack.end
}

// place names a node's entry in problems.
func (f *forest) place(i int32) string { return f.pack.place(f.off(i)) }

// starting finds the node of the entry at an offset.
func (f *forest) starting(off int64) (int32, bool) {
	i := sort.Search(len(f.places), func(i int) bool { return f.places[i].off() >= off })
	return int32(i), i < len(f.places) && f.places[i].off() == off
}

// readForest reads the headers of a pack's entries once and links them.
func (s *Store) readForest(p *pack) (*forest, error) {
	p.once.Do(func() { p.forest, p.err = s.buildForest(p) })
	return p.forest, p.err
}

func (s *Store) buildForest(p *pack) (*forest, error) {
	places, err := p.byOffset(p.end)
	if err != nil {
		return nil, err
	}
	f := &forest{pack: p, outside: map[int32]ID{}}
	f.places = slices.CompactFunc(places, func(a, b located) bool {
		if a.off() != b.off() {
			return false
		}
		s.tellError("read an index", p.place(b.off()), wrong("one name for an entry", "%s and %s", p.id(int(a.pos())), p.id(int(b.pos()))))
		return true
	})
	f.nodes = make([]node, len(f.places))
	for i, l := range f.places {
		f.nodes[i] = node{l.pos(), none, none, none}
	}
	if len(f.places) > 0 && f.places[0].off() != packHeader {
		s.tellError("read a pack", p.place(packHeader), wrong("an entry", "one that the index does not have"))
	}
	s.readHeads(p, f)
	f.places = nil
	f.link()
	for i := range f.nodes {
		if f.nodes[i].kind() == 0 && f.nodes[i].isDelta() {
			s.tellError("read a pack", f.place(int32(i)), wrong("a delta that builds on an object", "one that builds on itself, or on what cannot be read"))
		}
	}
	return f, nil
}

// readHeads reads the headers of all entries, and finds the bases of the deltas.
func (s *Store) readHeads(p *pack, f *forest) {
	var wg sync.WaitGroup
	const piece = 1 << 14
	names := make([][]int32, len(f.nodes)/piece+1) // reference deltas, whose bases may stand later
	turns := make(chan int, len(names))
	for k := range names {
		turns <- k
	}
	close(turns)
	for range s.workers {
		wg.Go(func() {
			w := &window{file: p.file, end: p.size()}
			for k := range turns {
				for i := k * piece; i < min((k+1)*piece, len(f.nodes)); i++ {
					s.readHead(f, w, int32(i), &names[k])
				}
			}
		})
	}
	wg.Wait()
	s.linkNames(p, f, slices.Concat(names...))
}

// readHead reads the header of node i.
func (s *Store) readHead(f *forest, w *window, i int32, names *[]int32) {
	n, off, end := &f.nodes[i], f.places[i].off(), f.pack.end
	if int(i)+1 < len(f.places) {
		end = f.places[i+1].off()
	}
	b, err := w.at(off, maxEntryHead, 256<<10)
	var e entry
	if err == nil {
		e, err = parseEntry(b, f.pack.hash)
	}
	if err == nil && off+int64(e.head) > end {
		err = wrong("an entry's header before the next entry", "%d bytes", end-off)
	}
	if err != nil {
		s.tellError("read a pack", f.pack.place(off), err)
		return
	}
	switch e.kind {
	case kindOfsDelta:
		n.entry |= nodeDelta
		at, ok := f.starting(off - e.back)
		if !ok || at == i {
			s.tellError("read a pack", f.pack.place(off), wrong("a delta whose base is an entry", "a base %d bytes before", e.back))
			return
		}
		n.base = at
	case kindRefDelta:
		n.entry |= nodeDelta
		*names = append(*names, i)
	default:
		n.setKind(e.kind)
	}
}

// linkNames finds the bases of reference deltas, in this pack or outside.
func (s *Store) linkNames(p *pack, f *forest, list []int32) {
	w := &window{file: p.file, end: p.size()}
	for _, i := range list {
		n, off := &f.nodes[i], f.places[i].off()
		b, err := w.at(off, maxEntryHead, 4<<10)
		var e entry
		if err == nil {
			e, err = parseEntry(b, p.hash)
		}
		if err != nil {
			s.tellError("read a pack", p.place(off), err)
			continue
		}
		if at, ok := p.find(e.base); ok {
			off, _ := p.offset(at)
			if k, found := f.starting(off); found {
				n.base = k
				continue
			}
		}
		base := idOf(e.base)
		kind, _, err := s.readObject(base, p, maxChain)
		if err != nil {
			s.tellError("read a delta's base "+base.String(), p.place(off), err)
			continue
		}
		n.setKind(kind)
		f.outside[i] = base
	}
}

// link makes the trees: who builds on whom, what kind they are, and the heaviest child last, so that a walk can drop
// a base before it goes down there and holds a number of objects that grows with the logarithm of the tree only.
func (f *forest) link() {
	order := make([]int32, 0, len(f.nodes))
	for i := len(f.nodes) - 1; i >= 0; i-- { // so that what builds on an object is read in the order of the file
		n := &f.nodes[i]
		switch {
		case n.base != none:
			b := &f.nodes[n.base]
			n.sib, b.child = b.child, int32(i)
		case n.kind() != 0:
			f.roots = append(f.roots, int32(i))
		}
	}
	slices.Reverse(f.roots)
	order = append(order, f.roots...)
	for at := 0; at < len(order); at++ {
		kind := f.nodes[order[at]].kind()
		for c := f.nodes[order[at]].child; c != none; c = f.nodes[c].sib {
			f.nodes[c].setKind(kind)
			order = append(order, c)
		}
	}
	weight := make([]uint32, len(f.nodes)) // how many nodes each tree has
	for _, i := range slices.Backward(order) {
		weight[i]++
		if weight[i] >= batch {
			f.nodes[i].entry |= nodeHeavy
		}
		if b := f.nodes[i].base; b != none {
			weight[b] += weight[i]
		}
	}
	for _, i := range order {
		f.heaviestLast(i, weight)
	}
}

func (f *forest) heaviestLast(i int32, weight []uint32) {
	first := f.nodes[i].child
	if first == none || f.nodes[first].sib == none {
		return
	}
	heavy, last := first, first
	for c := first; c != none; c = f.nodes[c].sib {
		if weight[c] > weight[heavy] {
			heavy = c
		}
		last = c
	}
	if heavy == last {
		return
	}
	if heavy == first {
		f.nodes[i].child = f.nodes[first].sib
	} else {
		for c := first; c != none; c = f.nodes[c].sib {
			if f.nodes[c].sib == heavy {
				f.nodes[c].sib = f.nodes[heavy].sib
				break
			}
		}
	}
	f.nodes[last].sib, f.nodes[heavy].sib = heavy, none
}
