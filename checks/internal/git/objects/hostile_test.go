package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCraftedPacks(t *testing.T) {
	ref := func(n int) []byte { return name(n) }
	cases := map[string]struct {
		make func(c *craft)
		told string // a part of what is told; empty for nothing
		give []string
	}{
		"right": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, deltaOf(5, "and more"))
		}, "", []string{"base ", "base and more"}},
		"reference to a later entry": {func(c *craft) {
			d := deltaOf(5, "more")
			c.add(kindRefDelta, uint64(len(d)), ref(1), deflated(d))
			c.object(KindBlob, "later")
		}, "", []string{"later", "latermore"}},
		"loop of references": {func(c *craft) {
			d := deltaOf(5, "x")
			c.add(kindRefDelta, uint64(len(d)), ref(1), deflated(d))
			c.add(kindRefDelta, uint64(len(d)), ref(0), deflated(d))
			c.object(KindBlob, "whole")
		}, "builds on itself", []string{"whole"}},
		"reference to itself": {func(c *craft) {
			d := deltaOf(5, "x")
			c.add(kindRefDelta, uint64(len(d)), ref(0), deflated(d))
			c.object(KindBlob, "whole")
		}, "builds on itself", []string{"whole"}},
		"reference to nothing": {func(c *craft) {
			d := deltaOf(5, "x")
			c.add(kindRefDelta, uint64(len(d)), ref(77), deflated(d))
			c.object(KindBlob, "whole")
		}, "none of that name", []string{"whole"}},
		"offset between entries": {func(c *craft) {
			base := c.object(KindBlob, "whole")
			c.ofs(base+1, deltaOf(5, "x"))
		}, "a delta whose base is an entry", []string{"whole"}},
		"offset before the pack": {func(c *craft) {
			c.object(KindBlob, "whole")
			d := deltaOf(5, "x")
			c.add(kindOfsDelta, uint64(len(d)), back(1<<30), deflated(d))
		}, "a delta whose base is an entry", []string{"whole"}},
		"declared 2 GiB": {func(c *craft) {
			c.add(KindBlob, 2<<30, nil, deflated([]byte("little")))
			c.object(KindBlob, "whole")
		}, "at most 67108864 bytes", []string{"whole"}},
		"declared 2^60": {func(c *craft) {
			c.add(KindBlob, 1<<60, nil, deflated([]byte("little")))
			c.object(KindBlob, "whole")
		}, "a size without end", []string{"whole"}},
		"delta to 2 GiB": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, append(append(uvarint(5), uvarint(2<<30)...), 0x90, 5))
		}, "at most 67108864 bytes", []string{"base "}},
		"more than declared": {func(c *craft) {
			c.add(KindBlob, 3, nil, deflated([]byte("longer than that")))
			c.object(KindBlob, "whole")
		}, "the size its header gives", []string{"whole"}},
		"delta for another base": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, deltaOf(7, "x"))
		}, "a delta for its base", []string{"base "}},
		"delta that copies beyond its base": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, append(append(uvarint(5), uvarint(9)...), 0x91, 1, 9))
		}, "an instruction of a delta", []string{"base "}},
		"delta that is too short": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, append(append(uvarint(5), uvarint(9)...), 0x90, 5))
		}, "a delta that fills its result", []string{"base "}},
		"delta of nothing": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, nil)
			c.ofs(base, []byte{5, 1, 0})
		}, "delta", []string{"base "}},
		"what builds on the unreadable": {func(c *craft) {
			base := c.add(KindBlob, 5, nil, []byte("no zlib"))
			c.ofs(base, deltaOf(5, "x"))
			c.object(KindBlob, "whole")
		}, "whose base cannot be read", []string{"whole"}},
		"type 0": {func(c *craft) {
			c.add(0, 5, nil, deflated([]byte("typed")))
			c.object(KindBlob, "whole")
		}, "an entry of type 0", []string{"whole"}},
		"bytes hidden between entries": {func(c *craft) {
			c.object(KindBlob, "whole")
			c.pack.WriteString("\x35" + string(deflated([]byte("shy!!"))))
			c.object(KindBlob, "also")
		}, "bytes that belong to no entry", []string{"whole", "also"}},
		"hidden at the start": {func(c *craft) {
			c.pack.WriteString("\x35" + string(deflated([]byte("shy!!"))))
			c.object(KindBlob, "whole")
		}, "that the index does not have", []string{"whole"}},
		"two names for an entry": {func(c *craft) {
			off := c.object(KindBlob, "whole")
			c.ids, c.offs = append(c.ids, name(50)), append(c.offs, uint32(off))
			c.count++
		}, "one name for an entry", []string{"whole"}},
		"a damaged commit": {func(c *craft) {
			c.object(KindCommit, "tree no such name\n")
			c.object(KindBlob, "whole")
		}, "", []string{"whole"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			pack := newCraft()
			c.make(pack)
			s := pack.open(t)
			var got []string
			for _, o := range sweepAll(t, s, Options{}) {
				if o.kind == KindBlob {
					got = append(got, o.data)
				}
			}
			slices.Sort(got)
			slices.Sort(c.give)
			if !slices.Equal(got, c.give) {
				t.Errorf("gave %q, want %q", got, c.give)
			}
			for _, p := range s.Problems() {
				if !p.Blind || p.Where == "" {
					t.Errorf("told %+v", p)
				}
			}
			if c.told == "" && len(s.Problems()) > 0 || c.told != "" && !told(s, c.told) {
				t.Errorf("told %v, want %q", s.Problems(), c.told)
			}
			readEach(t, s)
			exercise(t, s)
		})
	}
}

