package objects

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func newBlobs(t *testing.T, s *Store, include, exclude []ID) []Change {
	t.Helper()
	var got []Change
	if err := s.NewBlobs(context.Background(), include, exclude, func(c *Change) { got = append(got, *c) }); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestReachableAsGitRevList(t *testing.T) {
	r := newRepo(t)
	r.revise(6)
	base := r.id("HEAD")
	r.git("checkout", "-q", "-b", "side", "HEAD~3")
	side := r.commit("side", "s", "1\n")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "-m", "merge", "side")
	merge := r.id("HEAD")
	r.clock -= 100000 // dates that run backwards
	r.commit("old date", "t", "1\n")
	r.clock += 200000
	tip := r.commit("tip", "u", "1\n")
	r.git("tag", "-a", "-m", "x", "v1", base.String())
	orphan := strings.TrimSpace(r.git("commit-tree", "-m", "orphan", "HEAD^{tree}"))
	other, _ := ParseID(orphan)
	s := r.open()
	for _, c := range [][2][]ID{
		{{tip}, nil}, {{tip}, {base}}, {{tip}, {side}}, {{tip}, {merge}}, {{tip, side}, {base}}, {{base}, {tip}},
		{{tip}, {tip}}, {{other}, {tip}}, {{tip, other}, {base, side}}, {{tip}, {r.id("v1")}},
	} {
		got, err := s.Reachable(context.Background(), c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"rev-list"}
		for _, id := range c[0] {
			args = append(args, id.String())
		}
		for _, id := range c[1] {
			args = append(args, "^"+id.String())
		}
		want := strings.Fields(r.git(args...))
		var names []string
		for _, id := range got {
			names = append(names, id.String())
		}
		slices.Sort(names)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("%v: %d commits, git has %d", c, len(names), len(want))
		}
	}
	for _, c := range [][2]ID{{tip, base}, {base, side}, {side, merge}, {tip, tip}, {merge, other}} {
		got, err := s.MergeBase(context.Background(), c[0], c[1])
		if err != nil {
			t.Fatal(err)
		}
		if c[1] == other {
			if len(got) != 0 {
				t.Errorf("unrelated commits have the base %v", got)
			}
			continue
		}
		if want := strings.TrimSpace(r.git("merge-base", c[0].String(), c[1].String())); len(got) != 1 || got[0].String() != want {
			t.Errorf("%v have the bases %v, git says %s", c, got, want)
		}
	}
	r.noProblems(s)
}

func TestMergeBaseOfCrissCross(t *testing.T) {
	r := newRepo(t)
	r.commit("root", "f", "1\n")
	r.git("branch", "b")
	a1 := r.commit("a1", "a", "1\n")
	r.git("checkout", "-q", "b")
	b1 := r.commit("b1", "b", "1\n")
	r.git("merge", "-q", "-m", "b2", a1.String())
	b2 := r.id("HEAD")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "-m", "a2", b1.String())
	got, err := r.open().MergeBase(context.Background(), r.id("HEAD"), b2)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, id := range got {
		names = append(names, id.String())
	}
	want := strings.Fields(r.git("merge-base", "--all", "main", "b"))
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) || len(want) != 2 {
		t.Errorf("%v, want %v", names, want)
	}
}

