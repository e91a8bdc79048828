package target

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func systemTree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"etc", "usr/bin"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "etc/passwd"), []byte("root:x:0:0::/root:/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc", filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSystemRoot(t *testing.T) {
	tree, err := OpenTree(context.Background(), systemTree(t), TreeOptions{System: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	root := tree.SystemRoot()
	if data, err := root.ReadFile("etc/passwd", 100); err != nil || len(data) != 26 {
		t.Errorf("%q %v", data, err)
	}
	if _, err := root.ReadFile("etc/passwd", 10); err == nil {
		t.Error("more than the bound was read")
	}
	if e, err := root.Lstat("out"); err != nil || e.Link != "/etc" {
		t.Errorf("%v %v", e, err)
	}
	names, err := root.Names(".", 10)
	if diff := cmp.Diff([]string{"etc", "out", "usr"}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, name := range []string{"out/passwd", "../etc/passwd", "/etc/passwd", "etc/../../x"} {
		if _, err := root.Lstat(name); err == nil {
			t.Errorf("%s leaves the root", name)
		}
	}
	if _, err := root.Lstat("no/thing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWhatIsNoSystemIsTold(t *testing.T) {
	dir := t.TempDir()
	if tree, err := OpenTree(context.Background(), dir, TreeOptions{System: true}); err == nil {
		tree.Close()
		t.Error("an empty directory is opened as a system")
	}
	tree, err := OpenTree(context.Background(), dir, TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if tree.SystemRoot() != nil {
		t.Error("an empty directory looks like a system")
	}
}
