package target

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// openDir opens a directory below the root. os.Root.OpenRoot alone would wait forever for a writer where a FIFO has
// taken the directory's place, so the directory is opened as one first, and the root made of that descriptor.
func openDir(root *os.Root, name string) (*os.Root, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|openFlags|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, err := os.OpenRoot("/proc/self/fd/" + strconv.Itoa(int(f.Fd())))
	if err != nil { // no /proc here
		return root.OpenRoot(name)
	}
	return dir, nil
}
