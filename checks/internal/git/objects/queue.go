package objects

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
)

// task is a tree of deltas to walk: from its root, or from a node within whose base another worker has built.
type task struct {
	pack   *pack
	forest *forest
	node   int32
	base   []byte // of a node within
}

// queue gives the workers of a sweep their tasks: first the roots in the order they stand in the packs, then the
// loose objects. A worker with a large tree hands a part of it to those who wait.
type queue struct {
	ctx     context.Context
	mu      sync.Mutex
	changed *sync.Cond
	roots   []rootRange
	loose   []looseObject
	handed  []task
	busy    int
	waiting atomic.Int32

	panicked any
}

// rootRange is what is left of a pack's roots.
type rootRange struct {
	pack   *pack
	forest *forest
	nodes  []int32
}

// batch is how many roots or loose objects a worker takes at once.
const batch = 16

func newQueue(ctx context.Context) *queue {
	q := &queue{ctx: ctx}
	q.changed = sync.NewCond(&q.mu)
	return q
}

func (q *queue) addPack(p *pack, f *forest, want func(Kind) bool) {
	var nodes []int32
	for _, r := range f.roots {
		if want(f.nodes[r].kind()) {
			nodes = append(nodes, r)
		}
	}
	for i := range f.nodes { // what hangs on nothing: another pack may hold it
		if f.nodes[i].kind() == 0 {
			nodes = append(nodes, int32(i))
		}
	}
	q.roots = append(q.roots, rootRange{p, f, nodes})
}

// work is what take gives: some of the three.
type work struct {
	roots  rootRange
	loose  []looseObject
	handed *task
}

// take waits for work. The caller calls done after it. It returns false when there is nothing left.
func (q *queue) take() (work, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.ctx.Err() != nil || q.panicked != nil {
			q.changed.Broadcast()
			return work{}, false
		}
		if w, ok := q.next(); ok {
			q.busy++
			return w, true
		}
		if q.busy == 0 {
			q.changed.Broadcast()
			return work{}, false
		}
		q.waiting.Add(1)
		q.changed.Wait()
		q.waiting.Add(-1)
	}
}

func (q *queue) next() (work, bool) {
	if n := len(q.handed); n > 0 {
		t := q.handed[n-1]
		q.handed = q.handed[:n-1]
		return work{handed: &t}, true
	}
	for len(q.roots) > 0 {
		r := &q.roots[0]
		if len(r.nodes) == 0 {
			q.roots = q.roots[1:]
			continue
		}
		n := min(batch, len(r.nodes))
		out := rootRange{r.pack, r.forest, r.nodes[:n]}
		r.nodes = r.nodes[n:]
		return work{roots: out}, true
	}
	if n := min(batch, len(q.loose)); n > 0 {
		out := q.loose[:n]
		q.loose = q.loose[n:]
		return work{loose: out}, true
	}
	return work{}, false
}

func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	if q.busy == 0 {
		q.changed.Broadcast()
	}
}

// hand gives a part of a tree to a worker that waits. base is copied only if one does.
func (q *queue) hand(t task) bool {
	if q.waiting.Load() == 0 {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if int(q.waiting.Load()) <= len(q.handed) {
		return false
	}
	t.base = append([]byte{}, t.base...)
	q.handed = append(q.handed, t)
	q.changed.Signal()
	return true
}

// fail keeps a panic of a worker for the caller's goroutine.
func (q *queue) fail(v any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.panicked == nil {
		q.panicked = fmt.Sprintf("%v\n%s", v, debug.Stack())
	}
	q.changed.Broadcast()
}

// bytesText writes a number of bytes with the largest binary unit that divides it.
func bytesText(n int64) string {
	units := []string{" bytes", " KiB", " MiB", " GiB", " TiB"}
	i := 0
	for n != 0 && n%1024 == 0 && i < len(units)-1 {
		n /= 1024
		i++
	}
	return strconv.FormatInt(n, 10) + units[i]
}
