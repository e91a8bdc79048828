package canary

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hardcheck/checks"
)

const (
	pollEvery = 20 * time.Millisecond
	tailBytes = 64 // by which a file is known again
	maxFiles  = 8  // generations of a rotated log that are held open, and copies of one that are looked at
)

// file follows a log by its name through rotations: by renaming, by truncation, and by copying and truncating.
type file struct {
	path string
	open []*generation // the newest last
	read int64
}

// generation is one file that had the name.
type generation struct {
	f      *os.File
	info   os.FileInfo
	offset int64
	tail   []byte // the bytes before offset
	lines  *splitter
}

// openFile opens a log at its current end. A file that is not there yet may come.
func openFile(path string) (*file, error) {
	l := &file{path: path}
	g, err := openGeneration(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(path)); err == nil && info.IsDir() {
			return l, nil
		}
		return nil, unreadable(path, "no such file or directory")
	case err != nil:
		return nil, err
	}
	g.offset = g.info.Size()
	g.remember()
	l.open = append(l.open, g)
	return l, nil
}

// openGeneration opens a regular file, and nothing that blocks or that reading uses up.
func openGeneration(path string) (*generation, error) {
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unreadable(path, err.Error())
	} else if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, unreadable(path, kindOf(info.Mode())+", which cannot be read without taking lines from others: name a command that shows the log")
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, unreadable(path, err.Error())
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() { // it was replaced in between
		f.Close()
		return nil, unreadable(path, "a file that changes its kind")
	}
	return &generation{f: f, info: info}, nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

func unreadable(path, actual string) *checks.Problem {
	return &checks.Problem{Op: "follow the log", Where: path, Expected: "a regular file that this user may read", Actual: actual, Retry: checks.RetryUseless, Blind: true}
}

func (l *file) follow(ctx context.Context, open func(begins bool) *splitter) error {
	defer l.close()
	if len(l.open) > 0 {
		g := l.open[0]
		g.lines = open(g.offset == 0 || bytes.HasSuffix(g.tail, []byte("\n")))
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ended := ctx.Err() != nil // what was written before the end is still read
		if err := l.poll(open); err != nil {
			return err
		}
		if ended {
			return l.end()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (l *file) end() error {
	for _, g := range l.open {
		g.lines.Flush()
	}
	if len(l.open) == 0 {
		return unreadable(l.path, "no such file, before, during and after the requests")
	}
	return nil
}

func (l *file) close() {
	for _, g := range l.open {
		g.f.Close()
	}
}

// poll reads what is new, then looks whether the name leads to another file. The old one is read on: its writer may still
// have it open.
func (l *file) poll(open func(begins bool) *splitter) error {
	for _, g := range l.open {
		if err := l.advance(g); err != nil {
			return err
		}
	}
	info, err := os.Stat(l.path)
	if err != nil || len(l.open) > 0 && os.SameFile(info, l.open[len(l.open)-1].info) {
		return nil // a name that is gone comes back, or the old file goes on
	}
	g, err := openGeneration(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	g.lines = open(true)
	if len(l.open) == maxFiles {
		l.open[0].lines.Flush()
		l.open[0].f.Close()
		l.open = l.open[1:]
	}
	l.open = append(l.open, g)
	return l.advance(g)
}

// advance reads what was appended, or begins anew where the file was truncated.
func (l *file) advance(g *generation) error {
	info, err := g.f.Stat()
	if err != nil {
		return unreadable(l.path, err.Error())
	}
	if info.Size() < g.offset || !g.continues(g.f) {
		if err := l.recover(g); err != nil {
			return err
		}
		g.lines.Flush()
		g.offset, g.tail = 0, nil
	}
	return l.copyFrom(g, g.f)
}

// continues reports whether what stands before the offset is what was read there: a file that was truncated and grew again
// is another.
func (g *generation) continues(f *os.File) bool {
	was := make([]byte, len(g.tail))
	_, err := f.ReadAt(was, g.offset-int64(len(g.tail)))
	return (err == nil || errors.Is(err, io.EOF)) && bytes.Equal(was, g.tail)
}

// recover reads what was written before a truncation and not read yet from the copy that logrotate made (copytruncate).
func (l *file) recover(g *generation) error {
	if len(g.tail) == 0 {
		return nil // nothing tells a copy of an empty file
	}
	dated, _ := filepath.Glob(escapeGlob(l.path) + "-*") // the newest is the last
	for _, name := range append(dated[max(0, len(dated)-maxFiles):], l.path+".1") {
		copied, err := openGeneration(name)
		if err != nil {
			continue
		}
		found := copied.info.Size() > g.offset && g.continues(copied.f)
		if found {
			err = l.copyFrom(g, copied.f)
		}
		copied.f.Close()
		if found {
			return err
		}
	}
	return nil
}

// escapeGlob is a pattern that matches the path alone.
func escapeGlob(path string) string {
	var out []byte
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' {
			out = append(out, '\\')
		}
		out = append(out, path[i])
	}
	return string(out)
}

// copyFrom hands on what stands in the file behind the offset, up to where it ends now.
func (l *file) copyFrom(g *generation, f *os.File) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := f.ReadAt(buf, g.offset)
		g.lines.Write(buf[:n])
		g.offset += int64(n)
		g.tail = append(g.tail, buf[:n]...)
		g.tail = append([]byte(nil), g.tail[max(0, len(g.tail)-tailBytes):]...)
		if l.read += int64(n); l.read > maxBytes {
			return tooMuch(l.path)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return unreadable(l.path, err.Error())
		}
	}
}

// remember reads the bytes before the offset.
func (g *generation) remember() {
	tail := make([]byte, min(g.offset, tailBytes))
	n, _ := g.f.ReadAt(tail, g.offset-int64(len(tail)))
	g.tail = tail[:n]
}
