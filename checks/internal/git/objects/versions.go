package objects

import "context"

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

// versions finds what the paths held.
func (p *Paths) versions(ctx context.Context, g *graph, line *timeline, paths []string) (map[string][]Version, error) {
	t := &tracing{p: p, ctx: ctx, g: g, line: line, names: map[string]uint32{}, versions: map[string][]Version{}}
	if len(paths) == 0 {
		return t.versions, nil
	}
	t.seen, t.found = newBitset(p.s.numbers.count), make([]treeEntry, p.s.numbers.count)
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
			if e.child == noNumber || !t.seen.add(e.child) {
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
		for _, tree := range t.looked {
			t.found[tree] = treeEntry{}
		}
		t.looked = t.looked[:0]
		t.below(sub, dirs, level+1)
	}
}

func (t *tracing) forget(list []moment) {
	for _, m := range list {
		t.seen.remove(m.object)
	}
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
	none := treeEntry{entryName, noNumber}
	result := none
	t.chain = t.chain[:0]
search:
	for at := tree; ; at = lists.base[at] - 1 {
		if known := t.found[at]; known != (treeEntry{}) {
			result = known
			break
		}
		t.found[at] = none // for a tree that is built from itself, which only a broken store has
		t.chain = append(t.chain, at)
		whole := false
		for _, e := range lists.of(at) {
			if e.name&entryName == place {
				result = e
				break search
			}
			whole = e.name&(entryLast|entryWhole) == entryLast|entryWhole
		}
		if whole || lists.base[at] == 0 {
			break
		}
	}
	for _, at := range t.chain {
		t.found[at] = result
	}
	t.looked = append(t.looked, t.chain...)
	return result
}
