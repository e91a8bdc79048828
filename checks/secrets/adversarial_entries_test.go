//go:build unix

package secrets

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"hardcheck/checks/target"
)

// TestEntriesThatAreNoFiles puts links, a FIFO and empty files beside a secret: none is followed, waited for or told
// as examined.
func TestEntriesThatAreNoFiles(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	here, there := token(80000), token(80001)
	for file, data := range map[string]string{filepath.Join(dir, "a.txt"): here + "\n", filepath.Join(outside, "b.txt"): there + "\n", filepath.Join(dir, "empty"): ""} {
		if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"file": filepath.Join(outside, "b.txt"), "dir": outside, "up": "..", "loop": "loop", "device": "/dev/zero"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	sparse(t, filepath.Join(dir, "huge"), 3<<30, "", placed{0, "\x00"}) // nothing of it is on the disk
	found, result := auditTree(t, dir, target.TreeOptions{})
	compareSecrets(t, map[string]string{here: "a.txt:1"}, found)
	for i, o := range result.Observations {
		if Checks()[i].ID == "secrets/provider-tokens" && o.Examined != 1 {
			t.Errorf("%d files examined, expected 1 that is text", o.Examined)
		}
	}
	if n := len(result.Problems); n != 1 || result.Problems[0].Blind {
		t.Errorf("problems: %v", result.Problems)
	}
}
