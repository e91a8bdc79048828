package objects

import (
	"context"
	"path"
	"slices"
	"strings"
)

// Change is a file that a commit, or the index, holds and no parent has like that.
type Change struct {
	Commit ID // zero for what is staged
	Path   string
	Mode   uint32
	ID     ID
	// Old are the blobs that the parents have at the path, or had at From if the file was renamed; none for a new
	// file. What is new in the file is what none of them has: AddedLines.
	Old  []ID
	From string // the path before a renaming
}

// NewBlobs calls visit with the files that the commits that lead from include and not from exclude bring in, each blob
// once for a path, the oldest commit first. A merge counts for what differs from all its parents: also what only the
// merge itself brought in. A file that was renamed has the one it was as Old. The error is the context's.
func (s *Store) NewBlobs(ctx context.Context, include, exclude []ID, visit func(*Change)) error {
	commits, err := s.reachable(ctx, include, exclude)
	if err != nil {
		return err
	}
	d := &differ{ctx: ctx, s: s}
	seen := newPlaces()
	for _, n := range slices.Backward(commits) {
		var parents []ID
		for _, p := range n.parents {
			c, err := s.Commit(p)
			if err != nil {
				s.tellError("read the commit", p.String(), err)
				continue
			}
			parents = append(parents, c.Tree)
		}
		list := d.commit(n.id, n.tree, parents, seen)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for i := range list {
			visit(&list[i])
		}
	}
	return nil
}

// differ compares trees.
type differ struct {
	ctx  context.Context
	s    *Store
	left int // directories and files that the comparison of one commit may still meet
	full bool
}

// start begins a comparison.
func (d *differ) start() { d.left, d.full = maxPaths, false }

// spend counts a directory or a file. It returns false where there were too many, or where the caller gave up.
func (d *differ) spend(at string, level int) bool {
	if d.full {
		return false
	}
	d.left--
	if d.left < 0 || level > maxLevels {
		d.s.tellError("compare trees", at[:min(len(at), 200)], wrong("at most 1048576 directories and files, 4096 below each other", "more"))
		d.full = true
	}
	if d.left%1024 == 0 && d.ctx.Err() != nil {
		d.full = true
	}
	return !d.full
}

// commit returns what a commit's tree brings in that was not seen before.
func (d *differ) commit(id, tree ID, parents []ID, seen places) []Change {
	var out []Change
	d.start()
	d.compare("", tree, parents, 0, func(path string, e TreeEntry, old []ID) {
		if e.IsBlob() && !seen.has(e.ID, path) {
			seen.add(e.ID, path)
			out = append(out, Change{Commit: id, Path: path, Mode: e.Mode, ID: e.ID, Old: old})
		}
	})
	d.renames(out, tree, parents)
	return out
}

// renames finds for new files the ones that went away: the same blob, or the only one of the same name.
func (d *differ) renames(list []Change, tree ID, parents []ID) {
	if !slices.ContainsFunc(list, func(c Change) bool { return len(c.Old) == 0 }) {
		return
	}
	byID, byName := map[ID]string{}, map[string][]Change{}
	for _, p := range parents {
		d.start()
		d.compare("", p, []ID{tree}, 0, func(full string, e TreeEntry, now []ID) {
			if e.IsBlob() && len(now) == 0 {
				byID[e.ID] = full
				byName[path.Base(full)] = append(byName[path.Base(full)], Change{Path: full, ID: e.ID})
			}
		})
	}
	for i := range list {
		c := &list[i]
		if len(c.Old) > 0 {
			continue
		}
		if from, ok := byID[c.ID]; ok {
			c.Old, c.From = []ID{c.ID}, from
		} else if gone := byName[path.Base(c.Path)]; len(gone) == 1 {
			c.Old, c.From = []ID{gone[0].ID}, gone[0].Path
		}
	}
}

// MovedFrom is the path that a file had before a commit, if the commit put it at its path by moving it: a file with the
// same bytes went away, or the only one of that name.
func (s *Store) MovedFrom(ctx context.Context, commit ID, path string, id ID) (string, bool) {
	c, err := s.Commit(commit)
	if err != nil || s.shallow[commit] {
		return "", false // it was told
	}
	var parents []ID
	for _, p := range c.Parents {
		parent, err := s.Commit(p)
		if err != nil {
			continue
		}
		if s.entryAt(parent.Tree, path) {
			return "", false
		}
		parents = append(parents, parent.Tree)
	}
	list := []Change{{Path: path, ID: id}}
	d := &differ{ctx: ctx, s: s}
	d.renames(list, c.Tree, parents)
	return list[0].From, list[0].From != ""
}

