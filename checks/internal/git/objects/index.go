package objects

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io/fs"
)

// IndexEntry is a file in the index (gitformat-index): what the next commit will hold.
type IndexEntry struct {
	Mode  uint32
	ID    ID
	Path  string
	Stage uint8 // 0; 1 to 3 for the sides of a merge conflict
}

// Index reads the index of this working tree, versions 2 to 4. No index means no entries. What keeps it from being
// read whole is told and returned.
func (s *Store) Index() ([]IndexEntry, error) {
	const maxIndexFile = 1 << 30
	name := cmp.Or(s.indexFile, "index")
	data, err := s.git.read(name, maxIndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries []IndexEntry
	if err == nil {
		entries, err = parseIndexFile(data, s.hash)
	}
	if err != nil {
		s.tellError("read the index", s.git.label(name), err)
		return nil, err
	}
	return entries, nil
}

// UseIndex has another file of this working tree's git directory read as its index: git commit -a, and git commit PATH, show
// their hooks one that they make for the commit (GIT_INDEX_FILE).
func (s *Store) UseIndex(name string) { s.indexFile = name }

// errSplit is an index that is only a part.
func errSplit() error { return wrong("an index in one file", "a split index, which is not read") }

// parseIndexFile reads an index.
func parseIndexFile(data []byte, hash int) ([]IndexEntry, error) {
	if len(data) < 12+hash || string(data[:4]) != "DIRC" {
		return nil, wrong("an index", "%d bytes without its header", len(data))
	}
	version, count := binary.BigEndian.Uint32(data[4:]), int64(binary.BigEndian.Uint32(data[8:]))
	if version < 2 || version > 4 {
		return nil, wrong("an index of version 2, 3 or 4", "version %d", version)
	}
	rest := data[12 : len(data)-hash]
	r := indexReader{hash: hash, version: version}
	if count > int64(len(rest)/r.fixed()) {
		return nil, wrong("as many entries as the header says", "%d bytes for %d", len(rest), count)
	}
	out := make([]IndexEntry, 0, count)
	for range count {
		e, n, err := r.entry(rest)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
		rest = rest[n:]
	}
	for len(rest) >= 8 {
		size := int64(binary.BigEndian.Uint32(rest[4:]))
		if size > int64(len(rest)-8) {
			return nil, wrong("an extension of the index", "%d of %d bytes", len(rest)-8, size)
		}
		if string(rest[:4]) == "link" && !bytes.Equal(rest[8:8+min(int64(hash), size)], make([]byte, hash)) {
			return nil, errSplit()
		}
		rest = rest[8+size:]
	}
	return out, nil
}

// indexReader reads the entries of an index one after the other.
type indexReader struct {
	hash    int
	version uint32
	last    []byte // path of the entry before, which version 4 builds on
	paths   int    // bytes of all paths
}

// fixed is the size of an entry before its path: ten numbers, the name, the flags.
func (r *indexReader) fixed() int { return 40 + r.hash + 2 }

// maxPathBytes bounds the paths of an index together: version 4 can make much of little.
const maxPathBytes = 1 << 30

// entry reads an entry and returns how many bytes it takes.
func (r *indexReader) entry(b []byte) (IndexEntry, int, error) {
	n := r.fixed()
	short := func() (IndexEntry, int, error) {
		return IndexEntry{}, 0, wrong("an entry of the index", "the end after %q", r.last)
	}
	if len(b) < n {
		return short()
	}
	e := IndexEntry{Mode: binary.BigEndian.Uint32(b[24:]), ID: idOf(b[40 : 40+r.hash])}
	flags := binary.BigEndian.Uint16(b[n-2:])
	e.Stage = uint8(flags >> 12 & 3)
	if flags&(1<<14) != 0 {
		n += 2
	}
	keep := 0
	if r.version == 4 {
		if n > len(b) {
			return short()
		}
		strip, width := offsetVarint(b[n:])
		if width == 0 || strip > int64(len(r.last)) {
			return short()
		}
		keep = len(r.last) - int(strip)
		n += width
	}
	if n > len(b) {
		return short()
	}
	end := bytes.IndexByte(b[n:], 0)
	if end < 0 {
		return short()
	}
	if r.paths += keep + end; r.paths > maxPathBytes {
		return IndexEntry{}, 0, wrong("paths of at most "+bytesText(maxPathBytes)+" together", "more")
	}
	r.last = append(r.last[:keep], b[n:n+end]...)
	e.Path = string(r.last)
	n += end
	if r.version == 4 {
		return e, n + 1, nil
	}
	n += 8 - n%8 // one to eight zeros
	if n > len(b) {
		return short()
	}
	return e, n, nil
}