// readEach reads every object by its name: with an error, or not.
func readEach(t testing.TB, s *Store) {
	for _, p := range s.packs {
		for i := range p.count {
			if kind, data, err := s.Read(p.id(i)); err == nil && (kind < KindCommit || kind > KindTag || data == nil) {
				t.Errorf("%s came as %d", p.id(i), kind)
			}
		}
	}
}

// exercise asks the store everything. It must come to an end.
func exercise(t testing.TB, s *Store) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var ids []ID
	for _, p := range s.packs {
		for i := range min(p.count, 50) {
			ids = append(ids, p.id(i))
		}
	}
	nothing := func(*Text) {}
	s.Messages(ctx, Options{Workers: 1}, nothing)
	s.Names(ctx, Options{Workers: 1}, nothing)
	s.Files(ctx, nothing)
	s.Attribute(ctx, ids)
	s.Missing(ctx)
	s.Staged(ctx)
	for _, id := range ids {
		s.NewBlobs(ctx, []ID{id}, nil, func(*Change) {})
		s.MergeBase(ctx, id, ids[0])
	}
	if ctx.Err() != nil {
		t.Error("it did not come to an end within a minute")
	}
}

func TestDamagedRepositoryEndsInProblems(t *testing.T) {
	r := newRepo(t)
	r.revise(15)
	r.git("tag", "-a", "-m", "m", "v1")
	r.git("repack", "-adfq", "--depth=20")
	packs, _ := filepath.Glob(filepath.Join(r.gitDir(), "objects/pack/pack-*.pack"))
	pack, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	idx, err := os.ReadFile(strings.TrimSuffix(packs[0], "pack") + "idx")
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(r.gitDir(), "index"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewSource(4))
	spoil := func(data []byte) []byte {
		data = bytes.Clone(data)
		for range 1 + rng.Intn(4) {
			data[rng.Intn(len(data))] = byte(rng.Intn(256))
		}
		if rng.Intn(8) == 0 {
			data = data[:rng.Intn(len(data))]
		}
		return data
	}
	for i := range 120 {
		files := map[string][]byte{"objects/pack/p.pack": pack, "objects/pack/p.idx": idx, "index": index}
		switch i % 3 {
		case 0:
			files["objects/pack/p.pack"] = spoil(pack)
		case 1:
			files["objects/pack/p.idx"] = spoil(idx)
		default:
			files["index"] = spoil(index)
		}
		s := openFiles(t, files)
		sweepAllowTwice(t, s)
		readEach(t, s)
		exercise(t, s)
	}
}

// sweepAllowTwice reads everything; a damaged index may name an object twice.
func sweepAllowTwice(t testing.TB, s *Store) {
	if err := s.sweep(context.Background(), Options{Workers: 2}, allKinds, func(*Piece) {}); err != nil {
		t.Error(err)
	}
}

