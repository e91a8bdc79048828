package checktest

import "golang.org/x/sys/unix"

func setAttribute(path, name string, value []byte) error { return unix.Lsetxattr(path, name, value, 0) }
