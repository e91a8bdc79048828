package objects

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told reports whether a problem's text has a part.
func told(s *Store, part string) bool {
	for _, p := range s.Problems() {
		if strings.Contains(p.Error(), part) {
			return true
		}
	}
	return false
}

func TestAlternates(t *testing.T) {
	lender := newRepo(t)
	lender.revise(20)
	lender.git("repack", "-adq")
	borrower := &repo{t: t, dir: filepath.Join(t.TempDir(), "clone")}
	lender.git("clone", "-q", "--shared", lender.dir, borrower.dir)
	borrower.commit("own", "own", "mine\n")
	// a loop, and a place that is no directory of objects
	lender.write(".git/objects/info/alternates", filepath.Join(borrower.dir, ".git/objects")+"\n"+t.TempDir()+"\n")
	s := borrower.open()
	if !told(s, "borrowed from "+filepath.Join(lender.dir, ".git/objects")) || !told(s, "a directory of objects") {
		t.Errorf("told %v", s.Problems())
	}
	os.Remove(filepath.Join(lender.dir, ".git/objects/info/alternates"))
	s = borrower.open()
	borrower.checkAll(s)
}

func TestRelativeAlternate(t *testing.T) {
	r := newRepo(t)
	r.revise(5)
	other := filepath.Join(filepath.Dir(r.dir), "relative")
	b := &repo{t: t, dir: other}
	r.git("clone", "-q", "--shared", r.dir, other)
	rel, err := filepath.Rel(filepath.Join(other, ".git/objects"), filepath.Join(r.dir, ".git/objects"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(".git/objects/info/alternates", rel+"\n")
	b.checkAll(b.open())
}

func TestWorkTree(t *testing.T) {
	r := newRepo(t)
	r.revise(5)
	wt := &repo{t: t, dir: filepath.Join(t.TempDir(), "wt")}
	r.git("worktree", "add", "-q", "-b", "other", wt.dir)
	tip := wt.commit("in the working tree", "w", "w\n")
	wt.write("staged", "s\n")
	wt.git("add", "staged")
	s := wt.open()
	wt.checkAll(s)
	if head, _ := s.Head(); head != tip {
		t.Errorf("HEAD is %s, want %s", head, tip)
	}
	if got := staged(t, wt); len(got) != 1 || got[0] != "staged" {
		t.Errorf("staged %v", got)
	}
	main := r.open()
	if id, ok := main.Resolve("worktrees/wt/HEAD"); !ok || id != tip {
		t.Errorf("the main repository has the working tree at %s", id)
	}
	wt.noProblems(s)
}

func TestForeignCommonDirectoryIsTold(t *testing.T) {
	other := newRepo(t)
	other.commit("other", "f", "1\n")
	s := openFiles(t, map[string][]byte{"commondir": []byte(other.gitDir() + "\n"), "HEAD": []byte("ref: refs/heads/main\n")})
	if !told(s, "which this is no working tree of") {
		t.Errorf("told %v", s.Problems())
	}
}

func TestShallowClone(t *testing.T) {
	r := newRepo(t)
	r.revise(10)
	c := &repo{t: t, dir: filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth=3", "file://"+r.dir, c.dir)
	s := c.open()
	c.checkAll(s)
	if !told(s, "a shallow clone: what came before 1 of its commits") {
		t.Errorf("told %v", s.Problems())
	}
	before := len(s.Problems())
	ids, err := s.Reachable(context.Background(), []ID{c.id("HEAD")}, nil)
	if err != nil || len(ids) != 3 {
		t.Errorf("%d commits: %v", len(ids), err)
	}
	attribute(t, s, c.id("HEAD:dir0/file0.txt"))
	if len(s.Problems()) != before {
		t.Errorf("told %v", s.Problems())
	}
}

func TestPartialClone(t *testing.T) {
	r := newRepo(t)
	r.revise(10)
	r.git("config", "uploadpack.allowFilter", "true")
	c := &repo{t: t, dir: filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+r.dir, c.dir)
	s := c.open()
	if !s.Partial() || !told(s, "a partial clone") {
		t.Errorf("told %v", s.Problems())
	}
	missing, err := s.Missing(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Count(c.git("rev-list", "--objects", "--all", "--missing=print", "--no-object-names"), "?")
	if missing != want || want == 0 {
		t.Errorf("%d missing, git says %d", missing, want)
	}
	for _, p := range s.Problems() {
		if p.Blind != strings.Contains(p.Actual, "missing") {
			t.Errorf("told %+v", p)
		}
	}
}

func TestReplaceAndGraftsAreTold(t *testing.T) {
	r := newRepo(t)
	one := r.commit("one", "f", "1\n")
	two := r.commit("two", "f", "2\n")
	r.git("replace", one.String(), two.String())
	r.write(".git/info/grafts", two.String()+"\n")
	s := r.open()
	if !told(s, "grafts") {
		t.Errorf("told %v", s.Problems())
	}
	ids, err := s.Reachable(context.Background(), []ID{two}, nil)
	if err != nil || len(ids) != 2 {
		t.Errorf("%d commits: %v", len(ids), err)
	}
	if s.Refs(); !told(s, "a replacement") {
		t.Errorf("told %v", s.Problems())
	}
	if c, err := s.Commit(one); err != nil || string(c.Message) != "one\n" {
		t.Errorf("the replaced commit came as %+v: %v", c, err)
	}
}

func TestSubmodulesAreListed(t *testing.T) {
	inner := newRepo(t)
	inner.commit("inner", "i", "i\n")
	r := newRepo(t)
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.dir, "lib/inner")
	r.commit("with a submodule")
	s := r.open()
	nested := s.Nested()
	if len(nested) != 1 || nested[0] != "modules/lib/inner" {
		t.Fatalf("nested %q", nested)
	}
	sub, err := Open(filepath.Join(r.gitDir(), nested[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if got := sweepAll(t, sub, Options{}); len(got) != 3 {
		t.Errorf("%d objects", len(got))
	}
	if got := newBlobs(t, s, []ID{r.id("HEAD")}, nil); len(got) != 1 || got[0].Path != ".gitmodules" {
		t.Errorf("new %+v", got)
	}
	r.noProblems(s)
}

func TestHiddenByAttributes(t *testing.T) {
	r := newRepo(t)
	r.commit("hidden", ".gitattributes", "* -diff -text binary export-ignore\n", "secret", "hidden from diff\n")
	found := false
	for _, o := range sweepAll(t, r.open(), Options{}) {
		found = found || o.data == "hidden from diff\n"
	}
	if !found {
		t.Error("the blob did not come")
	}
}

func TestNoRepository(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if s, err := Open(dir); err == nil {
			s.Close()
			t.Errorf("%s is a repository", dir)
		}
	}
}
