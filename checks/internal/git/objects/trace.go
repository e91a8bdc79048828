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
// paths had: every blob once, with the oldest commit that has it there, those that a ref leads to first. The authors
// of the versions' commits are not looked up.
func (p *Paths) Trace(ctx context.Context, ids []ID, paths []string) (map[ID][]Where, map[string][]Version, error) {
	s := p.s
	a := &attribution{s: s, found: map[ID][]Where{}, wanted: map[ID]bool{}, seen: newPlaces(), limit: maxPaths + 4*s.numbers.count}
	for _, id := range ids {
		a.wanted[id] = true
	}
	if len(a.wanted) == 0 && len(paths) == 0 {
		return a.found, nil, nil
	}
	g, err := s.history(ctx)
	if err != nil {
		return nil, nil, err
	}
	line := p.timeline(g)
	versions, err := p.versions(ctx, g, line, paths)
	if err != nil || len(a.wanted) == 0 {
		return a.found, versions, err
	}
	if a.trees, err = p.containing(ctx, a.wanted); err != nil {
		return nil, nil, err
	}
	if err := a.commits(ctx, g, line); err != nil {
		return nil, nil, err
	}
	a.refs(g)
	a.index()
	a.rest()
	a.authors()
	return a.found, versions, nil
}

// timeline is the order in which commits count: the oldest first, once for each label, so that what refs lead to
// comes before what only the stash or a reflog does.
type timeline struct {
	commits []int32
	labels  []uint32 // by commit
	names   []string // of the labels
}

func (t *timeline) label(commit int32) string { return t.names[t.labels[commit]] }

// timeline makes the order once.
func (p *Paths) timeline(g *graph) *timeline {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line != nil {
		return p.line
	}
	t := &timeline{commits: make([]int32, 0, len(g.order))}
	t.labels, t.names = p.s.labels(g)
	byLabel := make([][]int32, len(t.names))
	for _, i := range g.order {
		byLabel[t.labels[i]] = append(byLabel[t.labels[i]], i)
	}
	for _, list := range append(byLabel[1:], byLabel[0]) { // 0: what nothing leads to, the last
		t.commits = append(t.commits, list...)
	}
	p.line = t
	return t
}

// pathNode is a directory or a file on the way to paths that are sought.
type pathNode struct {
	path   string
	sought bool // the path itself
	sub    map[string]*pathNode
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

// places gathers where among all names those below the node stand.
func (n *pathNode) places(at map[string]uint32) {
	for name, sub := range n.sub {
		at[name] = 0
		sub.places(at)
	}
}
