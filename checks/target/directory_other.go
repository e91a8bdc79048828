//go:build !linux

package target

import (
	"errors"
	"io"
	"os"
)

// openedDirectory is a root of its own.
type openedDirectory struct {
	root *os.Root
	list *os.File
}

func openRootDirectory(root *os.Root) (directory, error) {
	return (&openedDirectory{root: root}).sub(".")
}

func (d *openedDirectory) sub(name string) (directory, error) {
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	return &openedDirectory{root: root}, nil
}

func (d *openedDirectory) names(most int) ([]string, error) {
	if d.list == nil {
		list, err := d.root.Open(".")
		if err != nil {
			return nil, errors.New(reason(err))
		}
		d.list = list
	}
	names, err := d.list.Readdirnames(most)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

func (d *openedDirectory) lstat(name string) (entryInfo, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return entryInfo{}, err
	}
	at := entryInfo{mode: info.Mode(), size: info.Size(), uid: -1, gid: -1}
	at.fillOwner(info)
	return at, nil
}

func (d *openedDirectory) readlink(name string) (string, error) { return d.root.Readlink(name) }

func (d *openedDirectory) attribute(string, string) []byte { return nil }

// open makes sure that what was regular a moment ago still is.
func (d *openedDirectory) open(name string) (io.ReadCloser, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errNotRegular
	}
	return f, nil
}

func (d *openedDirectory) pseudo() bool { return false }

func (d *openedDirectory) close() {
	if d.list != nil {
		d.list.Close()
	}
	d.root.Close()
}
