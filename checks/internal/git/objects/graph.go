package objects

import (
	"container/heap"
	"context"
	"sync"
)

// graph is the history: every commit of the store.
type graph struct {
	byID  map[ID]int32
	nodes []commitNode
	above []int32 // the parents of all commits, one commit after the other, without those that are not in the store
	// order holds the commits, parents before their children and the older first where there is a choice.
	order []int32
}

type commitNode struct {
	id, tree    ID
	first, last int32 // of its parents in above
	when        int64 // of the committer, in seconds
}

// parents are the commits that a commit follows.
func (g *graph) parents(i int32) []int32 { return g.above[g.nodes[i].first:g.nodes[i].last] }

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
	b := s.newGraphBuilder()
	err := s.sweep(ctx, Options{}, func(k Kind) bool { return k == KindCommit }, func(p *Piece) {
		c, err := ParseCommit(p.Data)
		if err != nil {
			s.tellError("read the commit "+p.ID.String(), s.common.label("objects"), err)
			return
		}
		b.add(p.ID, c)
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
	s       *Store
	mu      sync.Mutex
	g       *graph
	parents []ID  // of all commits, as they came
	ends    []int // where those of each end
}

func (s *Store) newGraphBuilder() *graphBuilder {
	return &graphBuilder{s: s, g: &graph{byID: map[ID]int32{}}}
}

func (b *graphBuilder) add(id ID, c *Commit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.g.byID[id] = int32(len(b.g.nodes))
	b.g.nodes = append(b.g.nodes, commitNode{id: id, tree: c.Tree, when: unix(c.Committer)})
	b.parents = append(b.parents, c.Parents...)
	b.ends = append(b.ends, len(b.parents))
}

// graph links the commits.
func (b *graphBuilder) graph() *graph {
	g, s := b.g, b.s
	start := 0
	for i, end := range b.ends {
		g.nodes[i].first = int32(len(g.above))
		for _, id := range b.parents[start:end] {
			if k, ok := g.byID[id]; ok {
				g.above = append(g.above, k)
			} else if !s.shallow[g.nodes[i].id] && !s.partial {
				s.tellError("read the parent "+id.String(), "commit "+g.nodes[i].id.String(), ErrMissing)
			}
		}
		g.nodes[i].last = int32(len(g.above))
		start = end
	}
	g.sort()
	return g
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
	return a.id.Compare(b.id) < 0
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
		if i, ok := g.byID[id]; ok && labels[i] == 0 {
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
