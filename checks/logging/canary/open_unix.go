//go:build unix

package canary

import (
	"os/exec"
	"syscall"
)

// nonBlocking keeps the opening of a FIFO that took the place of a file from waiting for a writer.
const nonBlocking = syscall.O_NONBLOCK

// ownGroup gives the command a process group of its own, so that all that it starts can be ended.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup asks what the command started to end, or ends it.
func endGroup(cmd *exec.Cmd, now bool) error {
	signal := syscall.SIGTERM
	if now {
		signal = syscall.SIGKILL
	}
	return syscall.Kill(-cmd.Process.Pid, signal)
}
