package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// TestTemporaryFilesOfASystem shows a Lasting check everything but the temporary directories of a system, and says so; in a
// tree that is none, a directory of that name is like any other.
func TestTemporaryFilesOfASystem(t *testing.T) {
	for _, system := range []bool{true, false} {
		root := t.TempDir()
		names := []string{"srv/app", "tmp/a", "var/tmp/b/c", "work/tmp/d"}
		if system {
			names = append(names, "etc/passwd", "usr/x")
		}
		for _, name := range names {
			path := filepath.Join(root, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		see := func(p *checks.Pass, f *checks.File) error { p.Keep(f.Path, f.Path); return nil }
		var lasting, all []any
		jobs := []engine.Job{
			{Check: &checks.Check{ID: "permissions/lasting", NoSettings: true, Lasting: true, File: see, Tree: func(p *checks.Pass) error { lasting = p.Kept(); return nil }}},
			{Check: &checks.Check{ID: "permissions/all", NoSettings: true, File: see, Tree: func(p *checks.Pass) error { all = p.Kept(); return nil }}},
		}
		result := engine.RunTree(context.Background(), tree, jobs, engine.Options{})
		tree.Close()
		want := []any{"srv/app", "tmp/a", "var/tmp/b/c", "work/tmp/d"}
		if system {
			want = []any{"etc/passwd", "srv/app", "usr/x", "work/tmp/d"}
		}
		if diff := cmp.Diff(want, lasting); diff != "" {
			t.Errorf("system %v (-want +got):\n%s", system, diff)
		}
		if len(all) != len(names) {
			t.Errorf("system %v: the other check saw %v", system, all)
		}
		told := false
		for _, p := range result.Problems {
			told = told || strings.Contains(p.Actual, "of 2 files in temporary directories")
		}
		if told != system {
			t.Errorf("system %v: problems %v", system, result.Problems)
		}
	}
}
