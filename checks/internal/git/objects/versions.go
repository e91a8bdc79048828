package objects

import (
	"context"
	"slices"
	"strings"
)

// moment is an object that a path holds from a commit on, by its place in the timeline.
type moment struct {
	object uint32
	at     int32
}

// tracing follows paths through the trees of the commits, the oldest first. An object that was seen at a path holds
// nothing new there.
type tracing struct {
	p        *Paths
	ctx      context.Context
	g        *graph
	line     *timeline
	names    map[string]uint32 // the places of those on the way
	seen     bitset
	found    []treeEntry // by tree, for one name; 0 where it was not looked up
	chain    []uint32    // trees to look up
	looked   []uint32    // those that were
	versions map[string][]Version
}

func (p *Paths) newTracing(ctx context.Context, g *graph, line *timeline) *tracing {
	count := p.s.numbers.count
	return &tracing{p: p, ctx: ctx, g: g, line: line, names: map[string]uint32{}, versions: map[string][]Version{},
		seen: newBitset(count), found: make([]treeEntry, count)}
}

// versions finds what the paths held.
func (p *Paths) versions(ctx context.Context, g *graph, line *timeline, paths []string) (map[string][]Version, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	t := p.newTracing(ctx, g, line)
	top := newPathNode(paths)
	top.places(t.names)
	for place, name := range p.names {
		if _, asked := t.names[name]; asked {
			t.names[name] = uint32(place)
		}
	}
	roots := make([]moment, 0, len(line.commits))
	for at, c := range line.commits {
		if tree := g.nodes[c].tree; tree != noNumber && t.seen.add(tree) {
			roots = append(roots, moment{tree, int32(at)})
		}
	}
	t.forget(roots)
	t.below(top, roots, 0)
	return t.versions, ctx.Err()
}

// below follows what the trees at a path hold under the names that are sought.
func (t *tracing) below(n *pathNode, trees []moment, level int) {
	for name, sub := range n.sub {
		place := t.names[name]
		if place == 0 || level > maxLevels || t.ctx.Err() != nil {
			continue
		}
		var dirs, met []moment
		for _, m := range trees {
			e := t.lookup(m.object, place)
			if !e.there() || !t.seen.add(e.child) {
				continue
			}
			now := moment{e.child, m.at}
			met = append(met, now)
			switch {
			case e.name&entryTree == 0 && sub.sought:
				t.version(sub.path, now)
			case e.name&entryTree != 0 && sub.sub != nil:
				dirs = append(dirs, now)
			}
		}
		t.forget(met)
		t.forgetLookups()
		t.below(sub, dirs, level+1)
	}
}

func (t *tracing) forget(list []moment) {
	for _, m := range list {
		t.seen.remove(m.object)
	}
}

func (t *tracing) forgetLookups() {
	for _, tree := range t.looked {
		t.found[tree] = treeEntry{}
	}
	t.looked = t.looked[:0]
}

func (t *tracing) version(path string, m moment) {
	c := t.line.commits[m.at]
	at := Where{Commit: t.g.id(c), Path: path, From: t.line.label(c)}
	t.versions[path] = append(t.versions[path], Version{idOf(t.p.s.nameOf(m.object)), at, int(m.at)})
}

// lookup finds what a tree has under the name that is looked up for all trees: its own, or what it takes from what it
// was built from.
func (t *tracing) lookup(tree, place uint32) treeEntry {
	lists := t.p.lists
	result := treeEntry{entryName, noNumber} // nothing
	t.chain = t.chain[:0]
	for at := tree; ; at = lists.base[at] - 1 {
		if known := t.found[at]; known != (treeEntry{}) {
			result = known
			break
		}
		t.found[at] = result // for a tree that is built from itself, which only a broken store has
		t.chain = append(t.chain, at)
		own, whole := ownEntry(lists.of(at), place)
		if own != (treeEntry{}) {
			result = own
			t.found[at] = own
			t.chain, t.looked = t.chain[:len(t.chain)-1], append(t.looked, at)
			break
		}
		if whole || lists.base[at] == 0 {
			break
		}
	}
	for _, at := range slices.Backward(t.chain) {
		if result.there() && isGone(t.p.names, lists.of(at), result) {
			result = treeEntry{entryName, noNumber}
		}
		t.found[at] = result
	}
	t.looked = append(t.looked, t.chain...)
	return result
}

// ownEntry is what a list has under a name, and whether it is all that its tree has.
func ownEntry(list []treeEntry, place uint32) (own treeEntry, whole bool) {
	for _, e := range list {
		if e.name&entryName == place && e.child != goneOne && e.child != goneFrom && e.child != goneTo {
			return e, false
		}
		whole = e.name&(entryLast|entryWhole) == entryLast|entryWhole
	}
	return treeEntry{}, whole
}

// isGone reports whether a tree does not have an entry of the tree that it was built from.
func isGone(names []string, list []treeEntry, e treeEntry) bool {
	for i, g := range list {
		switch g.child {
		case goneOne:
			if g.name&entryName == e.name&entryName {
				return true
			}
		case goneFrom:
			if i+1 < len(list) && inOrder(names, g, e) && inOrder(names, e, list[i+1]) {
				return true
			}
		}
	}
	return false
}

// inOrder reports whether git would not have the second of two entries before the first: a directory stands as if its
// name ended in a slash.
func inOrder(names []string, a, b treeEntry) bool {
	x, y := names[a.name&entryName], names[b.name&entryName]
	n := min(len(x), len(y))
	if c := strings.Compare(x[:n], y[:n]); c != 0 {
		return c < 0
	}
	return byteBehind(x, n, a) <= byteBehind(y, n, b)
}

func byteBehind(name string, n int, e treeEntry) byte {
	switch {
	case n < len(name):
		return name[n]
	case e.name&entryTree != 0:
		return '/'
	}
	return 0
}
