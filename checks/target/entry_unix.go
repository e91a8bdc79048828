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
