// Package target opens what is audited: a directory, a git revision, or a live site.
package target

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/git"
)

// TreeOptions choose what of a tree is audited.
type TreeOptions struct {
	Rev string // a git revision to read from objects instead of the directory; "" for the directory
	// Staged audits what the next commit brings, Base what the commits after this revision brought, instead of the tree.
	Staged bool
	Base   string
	// Since limits the history to what the commits after this revision brought; "" for all of it.
	Since string
	All   bool // in a repository, also read the files that git ignores
	// Exclude leaves out directories and files: a name without a slash matches at any depth, anything else is
	// a glob (with **) over the path from the root.
	Exclude []string
	// Prefix goes before every path that an exclude glob is compared with: where the root lies below the place
	// that the globs count from, slash-separated.
	Prefix string
	// System says that the directory is the root of a system. Without it, one that looks like one is.
	System bool
}

// Tree is a directory or a git revision of one. Close it after use.
type Tree struct {
	locator string
	rev     string
	base    string // the commit behind Base
	options TreeOptions
	names   map[string]bool // the exclude patterns that are plain names,
	globs   []string        // and the others
	root    *os.Root
	repo    *repository // nil outside a repository
	system  bool        // the directory is the root of a system

	mu       sync.Mutex
	leftOut  map[string]int
	contents map[string]int // of a system: directories of packages, by who keeps them
	problems checks.ProblemList
}

// Node is one entry met on a walk. Open is valid during the visit only and works for regular files only.
type Node struct {
	*checks.Entry
	// Content reports whether the file is part of what is audited for its content: not where git ignores it, unless
	// the options say so or it is a .env file, which is on the machine whatever git says.
	Content bool
	open    func() (io.ReadCloser, error)
}

// Open opens the file. It never opens anything but a regular file below the root.
func (n *Node) Open() (io.ReadCloser, error) { return n.open() }

