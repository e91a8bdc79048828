//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps a terminal's Ctrl-C from git: the interruption is this program's to handle, and objects that git
// stops answering for would look unreadable. The context ends the process.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
