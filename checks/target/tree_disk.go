package target

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"hardcheck/checks"
)

// batchSize is how many entries of one directory a worker takes at once; larger directories are shared out.
const batchSize = 256

// maxDepth bounds the levels of a tree. Opening a directory may cost one step for each level above it.
const maxDepth = 512

// shortPath is a path that may be too long to print, by its beginning.
func shortPath(rel string) string {
	if len(rel) <= 200 {
		return rel
	}
	return strings.ToValidUTF8(rel[:200], "") + "..."
}

// maxHeld bounds the directories that are kept open for their subdirectories' sake, below what systems allow a process.
const maxHeld = 128

// errNotRegular is the error of a file that another kind of entry has replaced since it was listed.
var errNotRegular = errors.New("it stopped being a regular file during the walk")

// task is a directory to list, or some entries of one to visit.
type task struct {
	dir    string
	device uint64         // of dir; an entry on another one is a mount point
	closed bool           // the content of what is in it is left alone
	in     *heldDirectory // what dir is opened from; nil: from the root, step by step. With names it is dir itself.
	names  []string       // nil: list the directory
}

// taskStack hands out tasks to workers, latest first, and ends when none is left and none is under way.
type taskStack struct {
	mu      sync.Mutex
	ready   sync.Cond
	tasks   []task
	pending int
	waiting int // workers
	ended   bool
}

func newTaskStack() *taskStack {
	s := &taskStack{}
	s.ready.L = &s.mu
	return s
}

func (s *taskStack) push(list ...task) {
	if len(list) == 0 {
		return
	}
	s.mu.Lock()
	s.tasks = append(s.tasks, list...)
	s.pending += len(list)
	wake := min(s.waiting, len(list))
	s.mu.Unlock()
	for range wake {
		s.ready.Signal()
	}
}

