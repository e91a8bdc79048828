package objects

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func gather(t *testing.T, read func(context.Context, Options, func(*Text)) error) []Text {
	t.Helper()
	var mu sync.Mutex
	var out []Text
	if err := read(context.Background(), Options{Workers: 2}, func(x *Text) {
		mu.Lock()
		defer mu.Unlock()
		c := *x
		c.Data = slices.Clone(x.Data)
		out = append(out, c)
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMessages(t *testing.T) {
	r := newRepo(t)
	r.commit("first subject\n\nbody of the first", "f", "1\n")
	r.commit("second subject", "f", "2\n")
	r.git("tag", "-a", "-m", "the tag's message", "v1")
	r.git("tag", "-a", "-m", "a deleted tag's message", "v2")
	r.git("tag", "-d", "v2")
	r.git("notes", "add", "-m", "a note")
	r.commit("undone", "f", "3\n")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.git("reflog", "expire", "--expire=now", "--all")
	s := r.open()
	got := map[string]TextKind{}
	for _, x := range gather(t, s.Messages) {
		got[string(x.Data[x.Body:])] = x.Kind
		if head := string(x.Data[:x.Body]); !strings.Contains(head, "cy@example.org") || strings.Contains(head, "tree ") {
			t.Errorf("headers %q", head)
		}
	}
	want := map[string]TextKind{"first subject\n\nbody of the first\n": TextCommit, "second subject\n": TextCommit, "undone\n": TextCommit,
		"the tag's message\n": TextTag, "a deleted tag's message\n": TextTag, "Notes added by 'git notes add'\n": TextCommit}
	if !maps.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	note := false
	for _, o := range sweepAll(t, s, Options{}) {
		note = note || o == object{KindBlob, "a note\n"}
	}
	if !note {
		t.Error("the note is no blob")
	}
}

func TestNamesComeOnce(t *testing.T) {
	r := newRepo(t)
	r.revise(20)
	r.commit("names", "deep/er/still", "1", "odd name\twith tab", "2", "deep/odd name\twith tab", "3")
	r.git("rm", "-qr", "deep")
	r.commit("gone", "later", "4")
	for _, pack := range []bool{false, true} {
		if pack {
			r.git("repack", "-adfq", "--depth=50")
		}
		s := r.open()
		got := map[string]int{}
		for _, x := range gather(t, s.Names) {
			got[string(x.Data)]++
			if kind, _, err := s.Read(x.ID); err != nil || kind != KindTree {
				t.Errorf("%q is of %s: %v", x.Data, kind, err)
			}
		}
		want := map[string]int{}
		for line := range strings.SplitSeq(r.git("log", "--all", "--raw", "-z", "--format=", "--name-only"), "\x00") {
			for part := range strings.SplitSeq(strings.TrimSpace(line), "/") {
				if part != "" {
					want[part] = 1
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("packed %v: names %v, want %v", pack, got, want)
		}
	}
}

func TestFiles(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1\n")
	r.git("branch", "feature/with-name")
	r.git("tag", "v1")
	r.git("pack-refs", "--all")
	r.git("branch", "loose-one")
	r.git("remote", "add", "origin", "https://user:word@git.example.org/x.git")
	r.git("worktree", "add", "-q", filepath.Join(r.dir, "wt"), "-b", "wt-branch")
	for name, text := range map[string]string{"hooks/pre-push": "#!/bin/sh\nhook\n", "MERGE_MSG": "merge text\n", "credentials": "https://a:b@c.example\n", "rebase-merge/message": "rebase text\n"} {
		r.write(".git/"+name, text)
	}
	s := r.open()
	got := map[string]Text{}
	if err := s.Files(context.Background(), func(x *Text) { got[x.Name] = *x }); err != nil {
		t.Fatal(err)
	}
	want := map[string]TextKind{"config": TextConfig, "description": TextFile, "hooks/pre-push": TextFile, "MERGE_MSG": TextFile, "credentials": TextFile,
		"rebase-merge/message": TextFile, "logs/HEAD": TextReflog, "logs/refs/heads/loose-one": TextReflog, "worktrees/wt/logs/HEAD": TextReflog,
		"refs/heads/feature/with-name": TextRef, "refs/heads/loose-one": TextRef, "refs/tags/v1": TextRef, "refs/heads/wt-branch": TextRef, "HEAD": TextFile}
	for name, kind := range want {
		if x, ok := got[name]; !ok || x.Kind != kind || len(x.Data) == 0 {
			t.Errorf("%s came as %+v", name, x)
		}
	}
	for name := range got {
		if base := filepath.Base(name); base == "index" || strings.HasSuffix(base, ".sample") || strings.HasPrefix(name, "objects/") {
			t.Errorf("%s came too", name)
		}
	}
	r.noProblems(s)
}

func TestRefsAsGitHasThem(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1\n")
	r.git("branch", "old")
	r.git("tag", "-a", "-m", "m", "annotated")
	r.git("pack-refs", "--all")
	r.commit("two", "f", "2\n") // main stands in both places now
	r.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
	s := r.open()
	got := map[string]string{}
	for _, ref := range s.Refs() {
		if strings.HasPrefix(ref.Name, "refs/") {
			got[ref.Name] = ref.ID.String()
		}
	}
	want := map[string]string{}
	for line := range strings.Lines(r.git("for-each-ref", "--format=%(refname) %(objectname)")) {
		name, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = id
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	head, ok := s.Head()
	if !ok || head != r.id("HEAD") {
		t.Errorf("HEAD is %s %v", head, ok)
	}
	for _, name := range []string{"main", "old", "annotated", "heads/old", "HEAD", head.String()} {
		if id, ok := s.Resolve(name); !ok || id != r.id(name) {
			t.Errorf("%s is %s %v", name, id, ok)
		}
	}
	if id, ok := s.Resolve("none"); ok {
		t.Errorf("none is %s", id)
	}
}

func TestReflogs(t *testing.T) {
	r := newRepo(t)
	one := r.commit("one", "f", "1\n")
	two := r.commit("two", "f", "2\n")
	s := r.open()
	var got []LogEntry
	for _, e := range s.Reflogs() {
		if e.Ref == "refs/heads/main" {
			got = append(got, e)
		}
	}
	if len(got) != 2 || !got[0].Old.IsZero() || got[0].New != one || got[1].Old != one || got[1].New != two || got[1].Message != "commit: two" || got[1].Who.Name != "Cy Committer" {
		t.Errorf("%+v", got)
	}
}

func TestFIFOIsNotWaitedFor(t *testing.T) {
	r := newRepo(t)
	r.commit("one", "f", "1\n")
	if !makeFIFO(filepath.Join(r.gitDir(), "refs/heads/fifo")) || !makeFIFO(filepath.Join(r.gitDir(), "FIFO_HEAD")) {
		t.Skip("no FIFO can be made here")
	}
	s := r.open()
	if err := s.Files(context.Background(), func(*Text) {}); err != nil {
		t.Fatal(err)
	}
	if len(s.Problems()) == 0 {
		t.Error("the FIFO among the refs is not told")
	}
	os.Remove(filepath.Join(r.gitDir(), "FIFO_HEAD"))
}
