package target_test

import (
	"context"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// seen is what a walk showed of one entry.
type seen struct {
	Mode             fs.FileMode
	Content          string // of a regular file that the audit reads
	Link             string
	Tracked, Ignored bool
}

func walk(t *testing.T, dir string, o target.TreeOptions) (map[string]seen, *target.Tree) {
	t.Helper()
	ctx := context.Background()
	tree, err := target.OpenTree(ctx, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	var mu sync.Mutex
	got := map[string]seen{}
	err = tree.Walk(ctx, 4, func(n *target.Node) {
		s := seen{Mode: n.Mode, Link: n.Link, Tracked: n.Tracked, Ignored: n.Ignored}
		if n.Mode.IsRegular() && n.Content {
			content, err := n.Open()
			if err != nil {
				t.Errorf("%s: %v", n.Path, err)
				return
			}
			defer content.Close()
			data, _ := io.ReadAll(content)
			s.Content = string(data)
		}
		mu.Lock()
		defer mu.Unlock()
		if _, twice := got[n.Path]; twice {
			t.Errorf("%s was visited twice", n.Path)
		}
		got[n.Path] = s
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, tree
}

func write(t *testing.T, root, rel, content string, mode fs.FileMode) {
	t.Helper()
	path := filepath.Join(root, rel)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func TestWalkDirectory(t *testing.T) {
	root := t.TempDir()
	outside := t.TempDir()
	write(t, outside, "secret", "outside", 0o644)
	write(t, root, "a/b/c.txt", "deep", 0o666)
	write(t, root, "node_modules/x/index.js", "left out", 0o644)
	os.Symlink(outside, filepath.Join(root, "escape"))
	os.Symlink("a", filepath.Join(root, "inside"))
	os.Symlink(".", filepath.Join(root, "a", "loop"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, tree := walk(t, root, target.TreeOptions{Exclude: []string{"node_modules"}})
	want := map[string]seen{
		".":         {Mode: fs.ModeDir | 0o755},
		"a":         {Mode: fs.ModeDir | 0o755},
		"a/b":       {Mode: fs.ModeDir | 0o755},
		"a/b/c.txt": {Mode: 0o666, Content: "deep"},
		"a/loop":    {Mode: fs.ModeSymlink | 0o777, Link: "."},
		"escape":    {Mode: fs.ModeSymlink | 0o777, Link: outside},
		"inside":    {Mode: fs.ModeSymlink | 0o777, Link: "a"},
		"pipe":      {Mode: fs.ModeNamedPipe | 0o644},
	}
	got["."] = seen{Mode: fs.ModeDir | 0o755} // the test framework chooses the root's own mode
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
	if p := tree.Problems(); len(p) != 1 || !strings.Contains(p[0].Actual, "node_modules (1)") || p[0].Blind {
		t.Errorf("problems %v, want the one directory left out", p)
	}
}

func TestWalkSharesOutALargeDirectory(t *testing.T) {
	root := t.TempDir()
	for i := range 1500 {
		write(t, root, "many/"+strings.Repeat("f", 1+i%5)+string(rune('a'+i%26))+strings.Repeat("0", i/26), "x", 0o644)
	}
	entries, err := os.ReadDir(filepath.Join(root, "many"))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := walk(t, root, target.TreeOptions{})
	if len(got) != len(entries)+2 {
		t.Errorf("visited %d entries, want %d", len(got), len(entries)+2)
	}
}

func TestWalkIsNotStoppedByAFIFOInADirectorysPlace(t *testing.T) {
	root := t.TempDir()
	write(t, root, "d/a.txt", "x", 0o644)
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	err = tree.Walk(context.Background(), 1, func(n *target.Node) {
		if n.Path == "d" {
			os.RemoveAll(filepath.Join(root, "d"))
			if err := syscall.Mkfifo(filepath.Join(root, "d"), 0o644); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	if p := tree.Problems(); len(p) != 1 || p[0].Where != "d" || !p[0].Blind {
		t.Errorf("problems %v, want one on d", p)
	}
}

func TestWalkBoundsDepth(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, strings.Repeat("d/", 600)), 0o755); err != nil {
		t.Fatal(err)
	}
	got, tree := walk(t, root, target.TreeOptions{})
	if p := tree.Problems(); len(p) != 1 || !p[0].Blind || p[0].Expected != "at most 512 levels" {
		t.Errorf("problems %v, want the bound", p)
	}
	if len(got) != 514 { // the root, 512 levels, and the one that was not entered
		t.Errorf("visited %d entries", len(got))
	}
}

func repositoryOf(t *testing.T) string {
	root := t.TempDir()
	git(t, root, "init", "-q")
	write(t, root, ".gitignore", "*.log\n.env\n/build/\n", 0o644)
	write(t, root, "src/app.py", "tracked", 0o666)
	write(t, root, "run.sh", "#!/bin/sh\n", 0o755)
	os.Symlink("src/app.py", filepath.Join(root, "link"))
	git(t, root, "add", "-A")
	git(t, root, "commit", "-q", "-m", "First")
	write(t, root, "new.py", "untracked", 0o644)
	write(t, root, "debug.log", "ignored", 0o666)
	write(t, root, ".env", "KEY=1", 0o644)
	write(t, root, "build/out/a.o", "ignored", 0o644)
	return root
}

func TestWalkWorkingTree(t *testing.T) {
	root := repositoryOf(t)
	got, tree := walk(t, root, target.TreeOptions{})
	delete(got, ".")
	want := map[string]seen{
		".gitignore":    {Mode: 0o644, Content: "*.log\n.env\n/build/\n", Tracked: true},
		"src":           {Mode: fs.ModeDir | 0o755},
		"src/app.py":    {Mode: 0o644, Content: "tracked", Tracked: true},
		"run.sh":        {Mode: 0o755, Content: "#!/bin/sh\n", Tracked: true},
		"link":          {Mode: fs.ModeSymlink | 0o777, Link: "src/app.py", Tracked: true},
		"new.py":        {Mode: 0o644, Content: "untracked"},
		"debug.log":     {Mode: 0o666, Ignored: true},
		".env":          {Mode: 0o644, Content: "KEY=1", Ignored: true},
		"build":         {Mode: fs.ModeDir | 0o755, Ignored: true},
		"build/out":     {Mode: fs.ModeDir | 0o755, Ignored: true},
		"build/out/a.o": {Mode: 0o644, Ignored: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
	for path, want := range map[string]bool{".env": true, "deep/x.log": true, "src/app.py": false, "no/such/file": false} {
		if ignored, err := tree.Repository().Ignores(path); err != nil || ignored != want {
			t.Errorf("Ignores(%s) is %v, %v; want %v", path, ignored, err, want)
		}
	}
}

func TestWalkRevision(t *testing.T) {
	root := repositoryOf(t)
	os.Remove(filepath.Join(root, ".gitignore"))
	got, tree := walk(t, root, target.TreeOptions{Rev: "HEAD", Exclude: []string{"run.sh"}})
	want := map[string]seen{
		".":          {Mode: fs.ModeDir | 0o755, Tracked: true},
		".gitignore": {Mode: 0o644, Content: "*.log\n.env\n/build/\n", Tracked: true},
		"src":        {Mode: fs.ModeDir | 0o755, Tracked: true},
		"src/app.py": {Mode: 0o644, Content: "tracked", Tracked: true},
		"link":       {Mode: fs.ModeSymlink | 0o777, Link: "src/app.py", Tracked: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
	if ignored, err := tree.Repository().Ignores("a/b.log"); err != nil || !ignored {
		t.Errorf("the revision's .gitignore does not count: %v, %v", ignored, err)
	}
	if kind := tree.Target().Kind; kind != checks.TargetGit || len(tree.Target().Revision) != 40 {
		t.Errorf("target is %+v", tree.Target())
	}
}

func TestRevisionLeavesOutWholeDirectories(t *testing.T) {
	root := t.TempDir()
	git(t, root, "init", "-q")
	for _, name := range []string{"build/a/x.py", "build/b.py", "build.log", "build-2/c.py", "sub/deep/d.py"} {
		write(t, root, name, "x", 0o644)
	}
	git(t, root, "add", "-A")
	git(t, root, "commit", "-q", "-m", "First")
	got, _ := walk(t, root, target.TreeOptions{Rev: "HEAD", Exclude: []string{"build", "*.log", "build-*"}})
	if paths := slices.Sorted(maps.Keys(got)); !slices.Equal(paths, []string{".", "sub", "sub/deep", "sub/deep/d.py"}) {
		t.Errorf("walked %v", paths)
	}
	got, _ = walk(t, filepath.Join(root, "sub", "deep"), target.TreeOptions{Rev: "HEAD"})
	if paths := slices.Sorted(maps.Keys(got)); !slices.Equal(paths, []string{".", "d.py"}) {
		t.Errorf("walked %v below a directory of the repository", paths)
	}
}

func TestRevisionReportsSubmodules(t *testing.T) {
	root := repositoryOf(t)
	git(t, root, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",lib/other")
	git(t, root, "commit", "-q", "-m", "Add a submodule")
	_, tree := walk(t, root, target.TreeOptions{Rev: "HEAD"})
	if p := tree.Problems(); len(p) != 1 || p[0].Where != "lib/other" || p[0].Op != "read submodule" {
		t.Errorf("problems %v, want the submodule", p)
	}
}

func TestGitMarkerThatLeadsNowhereIsAPlainTree(t *testing.T) {
	for name, make := range map[string]func(root string){
		"directory": func(root string) { os.Mkdir(filepath.Join(root, ".git"), 0o755) },
		"file":      func(root string) { write(t, root, ".git", "gitdir: ../../gone/.git/modules/x\n", 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			make(root)
			write(t, root, "a.py", "x", 0o644)
			got, tree := walk(t, root, target.TreeOptions{})
			if _, ok := got["a.py"]; !ok || tree.Repository() != nil {
				t.Errorf("walked %v, repository %v", got, tree.Repository())
			}
		})
	}
}

func TestHostileRepositoryRunsNothing(t *testing.T) {
	root := repositoryOf(t)
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(root, "evil.sh")
	write(t, root, "evil.sh", "#!/bin/sh\ntouch "+mark+"\n", 0o755)
	for _, key := range []string{"core.fsmonitor", "core.pager", "core.editor", "filter.x.smudge", "filter.x.clean", "diff.external", "core.sshCommand"} {
		git(t, root, "config", key, script)
	}
	git(t, root, "config", "core.hooksPath", root)
	write(t, root, ".gitattributes", "* filter=x\n", 0o644)
	walk(t, root, target.TreeOptions{})
	walk(t, root, target.TreeOptions{Rev: "HEAD"})
	if _, err := os.Stat(mark); err == nil {
		t.Error("auditing the repository ran its program")
	}
}

func TestOpenTreeErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir string
		options   target.TreeOptions
		want      string
	}{
		{"missing", filepath.Join(t.TempDir(), "nowhere"), target.TreeOptions{}, "no such file"},
		{"a file", file, target.TreeOptions{}, "name the directory that holds it"},
		{"no repository", t.TempDir(), target.TreeOptions{Rev: "HEAD"}, "not a git repository"},
		{"no such revision", repositoryOf(t), target.TreeOptions{Rev: "nope"}, `"nope" is not a commit`},
		{"a flag as revision", repositoryOf(t), target.TreeOptions{Rev: "--output=x"}, "is not a commit"},
		{"a repository without a working tree", filepath.Join(repositoryOf(t), ".git"), target.TreeOptions{}, "choose a revision"},
		{"a bad pattern", t.TempDir(), target.TreeOptions{Exclude: []string{"[a"}}, "valid globs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := target.OpenTree(context.Background(), tt.dir, tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestIgnoredDirectoryInsideARepositoryIsAPlainTree(t *testing.T) {
	root := repositoryOf(t)
	got, tree := walk(t, filepath.Join(root, "build"), target.TreeOptions{})
	if tree.Repository() != nil {
		t.Error("an ignored directory is taken for a working tree")
	}
	if keys := slices.Sorted(maps.Keys(got)); !slices.Equal(keys, []string{".", "out", "out/a.o"}) {
		t.Errorf("walked %v", keys)
	}
}
