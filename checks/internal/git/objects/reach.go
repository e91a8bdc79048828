package objects

import (
	"container/heap"
	"context"
	"math"
	"slices"
)

// What a walk knows of a commit.
const (
	fromA    = 1 << iota // an ancestor of what is included, or of the one side
	fromB                // an ancestor of what is excluded, or of the other side
	emitted              // counted already
	isCommon             // MergeBase: below a common ancestor
)

// reach walks the history from some commits, the youngest first, and reads only what it must.
type reach struct {
	ctx    context.Context
	s      *Store
	nodes  map[ID]*reached
	queue  []*reached
	closed uint8 // the flag of commits that cannot change the answer
	open   int   // commits in the queue without it
}

type reached struct {
	id      ID
	tree    ID
	parents []ID
	when    int64
	flags   uint8
	queued  bool
}

func (r *reach) Len() int           { return len(r.queue) }
func (r *reach) Less(i, j int) bool { return r.queue[i].when > r.queue[j].when }
func (r *reach) Swap(i, j int)      { r.queue[i], r.queue[j] = r.queue[j], r.queue[i] }
func (r *reach) Push(x any)         { r.queue = append(r.queue, x.(*reached)) }
func (r *reach) Pop() any {
	last := len(r.queue) - 1
	x := r.queue[last]
	r.queue = r.queue[:last]
	return x
}

func newReach(ctx context.Context, s *Store, closed uint8) *reach {
	return &reach{ctx: ctx, s: s, nodes: map[ID]*reached{}, closed: closed}
}

// add queues a commit, or gives it more flags. Annotated tags are followed.
func (r *reach) add(id ID, flags uint8) {
	n, known := r.nodes[id]
	if !known {
		n = &reached{id: id}
		r.nodes[id] = n
		if !r.load(n) {
			delete(r.nodes, id)
			return
		}
		if n.id != id { // it was a tag
			delete(r.nodes, id)
			if same, ok := r.nodes[n.id]; ok {
				n = same
			} else {
				r.nodes[n.id] = n
			}
		}
	}
	if n.flags&flags == flags {
		return
	}
	wasOpen := n.queued && n.flags&r.closed == 0
	n.flags |= flags
	if !n.queued {
		n.queued = true
		heap.Push(r, n)
	}
	switch isOpen := n.flags&r.closed == 0; {
	case isOpen && !wasOpen:
		r.open++
	case wasOpen && !isOpen:
		r.open--
	}
}

// load reads a commit. What is missing below a shallow clone's end, or was not fetched, is not told again.
func (r *reach) load(n *reached) bool {
	for range maxSymbolic {
		kind, data, err := r.s.Read(n.id)
		if err == nil && kind == KindTag {
			var t *Tag
			if t, err = ParseTag(data); err == nil {
				n.id = t.Object
				continue
			}
		}
		if err == nil && kind != KindCommit {
			err = wrong("a commit", "a %s", kind)
		}
		var c *Commit
		if err == nil {
			c, err = ParseCommit(data)
		}
		if err != nil {
			r.s.tellError("read the commit", n.id.String(), err)
			return false
		}
		n.tree, n.when = c.Tree, unix(c.Committer)
		if !r.s.shallow[n.id] {
			n.parents = c.Parents
		}
		return true
	}
	return false
}

func (r *reach) next() *reached {
	n := heap.Pop(r).(*reached)
	n.queued = false
	if n.flags&r.closed == 0 {
		r.open--
	}
	return n
}

// Reachable returns the commits that lead from include and not from exclude, the youngest first: what
// "git rev-list include --not exclude" lists. IDs of annotated tags stand for what they point at. Where dates run
// backwards so far that the walk had to end before it saw all, it returns commits too many rather than too few.
func (s *Store) Reachable(ctx context.Context, include, exclude []ID) ([]ID, error) {
	list, err := s.reachable(ctx, include, exclude)
	if err != nil {
		return nil, err
	}
	out := make([]ID, len(list))
	for i, n := range list {
		out[i] = n.id
	}
	return out, nil
}

func (s *Store) reachable(ctx context.Context, include, exclude []ID) ([]*reached, error) {
	r := newReach(ctx, s, fromB)
	for _, id := range include {
		r.add(id, fromA)
	}
	for _, id := range exclude {
		r.add(id, fromA|fromB)
	}
	var out []*reached
	oldest := int64(math.MaxInt64) // of those in out
	for step, idle := 0, 0; r.Len() > 0; step++ {
		if step%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if idle++; r.interesting(oldest) {
			idle = 0
		} else if idle > slop {
			break
		}
		n := r.next()
		if n.flags&(fromB|emitted) == 0 {
			n.flags |= emitted
			oldest = min(oldest, n.when)
			out = append(out, n)
		}
		for _, p := range n.parents {
			r.add(p, n.flags&(fromA|fromB))
		}
	}
	return slices.DeleteFunc(out, func(n *reached) bool { return n.flags&fromB != 0 }), nil
}

// slop is how many commits more a walk looks at once none can change the answer any more if dates never run backwards.
const slop = 64

// interesting reports whether a commit in the queue can still change the answer: it is not excluded, or it is younger
// than one that was counted and may turn out to exclude it.
func (r *reach) interesting(oldest int64) bool {
	return r.open > 0 || r.queue[0].when >= oldest
}

// MergeBase returns the best common ancestors of two commits: one in most histories, several after criss-cross
// merges, none where the histories have nothing in common.
func (s *Store) MergeBase(ctx context.Context, a, b ID) ([]ID, error) {
	r := newReach(ctx, s, isCommon)
	r.add(a, fromA)
	r.add(b, fromB)
	var out []*reached
	for step, idle := 0, 0; r.Len() > 0; step++ {
		if step%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if idle++; r.open > 0 {
			idle = 0
		} else if idle > slop {
			break
		}
		n := r.next()
		flags := n.flags & (fromA | fromB | isCommon)
		if flags == fromA|fromB {
			if n.flags&emitted == 0 {
				n.flags |= emitted
				out = append(out, n)
			}
			flags |= isCommon
		}
		for _, p := range n.parents {
			r.add(p, flags)
		}
	}
	var ids []ID
	for _, n := range out {
		if n.flags&isCommon == 0 {
			ids = append(ids, n.id)
		}
	}
	return ids, nil
}
