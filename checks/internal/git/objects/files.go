package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Bounds on what is read beside the objects.
const (
	maxSmallFile = 64 << 20 // bytes of a file of text: packed-refs, a reflog, a configuration
	maxListed    = 1 << 20  // names in one directory
	maxRefDepth  = 32       // directories below each other under refs and logs
)

// dir is a directory below which files are opened, and the name that problems give it.
type dir struct {
	root *os.Root
	name string // "" for the repository itself
}

func (d dir) label(name string) string { return path.Join(d.name, name) }

// open opens a regular file below the directory. A FIFO or a device is refused, not waited for.
func (d dir) open(name string) (*os.File, int64, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// read returns a file whole.
func (d dir) read(name string, limit int64) ([]byte, error) {
	f, size, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are read", name, size, limit)
	}
	data := make([]byte, size)
	n, err := io.ReadFull(f, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // it shrank since
		err = nil
	}
	return data[:n], err
}

// list returns the names in a directory in order, those of directories with a slash behind them.
func (d dir) list(name string) ([]string, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(maxListed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) == maxListed {
		return nil, fmt.Errorf("%s holds %d names or more", name, maxListed)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name()+"/")
		} else {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// walk calls visit with every file below a directory, in order.
func (d dir) walk(name string, visit func(name string)) error {
	return d.walkDepth(name, maxRefDepth, visit)
}

func (d dir) walkDepth(name string, depth int, visit func(name string)) error {
	if depth == 0 {
		return fmt.Errorf("%s is deeper than %d directories", name, maxRefDepth)
	}
	names, err := d.list(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var first error
	for _, n := range names {
		if sub, isDir := strings.CutSuffix(n, "/"); !isDir {
			visit(path.Join(name, n))
		} else if err := d.walkDepth(path.Join(name, sub), depth-1, visit); err != nil && first == nil {
			first = err
		}
	}
	return first
}
