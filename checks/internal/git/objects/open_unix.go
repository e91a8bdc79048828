//go:build unix

package objects

import "syscall"

// openFlags keep the opening of a FIFO from waiting for a writer.
const openFlags = syscall.O_NONBLOCK
