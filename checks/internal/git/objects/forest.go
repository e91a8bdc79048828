package objects

import (
	"slices"
	"sort"
	"sync"
)

// none stands for no node.
const none = -1

// node is an entry of a pack in its place by offset. Bases are the roots of trees whose other nodes are deltas.
type node struct {
	off   int64
	size  uint32 // inflated, of the object or of the delta; 4 GiB and more stand as their limit
	pos   uint32 // in the index
	base  int32  // node that a delta builds on; none for a root
	child int32  // first node that builds on this one: the heaviest comes last
	sib   int32  // next node with the same base
	head  uint8  // bytes of the header
	kind  Kind   // of the object, for deltas too; 0 where it is not known
	delta bool
}

// forest is how a pack's deltas build on each other. A walk from the roots inflates every entry once.
type forest struct {
	nodes []node
	roots []int32
	// outside are the deltas whose base is not in this pack, by node.
	outside map[int32]ID
	// weight counts the nodes of the tree below a node, itself included.
	weight []uint32
}

// end is where a node's compressed bytes end: where the next entry starts.
func (f *forest) end(i int32, p *pack) int64 {
	if int(i)+1 < len(f.nodes) {
		return f.nodes[i+1].off
	}
	return p.end
}

// starting finds the node of the entry at an offset. It reads nothing of other nodes but their offsets, which do not
// change while their headers are read.
func (f *forest) starting(off int64) (int32, bool) {
	i := sort.Search(len(f.nodes), func(i int) bool { return f.nodes[i].off >= off })
	return int32(i), i < len(f.nodes) && f.nodes[i].off == off
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
	f := &forest{nodes: make([]node, 0, len(places)), outside: map[int32]ID{}}
	for i, l := range places {
		if i > 0 && l.off == places[i-1].off {
			s.tellError("read an index", p.place(l.off), wrong("one name for an entry", "%s and %s", p.id(int(places[i-1].pos)), p.id(int(l.pos))))
			continue
		}
		f.nodes = append(f.nodes, node{off: l.off, pos: l.pos, base: none, child: none, sib: none})
	}
	if len(f.nodes) > 0 && f.nodes[0].off != packHeader {
		s.tellError("read a pack", p.place(packHeader), wrong("an entry", "one that the index does not have"))
	}
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
					s.readHead(p, f, w, int32(i), &names[k])
				}
			}
		})
	}
	wg.Wait()
	s.linkNames(p, f, slices.Concat(names...))
	f.link()
	for i := range f.nodes {
		if f.nodes[i].kind == 0 && f.nodes[i].delta {
			s.tellError("read a pack", p.place(f.nodes[i].off), wrong("a delta that builds on an object", "one that builds on itself, or on what cannot be read"))
		}
	}
	return f, nil
}

// readHead reads the header of node i.
func (s *Store) readHead(p *pack, f *forest, w *window, i int32, names *[]int32) {
	n := &f.nodes[i]
	b, err := w.at(n.off, maxEntryHead, 256<<10)
	var e entry
	if err == nil {
		e, err = parseEntry(b, p.hash)
	}
	if err == nil && n.off+int64(e.head) > f.end(i, p) {
		err = wrong("an entry's header before the next entry", "%d bytes", f.end(i, p)-n.off)
	}
	if err != nil {
		s.tellError("read a pack", p.place(n.off), err)
		return
	}
	n.size, n.head, n.kind = uint32(min(e.size, 1<<32-1)), uint8(e.head), e.kind
	switch e.kind {
	case kindOfsDelta:
		n.delta, n.kind = true, 0
		at, ok := f.starting(n.off - e.back)
		if !ok || at == i {
			s.tellError("read a pack", p.place(n.off), wrong("a delta whose base is an entry", "a base %d bytes before", e.back))
			return
		}
		n.base = at
	case kindRefDelta:
		n.delta, n.kind = true, 0
		*names = append(*names, i)
	}
}

// linkNames finds the bases of reference deltas, in this pack or outside.
func (s *Store) linkNames(p *pack, f *forest, list []int32) {
	w := &window{file: p.file, end: p.size()}
	for _, i := range list {
		n := &f.nodes[i]
		b, err := w.at(n.off+int64(n.head)-int64(p.hash), p.hash, 4<<10)
		if err != nil {
			s.tellError("read a pack", p.place(n.off), err)
			continue
		}
		if at, ok := p.find(b); ok {
			off, _ := p.offset(at)
			if k, found := f.starting(off); found {
				n.base = k
				continue
			}
		}
		base := idOf(b)
		kind, _, err := s.readObject(base, p, maxChain)
		if err != nil {
			s.tellError("read a delta's base "+base.String(), p.place(n.off), err)
			continue
		}
		n.kind = kind
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
		case n.kind != 0:
			f.roots = append(f.roots, int32(i))
		}
	}
	slices.Reverse(f.roots)
	order = append(order, f.roots...)
	for at := 0; at < len(order); at++ {
		kind := f.nodes[order[at]].kind
		for c := f.nodes[order[at]].child; c != none; c = f.nodes[c].sib {
			f.nodes[c].kind = kind
			order = append(order, c)
		}
	}
	f.weight = make([]uint32, len(f.nodes))
	for _, i := range slices.Backward(order) {
		f.weight[i]++
		if b := f.nodes[i].base; b != none {
			f.weight[b] += f.weight[i]
		}
	}
	for _, i := range order {
		f.heaviestLast(i)
	}
}

func (f *forest) heaviestLast(i int32) {
	first := f.nodes[i].child
	if first == none || f.nodes[first].sib == none {
		return
	}
	heavy, last := first, first
	for c := first; c != none; c = f.nodes[c].sib {
		if f.weight[c] > f.weight[heavy] {
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
