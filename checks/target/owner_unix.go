//go:build unix && !linux

package target

import (
	"io/fs"
	"syscall"
)

const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

func (e *entryInfo) fillOwner(info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		e.uid, e.gid, e.links, e.device = int(st.Uid), int(st.Gid), int(st.Nlink), uint64(st.Dev)
	}
}
