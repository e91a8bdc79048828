package objects

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// givenStore opens the repository whose git directory HARDCHECK_BENCH_GIT names, or one made here.
func givenStore(t *testing.T) (dir string, s *Store) {
	t.Helper()
	if dir = os.Getenv("HARDCHECK_BENCH_GIT"); dir == "" {
		r := newRepo(t)
		r.revise(40)
		r.git("repack", "-adfq")
		dir = r.gitDir()
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return dir, s
}

// TestGivenRepository reads every object of the given repository, and proves each by its name, which is a hash of it.
func TestGivenRepository(t *testing.T) {
	dir, s := givenStore(t)
	var count [KindTag + 1]atomic.Int64
	var wrong atomic.Int64
	err := s.sweep(context.Background(), Options{}, allKinds, func(p *Piece) {
		count[p.Kind].Add(1)
		object := append(fmt.Appendf(nil, "%s %d\x00", p.Kind, len(p.Data)), p.Data...)
		sum := sha1.Sum(object)
		id := idOf(sum[:])
		if s.hash == sizeSHA256 {
			sum := sha256.Sum256(object)
			id = idOf(sum[:])
		}
		if id != p.ID {
			wrong.Add(1)
		}
	})
	if err != nil || wrong.Load() > 0 {
		t.Errorf("%d objects are not what their names say: %v", wrong.Load(), err)
	}
	out, err := exec.Command("git", "-C", dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").Output()
	if err != nil {
		t.Fatal(err)
	}
	for k := KindCommit; k <= KindTag; k++ {
		if n := strings.Count(string(out), k.String()+"\n"); int64(n) != count[k].Load() {
			t.Errorf("%d of the kind %s, git has %d", count[k].Load(), k, n)
		}
		t.Logf("%s: %d", k, count[k].Load())
	}
	for _, p := range s.Problems() {
		t.Logf("told: %v", p.Error())
	}
}
