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
	top, err := openRootDirectory(root)
	if err != nil {
		t.Fatal(err)
	}
	defer top.close()
	for name, want := range map[string]bool{"proc": true, "etc": false, "no such directory": false} {
		if got := mountsKernel(top, name); got != want {
			t.Errorf("/%s: %v, want %v", name, got, want)
		}
	}
	proc, err := top.lstat("proc")
	if err != nil {
		t.Fatal(err)
	}
	if self, err := top.lstat("."); err != nil || proc.device == self.device {
		t.Errorf("/proc is on the root's device: %v", err)
	}
}

func TestEntriesAreToldAsOsLstatDoes(t *testing.T) {
	for _, dir := range []string{"/", "/dev", "/usr/bin", "/run"} {
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		opened, err := openRootDirectory(root)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.close()
		names, err := opened.names(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			want, err := root.Lstat(name)
			got, err2 := opened.lstat(name)
			if err != nil || err2 != nil {
				continue // it vanished
			}
			if got.mode != want.Mode() || !want.IsDir() && got.size != want.Size() {
				t.Errorf("%s/%s: %v %d, want %v %d", dir, name, got.mode, got.size, want.Mode(), want.Size())
			}
		}
		if listed, err := os.ReadDir(dir); err != nil || len(listed) > len(names)+3 || len(names) == 0 {
			t.Errorf("%s: %d names of %d: %v", dir, len(names), len(listed), err)
		}
	}
}