func TestNewBlobs(t *testing.T) {
	r := newRepo(t)
	base := r.commit("base", "keep", "k\n", "change", "one\ntwo\n", "dir/move", prose(1, 30), "dir/moveedit.txt", prose(2, 30), "gone", "g\n")
	r.commit("changes", "change", "one\ntwo\nthree\n", "new/file", "n\n")
	r.git("mv", "dir/move", "moved")
	r.git("mv", "dir/moveedit.txt", "elsewhere")
	r.git("mv", "elsewhere", "new/moveedit.txt")
	r.commit("renames", "new/moveedit.txt", prose(2, 30)+"added\n")
	r.git("rm", "-q", "gone")
	r.commit("added and taken away", "brief", "b\n")
	r.git("rm", "-q", "brief")
	tip := r.commit("mode only")
	s := r.open()
	var got []string
	for _, c := range newBlobs(t, s, []ID{tip}, []ID{base}) {
		text := c.Path
		if c.From != "" {
			text += " from " + c.From
		}
		if len(c.Old) == 1 {
			_, older, _ := s.Read(c.Old[0])
			_, newer, _ := s.Read(c.ID)
			text += fmt.Sprint(" ", AddedLines(older, newer))
		}
		got = append(got, text)
	}
	want := []string{"change [{3 3}]", "new/file", "moved from dir/move []", "new/moveedit.txt from dir/moveedit.txt [{31 31}]", "brief"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	r.noProblems(s)
}

func TestEvilMerge(t *testing.T) {
	r := newRepo(t)
	base := r.commit("base", "f", "1\n2\n3\n4\n5\n6\n7\n")
	r.git("checkout", "-q", "-b", "side")
	side := r.commit("side", "f", "side\n2\n3\n4\n5\n6\n7\n", "onside", "s\n")
	r.git("checkout", "-q", "main")
	main := r.commit("main", "f", "1\n2\n3\n4\n5\n6\nmain\n")
	r.git("merge", "-q", "--no-commit", side.String())
	merge := r.commit("evil", "f", "side\n2\n3\nevil\n5\n6\nmain\n", "dir/onlyinmerge", "e\n")
	s := r.open()
	var got []string
	for _, c := range newBlobs(t, s, []ID{merge}, []ID{main, side}) {
		got = append(got, fmt.Sprintf("%s %d", c.Path, len(c.Old)))
	}
	if want := []string{"dir/onlyinmerge 0", "f 2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := newBlobs(t, s, []ID{merge}, []ID{base}); len(got) != 5 {
		t.Errorf("%+v", got)
	}
	if got := newBlobs(t, s, []ID{base}, nil); len(got) != 1 || got[0].Commit != base || got[0].Old != nil {
		t.Errorf("the first commit brings in %+v", got)
	}
}

func TestStagedAsGitDiff(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		for _, format := range []string{"sha1", "sha256"} {
			t.Run(version+" "+format, func(t *testing.T) {
				r := newRepo(t, "--object-format="+format)
				if got := staged(t, r); len(got) != 0 {
					t.Errorf("an empty repository has staged %v", got)
				}
				r.write("first", "f\n")
				r.git("add", "first")
				if got := staged(t, r); !slices.Equal(got, []string{"first"}) {
					t.Errorf("before the first commit: %v", got)
				}
				r.revise(8)
				r.write("new/deep/file", "n\n")
				r.write("intended", "i\n")
				r.write("dir1/file1.txt", "changed\n")
				r.write("unstaged", "u\n")
				r.git("add", "new", "dir1")
				if version == "3" { // an entry with extended flags
					r.git("add", "-N", "intended")
				}
				r.git("update-index", "--index-version", version)
				r.git("mv", "dir0/file0.txt", "renamed.txt")
				want := strings.Fields(r.git("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=AM"))
				got := staged(t, r)
				got = slices.DeleteFunc(got, func(p string) bool { return p == "intended" })
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%q, git says %q", got, want)
				}
				entries, err := r.open().Index()
				if lines := strings.Count(r.git("ls-files", "--stage"), "\n"); err != nil || len(entries) != lines {
					t.Errorf("%d entries, git lists %d: %v", len(entries), lines, err)
				}
			})
		}
	}
}

func staged(t *testing.T, r *repo) []string {
	t.Helper()
	list, err := r.open().Staged(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range list {
		out = append(out, c.Path)
		if c.Path == "renamed.txt" && c.From != "dir0/file0.txt" {
			t.Errorf("renamed from %q", c.From)
		}
	}
	slices.Sort(out)
	return out
}

func TestConflictIsStaged(t *testing.T) {
	r := newRepo(t)
	r.commit("base", "f", "1\n")
	r.git("checkout", "-q", "-b", "side")
	r.commit("side", "f", "theirs\n")
	r.git("checkout", "-q", "main")
	r.commit("main", "f", "ours\n")
	r.git("read-tree", "-m", "HEAD~1", "HEAD", "side")
	var stages []uint8
	list, err := r.open().Index()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		stages = append(stages, e.Stage)
	}
	if !slices.Equal(stages, []uint8{1, 2, 3}) {
		t.Errorf("stages %v", stages)
	}
	if got := staged(t, r); !slices.Equal(got, []string{"f", "f"}) { // the base and theirs
		t.Errorf("staged %v", got)
	}
}

func TestSplitIndexIsTold(t *testing.T) {
	r := newRepo(t)
	r.commit("base", "f", "1\n")
	r.git("update-index", "--split-index")
	s := r.open()
	if _, err := s.Staged(context.Background()); err == nil {
		t.Error("a split index is read as if it were whole")
	}
	if p := s.Problems(); len(p) != 1 || !p[0].Blind || filepath.Base(p[0].Where) != "index" {
		t.Errorf("told %v", p)
	}
}
