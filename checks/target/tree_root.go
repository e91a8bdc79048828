package target

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// systemRoot looks at single paths of a tree on disk.
type systemRoot struct{ *Tree }

// SystemRoot is the tree as the root of a system, or nil where it is none: a git revision, a change, a directory without
// accounts and programs.
func (t *Tree) SystemRoot() checks.Root {
	if t.rev != "" || t.Changes() {
		return nil
	}
	root := systemRoot{t}
	accounts, err := root.Lstat("etc/passwd")
	if err != nil || !accounts.Mode.IsRegular() {
		return nil
	}
	for _, name := range []string{"usr", "bin"} {
		if e, err := root.Lstat(name); err == nil && (e.Mode.IsDir() || e.Link != "") {
			return root
		}
	}
	return nil
}

// in opens the directory of a path, level by level, and calls look with it and the last name.
func (r systemRoot) in(name string, look func(directory, string) error) error {
	at, err := openRootDirectory(r.root)
	if err != nil {
		return err
	}
	defer func() { at.close() }()
	name = path.Clean(name)
	levels := strings.Split(name, "/")
	if path.IsAbs(name) || levels[0] == ".." || len(levels) > maxDepth {
		return fmt.Errorf("%s: %w", shortPath(name), fs.ErrInvalid)
	}
	for _, level := range levels[:len(levels)-1] {
		next, err := at.sub(level)
		if err != nil {
			return err
		}
		at.close()
		at = next
	}
	return look(at, levels[len(levels)-1])
}

func (r systemRoot) Lstat(name string) (e *checks.Entry, err error) {
	err = r.in(name, func(dir directory, last string) error {
		info, err := dir.lstat(last)
		if err != nil {
			return err
		}
		e = &checks.Entry{Path: path.Clean(name), Mode: info.mode, Size: info.size, UID: info.uid, GID: info.gid, Links: info.links}
		if info.mode&fs.ModeSymlink != 0 {
			e.Link, err = dir.readlink(last)
		}
		e.WithAttributes(func(attribute string) (data []byte) {
			_ = r.in(name, func(dir directory, last string) error { data = dir.attribute(last, attribute); return nil })
			return data
		})
		return err
	})
	return e, err
}

func (r systemRoot) ReadFile(name string, most int64) (data []byte, err error) {
	err = r.in(name, func(dir directory, last string) error {
		f, err := dir.open(last)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err = io.ReadAll(io.LimitReader(f, most+1))
		if err == nil && int64(len(data)) > most {
			data, err = data[:most], errors.New("more than "+checks.FormatSize(most))
		}
		return err
	})
	return data, err
}

func (r systemRoot) Names(name string, most int) (names []string, err error) {
	err = r.in(name, func(dir directory, last string) error {
		if last != "." {
			sub, err := dir.sub(last)
			if err != nil {
				return err
			}
			defer sub.close()
			dir = sub
		}
		for len(names) < most {
			some, err := dir.names(min(batchSize, most-len(names)))
			if err != nil || len(some) == 0 {
				return err
			}
			names = append(names, some...)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}