func TestPackThatShrinks(t *testing.T) {
	r := newRepo(t)
	r.revise(15)
	r.git("repack", "-adfq")
	s := r.open()
	packs, _ := filepath.Glob(filepath.Join(r.gitDir(), "objects/pack/pack-*.pack"))
	os.Chmod(packs[0], 0o600)
	if err := os.Truncate(packs[0], 100); err != nil {
		t.Fatal(err)
	}
	sweepAllowTwice(t, s)
	if !told(s, "which shrank") {
		t.Errorf("told %v", s.Problems())
	}
}

func TestLooseObjectsDamaged(t *testing.T) {
	id := idOf(name(1)).String()
	for text, want := range map[string]string{
		"blob 3\x00abc":                     "",
		"blob 4\x00abc":                     "an object of 4 bytes",
		"blob 2\x00abc":                     "an object of 2 bytes",
		"blob 99999999999\x00":              "at most 67108864 bytes",
		"blob x\x00":                        "the header",
		"blub 3\x00abc":                     "the header",
		"blob 3" + strings.Repeat("3", 100): "the header",
		"":                                  "the header",
	} {
		s := openFiles(t, map[string][]byte{"objects/" + id[:2] + "/" + id[2:]: deflated([]byte(text))})
		got := sweepAll(t, s, Options{})
		if (len(got) == 1) != (want == "") || want != "" && !told(s, want) {
			t.Errorf("%q gave %v, told %v", text, got, s.Problems())
		}
	}
	s := openFiles(t, map[string][]byte{"objects/" + id[:2] + "/" + id[2:]: []byte("not compressed")})
	if got := sweepAll(t, s, Options{}); len(got) != 0 || !told(s, "a compressed object") {
		t.Errorf("gave %v, told %v", got, s.Problems())
	}
}

func TestDamagedInOnePackIsReadFromAnother(t *testing.T) {
	bad := newCraft()
	bad.add(KindBlob, 5, nil, []byte("no zlib"))
	good := newCraft()
	good.object(KindBlob, "whole")
	files := map[string][]byte{}
	for n, c := range map[string]*craft{"1": bad, "2": good} {
		data := c.pack.Bytes()
		binary.BigEndian.PutUint32(data[8:], 1)
		files["objects/pack/pack-"+n+".pack"] = append(data, make([]byte, 20)...)
		files["objects/pack/pack-"+n+".idx"] = c.index()
	}
	s := openFiles(t, files)
	got := sweepAll(t, s, Options{})
	if want := (object{KindBlob, "whole"}); got[idOf(name(0))] != want {
		t.Errorf("gave %v", got)
	}
	if !told(s, "read from another place") || s.Problems()[0].Blind {
		t.Errorf("told %v", s.Problems())
	}
}

func TestPanicOfAVisitorComesToItsCaller(t *testing.T) {
	c := newCraft()
	for range 100 {
		c.object(KindBlob, "whole")
	}
	s := c.open(t)
	defer func() {
		if v := recover(); v == nil || !strings.Contains(v.(string), "of the visitor") {
			t.Errorf("recovered %v", v)
		}
	}()
	s.Blobs(context.Background(), Options{Workers: 2}, func(*Piece) { panic("of the visitor") })
}

func TestSweepEndsWithItsContext(t *testing.T) {
	c := newCraft()
	for range 100 {
		c.object(KindBlob, "whole")
	}
	s := c.open(t)
	ctx, cancel := context.WithCancel(context.Background())
	count := 0
	if err := s.Blobs(ctx, Options{Workers: 1}, func(*Piece) { count++; cancel() }); err == nil || count > batch {
		t.Errorf("%d blobs after the end: %v", count, err)
	}
}

// The trees of deltas are shared among the workers also where all objects hang on one.
func TestOneTreeOfManyObjects(t *testing.T) {
	c := newCraft()
	base := c.object(KindBlob, "base ")
	for i := range 40 {
		off, size := base, 5
		for k := range 40 {
			text := strconv.Itoa(i*100 + k)
			off = c.ofs(off, deltaOf(size, text))
			size += len(text)
		}
	}
	s := c.open(t)
	if got := sweepAll(t, s, Options{Workers: 8}); len(got) != 1601 || len(s.Problems()) > 0 {
		t.Errorf("%d objects, told %v", len(got), s.Problems())
	}
}
