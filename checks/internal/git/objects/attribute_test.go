package objects

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
)

func attribute(t *testing.T, s *Store, ids ...ID) map[ID][]Where {
	t.Helper()
	got, err := s.Attribute(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAttributeNamesTheOldestCommit(t *testing.T) {
	r := newRepo(t)
	first := r.commit("one", "a/b/secret.txt", "the secret\n", "other", "x\n")
	r.revise(5)
	r.git("mv", "a/b/secret.txt", "moved.txt")
	moved := r.commit("move")
	r.git("rm", "-q", "moved.txt")
	r.commit("gone")
	r.git("checkout", "-q", "-b", "side", first.String())
	r.commit("on the side", "a/b/secret.txt", "changed\n", "copy/of/it", "the secret\n")
	side := r.id("HEAD")
	r.git("checkout", "-q", "main")
	for _, packed := range []bool{false, true} {
		if packed {
			r.git("repack", "-adq")
		}
		s := r.open()
		blob := r.id(first.String() + ":a/b/secret.txt")
		dir := r.id(first.String() + ":a/b")
		got := attribute(t, s, blob, dir)
		var paths []string
		for _, w := range got[blob] {
			paths = append(paths, w.Commit.String()[:7]+" "+w.Path+" "+w.From)
			if w.Author.Email != "ada@example.org" || w.Author.When.Year() != 2023 {
				t.Errorf("author %+v", w.Author)
			}
		}
		want := []string{first.String()[:7] + " a/b/secret.txt ", moved.String()[:7] + " moved.txt ", side.String()[:7] + " copy/of/it "}
		slices.Sort(paths)
		slices.Sort(want)
		if !slices.Equal(paths, want) {
			t.Errorf("packed %v: the blob came with\n%q, want\n%q", packed, paths, want)
		}
		if len(got[dir]) != 1 || got[dir][0].Path != "a/b" || got[dir][0].Commit != first {
			t.Errorf("the directory came with %+v", got[dir])
		}
		r.noProblems(s)
	}
}

func TestAttributeNamesWhatLeadsThere(t *testing.T) {
	r := newRepo(t)
	r.commit("base", "file", "base\n")
	r.write("file", "stashed first\n")
	r.git("stash", "-q")
	r.write("file", "stashed second\n")
	r.write("untracked", "stashed untracked\n")
	r.git("stash", "-q", "-u")
	r.commit("to be undone", "file", "only in the reflog\n")
	r.git("reset", "-q", "--hard", "HEAD~1")
	tree := strings.TrimSpace(r.gitIn("100644 blob "+strings.TrimSpace(r.gitIn("dangling commit's\n", "hash-object", "-w", "--stdin"))+"\tdang.txt\n", "mktree"))
	dangling, _ := ParseID(strings.TrimSpace(r.git("commit-tree", "-m", "dangling", tree)))
	loneBlob := strings.TrimSpace(r.gitIn("in no tree\n", "hash-object", "-w", "--stdin"))
	lone, _ := ParseID(loneBlob)
	taggedText := strings.TrimSpace(r.gitIn("tagged blob\n", "hash-object", "-w", "--stdin"))
	r.git("tag", "-a", "-m", "a blob", "blobtag", taggedText)
	tagged, _ := ParseID(taggedText)
	r.write("new", "staged\n")
	r.git("add", "new")
	hash := func(text string) ID {
		id, _ := ParseID(strings.TrimSpace(r.gitIn(text, "hash-object", "--stdin")))
		return id
	}
	cases := []struct {
		text string
		want Where
	}{
		{"base\n", Where{Path: "file"}},
		{"stashed second\n", Where{Path: "file", From: "stash@{0}"}},
		{"stashed untracked\n", Where{Path: "untracked", From: "stash@{0}"}},
		{"stashed first\n", Where{Path: "file", From: "stash@{1}"}},
		{"only in the reflog\n", Where{Path: "file", From: "reflog of main"}},
		{"dangling commit's\n", Where{Path: "dang.txt", From: FromNothing, Commit: dangling}},
		{"in no tree\n", Where{From: FromNothing}},
		{"tagged blob\n", Where{From: "refs/tags/blobtag"}},
		{"staged\n", Where{Path: "new", From: "index"}},
	}
	s := r.open()
	ids := []ID{lone, tagged}
	for _, c := range cases {
		ids = append(ids, hash(c.text))
	}
	got := attribute(t, s, ids...)
	for _, c := range cases {
		list := got[hash(c.text)]
		if len(list) != 1 || list[0].Path != c.want.Path || list[0].From != c.want.From {
			t.Errorf("%q came with %+v, want %+v", c.text, list, c.want)
			continue
		}
		inCommit := c.want.From != "index" && c.want.Path != ""
		if list[0].Commit.IsZero() == inCommit || !c.want.Commit.IsZero() && list[0].Commit != c.want.Commit {
			t.Errorf("%q came with the commit %s", c.text, list[0].Commit)
		}
	}
	r.checkAll(s)
}

func TestAttributeEveryBlobAsGitLogSays(t *testing.T) {
	r := newRepo(t)
	r.revise(30)
	r.git("checkout", "-q", "-b", "side", "HEAD~10")
	r.commit("side", "dir0/file0.txt", "another\n", "sub/dir/x", "y\n")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "-X", "ours", "-m", "merge", "side")
	r.git("repack", "-adq")
	// oldest first, each blob where it first appears
	first := map[string]string{}
	for _, line := range strings.Split(r.git("log", "--all", "--reverse", "--topo-order", "--date-order", "--raw", "--no-abbrev", "--no-renames", "-m", "--format=%H"), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 1:
			first[""] = f[0]
		case len(f) == 6 && first[f[3]+" "+f[5]] == "":
			first[f[3]+" "+f[5]] = first[""]
		}
	}
	delete(first, "")
	s := r.open()
	var ids []ID
	for id, o := range r.catFile() {
		if o.kind == KindBlob {
			ids = append(ids, id)
		}
	}
	n := 0
	for id, list := range attribute(t, s, ids...) {
		for _, w := range list {
			n++
			if want := first[id.String()+" "+w.Path]; want != w.Commit.String() {
				t.Errorf("%s at %s came with %s, git log says %s", id, w.Path, w.Commit, want)
			}
		}
	}
	if n != len(first) {
		t.Errorf("%d places, git log has %d", n, len(first))
	}
	checkVersions(t, s, first)
}

// checkVersions holds that every path had the versions that git log says, each from the commit on that it says.
func checkVersions(t *testing.T, s *Store, first map[string]string) {
	t.Helper()
	var paths []string
	for place := range first {
		_, path, _ := strings.Cut(place, " ")
		paths = append(paths, path)
	}
	_, versions, err := survey(t, s, nothing).Trace(context.Background(), nil, append(paths, "dir0", "no/such/path", "dir0/file0.txt/below"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for path, list := range versions {
		for i, v := range list {
			got[v.ID.String()+" "+path] = v.Commit.String()
			if i > 0 && v.Age < list[i-1].Age || v.Path != path {
				t.Errorf("%s: %+v comes after %+v", path, v, list[i-1])
			}
		}
	}
	if !maps.Equal(got, first) {
		t.Errorf("the paths had %d versions, git log has %d:\n%v\n%v", len(got), len(first), got, first)
	}
}
