package objects

import (
	"errors"
	"sync"
	"sync/atomic"
)

// sweepRun is one sweep over all objects.
type sweepRun struct {
	store *Store
	opt   Options
	queue *queue
	want  func(Kind) bool
	visit func(*Piece)

	total     atomic.Int64
	totalOnce sync.Once
	big       sync.Mutex // held by the worker that builds big objects
}

func (r *sweepRun) all() {
	var wg sync.WaitGroup
	for i := range r.opt.Workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					r.queue.fail(v)
				}
			}()
			w := &worker{run: r, number: i, in: r.store.takeBlocks()}
			defer r.store.returnBlocks(w.in)
			w.spans.context, w.spans.keepCopies = r.opt.Context, r.opt.copies
			w.work()
		})
	}
	wg.Wait()
}

// worker walks trees of deltas. It holds the objects from the root to where it is, as far as they are still bases.
type worker struct {
	run    *sweepRun
	number int
	pack   *pack
	forest *forest
	in     *blocks
	z      inflater
	delta  []byte
	old    []byte // what the last delta was built on
	spans  spans
	free   [][]byte
	live   int // bytes lent out of the free list
	heldUp bool
	stack  []frame
	seen   int
	piece  Piece // the one that visit sees: one for all, as there are millions
}

// frame is a base and its child that comes next.
type frame struct {
	data []byte
	next int32
}

func (w *worker) work() {
	for {
		job, ok := w.run.queue.take()
		if !ok {
			return
		}
		w.do(job)
		w.run.queue.done()
	}
}

func (w *worker) do(job work) {
	defer w.settle()
	for _, n := range job.roots.nodes {
		w.walk(task{pack: job.roots.pack, forest: job.roots.forest, node: n})
		w.settle()
	}
	for _, l := range job.loose {
		w.one(l)
	}
	if job.handed != nil {
		w.walk(*job.handed)
	}
}

// settle ends a tree: the big buffers go and another worker may build big objects.
func (w *worker) settle() {
	w.live, w.stack = 0, w.stack[:0]
	if !w.heldUp {
		return
	}
	w.heldUp, w.free = false, nil
	if cap(w.delta) > bigObject {
		w.delta = nil
	}
	w.run.big.Unlock()
}

// walk visits a node and all that builds on it, depth first. The base of the last child is given back before the walk
// goes down to it.
func (w *worker) walk(t task) {
	if w.pack != t.pack {
		w.pack, w.forest = t.pack, t.forest
		w.in.open(t.pack.file, t.pack.size())
	}
	w.descend(t.node, t.base)
	for len(w.stack) > 0 {
		if w.stopped() {
			return
		}
		top := &w.stack[len(w.stack)-1]
		c, base := top.next, top.data
		next := w.forest.nodes[c].sib
		top.next = next
		if next == none {
			w.stack = w.stack[:len(w.stack)-1]
		} else if !w.heldUp && w.forest.nodes[c].isHeavy() && base != nil && w.run.queue.hand(task{w.pack, w.forest, c, base}) {
			continue
		}
		w.descend(c, base)
		if next == none {
			w.put(base)
		}
	}
}

func (w *worker) stopped() bool {
	w.seen++
	return w.seen%256 == 0 && w.run.queue.ctx.Err() != nil
}

// descend builds and gives one node, and puts it on the stack if others build on it. base is nil for a root, and for
// a delta whose base cannot be read.
func (w *worker) descend(i int32, base []byte) {
	n := &w.forest.nodes[i]
	dup := w.pack.isDup(n.pos())
	if dup && n.child == none {
		return
	}
	if only := w.run.opt.only; only != nil && !dup && n.kind() != 0 && !only.has(w.pack.first+uint32(n.pos())) {
		return
	}
	data, err := w.build(i, base)
	kind := n.kind()
	if err != nil {
		kind, data = w.elsewhere(i, err)
	}
	if data != nil && !dup && w.run.want(kind) {
		p := Piece{ID: w.pack.id(n.pos()), Kind: kind, Data: data, base: w.baseOf(i), number: w.pack.first + uint32(n.pos())}
		if err == nil && n.isDelta() {
			p.old, p.copies = w.old, w.spans.copies
		}
		w.give(p, err == nil && n.isDelta())
	}
	switch {
	case n.child != none && n.kind() != 0: // what hangs on nothing may hang on itself; every part of it is a root of its own
		w.stack = append(w.stack, frame{data, n.child})
	default:
		w.put(data)
	}
}

// give calls visit. Where spans is set, w.spans holds what is new against the base.
func (w *worker) give(p Piece, spans bool) {
	if !spans {
		w.spans.list = append(w.spans.list[:0], Span{0, len(p.Data)})
	}
	p.New, p.Worker = w.spans.list, w.number
	p.Whole = !spans || len(p.New) == 1 && p.New[0] == Span{0, len(p.Data)}
	w.piece = p
	w.run.visit(&w.piece)
}

// baseOf is the object that a delta builds on.
func (w *worker) baseOf(i int32) ID {
	if b := w.forest.nodes[i].base; b != none {
		return w.pack.id(w.forest.nodes[b].pos())
	}
	return w.forest.outside[i]
}

// elsewhere tells that an entry cannot be read, unless another place holds the object.
func (w *worker) elsewhere(i int32, err error) (Kind, []byte) {
	n := &w.forest.nodes[i]
	id := w.pack.id(n.pos())
	kind, data, other := w.run.store.readObject(id, w.pack, maxOutside)
	s, where := w.run.store, w.forest.place(i)
	switch {
	case other == nil && len(data) <= w.run.opt.MaxSize:
		s.note("read the object "+id.String(), where, err.Error()+"; read from another place")
		return kind, append([]byte{}, data...) // the cache's bytes must not get into the free list
	case n.kind() != 0 || !errors.Is(err, errUnlinked):
		s.tellError("read the "+n.kind().String()+" "+id.String(), where, err)
	}
	return 0, nil
}

// one reads a loose object.
func (w *worker) one(l looseObject) {
	kind, data, err := l.at.readLoose(l.id, w.run.opt.MaxSize)
	if err != nil {
		if kind == 0 || w.run.want(kind) {
			w.run.store.tellError("read the object "+l.id.String(), l.at.dir.label(l.id.String()[:2]), err)
		}
		return
	}
	if w.run.want(kind) {
		w.give(Piece{ID: l.id, Kind: kind, Data: data, number: w.run.store.looseAt[l.id]}, false)
	}
}
