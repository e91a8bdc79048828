package objects

import (
	"slices"
	"sync"
)

// Paths tells for objects a path at which a tree has them. It may be used from several goroutines.
type Paths struct {
	s        *Store
	names    []string
	leaveOut func(string) bool

	lists *entryLists
	above []treeLink // by child; those of one child in the order of the parents
	start []uint32   // of each child's links, by number
	roots bitset     // the trees that commits have

	mu    sync.Mutex
	line  *timeline
	dirs  []directory
	sub   map[subdirectory]uint32
	files map[subdirectory]file // those that were asked for last
	at    []uint32              // the directory that a tree was found to be, by number
	// several are all that a tree was found to be, where that was asked for.
	several map[uint32][]uint32
}

// directory is a path of trees. Directory 0 stands for what was not looked at yet, 1 for none, 2 for the top.
type directory struct {
	parent, name uint32
	level, size  int32 // of the path in bytes
}

type subdirectory struct{ parent, name uint32 }

// file is a path, and whether it is not left out.
type file struct {
	path string
	ok   bool
}

const (
	dirUnknown = iota
	dirNone    // left out, or too deep
	dirTop

	maxPath = 64 << 10 // bytes
)

// treeLink says that a tree has an object under a name.
type treeLink struct{ parent, name uint32 }

func (s *Store) newPaths(linkers []linker, names *nameSet, leaveOut func(string) bool) *Paths {
	count := s.numbers.count
	p := &Paths{s: s, names: names.list, leaveOut: leaveOut, lists: linkers[0].lists, roots: newBitset(count),
		dirs: make([]directory, dirTop+1), sub: map[subdirectory]uint32{}, files: map[subdirectory]file{}, at: make([]uint32, count)}
	for i := range linkers {
		for _, n := range linkers[i].roots {
			p.roots.add(n)
		}
	}
	p.turnAround()
	return p
}

// turnAround lists for every object the trees that have it.
func (p *Paths) turnAround() {
	start := make([]uint32, len(p.lists.first)+2)
	each := func(visit func(tree uint32, e treeEntry)) {
		for tree := range p.lists.first {
			for _, e := range p.lists.of(uint32(tree)) {
				if e.there() {
					visit(uint32(tree), e)
				}
			}
		}
	}
	each(func(_ uint32, e treeEntry) { start[e.child+2]++ })
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	p.above = make([]treeLink, start[len(start)-1])
	each(func(tree uint32, e treeEntry) {
		p.above[start[e.child+1]] = treeLink{tree, e.name & entryName}
		start[e.child+1]++
	})
	p.start = start[:len(start)-1]
}

func (p *Paths) linksOf(n uint32) []treeLink { return p.above[p.start[n]:p.start[n+1]] }

// Of is a path at which a tree has a blob or a tree, one that is not left out if there is any. ok is false where all
// are left out. The path is empty for what no tree names, and for a tree that is the top.
func (p *Paths) Of(id ID) (path string, ok bool) {
	n := p.s.numberOf(id.raw())
	if n == noNumber {
		return "", true
	}
	return p.of(n)
}

// OfPiece is Of for an object of a sweep.
func (p *Paths) OfPiece(piece *Piece) (path string, ok bool) { return p.of(piece.number) }

func (p *Paths) of(n uint32) (path string, ok bool) {
	list := p.linksOf(n)
	if len(list) == 0 {
		return "", true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	last := treeLink{}
	for i := range list {
		if i > 0 && list[i] == last {
			continue
		}
		last = list[i]
		if f := p.file(p.directory(last.parent, 0), last.name); f.ok {
			return f.path, true
		}
	}
	return "", p.roots.has(n)
}

// maxFiles bounds the paths that are kept for the next version of a file.
const maxFiles = 1 << 14

// file is the path of a name in a directory.
func (p *Paths) file(dir, name uint32) file {
	if dir == dirNone {
		return file{}
	}
	key := subdirectory{dir, name}
	f, known := p.files[key]
	if !known {
		f.path = p.text(dir, name)
		f.ok = !p.leaveOut(f.path)
		if len(p.files) >= maxFiles {
			clear(p.files)
		}
		p.files[key] = f
	}
	return f
}

// maxDirectories bounds the paths that All knows of one tree.
const maxDirectories = 8

// All are the paths of a blob or a tree that are known and not left out: each that it had under a name of its own, or
// below a directory that had several.
func (p *Paths) All(id ID, limit int) []string {
	n := p.s.numberOf(id.raw())
	if n == noNumber {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	seen := map[subdirectory]bool{}
	for _, l := range p.linksOf(n) {
		for _, dir := range p.directories(l.parent, 0) {
			key := subdirectory{dir, l.name}
			if len(out) >= limit || seen[key] || l.name == 0 {
				continue
			}
			seen[key] = true
			if path := p.text(dir, l.name); !p.leaveOut(path) {
				out = append(out, path)
			}
		}
	}
	return out
}

// directories finds several paths of a tree.
func (p *Paths) directories(tree uint32, level int) []uint32 {
	list, known := p.several[tree]
	if known || level > maxLevels {
		return list
	}
	if p.several == nil {
		p.several = map[uint32][]uint32{}
	}
	p.several[tree] = nil // for a tree that is in itself, which only a broken store has
	add := func(dir uint32) {
		if dir != dirNone && len(list) < maxDirectories && !slices.Contains(list, dir) {
			list = append(list, dir)
		}
	}
	links := p.linksOf(tree)
	for _, l := range links {
		for _, above := range p.directories(l.parent, level+1) {
			add(p.enter(above, l.name))
		}
	}
	if len(links) == 0 || p.roots.has(tree) {
		add(dirTop)
	}
	p.several[tree] = list
	return list
}

// directory finds a path of a tree that is not left out.
func (p *Paths) directory(tree uint32, level int) uint32 {
	if dir := p.at[tree]; dir != dirUnknown {
		return dir
	}
	p.at[tree] = dirNone // for a tree that is in itself, which only a broken store has
	list := p.linksOf(tree)
	found := uint32(dirNone)
	for i := 0; i < len(list) && found == dirNone && level < maxLevels; i++ {
		if above := p.directory(list[i].parent, level+1); above != dirNone {
			found = p.enter(above, list[i].name)
		}
	}
	if found == dirNone && (p.roots.has(tree) || len(list) == 0) { // the top; of a commit that is not there any more
		found = dirTop
	}
	p.at[tree] = found
	return found
}

// enter is the directory of that name in another.
func (p *Paths) enter(above, name uint32) uint32 {
	key := subdirectory{above, name}
	dir, known := p.sub[key]
	if known {
		return dir
	}
	d := directory{above, name, p.dirs[above].level + 1, p.dirs[above].size + int32(len(p.names[name])) + 1}
	dir = dirNone
	if name != 0 && d.level <= maxLevels && d.size <= maxPath && !p.leaveOut(p.text(above, name)) {
		dir = uint32(len(p.dirs))
		p.dirs = append(p.dirs, d)
	}
	p.sub[key] = dir
	return dir
}

// text writes the path of a name in a directory.
func (p *Paths) text(dir, name uint32) string {
	at := int(p.dirs[dir].size) + len(p.names[name])
	path := make([]byte, at)
	for {
		at -= copy(path[at-len(p.names[name]):], p.names[name])
		if dir == dirTop {
			return string(path)
		}
		at--
		path[at] = '/'
		dir, name = p.dirs[dir].parent, p.dirs[dir].name
	}
}
