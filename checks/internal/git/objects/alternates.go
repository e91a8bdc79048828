package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const (
	maxAlternates     = 64
	maxAlternateDepth = 5 // as in git
)

// openStores opens the repository's directory of objects and those it borrows from (gitrepository-layout,
// "objects/info/alternates").
func (s *Store) openStores(objects string) error {
	if err := s.openStore(objects, s.common.label("objects"), 0, map[string]bool{}); err != nil {
		return fmt.Errorf("open the directory of objects: %w", err)
	}
	return nil
}

func (s *Store) openStore(path, label string, depth int, seen map[string]bool) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if seen[real] {
		return nil
	}
	seen[real] = true
	root, err := s.openObjects(path, depth)
	if err != nil {
		return err
	}
	o := &objectDir{dir: dir{root, label}, lent: depth > 0}
	s.stores = append(s.stores, o)
	s.openPacks(o)
	text, err := o.read("info/alternates", 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		s.tellError("read the alternates", o.label("info/alternates"), err)
		return nil
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		s.borrow(o, beside(real, line), depth+1, seen)
	}
	return nil
}

// borrow opens an alternate. It lies outside the repository, so it is opened only if it looks like a directory of
// objects, and told.
func (s *Store) borrow(o *objectDir, path string, depth int, seen map[string]bool) {
	where := o.label("info/alternates")
	if depth > maxAlternateDepth || len(seen) > maxAlternates {
		s.tellError("follow the alternates", where, wrong("at most 5 levels and 64 directories", "more"))
		return
	}
	before := len(seen)
	if err := s.openStore(path, path, depth, seen); err != nil {
		s.tellError("open the alternate "+path, where, err)
		return
	}
	if len(seen) > before {
		s.note("follow the alternates", where, "objects borrowed from "+path)
	}
}

func (s *Store) openObjects(path string, depth int) (*os.Root, error) {
	if depth == 0 {
		return s.common.root.OpenRoot("objects")
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"pack", "info"} {
		if info, err := root.Stat(name); err == nil && info.IsDir() {
			return root, nil
		}
	}
	root.Close()
	return nil, wrong("a directory of objects", "one without pack and info")
}

// openPacks opens the packs of a directory of objects.
func (s *Store) openPacks(o *objectDir) {
	names, err := o.list("pack")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.tellError("list the packs", o.label("pack"), err)
	}
	packs, indexes := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		base, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
		switch ext {
		case ".pack":
			packs[base] = true
		case ".idx":
			indexes[base] = true
		case ".promisor":
			s.partial = true
		}
	}
	for _, name := range names {
		base, isIndex := strings.CutSuffix(name, ".idx")
		where := o.label("pack/" + base + ".pack")
		switch {
		case strings.HasSuffix(name, ".pack") && !indexes[strings.TrimSuffix(name, ".pack")]:
			s.tellError("open a pack", o.label("pack/"+name), wrong("an index beside it", "none"))
		case isIndex && !packs[base]:
			s.tellError("open a pack", where, wrong("the pack of an index", "none"))
		case isIndex:
			p, err := openPack(o.dir, "pack/"+name, s.hash)
			if err != nil {
				s.tellError("open a pack", where, err)
				continue
			}
			p.lent = o.lent
			s.packs = append(s.packs, p)
		}
	}
}
