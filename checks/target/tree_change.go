package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sync"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// walkChange visits the files that a change brings, each with the lines that are new in it, and the messages of its
// commits.
func (t *Tree) walkChange(ctx context.Context, workers int, visit func(*Node)) error {
	store, err := t.repo.store(ctx)
	if err != nil {
		return err
	}
	defer func() {
		for _, p := range store.Problems() {
			t.problem(p)
		}
	}()
	changes, commits, err := t.changes(ctx, store)
	if err != nil {
		return err
	}
	for _, id := range commits {
		t.visitMessage(store, id, visit)
	}
	work := make(chan objects.Change)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for c := range work {
				t.visitChange(store, c, visit)
			}
		})
	}
	h := &history{store: store, prefix: t.repo.git.Prefix(), excluded: t.excluded, inside: map[string]bool{}}
feed:
	for _, c := range changes {
		rel, ok := h.local(c.Path)
		if !ok || c.Mode == objects.ModeSubmodule || c.Mode == objects.ModeLink {
			continue
		}
		c.Path = rel
		select {
		case work <- c:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	return ctx.Err()
}

// changes lists what is staged, or what the commits after the base brought.
func (t *Tree) changes(ctx context.Context, store *objects.Store) ([]objects.Change, []objects.ID, error) {
	if t.options.Staged {
		if err := t.useIndex(ctx, store); err != nil {
			return nil, nil, err
		}
		list, err := store.Staged(ctx)
		return list, nil, err
	}
	head, ok := store.Head()
	base, known := objects.ParseID(t.base)
	if !ok || !known {
		return nil, nil, errors.New("the repository has no commit")
	}
	list, err := changesOf(ctx, store, []objects.ID{head}, []objects.ID{base})
	if err != nil {
		return nil, nil, err
	}
	commits, err := store.Reachable(ctx, []objects.ID{head}, []objects.ID{base})
	return list, commits, err
}

// useIndex has the index read that git shows a hook. One outside the repository's directory is refused: what it would bring
// is not what the usual one holds.
func (t *Tree) useIndex(ctx context.Context, store *objects.Store) error {
	file := os.Getenv("GIT_INDEX_FILE")
	if file == "" {
		return nil
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	dir, err := t.repo.git.Dir(ctx)
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		file = filepath.Join(real, filepath.Base(file))
	}
	name, err := filepath.Rel(dir, file)
	if err != nil || !filepath.IsLocal(name) {
		return fmt.Errorf("GIT_INDEX_FILE: expected an index in the repository's directory, found %s", file)
	}
	store.UseIndex(filepath.ToSlash(name))
	return nil
}

func (t *Tree) visitChange(store *objects.Store, c objects.Change, visit func(*Node)) {
	_, data, err := store.Read(c.ID)
	if err != nil {
		t.problem(checks.Problem{Op: "read the changed file", Expected: "its bytes", Actual: err.Error(), Retry: checks.RetryUseless, Where: c.Path, Blind: true})
		return
	}
	change := &checks.Change{Blob: c.ID.String(), Added: addedLines(store, c.Old, data)}
	if !c.Commit.IsZero() {
		change.Commit = c.Commit.String()
		if commit, err := store.Commit(c.Commit); err == nil {
			change.Date = date(commit.Author.When)
		}
	}
	visit(t.changed(c.Path, c.Mode, data, change))
}

// addedLines are the lines that none of the earlier versions has; nil for a new or a binary file, which is new as a whole.
func addedLines(store *objects.Store, old []objects.ID, data []byte) []checks.Range {
	if len(old) == 0 || bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 {
		return nil
	}
	var added []checks.Range
	for i, id := range old {
		_, before, err := store.Read(id)
		if err != nil {
			return nil
		}
		lines := make([]checks.Range, 0, 4)
		for _, l := range objects.AddedLines(before, data) {
			lines = append(lines, checks.Range{Start: l.First, End: l.Last})
		}
		if i == 0 {
			added = lines
		} else {
			added = common(added, lines)
		}
	}
	return added
}

// common are the lines in both lists, which are ordered.
func common(a, b []checks.Range) []checks.Range {
	out := []checks.Range{}
	for len(a) > 0 && len(b) > 0 {
		if first, last := max(a[0].Start, b[0].Start), min(a[0].End, b[0].End); first <= last {
			out = append(out, checks.Range{Start: first, End: last})
		}
		if a[0].End < b[0].End {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// visitMessage shows what a commit says as a file of git's directory.
func (t *Tree) visitMessage(store *objects.Store, id objects.ID, visit func(*Node)) {
	commit, err := store.Commit(id)
	if err != nil {
		return // told by the store
	}
	change := &checks.Change{Commit: id.String(), Date: date(commit.Author.When)}
	visit(t.changed(path.Join(".git", "messages", id.String()), objects.ModeFile, commit.Text, change))
}

func (t *Tree) changed(name string, mode uint32, data []byte, change *checks.Change) *Node {
	e := &checks.Entry{Path: name, Mode: gitMode(mode), From: checks.ModeGit, Size: int64(len(data)), UID: -1, GID: -1, Tracked: true, Change: change}
	return t.node(e, func() (io.ReadCloser, error) { return inMemory{bytes.NewReader(data)}, nil })
}

// inMemory is a file whose bytes are there already.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }
