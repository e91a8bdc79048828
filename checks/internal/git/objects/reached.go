package objects

import "context"

// Reached are the commits, trees and blobs that some commits lead to.
type Reached struct {
	s   *Store
	all bool // the store's every object: which ones was not to be found out
	set bitset
}

// ReachedFrom finds what commits, or annotated tags of them, lead to. In a store that is made to take long it returns
// every object. The error is the context's.
func (p *Paths) ReachedFrom(ctx context.Context, tips []ID) (*Reached, error) {
	g, err := p.s.history(ctx)
	if err != nil {
		return nil, err
	}
	r := &Reached{s: p.s, set: newBitset(p.s.numbers.count), all: p.lists.full}
	labels := make([]uint32, len(g.nodes))
	for _, id := range tips {
		g.mark(labels, 1, p.s.peel(g, id))
	}
	w := reaching{lists: p.lists, names: p.names, set: r.set}
	for i, n := range g.nodes {
		if labels[i] == 0 {
			continue
		}
		r.set.add(n.number)
		if n.tree != noNumber {
			w.add(n.tree)
		}
	}
	w.follow(ctx)
	r.all = r.all || w.steps > maxReachSteps
	return r, ctx.Err()
}

// Has reports whether the object is one of them.
func (r *Reached) Has(id ID) bool {
	n := r.s.numberOf(id.raw())
	return n != noNumber && r.has(n)
}

func (r *Reached) has(n uint32) bool { return r.all || r.set.has(n) }

// Blobs is Store.Blobs for the blobs among them. What stands in a base that is none of them is new.
func (r *Reached) Blobs(ctx context.Context, opt Options, visit func(*Piece)) error {
	return r.s.Blobs(ctx, opt, func(p *Piece) {
		if !r.has(p.number) {
			return
		}
		if !p.Whole && !r.Has(p.base) {
			p.New, p.Whole = append(p.New[:0], Span{0, len(p.Data)}), true
		}
		visit(p)
	})
}

// maxReachSteps bounds the entries that are compared because a tree is built from one that is not reached.
const maxReachSteps = 1 << 28

// reaching goes down from trees. A tree whose base is reached brings only what it does not take from there.
type reaching struct {
	lists *entryLists
	names []string
	set   bitset
	next  []uint32 // trees to look into
	apart []uint32 // trees whose base was not reached when they were looked into
	steps int
}

func (w *reaching) add(n uint32) {
	if w.set.add(n) {
		w.next = append(w.next, n)
	}
}

func (w *reaching) follow(ctx context.Context) {
	for count := 0; ctx.Err() == nil; count++ {
		if last := len(w.next) - 1; last >= 0 {
			tree := w.next[last]
			w.next = w.next[:last]
			if !w.own(tree) && !w.set.has(w.lists.base[tree]-1) {
				w.apart = append(w.apart, tree)
			}
			continue
		}
		last := len(w.apart) - 1
		if last < 0 || w.steps > maxReachSteps {
			return
		}
		tree := w.apart[last]
		w.apart = w.apart[:last]
		w.taken(tree)
	}
}

// own adds what a tree does not take from another, and reports whether that is all it has.
func (w *reaching) own(tree uint32) (whole bool) {
	list := w.lists.of(tree)
	for _, e := range list {
		w.entry(e)
	}
	return w.lists.base[tree] == 0 || isWhole(list)
}

func (w *reaching) entry(e treeEntry) {
	switch {
	case !e.there():
	case e.name&entryTree != 0:
		w.add(e.child)
	default:
		w.set.add(e.child)
	}
}

// isWhole reports whether a tree with these entries takes no others from what it was built from.
func isWhole(list []treeEntry) bool {
	return len(list) > 0 && list[len(list)-1].name&entryWhole != 0
}

// taken adds what a tree takes from those it is built from, up to one that is reached.
func (w *reaching) taken(tree uint32) {
	var nearer [][]treeEntry
	for at := tree; ; {
		list := w.lists.of(at)
		nearer = append(nearer, list)
		if isWhole(list) || w.lists.base[at] == 0 {
			return
		}
		at = w.lists.base[at] - 1
		if w.set.has(at) {
			return
		}
		if w.steps++; w.steps > maxReachSteps {
			return
		}
		for _, e := range w.lists.of(at) {
			if e.there() && !w.replaced(nearer, e) {
				w.entry(e)
			}
		}
	}
}

// replaced reports whether one of the lists has another entry of the name, or takes it away.
func (w *reaching) replaced(lists [][]treeEntry, e treeEntry) bool {
	if e.name&entryName == 0 {
		return false // its name was not kept
	}
	for _, list := range lists {
		w.steps += len(list)
		if own, _ := ownEntry(list, e.name&entryName); own != (treeEntry{}) || isGone(w.names, list, e) {
			return true
		}
	}
	return false
}
