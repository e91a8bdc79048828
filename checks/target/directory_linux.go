package target

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"hardcheck/checks"
)

const (
	openFlags      = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC
	directoryFlags = openFlags | unix.O_DIRECTORY
)

type listBuffer [32 << 10]byte

// listBuffers are for the entries that one system call brings.
var listBuffers = sync.Pool{New: func() any { return new(listBuffer) }}

// openedDirectory is a descriptor. os.Root does the same in several system calls more for each file; a single name
// that is opened without following links cannot leave its directory either.
type openedDirectory struct {
	fd     int
	buffer *listBuffer // of entries; nil before and behind the listing
	left   []byte      // those not yet listed
	ended  bool        // the listing
}

func openRootDirectory(root *os.Root) (directory, error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, errors.New(reason(err))
	}
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return &openedDirectory{fd: fd}, nil
}

func (d *openedDirectory) sub(name string) (directory, error) {
	fd, err := d.openat(name, directoryFlags)
	if err != nil {
		return nil, err
	}
	return &openedDirectory{fd: fd}, nil
}

func (d *openedDirectory) openat(name string, flags int) (int, error) {
	for {
		fd, err := unix.Openat(d.fd, name, flags, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (d *openedDirectory) names(most int) ([]string, error) {
	if d.ended {
		return nil, nil
	}
	if d.buffer == nil {
		d.buffer = listBuffers.Get().(*listBuffer)
	}
	var names []string
	for len(names) < most {
		if len(d.left) == 0 {
			n, err := unix.ReadDirent(d.fd, d.buffer[:])
			if err == unix.EINTR {
				continue
			}
			if n <= 0 || err != nil {
				d.endList()
				return names, err
			}
			d.left = d.buffer[:n]
		}
		var used int
		used, _, names = unix.ParseDirent(d.left, most-len(names), names)
		d.left = d.left[used:]
	}
	return names, nil
}

func (d *openedDirectory) endList() {
	d.ended = true
	if d.buffer != nil {
		listBuffers.Put(d.buffer)
		d.buffer, d.left = nil, nil
	}
}

func (d *openedDirectory) lstat(name string) (entryInfo, error) {
	var st unix.Stat_t
	err := unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	if err != nil {
		return entryInfo{}, err
	}
	return entryInfo{mode: fileMode(st.Mode), size: st.Size, uid: int(st.Uid), gid: int(st.Gid), links: int(st.Nlink), device: uint64(st.Dev)}, nil
}

// fileMode turns st_mode (inode(7)) into what io/fs says of it. It is asked for every entry of a walk.
func fileMode(mode uint32) fs.FileMode {
	out := fs.FileMode(mode) & fs.ModePerm
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		out |= fs.ModeDir
	case unix.S_IFLNK:
		out |= fs.ModeSymlink
	case unix.S_IFIFO:
		out |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		out |= fs.ModeSocket
	case unix.S_IFBLK:
		out |= fs.ModeDevice
	case unix.S_IFCHR:
		out |= fs.ModeDevice | fs.ModeCharDevice
	default:
		out |= fs.ModeIrregular
	}
	if mode&unix.S_ISUID != 0 {
		out |= fs.ModeSetuid
	}
	if mode&unix.S_ISGID != 0 {
		out |= fs.ModeSetgid
	}
	if mode&unix.S_ISVTX != 0 {
		out |= fs.ModeSticky
	}
	return out
}

func (d *openedDirectory) readlink(name string) (string, error) {
	buffer := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(d.fd, name, buffer)
	return string(buffer[:max(n, 0)]), err
}

// attribute goes through the descriptor's name below /proc: what is asked for is then the entry itself, not what a link
// names, without opening it.
func (d *openedDirectory) attribute(name, attribute string) []byte {
	at := "/proc/self/fd/" + strconv.Itoa(d.fd) + "/" + name
	var small [128]byte
	n, err := retried(func() (int, error) { return unix.Lgetxattr(at, attribute, small[:]) })
	if err == nil {
		return bytes.Clone(small[:n])
	}
	if err != unix.ERANGE {
		return nil
	}
	large := make([]byte, checks.MaxAttribute)
	n, err = retried(func() (int, error) { return unix.Lgetxattr(at, attribute, large) })
	if err != nil {
		return nil
	}
	return bytes.Clone(large[:n])
}

// open makes sure that what was regular a moment ago still is.
func (d *openedDirectory) open(name string) (io.ReadCloser, error) {
	fd, err := d.openat(name, openFlags)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		unix.Close(fd)
		return nil, errNotRegular
	}
	return &openedFile{fd: fd, size: st.Size}, nil
}

// kernelFileSystems hold no files of a machine but windows into its kernel (magic numbers of statfs(2)).
var kernelFileSystems = map[int64]bool{
	unix.PROC_SUPER_MAGIC: true, unix.SYSFS_MAGIC: true, unix.CGROUP_SUPER_MAGIC: true, unix.CGROUP2_SUPER_MAGIC: true,
	unix.DEBUGFS_MAGIC: true, unix.TRACEFS_MAGIC: true, unix.SECURITYFS_MAGIC: true, unix.BPF_FS_MAGIC: true,
	unix.DEVPTS_SUPER_MAGIC: true, unix.EFIVARFS_MAGIC: true, unix.PSTOREFS_MAGIC: true,
}

func (d *openedDirectory) pseudo() bool {
	var st unix.Statfs_t
	return unix.Fstatfs(d.fd, &st) == nil && kernelFileSystems[int64(st.Type)]
}

func (d *openedDirectory) close() {
	d.endList()
	unix.Close(d.fd)
}

// openedFile is a regular file.
type openedFile struct {
	fd   int
	at   int64
	size int64 // when it was opened
}

// Read says that the file ends together with its last bytes, which saves a system call.
func (f *openedFile) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := retried(func() (int, error) { return unix.Read(f.fd, p) })
	f.at += int64(n)
	if err == nil && (n == 0 || n < len(p) && f.at >= f.size) {
		err = io.EOF
	}
	return n, err
}

func (f *openedFile) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		n, err := retried(func() (int, error) { return unix.Pread(f.fd, p[done:], off+int64(done)) })
		if err != nil {
			return done, err
		}
		if n == 0 {
			return done, io.EOF
		}
		done += n
	}
	return done, nil
}

func (f *openedFile) Close() error { return unix.Close(f.fd) }

// retried calls until no signal interrupts. n is never negative.
func retried(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}
