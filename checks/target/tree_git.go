package target

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"hardcheck/checks"
	"hardcheck/checks/internal/git"
	"hardcheck/checks/internal/git/objects"
)

// repository is the git side of a tree: what the index, or a commit, records.
type repository struct {
	ctx     context.Context
	git     *git.Repo
	rev     string
	objects []git.Object // ordered by path
	ignored []string     // ordered; a directory ends in a slash

	excluded func(path string) bool // what the policy leaves out
	since    string                 // the commit behind which the history is read; "" for all of it

	openStore    sync.Once
	objectStore  *objects.Store
	nestedStores []*objects.Store // of submodules
	storeErr     error

	once    sync.Once
	scratch string // the .gitignore files of a revision, written out for git to read
	err     error
}

func newRepository(ctx context.Context, repo *git.Repo, rev string) (*repository, string, error) {
	r := &repository{ctx: ctx, git: repo}
	var err error
	if rev != "" {
		if r.rev, err = repo.Commit(ctx, rev); err != nil {
			return nil, "", err
		}
		r.objects, err = repo.Tree(ctx, r.rev)
	} else if r.objects, err = repo.Index(ctx); err == nil {
		r.ignored, err = repo.Ignored(ctx)
	}
	slices.SortFunc(r.objects, func(a, b git.Object) int { return cmp.Compare(a.Path, b.Path) })
	slices.Sort(r.ignored)
	return r, r.rev, err
}

func (r *repository) close() {
	if r.objectStore != nil {
		r.objectStore.Close()
	}
	for _, s := range r.nestedStores {
		s.Close()
	}
	if r.scratch != "" {
		os.RemoveAll(r.scratch)
	}
}

// Revision is the commit audited, or "" for a working tree.
func (r *repository) Revision() string { return r.rev }

// Prefix is where the tree's root lies in the repository.
func (r *repository) Prefix() string { return r.git.Prefix() }

// Tracked reports whether git tracks the path.
func (r *repository) Tracked(path string) bool {
	_, ok := findObject(r.objects, path)
	return ok
}

// Ignores reports whether git would ignore the path, which need not exist.
func (r *repository) Ignores(path string) (bool, error) {
	if r.rev == "" {
		return r.git.Ignores(r.ctx, path, "")
	}
	r.once.Do(func() { r.err = r.writeIgnoreFiles() })
	if r.err != nil {
		return false, r.err
	}
	return r.git.Ignores(r.ctx, path, r.scratch)
}

const maxIgnoreFile = 1 << 20 // bytes of one .gitignore

func (r *repository) writeIgnoreFiles() (err error) {
	if r.scratch, err = os.MkdirTemp("", "hardcheck-ignore-"); err != nil {
		return err
	}
	batch, err := r.git.Batch(r.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	root, err := os.OpenRoot(r.scratch)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, o := range r.objects {
		if path.Base(o.Path) != ".gitignore" || o.Size > maxIgnoreFile {
			continue
		}
		content, _, err := batch.Open(o.ID)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		if err := root.MkdirAll(filepath.FromSlash(path.Dir(o.Path)), 0o700); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(o.Path), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// isIgnored reports whether the list of ignored paths covers an untracked path.
func (r *repository) isIgnored(rel string) bool {
	if _, ok := slices.BinarySearch(r.ignored, rel); ok {
		return true
	}
	for dir := rel; dir != "."; dir = path.Dir(dir) {
		if _, ok := slices.BinarySearch(r.ignored, dir+"/"); ok {
			return true
		}
	}
	return false
}

// gitMode turns a mode of an index or a tree into what a checkout under the usual umask 022 gives.
func gitMode(mode uint32) fs.FileMode {
	switch mode {
	case 0o120000:
		return fs.ModeSymlink | 0o777
	case 0o040000, git.ModeSubmodule:
		return fs.ModeDir | 0o755
	case 0o100755:
		return 0o755
	}
	return 0o644
}

func (t *Tree) walkRevision(ctx context.Context, workers int, visit func(*Node)) error {
	work := make(chan git.Object)
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		wg.Go(func() { errs[i] = t.visitObjects(ctx, work, visit) })
	}
	if ctx.Err() == nil {
		visit(t.node(&checks.Entry{Path: ".", Mode: fs.ModeDir | 0o755, From: checks.ModeGit, UID: -1, GID: -1, Tracked: true}, notAFile))
	}
	out := map[string]bool{} // directories left out
feed:
	for _, o := range t.repo.objects {
		if out[path.Dir(o.Path)] || t.excluded(o.Path) {
			out[o.Path] = true
			continue
		}
		select {
		case work <- o:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

func notAFile() (io.ReadCloser, error) { return nil, errors.New("not a regular file") }

func (t *Tree) visitObjects(ctx context.Context, work <-chan git.Object, visit func(*Node)) (err error) {
	batch, err := t.repo.git.Batch(ctx)
	if err != nil {
		for range work { // keep the feeder from blocking; the error ends the walk
		}
		return err
	}
	defer func() {
		if closeErr := batch.Close(); ctx.Err() == nil {
			err = errors.Join(err, closeErr)
		}
	}()
	for o := range work {
		e := &checks.Entry{Path: o.Path, Mode: gitMode(o.Mode), From: checks.ModeGit, Size: max(o.Size, 0), UID: -1, GID: -1, Tracked: true}
		open := func() (io.ReadCloser, error) {
			content, _, err := batch.Open(o.ID)
			if err != nil {
				return nil, err
			}
			if o.Size > spoolFrom {
				return spool(content)
			}
			return io.NopCloser(content), nil
		}
		if e.Mode&fs.ModeSymlink != 0 {
			e.Link, err = readLink(open)
			if err != nil {
				t.problem(checks.Problem{Op: "read link", Expected: "its target", Actual: err.Error(), Retry: checks.RetrySafe, Where: o.Path, Blind: true})
			}
		}
		if o.Mode == git.ModeSubmodule {
			t.problem(checks.Problem{Op: "read submodule", Expected: "its files", Actual: "a commit of another repository; audit that one too",
				Retry: checks.RetryUseless, Where: o.Path})
		}
		if !e.Mode.IsRegular() {
			open = notAFile
		}
		visit(t.node(e, open))
	}
	return nil
}

// spoolFrom is the size from which an object is read through a temporary file, in bytes: containers of that size are read
// at any place, smaller ones in memory.
const spoolFrom = 8 << 20

// spooled is an object in a temporary file.
type spooled struct{ *os.File }

func spool(content io.Reader) (io.ReadCloser, error) {
	f, err := os.CreateTemp("", "hardcheck-object-")
	if err != nil {
		return nil, err
	}
	s := spooled{f}
	if _, err = io.Copy(f, content); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close removes the file too.
func (s spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

const maxLink = 4096 // PATH_MAX

func readLink(open func() (io.ReadCloser, error)) (string, error) {
	content, err := open()
	if err != nil {
		return "", err
	}
	defer content.Close()
	data, err := io.ReadAll(io.LimitReader(content, maxLink+1))
	if err == nil && len(data) > maxLink {
		err = fmt.Errorf("a target longer than %d bytes", maxLink)
	}
	return string(data), err
}