// entryAt reports whether a tree has anything at a path.
func (s *Store) entryAt(tree ID, path string) bool {
	for {
		name, rest, below := strings.Cut(path, "/")
		t, err := s.Tree(tree)
		if err != nil {
			return false
		}
		found := false
		for !found && t.Next() {
			found = string(t.Entry.Name) == name
		}
		if !found || !below {
			return found
		}
		tree, path = t.Entry.ID, rest
	}
}

// side is what one tree has under a name.
type side struct {
	id   ID
	tree bool
}

// compare calls visit with the entries of a tree, directories followed, that none of the parents has.
func (d *differ) compare(at string, tree ID, parents []ID, level int, visit func(string, TreeEntry, []ID)) {
	if !d.spend(at, level) {
		return
	}
	t, err := d.s.Tree(tree)
	if err != nil {
		d.s.tellError("read the tree "+tree.String(), at, err)
		return
	}
	others := d.entries(parents)
	for t.Next() {
		e := t.Entry
		sides := others[string(e.Name)]
		if slices.ContainsFunc(sides, func(o side) bool { return o.id == e.ID }) {
			continue
		}
		name := strings.TrimPrefix(at+"/"+string(e.Name), "/")
		var blobs, trees []ID
		for _, o := range sides {
			if o.tree {
				trees = append(trees, o.id)
			} else {
				blobs = append(blobs, o.id)
			}
		}
		switch {
		case e.IsTree():
			d.compare(name, e.ID, trees, level+1, visit)
		case d.spend(name, level):
			visit(name, e, blobs)
		}
		if d.full {
			return
		}
	}
	if t.Err != nil {
		d.s.tellError("read the tree "+tree.String(), at, t.Err)
	}
}

// entries gathers what the parents have by name.
func (d *differ) entries(parents []ID) map[string][]side {
	out := map[string][]side{}
	for _, p := range parents {
		t, err := d.s.Tree(p)
		if err != nil {
			d.s.tellError("read the tree", p.String(), err)
			continue
		}
		for t.Next() {
			e := &t.Entry
			if e.IsTree() || e.IsBlob() {
				out[string(e.Name)] = append(out[string(e.Name)], side{e.ID, e.IsTree()})
			}
		}
	}
	return out
}

// Staged returns the files of the index that the commit of HEAD does not hold like that: what the next commit brings
// in. Both sides of a conflict are among them.
func (s *Store) Staged(ctx context.Context) ([]Change, error) {
	entries, err := s.Index()
	if err != nil {
		return nil, err
	}
	at := map[string]TreeEntry{}
	if head, ok := s.Head(); ok {
		c, err := s.Commit(head)
		if err != nil {
			return nil, err
		}
		d := &differ{ctx: ctx, s: s}
		d.start()
		d.compare("", c.Tree, nil, 0, func(path string, e TreeEntry, _ []ID) {
			if e.IsBlob() {
				at[path] = e
			}
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	var out []Change
	inIndex := make(map[string]bool, len(entries))
	for _, e := range entries {
		inIndex[e.Path] = true
		old, known := at[e.Path]
		mode := TreeEntry{Mode: e.Mode}
		switch {
		case mode.IsTree() && old.ID != e.ID: // a directory that a sparse index does not unfold
			s.tellError("read the index", s.git.label("index"), wrong("files", "the directory %q, changed and not unfolded", e.Path))
		case !mode.IsBlob() || known && old.ID == e.ID:
		case known:
			out = append(out, Change{Path: e.Path, Mode: e.Mode, ID: e.ID, Old: []ID{old.ID}})
		default:
			out = append(out, Change{Path: e.Path, Mode: e.Mode, ID: e.ID})
		}
	}
	stagedRenames(out, at, inIndex)
	return out, nil
}

// stagedRenames finds for new files those of HEAD that the index has no longer.
func stagedRenames(out []Change, at map[string]TreeEntry, inIndex map[string]bool) {
	gone := map[ID]string{}
	for path, e := range at {
		if !inIndex[path] && (gone[e.ID] == "" || path < gone[e.ID]) {
			gone[e.ID] = path
		}
	}
	for i := range out {
		if from, ok := gone[out[i].ID]; ok && len(out[i].Old) == 0 {
			out[i].Old, out[i].From = []ID{out[i].ID}, from
		}
	}
}
