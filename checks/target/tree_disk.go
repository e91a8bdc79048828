package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"hardcheck/checks"
)

// batchSize is how many entries of one directory a worker takes at once; larger directories are shared out.
const batchSize = 256

// maxDepth bounds the levels of a tree. Opening a directory costs one step for each level above it.
const maxDepth = 512

// shortPath is a path that may be too long to print, by its beginning.
func shortPath(rel string) string {
	if len(rel) <= 200 {
		return rel
	}
	return strings.ToValidUTF8(rel[:200], "") + "..."
}

// task is a directory to list, or some entries of one to visit.
type task struct {
	dir    string
	device uint64   // of dir; an entry on another one is a mount point
	names  []string // nil: list the directory
}

// taskStack hands out tasks to workers, latest first, and ends when none is left and none is under way.
type taskStack struct {
	mu      sync.Mutex
	ready   sync.Cond
	tasks   []task
	pending int
	ended   bool
}

func newTaskStack() *taskStack {
	s := &taskStack{}
	s.ready.L = &s.mu
	return s
}

func (s *taskStack) push(t task) {
	s.mu.Lock()
	s.tasks = append(s.tasks, t)
	s.pending++
	s.mu.Unlock()
	s.ready.Signal()
}

func (s *taskStack) pop() (task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.tasks) == 0 && s.pending > 0 && !s.ended {
		s.ready.Wait()
	}
	if len(s.tasks) == 0 || s.ended {
		return task{}, false
	}
	t := s.tasks[len(s.tasks)-1]
	s.tasks = s.tasks[:len(s.tasks)-1]
	return t, true
}

func (s *taskStack) done() {
	s.mu.Lock()
	s.pending--
	last := s.pending == 0
	s.mu.Unlock()
	if last {
		s.ready.Broadcast()
	}
}

func (s *taskStack) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.ready.Broadcast()
}

// diskWalk is one walk over a directory.
type diskWalk struct {
	*Tree
	ctx   context.Context
	stack *taskStack
	visit func(*Node)
}

func (t *Tree) walkDisk(ctx context.Context, workers int, visit func(*Node)) error {
	w := &diskWalk{Tree: t, ctx: ctx, stack: newTaskStack(), visit: visit}
	stop := context.AfterFunc(ctx, w.stack.end)
	defer stop()
	first := task{dir: "."}
	if info, err := t.root.Lstat("."); err == nil && ctx.Err() == nil {
		first.device = deviceOf(info)
		visit(t.node(t.diskEntry(".", info), notAFile))
	}
	w.stack.push(first)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				next, ok := w.stack.pop()
				if !ok {
					return
				}
				w.do(next)
				w.stack.done()
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

func (w *diskWalk) do(t task) {
	dir, err := openDir(w.root, filepath.FromSlash(t.dir))
	if err != nil {
		w.unreadable("open directory", t.dir, err)
		return
	}
	defer dir.Close()
	if t.names != nil {
		w.visitNames(dir, t, t.names)
		return
	}
	list, err := dir.Open(".")
	if err != nil {
		w.unreadable("read directory", t.dir, err)
		return
	}
	defer list.Close()
	var held []string
	for w.ctx.Err() == nil {
		names, err := list.Readdirnames(batchSize)
		if len(names) > 0 {
			if held != nil {
				w.stack.push(task{t.dir, t.device, held})
			}
			held = names
		}
		if errors.Is(err, io.EOF) || len(names) == 0 && err == nil {
			break
		}
		if err != nil {
			w.unreadable("read directory", t.dir, err)
			break
		}
	}
	w.visitNames(dir, t, held) // the last batch, which is all of an ordinary directory
}

// unreadable reports what the walk could not see. Something that vanished under the walk is not there any more.
func (w *diskWalk) unreadable(op, rel string, err error) {
	if errors.Is(err, fs.ErrNotExist) || w.ctx.Err() != nil {
		return
	}
	w.problem(checks.Problem{Op: op, Expected: "permission to read it", Actual: reason(err), Retry: checks.RetrySafe, Where: rel, Blind: true})
}

// reason is the error without the path, which the problem names already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

func (w *diskWalk) visitNames(dir *os.Root, t task, names []string) {
	for _, name := range names {
		if w.ctx.Err() != nil {
			return
		}
		rel := path.Join(t.dir, name)
		if name == ".git" {
			w.visitNested(dir, rel)
			continue
		}
		if w.excluded(rel) {
			continue
		}
		info, err := dir.Lstat(name)
		if err != nil {
			w.unreadable("look at", rel, err)
			continue
		}
		w.visitEntry(dir, t.device, rel, info)
	}
}

// visitNested shows the configuration of a repository inside the tree, whose remotes may hold credentials, and counts
// it: its history is another target's.
func (w *diskWalk) visitNested(dir *os.Root, rel string) {
	if rel == ".git" && w.repo != nil {
		return
	}
	const config = ".git/config"
	info, err := dir.Lstat(filepath.FromSlash(config))
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	w.mu.Lock()
	w.leftOut["histories of repositories inside"]++
	w.mu.Unlock()
	if rel = path.Join(path.Dir(rel), config); !w.excluded(rel) {
		w.visit(w.node(w.diskEntry(rel, info), func() (io.ReadCloser, error) { return openRegular(dir, filepath.FromSlash(config)) }))
	}
}

func (w *diskWalk) visitEntry(dir *os.Root, device uint64, rel string, info fs.FileInfo) {
	name := path.Base(rel)
	e := w.diskEntry(rel, info)
	open := notAFile
	switch {
	case info.IsDir():
		if deviceOf(info) != device && pseudoFileSystem(dir, name) {
			w.mu.Lock()
			w.leftOut["kernel file systems"]++
			w.mu.Unlock()
			return
		}
		if strings.Count(rel, "/") >= maxDepth {
			w.problem(checks.Problem{Op: "open directory", Expected: fmt.Sprintf("at most %d levels", maxDepth), Actual: "more; it was not entered",
				Retry: checks.RetryUseless, Where: shortPath(rel), Blind: true})
			break
		}
		w.stack.push(task{dir: rel, device: deviceOf(info)})
	case info.Mode()&fs.ModeSymlink != 0:
		link, err := dir.Readlink(name)
		if err != nil {
			w.unreadable("read link", rel, err)
		}
		e.Link = link
	case info.Mode().IsRegular():
		open = func() (io.ReadCloser, error) { return openRegular(dir, name) }
	}
	w.visit(w.node(e, open))
}

// openRegular opens a file that was regular a moment ago without following a link and without blocking on a FIFO,
// and makes sure that it still is regular.
func openRegular(dir *os.Root, name string) (io.ReadCloser, error) {
	f, err := dir.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("it stopped being a regular file during the walk")
	}
	return f, nil
}

// diskEntry describes an entry. For what git tracks, the mode is what git records: the rest of a checkout's bits
// come from the umask of whoever made it.
func (t *Tree) diskEntry(rel string, info fs.FileInfo) *checks.Entry {
	e := &checks.Entry{Path: rel, Mode: info.Mode(), Size: info.Size(), UID: -1, GID: -1}
	fillOwner(e, info)
	if t.repo == nil {
		return e
	}
	if o, ok := findObject(t.repo.objects, rel); ok {
		e.Tracked = true
		if recorded := gitMode(o.Mode); recorded.Type() == e.Mode.Type() {
			e.From = checks.ModeGit
			e.Mode = recorded
		}
		return e
	}
	e.Ignored = t.repo.isIgnored(rel)
	return e
}
