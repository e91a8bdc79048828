package objects

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryObjectAsGitHasIt(t *testing.T) {
	cases := map[string]struct {
		init []string
		pack [][]string
	}{
		"loose":                          {},
		"one pack":                       {pack: [][]string{{"repack", "-adq"}}},
		"deep deltas":                    {pack: [][]string{{"repack", "-adfq", "--depth=200", "--window=50"}}},
		"reference deltas":               {pack: [][]string{{"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50"}}},
		"no deltas":                      {pack: [][]string{{"repack", "-adfq", "--depth=0", "--window=0"}}},
		"index version 1":                {pack: [][]string{{"-c", "pack.indexVersion=1", "repack", "-adfq"}}},
		"64-bit offsets":                 {pack: [][]string{{"-c", "repack.writeBitmaps=false", "repack", "-adfq"}}},
		"sha256":                         {init: []string{"--object-format=sha256"}, pack: [][]string{{"repack", "-adfq", "--depth=50"}}},
		"sha256 loose":                   {init: []string{"--object-format=sha256"}},
		"sha256 references":              {init: []string{"--object-format=sha256"}, pack: [][]string{{"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"}}},
		"gc":                             {pack: [][]string{{"gc", "-q", "--prune=now"}}},
		"pack kept and all packed again": {pack: [][]string{{"repack", "-dq"}, {"repack", "-aq"}}},
		"fast pack without compression":  {pack: [][]string{{"-c", "pack.compression=0", "repack", "-adfFq"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t, c.init...)
			r.revise(40)
			r.commit("empty and large", "empty", "", "large", prose(99, 20000), "zeros", strings.Repeat("\x00", 1<<20))
			for _, p := range c.pack {
				r.git(p...)
			}
			if name == "64-bit offsets" {
				largeOffsets(t, r)
			}
			r.git("tag", "-a", "-m", "a tag", "v1")
			s := r.open()
			r.checkAll(s)
			r.noProblems(s)
		})
	}
}

// largeOffsets writes the pack's index again with its 64-bit table in use.
func largeOffsets(t *testing.T, r *repo) {
	packs, _ := filepath.Glob(filepath.Join(r.gitDir(), "objects/pack/*.pack"))
	idx := strings.TrimSuffix(packs[0], ".pack") + ".idx"
	before, err := os.Stat(idx)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(idx)
	r.git("index-pack", "--index-version=2,0x40", "-o", idx, packs[0])
	if after, err := os.Stat(idx); err != nil || after.Size() <= before.Size() {
		t.Fatalf("the index has no 64-bit offsets: %v", err)
	}
}

func TestDuplicatesComeOnce(t *testing.T) {
	r := newRepo(t)
	r.revise(30)
	r.git("repack", "-aq") // a pack beside the loose objects
	r.revise(10)
	all := r.git("rev-list", "--objects", "--all", "--no-object-names")
	r.gitIn(all, "pack-objects", "-q", "--window=0", filepath.Join(r.gitDir(), "objects/pack/pack"))
	s := r.open()
	if len(s.packs) < 2 {
		t.Fatalf("%d packs", len(s.packs))
	}
	r.checkAll(s)
	r.noProblems(s)
}

func TestNewSpansHoldWhatIsNew(t *testing.T) {
	r := newRepo(t)
	r.revise(60)
	r.git("repack", "-adfq", "--depth=100", "--window=100")
	s := r.open()
	lines := map[string]bool{} // every line that any blob has
	for _, o := range r.catFile() {
		if o.kind == KindBlob {
			for line := range strings.Lines(o.data) {
				lines[line] = true
			}
		}
	}
	var deltas int
	err := s.Blobs(context.Background(), Options{Workers: 1}, func(p *Piece) {
		if !p.Whole {
			deltas++
		}
		for _, n := range p.New {
			for line := range strings.Lines(string(p.Data[n.Start:n.End])) {
				delete(lines, line)
			}
		}
	})
	if err != nil || deltas < 20 {
		t.Fatalf("%d deltas: %v", deltas, err)
	}
	for line := range lines {
		t.Errorf("never given as new: %q", line)
	}
}
