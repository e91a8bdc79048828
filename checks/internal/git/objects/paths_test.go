package objects

import (
	"context"
	"os/exec"
	"strings"
	"testing"
)

func survey(t testing.TB, s *Store, leaveOut func(string) bool) *Paths {
	t.Helper()
	p, err := s.Survey(context.Background(), Options{}, leaveOut, func(*Text) {})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func nothing(string) bool { return false }

// gitPaths are the paths that trees have for each object: every entry of every tree of every commit.
func gitPaths(t testing.TB, dir string) map[ID]map[string]bool {
	t.Helper()
	out, err := exec.Command("git", "-C", dir, "log", "--all", "--reflog", "--raw", "-m", "-t", "--root", "--no-abbrev", "--no-renames", "--format=", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	paths := map[ID]map[string]bool{}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		f := strings.Fields(fields[i])
		if id, ok := ParseID(f[3]); ok && f[1] != "160000" {
			if paths[id] == nil {
				paths[id] = map[string]bool{}
			}
			paths[id][fields[i+1]] = true
		}
	}
	return paths
}

// checkPaths holds that everything that git finds at a path is given one of its paths.
func checkPaths(t testing.TB, dir string, s *Store) {
	t.Helper()
	p := survey(t, s, nothing)
	want := gitPaths(t, dir)
	wrong := 0
	for id, paths := range want {
		if got, ok := p.Of(id); !ok || !paths[got] {
			if wrong++; wrong <= 5 {
				t.Errorf("%s is given the path %q (%v), git has it at %v", id, got, ok, paths)
			}
		}
	}
	if wrong > 0 || len(want) == 0 {
		t.Errorf("%d of %d paths are wrong", wrong, len(want))
	}
	t.Logf("%d paths", len(want))
}

func TestPathsOfGivenRepository(t *testing.T) {
	dir, s := givenStore(t)
	checkPaths(t, dir, s)
}

func TestPathsInSeveralPacksAndLoose(t *testing.T) {
	r := newRepo(t)
	r.revise(20)
	r.git("repack", "-dq")
	r.commit("moved", "a/b/c/new.txt", "new\n")
	r.git("mv", "dir0", "elsewhere")
	r.commit("a directory moves")
	r.git("repack", "-dq")
	r.git("repack", "-aq") // without -d: every object is in two packs
	r.revise(20)
	r.commit("loose", "a/b/loose.txt", "loose\n")
	s := r.open()
	checkPaths(t, r.gitDir(), s)
	_, versions, err := survey(t, s, nothing).Trace(context.Background(), nil, []string{"a/b/c/new.txt", "a/b/loose.txt", "elsewhere/file0.txt"})
	if err != nil || len(versions) != 3 {
		t.Errorf("%d paths have versions: %v", len(versions), err)
	}
	r.noProblems(s)
}
