package checks

import "sync"

// Root looks at single paths of a tree that is the root of a system: a machine's own, a mounted one, an unpacked image.
// Paths are relative to it, slash-separated; "." is the root. No method follows a symbolic link, on the way or at the end.
type Root interface {
	// Lstat describes an entry; the error wraps fs.ErrNotExist where there is none.
	Lstat(path string) (*Entry, error)
	// ReadFile reads a regular file; of a longer one, its first bytes and an error.
	ReadFile(path string, most int64) ([]byte, error)
	// Names lists a directory in alphabetical order, at most so many entries.
	Names(path string, most int) ([]string, error)
}

// Root is the tree as the root of a system, or nil where it is none.
func (p *Pass) Root() Root { return p.world.Root }

// shared is what the checks of one target make once for all of them.
type shared struct {
	mu   sync.Mutex
	memo map[any]any
}

// Shared returns the value of that key that all checks of one target share, made at most once. key is a value of a
// type private to the package.
func Shared[T any](p *Pass, key any, initial func() T) T {
	s := p.world.shared
	s.mu.Lock()
	cell, ok := s.memo[key].(*memoCell[T])
	if !ok {
		cell = &memoCell[T]{}
		s.memo[key] = cell
	}
	s.mu.Unlock()
	cell.once.Do(func() { cell.value = initial() })
	return cell.value
}

// CountOK reports subjects of one kind that were looked at and are good, as so many calls of OK do; name stands for them.
func (p *Pass) CountOK(kind string, count int, name string) {
	if count <= 0 {
		return
	}
	p.OK(Subject{Kind: kind, Name: name})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.examined += count - 1
	p.kinds[kind] += count - 1
}