func (s *taskStack) pop() (task, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.tasks) == 0 && s.pending > 0 && !s.ended {
		s.waiting++
		s.ready.Wait()
		s.waiting--
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

// drop hands out what is left after the end.
func (s *taskStack) drop(each func(task)) {
	for _, t := range s.tasks {
		each(t)
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
	top   *heldDirectory
	held  atomic.Int32 // directories that tasks keep open; a few more where workers meet
}

func (t *Tree) walkDisk(ctx context.Context, workers int, visit func(*Node)) error {
	w := &diskWalk{Tree: t, ctx: ctx, stack: newTaskStack(), visit: visit}
	top, err := openRootDirectory(t.root)
	if err != nil {
		w.unreadable("open directory", ".", err)
		return ctx.Err()
	}
	w.top = hold(top)
	defer w.top.release()
	stop := context.AfterFunc(ctx, w.stack.end)
	defer stop()
	first := task{dir: "."}
	if info, err := top.lstat("."); err == nil && ctx.Err() == nil {
		first.device = info.device
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
	w.stack.drop(w.let)
	return ctx.Err()
}

// keep holds a directory for a task, or nothing where enough are held: the task then opens it from the root.
func (w *diskWalk) keep(d *heldDirectory) *heldDirectory {
	if d.tasks.Load() == 0 && w.held.Load() >= maxHeld {
		return nil
	}
	if d.tasks.Add(1) == 1 {
		w.held.Add(1)
	}
	return d.retain()
}

// let ends what keep began.
func (w *diskWalk) let(t task) {
	if t.in != nil {
		if t.in.tasks.Add(-1) == 0 {
			w.held.Add(-1)
		}
		t.in.release()
	}
}

// open opens the task's directory.
func (w *diskWalk) open(t task) (*heldDirectory, error) {
	switch {
	case t.in != nil && t.names != nil, t.dir == ".":
		return cmp.Or(t.in, w.top).retain(), nil
	case t.in != nil:
		d, err := t.in.sub(path.Base(t.dir))
		if err != nil {
			return nil, err
		}
		return hold(d), nil
	}
	at := w.top.retain()
	for _, name := range strings.Split(t.dir, "/") {
		d, err := at.sub(name)
		at.release()
		if err != nil {
			return nil, err
		}
		at = hold(d)
	}
	return at, nil
}

func (w *diskWalk) do(t task) {
	dir, err := w.open(t)
	w.let(t)
	if err != nil {
		w.unreadable("open directory", t.dir, err)
		return
	}
	defer dir.release()
	if t.names != nil {
		w.visitNames(dir, t, t.names)
		return
	}
	var last []string
	for w.ctx.Err() == nil {
		names, err := dir.names(batchSize)
		if len(names) > 0 {
			if last != nil {
				w.stack.push(task{t.dir, t.device, t.closed, w.keep(dir), last})
			}
			last = names
		}
		if err != nil {
			w.unreadable("read directory", t.dir, err)
		}
		if err != nil || len(names) == 0 {
			break
		}
	}
	w.visitNames(dir, t, last) // the last batch, which is all of an ordinary directory
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

func (w *diskWalk) visitNames(dir *heldDirectory, t task, names []string) {
	for _, name := range names {
		if w.ctx.Err() != nil {
			return
		}
		rel := name
		if t.dir != "." {
			rel = t.dir + "/" + name
		}
		if name == ".git" && !w.system {
			w.visitNested(dir, rel)
			continue
		}
		if w.excluded(rel) {
			continue
		}
		info, err := dir.lstat(name)
		if err != nil {
			w.unreadable("look at", rel, err)
			continue
		}
		w.visitEntry(dir, t, rel, name, info)
	}
}

// visitNested shows the configuration of a repository inside the tree, whose remotes may hold credentials, and counts
// it: its history is another target's.
func (w *diskWalk) visitNested(dir directory, rel string) {
	if rel == ".git" && w.repo != nil {
		return
	}
	inner, err := dir.sub(".git")
	if err != nil {
		return
	}
	defer inner.close()
	info, err := inner.lstat("config")
	if err != nil || !info.mode.IsRegular() {
		return
	}
	w.mu.Lock()
	w.leftOut["histories of repositories inside"]++
	w.mu.Unlock()
	if rel += "/config"; !w.excluded(rel) {
		w.visit(w.node(w.diskEntry(rel, info), func() (io.ReadCloser, error) { return inner.open("config") }))
	}
}

func (w *diskWalk) visitEntry(dir *heldDirectory, t task, rel, name string, info entryInfo) {
	e := w.diskEntry(rel, info)
	e.WithAttributes(func(attribute string) []byte { return dir.attribute(name, attribute) })
	open := notAFile
	switch {
	case info.mode.IsDir():
		if info.device != t.device && mountsKernel(dir, name) {
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
		w.stack.push(task{dir: rel, device: info.device, closed: t.closed || w.closes(rel, name), in: w.keep(dir)})
	case info.mode&fs.ModeSymlink != 0:
		link, err := dir.readlink(name)
		if err != nil {
			w.unreadable("read link", rel, err)
		}
		e.Link = link
	case info.mode.IsRegular():
		open = func() (io.ReadCloser, error) { return dir.open(name) }
	}
	node := w.node(e, open)
	if t.closed && !(name == "config" && path.Base(t.dir) == ".git") { // remotes may hold credentials
		node.Content = false
	}
	w.visit(node)
}

// closes reports whether the content of a system's directory is left alone: packages' and the histories of repositories.
func (w *diskWalk) closes(rel, name string) bool {
	if !w.system {
		return false
	}
	what := packager(rel)
	if name == ".git" {
		what = "histories of git"
	}
	if what != "" {
		w.closed(what)
	}
	return what != ""
}

// mountsKernel reports whether a file system that shows the kernel is mounted on a directory.
func mountsKernel(in directory, name string) bool {
	d, err := in.sub(name)
	if err != nil {
		return false
	}
	defer d.close()
	return d.pseudo()
}

// diskEntry describes an entry. For what git tracks, the mode is what git records: the rest of a checkout's bits
// come from the umask of whoever made it.
func (t *Tree) diskEntry(rel string, info entryInfo) *checks.Entry {
	e := &checks.Entry{Path: rel, Mode: info.mode, Size: info.size, UID: info.uid, GID: info.gid, Links: info.links}
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
