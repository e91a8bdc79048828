package objects

import (
	"bytes"
	"container/heap"
	"context"
	"sync"
)

// graph is the history: every commit of the store.
type graph struct {
	s     *Store
	nodes []commitNode
	at    []int32 // the place of each commit among the nodes, plus 1, by number; 0 for what is none
	above []int32 // the parents of all commits, one commit after the other, without those that are not in the store
	// order holds the commits, parents before their children and the older first where there is a choice.
	order []int32
	lost  []ID // trees of commits that the store does not hold
}

type commitNode struct {
	number, tree uint32 // tree is noNumber where the store does not hold it
	first, last  int32  // of its parents in above
	when         int64  // of the committer, in seconds
}

// parents are the commits that a commit follows.
func (g *graph) parents(i int32) []int32 { return g.above[g.nodes[i].first:g.nodes[i].last] }

// id is the name of a commit.
func (g *graph) id(i int32) ID { return idOf(g.s.nameOf(g.nodes[i].number)) }

// find is the place of a commit among the nodes.
func (g *graph) find(id ID) (int32, bool) {
	n := g.s.numberOf(id.raw())
	if n == noNumber || g.at[n] == 0 {
		return 0, false
	}
	return g.at[n] - 1, true
}

// graphCache keeps the history: it is read once.
type graphCache struct {
	graphMu sync.Mutex
	graph   *graph
}

// history reads every commit.
func (s *Store) history(ctx context.Context) (*graph, error) {
	s.graphMu.Lock()
	defer s.graphMu.Unlock()
	if s.graph != nil {
		return s.graph, nil
	}
	opt := Options{}.withDefaults(s)
	b := s.newGraphBuilder(opt.Workers)
	err := s.sweep(ctx, opt, func(k Kind) bool { return k == KindCommit }, func(p *Piece) {
		c := &b.parts[p.Worker].commit
		if err := c.parse(p.Data); err != nil {
			s.tellError("read the commit "+p.ID.String(), s.common.label("objects"), err)
			return
		}
		b.add(p)
	})
	if err != nil {
		return nil, err
	}
	s.graph = b.graph()
	return s.graph, nil
}

// keepGraph keeps the history that was gathered with something else.
func (s *Store) keepGraph(b *graphBuilder) {
	s.graphMu.Lock()
	defer s.graphMu.Unlock()
	if s.graph == nil {
		s.graph = b.graph()
	}
}

// graphBuilder gathers commits from several goroutines.
type graphBuilder struct {
	s     *Store
	parts []graphPart
}

// graphPart is what one goroutine gathers.
type graphPart struct {
	commit  rawCommit // the one that was read last
	nodes   []commitNode
	parents []uint32 // of the commits as they came, by number
	lost    []ID
	missing []missingParent
}

type missingParent struct {
	commit uint32
	parent ID
}

func (s *Store) newGraphBuilder(workers int) *graphBuilder {
	s.number()
	return &graphBuilder{s: s, parts: make([]graphPart, workers)}
}

// add takes the commit that the piece's goroutine parsed, and returns the number of its tree.
func (b *graphBuilder) add(p *Piece) uint32 {
	part := &b.parts[p.Worker]
	c := &part.commit
	node := commitNode{number: p.number, tree: b.s.numberOf(c.tree.raw()), first: int32(len(part.parents))}
	node.when, _, _ = personSeconds(c.committer)
	if node.tree == noNumber {
		part.lost = append(part.lost, c.tree)
	}
	for i := range c.parents {
		if n := b.s.numberOf(c.parents[i].raw()); n != noNumber {
			part.parents = append(part.parents, n)
		} else if !b.s.partial && !b.s.shallow[p.ID] {
			part.missing = append(part.missing, missingParent{p.number, c.parents[i]})
		}
	}
	node.last = int32(len(part.parents))
	part.nodes = append(part.nodes, node)
	return node.tree
}

