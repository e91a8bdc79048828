//go:build unix

package objects

import "syscall"

func makeFIFO(path string) bool { return syscall.Mkfifo(path, 0o600) == nil }
