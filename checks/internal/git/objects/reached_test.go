package objects

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// branchOut makes branches that add, change, move and drop files of directories with many entries, so that their trees
// are deltas of each other's.
func branchOut(r *repo, seed uint64) (branches []string) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	for i := range 60 {
		r.write(fmt.Sprintf("wide/f%02d", i), fmt.Sprintln("file", i))
		r.write(fmt.Sprintf("wide/deep%d/f%02d", i%3, i), fmt.Sprintln("deep", i))
	}
	r.commit("first")
	branches = []string{"main"}
	for step := range 40 {
		if step%8 == 7 {
			name := fmt.Sprintf("branch%d", step)
			r.git("checkout", "-q", "-b", name, branches[rnd.IntN(len(branches))])
			branches = append(branches, name)
		} else {
			r.git("checkout", "-q", branches[rnd.IntN(len(branches))])
		}
		for range 1 + rnd.IntN(3) {
			file := fmt.Sprintf("wide/f%02d", rnd.IntN(60))
			switch rnd.IntN(4) {
			case 0:
				r.git("rm", "-qf", "--ignore-unmatch", file)
			case 1:
				r.write(fmt.Sprintf("wide/deep%d/n%02d", rnd.IntN(3), rnd.IntN(99)), fmt.Sprintln("new", step))
			default:
				r.write(file, fmt.Sprintln("step", step, rnd.IntN(1000)))
			}
		}
		r.commit(fmt.Sprint("step ", step))
	}
	return branches
}

func TestReachedIsWhatRevListNames(t *testing.T) {
	for seed := range uint64(3) {
		r := newRepo(t)
		branches := branchOut(r, seed)
		r.git("checkout", "-q", "main")
		r.git("branch", "-D", "-q", branches[len(branches)-1]) // its reflog keeps what it leads to
		for _, packed := range []bool{false, true} {
			if packed {
				r.git("repack", "-adfq", "--depth=50", "--window=250")
			}
			for _, branch := range branches[:len(branches)-1] {
				checkReached(t, r, branch)
			}
		}
	}
}

func checkReached(t *testing.T, r *repo, rev string) {
	t.Helper()
	s := r.open()
	paths, err := s.Survey(context.Background(), Options{}, func(string) bool { return false }, func(*Text) {})
	if err != nil {
		t.Fatal(err)
	}
	reached, err := paths.ReachedFrom(context.Background(), []ID{r.id(rev)})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for line := range strings.SplitSeq(r.git("rev-list", "--objects", rev), "\n") {
		id, _, _ := strings.Cut(line, " ")
		want[id] = true
	}
	for id := range r.catFile() {
		if got := reached.Has(id); got != want[id.String()] {
			t.Errorf("%s reaches %s: %t, git says %t", rev, id, got, want[id.String()])
		}
	}
	given := map[string]bool{}
	err = reached.Blobs(context.Background(), Options{Workers: 1}, func(p *Piece) {
		given[p.ID.String()] = true
		if !want[p.ID.String()] {
			t.Errorf("%s: gave %s", rev, p.ID)
		}
		if !p.Whole && !want[p.base.String()] {
			t.Errorf("%s: only a part of %s is new, and its base %s is not given", rev, p.ID, p.base)
		}
	})
	for id, o := range r.catFile() {
		if o.kind == KindBlob && want[id.String()] && !given[id.String()] {
			t.Errorf("%s: did not give %s", rev, id)
		}
	}
	if err != nil {
		t.Error(err)
	}
}
