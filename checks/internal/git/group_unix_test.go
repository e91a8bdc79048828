//go:build unix

package git

import (
	"context"
	"os/exec"
	"syscall"
	"testing"
)

func TestCtrlCDoesNotReachGit(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	repo, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := repo.Batch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Close()
	group, err := syscall.Getpgid(batch.cmd.Process.Pid)
	if err != nil || group != batch.cmd.Process.Pid {
		t.Errorf("git runs in the process group %d of its parent: %v", group, err)
	}
}
