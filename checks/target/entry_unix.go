//go:build unix

package target

import (
	"io/fs"
	"syscall"

	"hardcheck/checks"
)

const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

func fillOwner(e *checks.Entry, info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		e.UID, e.GID, e.Links = int(st.Uid), int(st.Gid), int(st.Nlink)
	}
}

// deviceOf tells file systems apart.
func deviceOf(info fs.FileInfo) uint64 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return uint64(st.Dev)
}
