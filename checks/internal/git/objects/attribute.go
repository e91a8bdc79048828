package objects

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Where is how an object came into the repository.
type Where struct {
	// Commit is the oldest one that has the object at Path; zero where none has: see From.
	Commit ID
	Author Person
	// Path of the file, or of the directory for a tree ("" for the top).
	Path string
	// From is empty where a branch, a tag or another ref leads to the commit. Otherwise it names what does:
	// "stash@{1}", "reflog of main", "ORIG_HEAD", "index" (staged, in no commit), the ref that points at the object itself, or
	// FromNothing or FromUnknown.
	From string
}

// FromNothing is the From of what nothing leads to: a dangling commit, or a blob in no commit. git deletes it some day.
const FromNothing = "unreachable"

// FromUnknown is the From of what was not found before the search had to end; Problems tells why.
const FromUnknown = "unknown"

const (
	maxPlaces = 64      // paths given for one object
	maxPaths  = 1 << 20 // directories looked into, or files found, for one question: against trees made to blow up
	maxLevels = 4096    // directories below each other
)

// Attribute finds the commits and paths that brought objects (blobs or trees) in: for each path the oldest commit that
// has the object there, those that a ref leads to first. An object that no commit has gets one Where without a
// Commit. It costs two readings of all trees and one of all commits, so it is for the few objects in which something
// was found, all in one call.
func (s *Store) Attribute(ctx context.Context, ids []ID) (map[ID][]Where, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	p, err := s.Survey(ctx, Options{}, func(string) bool { return false }, func(*Text) {})
	if err != nil {
		return nil, err
	}
	found, _, err := p.Trace(ctx, ids, nil)
	return found, err
}

type attribution struct {
	s      *Store
	wanted map[ID]bool
	trees  map[ID][]step // the trees that lead to what is wanted, with only the entries that do
	seen   places
	found  map[ID][]Where
	limit  int // directories to look into
	full   bool
}

// commits goes through the history.
func (a *attribution) commits(ctx context.Context, g *graph, line *timeline) error {
	for n, m := range line.commits {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if tree := g.nodes[m].tree; tree != noNumber {
			a.tree(idOf(a.s.nameOf(tree)), "", Where{Commit: g.id(m), From: line.label(m)}, 0)
		}
	}
	return nil
}

// labels says for every commit what leads to it: an index into names, of which 0 is nothing and 1 the refs.
func (s *Store) labels(g *graph) (labels []uint32, names []string) {
	labels = make([]uint32, len(g.nodes))
	names = []string{FromNothing, ""}
	label := func(name string, ids ...ID) {
		names = append(names, name)
		for _, id := range ids {
			g.mark(labels, uint32(len(names)-1), s.peel(g, id))
		}
	}
	for _, r := range s.Refs() {
		if r.Name != stashRef && !r.passing() {
			g.mark(labels, 1, s.peel(g, r.ID))
		}
	}
	logs := s.Reflogs()
	var stashes []ID
	byRef := map[string][]ID{}
	for _, e := range logs {
		if e.Ref == stashRef {
			stashes = append(stashes, e.New)
		}
		byRef[e.Ref] = append(byRef[e.Ref], e.New, e.Old)
	}
	if id, ok := s.Resolve(stashRef); ok && len(stashes) == 0 {
		stashes = []ID{id}
	}
	slices.Reverse(stashes)
	for n, id := range stashes {
		label(fmt.Sprintf("stash@{%d}", n), id)
	}
	refs := slices.SortedFunc(maps.Keys(byRef), func(a, b string) int {
		return cmp.Compare(logOrder(a), logOrder(b))
	})
	for _, ref := range refs {
		label("reflog of "+strings.TrimPrefix(ref, "refs/heads/"), byRef[ref]...)
	}
	for _, r := range s.Refs() {
		if r.passing() {
			label(r.Name, r.ID)
		}
	}
	return labels, names
}

// logOrder puts the reflogs of branches before those of HEADs, which hold the same commits and say less.
func logOrder(ref string) string {
	if strings.HasSuffix(ref, "HEAD") {
		return "~" + ref // behind every name that git allows
	}
	return ref
}

// peel follows annotated tags to what they point at.
func (s *Store) peel(g *graph, id ID) ID {
	for range maxSymbolic {
		if _, isCommit := g.find(id); isCommit || id.IsZero() {
			return id
		}
		tag, err := s.Tag(id)
		if err != nil {
			return id
		}
		id = tag.Object
	}
	return id
}

// tree goes down to what is wanted.
func (a *attribution) tree(id ID, path string, at Where, level int) {
	if a.wanted[id] {
		a.add(id, path, at)
	}
	steps, leads := a.trees[id]
	if !leads || a.full || a.seen.has(id, path) || !a.spend(a.seen, id, level) {
		return
	}
	a.seen.add(id, path)
	for _, step := range steps {
		below := step.name
		if path != "" {
			below = path + "/" + step.name
		}
		switch {
		case step.tree:
			a.tree(step.id, below, at, level+1)
		case a.wanted[step.id]:
			a.add(step.id, below, at)
		}
	}
}

// spend reports whether one directory more may be looked into.
func (a *attribution) spend(seen places, id ID, level int) bool {
	if seen.count() < a.limit && level <= maxLevels {
		return true
	}
	a.full = true
	a.s.tellError("find the paths", "tree "+id.String(), wrong("at most 4096 directories below each other, and few of one tree", "more"))
	return false
}

func (a *attribution) add(id ID, path string, at Where) {
	list := a.found[id]
	if len(list) >= maxPlaces || slices.ContainsFunc(list, func(w Where) bool { return w.Path == path }) {
		return
	}
	at.Path = path
	a.found[id] = append(list, at)
}

// refs adds what refs point at without a commit: a tag of a blob or of a tree.
func (a *attribution) refs(g *graph) {
	for _, r := range a.s.Refs() {
		id := a.s.peel(g, r.ID)
		if a.wanted[id] && len(a.found[id]) == 0 {
			a.add(id, "", Where{From: r.Name})
		}
		a.tree(id, "", Where{From: r.Name}, 0)
	}
}

// index adds what is staged.
func (a *attribution) index() {
	entries, err := a.s.Index()
	if err != nil {
		return // it was told
	}
	for _, e := range entries {
		if a.wanted[e.ID] && len(a.found[e.ID]) == 0 {
			a.add(e.ID, e.Path, Where{From: "index"})
		}
	}
}

// rest adds what no commit leads to: below a tree that hangs on nothing, or alone.
func (a *attribution) rest() {
	for id := range a.wanted {
		if len(a.found[id]) > 0 {
			continue
		}
		at := Where{From: FromNothing}
		if a.full {
			at.From = FromUnknown
		}
		for _, steps := range a.trees {
			for _, step := range steps {
				if step.id == id && (at.Path == "" || step.name < at.Path) {
					at.Path = step.name
				}
			}
		}
		a.found[id] = []Where{at}
	}
}

// authors reads the commits that were named.
func (a *attribution) authors() {
	known := map[ID]Person{}
	for _, list := range a.found {
		for i := range list {
			id := list[i].Commit
			if id.IsZero() {
				continue
			}
			who, ok := known[id]
			if !ok {
				if c, err := a.s.Commit(id); err == nil {
					who = c.Author
				}
				known[id] = who
			}
			list[i].Author = who
		}
	}
}