// graph links the commits.
func (b *graphBuilder) graph() *graph {
	g := &graph{s: b.s, at: make([]int32, b.s.numbers.count)}
	count, above := 0, 0
	for i := range b.parts {
		count, above = count+len(b.parts[i].nodes), above+len(b.parts[i].parents)
	}
	g.nodes, g.above = make([]commitNode, 0, count), make([]int32, 0, above)
	for i := range b.parts {
		for _, n := range b.parts[i].nodes {
			g.nodes = append(g.nodes, n)
			g.at[n.number] = int32(len(g.nodes))
		}
	}
	next := 0
	for i := range b.parts {
		part := &b.parts[i]
		for k := range part.nodes {
			g.link(&g.nodes[next+k], part)
		}
		next += len(part.nodes)
		g.lost = append(g.lost, part.lost...)
		for _, m := range part.missing {
			b.tellMissing(m)
		}
	}
	b.parts = nil
	g.sort()
	return g
}

// link finds the parents of a commit among the nodes.
func (g *graph) link(n *commitNode, part *graphPart) {
	parents := part.parents[n.first:n.last]
	n.first = int32(len(g.above))
	for _, p := range parents {
		if at := g.at[p]; at != 0 {
			g.above = append(g.above, at-1)
		} else if id := idOf(g.s.nameOf(n.number)); !g.s.partial && !g.s.shallow[id] { // it is there, and no commit that can be read
			g.s.tellError("read the parent "+idOf(g.s.nameOf(p)).String(), "commit "+id.String(), ErrMissing)
		}
	}
	n.last = int32(len(g.above))
}

func (b *graphBuilder) tellMissing(m missingParent) {
	b.s.tellError("read the parent "+m.parent.String(), "commit "+idOf(b.s.nameOf(m.commit)).String(), ErrMissing)
}

func unix(p Person) int64 {
	if p.When.IsZero() {
		return 0
	}
	return p.When.Unix()
}

// sort orders the commits: parents first, and of those that may come, the oldest; by name where two are as old.
// Commits on a loop, which only a broken store has, come last.
func (g *graph) sort() {
	first := make([]int32, len(g.nodes)+1) // of each commit's children in list
	list := make([]int32, len(g.above))
	for _, p := range g.above {
		first[p]++
	}
	sum := int32(0)
	for i := range first {
		sum, first[i] = sum+first[i], sum+first[i]
	}
	for i := len(g.nodes) - 1; i >= 0; i-- {
		for _, p := range g.parents(int32(i)) {
			first[p]--
			list[first[p]] = int32(i)
		}
	}
	g.order = make([]int32, 0, len(g.nodes))
	waits := make([]int32, len(g.nodes))
	ready := &commitHeap{g: g}
	for i := range g.nodes {
		waits[i] = int32(len(g.parents(int32(i))))
		if waits[i] == 0 {
			ready.list = append(ready.list, int32(i))
		}
	}
	heap.Init(ready)
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int32)
		g.order = append(g.order, i)
		for _, c := range list[first[i]:first[i+1]] {
			if waits[c]--; waits[c] == 0 {
				heap.Push(ready, c)
			}
		}
	}
	for i := range g.nodes {
		if waits[i] > 0 {
			g.order = append(g.order, int32(i))
		}
	}
}

// commitHeap has the oldest commit on top.
type commitHeap struct {
	g    *graph
	list []int32
}

func (h *commitHeap) Len() int { return len(h.list) }
func (h *commitHeap) Less(i, j int) bool {
	a, b := &h.g.nodes[h.list[i]], &h.g.nodes[h.list[j]]
	if a.when != b.when {
		return a.when < b.when
	}
	return bytes.Compare(h.g.s.nameOf(a.number), h.g.s.nameOf(b.number)) < 0
}
func (h *commitHeap) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *commitHeap) Push(x any)    { h.list = append(h.list, x.(int32)) }
func (h *commitHeap) Pop() any {
	last := len(h.list) - 1
	x := h.list[last]
	h.list = h.list[:last]
	return x
}

// mark gives a label to every commit that tips lead to and that has none (0) yet.
func (g *graph) mark(labels []uint32, label uint32, tips ...ID) {
	var stack []int32
	for _, id := range tips {
		if i, ok := g.find(id); ok && labels[i] == 0 {
			labels[i] = label
			stack = append(stack, i)
		}
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, p := range g.parents(i) {
			if labels[p] == 0 {
				labels[p] = label
				stack = append(stack, p)
			}
		}
	}
}
