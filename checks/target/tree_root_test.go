package target

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
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

func TestPackagesOfASystemAreLookedAtAndNotRead(t *testing.T) {
	dir := systemTree(t)
	read := map[string]bool{
		"etc/passwd": true, "srv/app/main.yaml": true, "srv/app/.git/config": true, "srv/app/.git/HEAD": false, "srv/app/node_modules/x/pod.yaml": false,
		"root/go/pkg/mod/example.org/m@v1.2.3/pod.yaml": false, "root/.cargo/registry/src/a.json": false, "srv/registry/a.json": true, "srv/user@v1/a.json": true,
		"usr/lib/ruby/3.1.0/gems/a.yml": false, "usr/gems/a.yml": true,
	}
	for name := range read {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("root:x:0:0::/root:/bin/sh\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := OpenTree(context.Background(), dir, TreeOptions{System: true, Exclude: []string{"node_modules", "vendor"}})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	got := map[string]bool{}
	var mu sync.Mutex
	if err := tree.Walk(context.Background(), 2, func(n *Node) {
		mu.Lock()
		defer mu.Unlock()
		if n.Mode.IsRegular() {
			got[n.Path] = n.Content
		}
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read, got); diff != "" {
		t.Error(diff)
	}
	problems := tree.Problems()
	if want := "owners and modes only, and keys, in directories of packages: Cargo (1), Go (1), RubyGems (1), histories of git (1), npm (1)"; len(problems) != 1 || problems[0].Actual != want {
		t.Errorf("%+v", problems)
	}
}
