package target

import (
	"os"

	"golang.org/x/sys/unix"
)

// kernelFileSystems hold no files of a machine but windows into its kernel (magic numbers of statfs(2)).
var kernelFileSystems = map[int64]bool{
	unix.PROC_SUPER_MAGIC: true, unix.SYSFS_MAGIC: true, unix.CGROUP_SUPER_MAGIC: true, unix.CGROUP2_SUPER_MAGIC: true,
	unix.DEBUGFS_MAGIC: true, unix.TRACEFS_MAGIC: true, unix.SECURITYFS_MAGIC: true, unix.BPF_FS_MAGIC: true,
	unix.DEVPTS_SUPER_MAGIC: true, unix.EFIVARFS_MAGIC: true, unix.PSTOREFS_MAGIC: true,
}

// pseudoFileSystem reports whether such a file system is mounted on a directory.
func pseudoFileSystem(dir *os.Root, name string) bool {
	f, err := dir.OpenFile(name, os.O_RDONLY|openFlags|unix.O_DIRECTORY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	var st unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &st) == nil && kernelFileSystems[int64(st.Type)]
}
