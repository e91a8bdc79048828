package target

import (
	"io"
	"io/fs"
	"sync/atomic"
)

// directory is an opened directory below the root. Its methods take the name of one entry, never follow a symbolic
// link, and never wait for a FIFO. Errors are without the path.
type directory interface {
	// sub opens a directory in it.
	sub(name string) (directory, error)
	// names lists its entries, at most so many at a time; none and no error at the end.
	names(most int) ([]string, error)
	lstat(name string) (entryInfo, error)
	readlink(name string) (string, error)
	// attribute reads an extended attribute of an entry; nil where it has none, or more than checks.MaxAttribute bytes.
	attribute(name, attribute string) []byte
	// open opens a regular file.
	open(name string) (io.ReadCloser, error)
	// pseudo reports whether it belongs to a file system that shows the kernel, not files.
	pseudo() bool
	close()
}

// entryInfo is what lstat tells of an entry.
type entryInfo struct {
	mode            fs.FileMode
	size            int64
	uid, gid, links int    // -1, -1 and 0 where unknown
	device          uint64 // of the file system, 0 where unknown
}

// heldDirectory is a directory that several tasks use. The last one closes it.
type heldDirectory struct {
	directory
	users atomic.Int32
	tasks atomic.Int32 // of the users, those that are yet to be done
}

func hold(d directory) *heldDirectory {
	h := &heldDirectory{directory: d}
	h.users.Store(1)
	return h
}

func (h *heldDirectory) retain() *heldDirectory {
	h.users.Add(1)
	return h
}

func (h *heldDirectory) release() {
	if h.users.Add(-1) == 0 {
		h.close()
	}
}
