// Package objects reads git's object store by itself, without the git program: packs and their indexes, loose
// objects, alternates, refs, reflogs and the index. It gives every object once, whether a ref leads to it or not, at
// about the speed the packs can be inflated at, and it knows nothing of what is looked for in them.
//
// Foreign bytes are never trusted: what is damaged or too large ends as a problem with its place (Store.Problems),
// and the rest is still read.
package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"hardcheck/checks"
)

// Store is an open repository. Its methods may be called from several goroutines.
type Store struct {
	git    dir // of this working tree: HEAD, the index
	common dir // of all working trees: refs, configuration
	gitDir string
	// indexFile is read as the index; "" for the usual one.
	indexFile string
	config    config
	hash      int

	stores  []*objectDir // the repository's own first
	packs   []*pack
	partial bool
	shallow map[ID]bool // commits whose parents were not fetched
	workers int

	looseOnce sync.Once
	dupOnce   sync.Once
	refCache
	graphCache
	numbers

	readers sync.Pool // of *reader
	cache   cache
	blockList

	mu       sync.Mutex
	problems checks.ProblemList
}

// objectDir is a directory of objects: the repository's own or an alternate.
type objectDir struct {
	dir
	lent  bool
	loose [256][]ID // in order, by first byte
}

// Open opens the repository whose git directory (the .git, a bare repository, or a linked working tree's directory
// below .git/worktrees) is gitDir. The error says that it is no repository that can be read at all; what else is
// wrong is told by Problems.
func Open(gitDir string) (*Store, error) {
	abs, err := filepath.Abs(gitDir)
	if err != nil {
		return nil, err
	}
	s := &Store{gitDir: abs, shallow: map[ID]bool{}, workers: runtime.GOMAXPROCS(0), hash: sizeSHA1}
	s.readers.New = func() any { return new(reader) }
	if s.git.root, err = os.OpenRoot(abs); err != nil {
		return nil, fmt.Errorf("open the git directory: %w", err)
	}
	s.common = s.git
	shared := abs
	if text, err := s.git.read("commondir", 1<<16); err == nil {
		shared = beside(abs, strings.TrimRight(string(text), "\r\n"))
		if s.common.root, err = os.OpenRoot(shared); err != nil {
			s.Close()
			return nil, fmt.Errorf("open the common git directory: %w", err)
		}
		s.common.name = "commondir"
		if !sameFile(filepath.Dir(abs), filepath.Join(shared, "worktrees")) {
			s.note("open the repository", "commondir", "objects and refs of "+shared+", which this is no working tree of")
		}
	}
	if err := s.readConfig(); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.openStores(filepath.Join(shared, "objects")); err != nil {
		s.Close()
		return nil, err
	}
	s.tellShape()
	return s, nil
}

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// beside is a path of a file inside dir that is absolute or relative to dir.
func beside(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

// Close closes the files of the repository.
func (s *Store) Close() error {
	for _, p := range s.packs {
		p.file.Close()
	}
	for _, o := range s.stores {
		o.root.Close()
	}
	if s.common.root != nil && s.common.root != s.git.root {
		s.common.root.Close()
	}
	return s.git.root.Close()
}

func (s *Store) readConfig() error {
	text, err := s.common.read("config", maxSmallFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.tellError("read the configuration", s.common.label("config"), err)
	}
	s.config = parseConfig(string(text))
	switch format := strings.ToLower(s.config["extensions.objectformat"]); format {
	case "", "sha1":
	case "sha256":
		s.hash = sizeSHA256
	default:
		return &checks.Problem{Op: "open the repository", Where: s.common.label("config"),
			Expected: "objects named by sha1 or sha256", Actual: format, Retry: checks.RetryUseless, Blind: true}
	}
	return nil
}

// tellShape tells what keeps the store from holding the whole history.
func (s *Store) tellShape() {
	if text, err := s.common.read("shallow", maxSmallFile); err == nil && len(text) > 0 {
		for line := range strings.Lines(string(text)) {
			if id, ok := ParseID(strings.TrimSpace(line)); ok {
				s.shallow[id] = true
			}
		}
		n := len(s.shallow)
		s.note("read the history", s.common.label("shallow"), fmt.Sprintf("a shallow clone: what came before %d of its commits is not here", n))
	}
	if text, err := s.common.read("info/grafts", maxSmallFile); err == nil && len(strings.TrimSpace(string(text))) > 0 {
		s.note("read the history", s.common.label("info/grafts"), "grafts that hide history from git; they are not followed here")
	}
	if s.config["extensions.refstorage"] == "reftable" {
		s.tellError("read the refs", s.common.label("reftable"), wrong("refs in files", "refs in a reftable, which are not read: no object counts as reachable but from HEAD's reflog"))
	}
	for key := range s.config {
		if strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".promisor") && s.config.on(key) || key == "extensions.partialclone" {
			s.partial = true
		}
	}
	if s.partial {
		s.note("read the objects", s.common.label("config"), "a partial clone: objects that were not fetched are not here")
	}
	if s.config.on("core.sparsecheckout") {
		s.note("read the working tree", s.common.label("config"), "a sparse checkout: the working tree holds a part of the files")
	}
}

// Partial reports whether objects may be missing because they were left with a remote (partial clone).
func (s *Store) Partial() bool { return s.partial }
