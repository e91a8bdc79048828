package objects

import (
	"context"
	"strings"
)

// Version is what a path held from a commit on.
type Version struct {
	ID ID
	Where
	Age int // smaller for what came earlier, by whatever path
}

// Trace finds the commits and paths that brought objects in, as Attribute does, and the versions that each of some
// paths had: every blob once, with the oldest commit that has it there, those that a ref leads to first. It reads
// once the trees that may lead there. The authors of the versions' commits are not looked up.
func (p *Paths) Trace(ctx context.Context, ids []ID, paths []string) (map[ID][]Where, map[string][]Version, error) {
	s := p.s
	a := &attribution{s: s, found: map[ID][]Where{}, wanted: map[ID]bool{}, seen: newPlaces(), limit: maxPaths + 4*s.numbers.count}
	for _, id := range ids {
		a.wanted[id] = true
	}
	t := &tracing{a: a, top: newPathNode(paths), seen: newPlaces(), versions: map[string][]Version{}}
	if len(a.wanted) == 0 && len(paths) == 0 {
		return a.found, t.versions, nil
	}
	g, err := s.history(ctx)
	if err != nil {
		return nil, nil, err
	}
	if a.trees, err = p.containing(ctx, a.wanted, t.top); err != nil {
		return nil, nil, err
	}
	if err := a.commits(ctx, g, t); err != nil {
		return nil, nil, err
	}
	a.refs(g)
	a.index()
	a.rest()
	a.authors()
	return a.found, t.versions, nil
}

// pathNode is a directory or a file on the way to paths that are sought.
type pathNode struct {
	path   string
	sought bool // the path itself
	sub    map[string]*pathNode
	last   ID // what was seen there last: most commits leave it as it was
}

func newPathNode(paths []string) *pathNode {
	top := &pathNode{}
	for _, path := range paths {
		at := top
		for end := 0; end < len(path); {
			start := end
			if end = strings.IndexByte(path[start:], '/'); end < 0 {
				end = len(path)
			} else {
				end += start
			}
			name := path[start:end]
			next := at.sub[name]
			if next == nil {
				next = &pathNode{path: path[:end]}
				if at.sub == nil {
					at.sub = map[string]*pathNode{}
				}
				at.sub[name] = next
			}
			at = next
			end++
		}
		at.sought = true
	}
	return top
}

// names gathers all names below the node.
func (n *pathNode) names(all map[string]string) {
	for name, sub := range n.sub {
		all[name] = name
		sub.names(all)
	}
}

// tracing follows paths through the trees of the commits, the oldest first. A tree that was seen at a path holds
// nothing new there.
type tracing struct {
	a        *attribution
	top      *pathNode
	seen     places
	versions map[string][]Version
	age      int
}

func (t *tracing) tree(n *pathNode, id ID, at Where) {
	if n.last == id {
		return
	}
	n.last = id
	steps, known := t.a.trees[id]
	if !known || t.a.full || t.seen.has(id, n.path) || !t.a.spend(t.seen, id, 0) {
		return
	}
	t.seen.add(id, n.path)
	for i := range steps {
		step := &steps[i]
		next := n.sub[step.name]
		if !step.sought || next == nil {
			continue
		}
		switch {
		case step.tree:
			t.tree(next, step.id, at)
		case next.sought && next.last != step.id && !t.seen.has(step.id, next.path):
			next.last = step.id
			t.seen.add(step.id, next.path)
			at.Path = next.path
			t.versions[next.path] = append(t.versions[next.path], Version{step.id, at, t.age})
		}
	}
}
