package objects

import "bytes"

// Modes of a tree's entries (git-fast-import, "filemodify"). A tree may write them with or without leading zeros.
const (
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeLink       = 0o120000
	ModeTree       = 0o040000
	ModeSubmodule  = 0o160000 // a commit of another repository

	modeType = 0o170000
)

// TreeEntry is a file, a directory, a link or a submodule of a tree.
type TreeEntry struct {
	Mode uint32
	Name []byte // shares the tree's data
	ID   ID
}

// IsTree reports whether the entry is a directory.
func (e *TreeEntry) IsTree() bool { return e.Mode&modeType == ModeTree }

// IsBlob reports whether the entry is a file or a link.
func (e *TreeEntry) IsBlob() bool { return !e.IsTree() && e.Mode&modeType != ModeSubmodule }

// Tree goes through a tree object's entries. The zero value of everything but Data and Hash starts at its first.
type Tree struct {
	Data  []byte
	Hash  int // bytes of a name: 20 or 32
	Entry TreeEntry
	Err   error // why Next ended before the end
	at    int
}

// Next goes to the next entry.
func (t *Tree) Next() bool {
	rest := t.Data[t.at:]
	if len(rest) == 0 || t.Err != nil {
		return false
	}
	mode := uint32(0)
	i := 0
	for ; i < len(rest) && rest[i] >= '0' && rest[i] <= '7' && i < 8; i++ {
		mode = mode<<3 | uint32(rest[i]-'0')
	}
	if i == 0 || i >= len(rest) || rest[i] != ' ' {
		t.Err = wrong("a tree's entry", "no mode at %d of %d bytes", t.at, len(t.Data))
		return false
	}
	name := rest[i+1:]
	end := bytes.IndexByte(name, 0)
	if end < 0 || len(name)-end-1 < t.Hash {
		t.Err = wrong("a tree's entry", "no name at %d of %d bytes", t.at, len(t.Data))
		return false
	}
	t.Entry = TreeEntry{Mode: mode, Name: name[:end], ID: idOf(name[end+1 : end+1+t.Hash])}
	t.at += i + 1 + end + 1 + t.Hash
	return true
}

// eachNew calls visit with the entries of a tree of a sweep that lie, in part at least, in what is new of it.
func eachNew(p *Piece, hash int, visit func(*TreeEntry)) error {
	p.tree = Tree{Data: p.Data, Hash: hash}
	tree, next := &p.tree, 0
	for {
		start := tree.at
		for next < len(p.New) && p.New[next].End < start {
			next++
		}
		if next == len(p.New) {
			return nil // what follows stands in the tree this one was built from
		}
		if tree.skip(p.New[next].Start) {
			continue
		}
		if !tree.Next() {
			return tree.Err
		}
		visit(&tree.Entry)
	}
}

// skip passes over entries that end before a place, as long as they have the shape of one. It returns false where it
// passed none.
func (t *Tree) skip(to int) bool {
	from := t.at
	for t.at < to {
		end := bytes.IndexByte(t.Data[t.at:], 0)
		if end < 0 || len(t.Data)-t.at-end-1 < t.Hash || t.at+end+1+t.Hash >= to {
			break
		}
		t.at += end + 1 + t.Hash
	}
	return t.at > from
}

// Tree reads a tree object to go through its entries.
func (s *Store) Tree(id ID) (*Tree, error) {
	kind, data, err := s.Read(id)
	if err == nil && kind != KindTree {
		err = wrong("a tree", "a %s", kind)
	}
	if err != nil {
		return nil, err
	}
	return &Tree{Data: data, Hash: s.hash}, nil
}

// Commit reads a commit object.
func (s *Store) Commit(id ID) (*Commit, error) {
	kind, data, err := s.Read(id)
	if err == nil && kind != KindCommit {
		err = wrong("a commit", "a %s", kind)
	}
	if err != nil {
		return nil, err
	}
	return ParseCommit(data)
}

// Tag reads an annotated tag.
func (s *Store) Tag(id ID) (*Tag, error) {
	kind, data, err := s.Read(id)
	if err == nil && kind != KindTag {
		err = wrong("a tag", "a %s", kind)
	}
	if err != nil {
		return nil, err
	}
	return ParseTag(data)
}
