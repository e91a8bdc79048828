package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"hardcheck/checks"
)

// writable finds out before anything runs that a report cannot be written to path.
func writable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("--output: expected a file to write, found the directory %s", path)
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return nil
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
		return fmt.Errorf("--output %s: expected a file in a directory that exists", path)
	}
	return nil
}

// writeFile writes a report beside its place and renames it, so that nothing partial replaces something whole. What
// is there and no regular file, such as /dev/stderr or a named pipe, is written to and never replaced; of a link, the
// file that it leads to is.
func writeFile(path string, fill func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return unwritten(path, writeInto(path, fill))
	}
	place := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		place = real
	}
	return unwritten(path, replaceFile(place, fill))
}

// unwritten turns a failure to write a report into a problem: the audit ran, and its result did not arrive.
func unwritten(path string, err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	if err == nil {
		return nil
	}
	return &checks.Problem{Op: "write report", Expected: "a place to write to", Actual: err.Error(), Retry: checks.RetrySafe, Where: path, Blind: true}
}

func writeInto(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}

func replaceFile(path string, fill func(io.Writer) error) (err error) {
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// createBeside makes a new file next to path, with the mode that the umask leaves: reports name weak spots, and a
// careful umask keeps them private.
func createBeside(path string) (*os.File, error) {
	for n := os.Getpid(); ; n++ {
		name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+strconv.Itoa(n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
