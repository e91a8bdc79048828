package target

import (
	"os"
	"testing"
)

func TestKernelFileSystemsAreTold(t *testing.T) {
	root, err := os.OpenRoot("/")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, want := range map[string]bool{"proc": true, "etc": false, "no such directory": false} {
		if got := pseudoFileSystem(root, name); got != want {
			t.Errorf("/%s: %v, want %v", name, got, want)
		}
	}
	at, err := root.Lstat("proc")
	if err != nil {
		t.Fatal(err)
	}
	if top, err := root.Lstat("."); err != nil || deviceOf(at) == deviceOf(top) {
		t.Errorf("/proc is on the root's device: %v", err)
	}
}