// OpenTree opens a directory, or a git revision of it. The error is a *checks.Problem.
func OpenTree(ctx context.Context, dir string, options TreeOptions) (*Tree, error) {
	fail := func(expected string, err error) (*Tree, error) {
		return nil, &checks.Problem{Op: "open target", Expected: expected, Actual: err.Error(), Retry: checks.RetryUseless, Where: dir, Blind: true}
	}
	for _, pattern := range options.Exclude {
		if !doublestar.ValidatePattern(pattern) {
			return fail("exclude patterns that are valid globs", fmt.Errorf("%q", pattern))
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fail("a directory or a URL", err)
	}
	if !info.IsDir() {
		return fail("a directory", errors.New("a file; name the directory that holds it"))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fail("a directory that can be read", err)
	}
	t := &Tree{locator: dir, options: options, root: root, leftOut: map[string]int{}, contents: map[string]int{}, names: map[string]bool{}}
	for _, pattern := range options.Exclude {
		if strings.ContainsAny(pattern, `/*?[{\`) {
			t.globs = append(t.globs, pattern)
		} else {
			t.names[pattern] = true
		}
	}
	if err := t.openRepository(ctx, dir); err != nil {
		root.Close()
		return fail("a git repository that can be read", err)
	}
	t.system = t.SystemRoot() != nil
	if options.System && !t.system {
		t.Close()
		return fail("the root of a system: a directory with etc/passwd, and usr or bin", errors.New("none"))
	}
	return t, nil
}

func (t *Tree) openRepository(ctx context.Context, dir string) error {
	repo, err := git.Open(ctx, dir)
	switch {
	case errors.Is(err, git.ErrNone) && t.options.Rev == "" && t.options.Since == "" && !t.Changes():
		return nil
	case err != nil:
		return err
	case repo.Bare() && t.options.Rev == "" && t.options.Base == "":
		return errors.New("a repository without a working tree; choose a revision, such as --rev HEAD")
	}
	if t.Changes() {
		t.repo = &repository{ctx: ctx, git: repo}
		if t.options.Base != "" {
			t.base, err = repo.Commit(ctx, t.options.Base)
		}
	} else {
		t.repo, t.rev, err = newRepository(ctx, repo, t.options.Rev)
	}
	if err != nil {
		return err
	}
	t.repo.excluded = t.excludedQuietly
	if t.options.Since != "" {
		t.repo.since, err = repo.Commit(ctx, t.options.Since)
	}
	return err
}

// Close ends the use of the tree.
func (t *Tree) Close() error {
	if t.repo != nil {
		t.repo.close()
	}
	return t.root.Close()
}

// Target describes the tree.
func (t *Tree) Target() checks.Target {
	kind := checks.TargetDir
	if t.rev != "" || t.Changes() {
		kind = checks.TargetGit
	}
	return checks.Target{Kind: kind, Locator: t.locator, Revision: t.rev}
}

// Changes reports whether only a change is audited, not the tree.
func (t *Tree) Changes() bool { return t.options.Staged || t.options.Base != "" }

// Repository is the tree's git side, or nil.
func (t *Tree) Repository() checks.Repository {
	if t.repo == nil {
		return nil
	}
	return t.repo
}

// Walk visits every entry once, the root first among its own, in no particular order and from several goroutines
// at once. What could not be visited, and what was left out, is in Problems afterwards.
func (t *Tree) Walk(ctx context.Context, workers int, visit func(*Node)) error {
	switch {
	case t.Changes():
		return t.walkChange(ctx, workers, visit)
	case t.rev != "":
		return t.walkRevision(ctx, workers, visit)
	}
	return t.walkDisk(ctx, workers, visit)
}

// Problems says what the walk could not see and what it was told to leave out.
func (t *Tree) Problems() []checks.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.problems.All()
	if len(t.leftOut) > 0 {
		var parts []string
		for pattern, n := range t.leftOut {
			parts = append(parts, fmt.Sprintf("%s (%d)", pattern, n))
		}
		slices.Sort(parts)
		list = append(list, checks.Problem{Op: "walk", Expected: "every directory", Actual: "left out by policy: " + strings.Join(parts, ", "),
			Retry: checks.RetryUseless, Where: t.locator})
	}
	if p, some := t.contentProblem(); some {
		list = append(list, p)
	}
	slices.SortFunc(list, checks.CompareProblems)
	return list
}

func (t *Tree) problem(p checks.Problem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.problems.Add(p)
}

// excluded reports whether a pattern leaves the path out, and counts it.
func (t *Tree) excluded(rel string) bool {
	pattern := t.exclusion(rel)
	if pattern != "" {
		t.mu.Lock()
		t.leftOut[pattern]++
		t.mu.Unlock()
	}
	return pattern != ""
}

func (t *Tree) excludedQuietly(rel string) bool { return t.exclusion(rel) != "" }

// exclusion is the pattern that leaves the path out, or "".
func (t *Tree) exclusion(rel string) string {
	name := rel[strings.LastIndexByte(rel, '/')+1:]
	if t.names[name] && !(t.system && packageDirs[name] != "") {
		return name
	}
	for _, pattern := range t.globs {
		subject := name
		if strings.Contains(pattern, "/") {
			subject = path.Join(t.options.Prefix, rel)
		}
		if ok, _ := doublestar.Match(pattern, subject); ok {
			return pattern
		}
	}
	return ""
}

func (t *Tree) node(e *checks.Entry, open func() (io.ReadCloser, error)) *Node {
	return &Node{Entry: e, Content: !e.Ignored || t.options.All || isDotenv(e.Name()), open: open}
}

func isDotenv(name string) bool { return name == ".env" || strings.HasPrefix(name, ".env.") }

// findObject returns the object of that path in a list ordered by path.
func findObject(list []git.Object, path string) (git.Object, bool) {
	i, ok := slices.BinarySearchFunc(list, path, func(o git.Object, p string) int { return cmp.Compare(o.Path, p) })
	if !ok {
		return git.Object{}, false
	}
	return list[i], true
}
