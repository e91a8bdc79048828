package checktest

import (
	"cmp"
	"context"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// write lays the fixture out in a new directory.
func (f *fixture) write(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	at := func(rel string) string { return filepath.Join(root, filepath.FromSlash(rel)) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range f.files {
		if strings.Contains(file.Name, "://") { // an answer of the site
			continue
		}
		must(os.MkdirAll(filepath.Dir(at(file.Name)), 0o755))
		must(os.WriteFile(at(file.Name), file.Data, 0o644))
	}
	for _, d := range f.dirs {
		must(os.MkdirAll(at(d.path), 0o755))
		must(os.Chmod(at(d.path), fileMode(d.mode)))
	}
	for _, l := range f.links {
		must(os.MkdirAll(filepath.Dir(at(l[0])), 0o755))
		must(os.Symlink(l[1], at(l[0])))
	}
	for _, o := range f.owners {
		if os.Geteuid() != 0 {
			t.Skip("SKIPPED: only root can change owners")
		}
		must(os.Lchown(at(o.path), o.uid, o.gid))
	}
	for _, m := range f.modes {
		must(os.Chmod(at(m.path), fileMode(m.mode)))
	}
	for _, a := range f.attributes {
		value, err := hex.DecodeString(a[1])
		must(err)
		if err := setAttribute(at(a[2]), a[0], value); err != nil {
			t.Skipf("SKIPPED: %s cannot be set here: %v", a[0], err)
		}
	}
	if f.git {
		f.commit(t, root)
	}
	return at(f.below)
}

// fileMode turns Unix mode bits into Go's.
func fileMode(mode uint64) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	for bit, flag := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if mode&bit != 0 {
			m |= flag
		}
	}
	return m
}

func (f *fixture) commit(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("the git program is needed to build this fixture:", err)
	}
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=Fixture", "-c", "user.email=fixture@example.org",
			"-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false"}, args...)...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q")
	run("add", "-A", "-f")
	for _, path := range f.untracked {
		run("rm", "-q", "-r", "--cached", path)
	}
	run("commit", "-q", "--allow-empty", "-m", cmp.Or(f.message, "Fixture"))
	for _, path := range f.removed {
		run("rm", "-q", "-r", path)
		run("commit", "-q", "-m", "Remove")
	}
}

// runTree audits a directory with one check.
func runTree(ctx context.Context, t *testing.T, root string, check *checks.Check, values checks.Values, o target.TreeOptions, configuration map[checks.Module]any) (checks.Observation, engine.Result) {
	t.Helper()
	tree, err := target.OpenTree(ctx, root, o)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	result := engine.RunTree(ctx, tree, []engine.Job{{Check: check, Values: values}}, engine.Options{Debug: os.Stderr, Configuration: configuration})
	return result.Observations[0], result
}

func runCancelled(ctx context.Context, tree *target.Tree, check *checks.Check) checks.Observation {
	jobs := []engine.Job{{Check: check, Values: check.Defaults()}}
	return engine.RunTree(ctx, tree, jobs, engine.Options{}).Observations[0]
}
