package objects

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// craft makes a pack and its index by hand, right or wrong.
type craft struct {
	pack  bytes.Buffer
	ids   [][]byte
	offs  []uint32
	count int
}

func newCraft() *craft {
	c := new(craft)
	c.pack.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x00")
	return c
}

// name is a made-up ID.
func name(n int) []byte {
	sum := sha1.Sum([]byte(strconv.Itoa(n)))
	return sum[:]
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// add appends an entry with the size that its header says, what stands between header and data, and the data as it
// stands in the file. It returns the entry's offset.
func (c *craft) add(kind Kind, size uint64, between, data []byte) int {
	off := c.pack.Len()
	c.ids, c.offs = append(c.ids, name(c.count)), append(c.offs, uint32(off))
	c.count++
	first := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		c.pack.WriteByte(first | 0x80)
		first = byte(size & 0x7f)
	}
	c.pack.WriteByte(first)
	c.pack.Write(between)
	c.pack.Write(data)
	return off
}

func (c *craft) object(kind Kind, data string) int {
	return c.add(kind, uint64(len(data)), nil, deflated([]byte(data)))
}

// back writes the distance to the base of an offset delta.
func back(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append([]byte{0x80 | byte(n&0x7f)}, out...)
	}
	return out
}

func uvarint(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// deltaOf is a delta that copies a base of a size once and adds a text.
func deltaOf(base int, text string) []byte {
	d := append(uvarint(base), uvarint(base+len(text))...)
	for off := 0; off < base; {
		n := min(base-off, 0xffffff)
		d = append(d, 0xff, byte(off), byte(off>>8), byte(off>>16), byte(off>>24), byte(n), byte(n>>8), byte(n>>16))
		off += n
	}
	if text != "" {
		d = append(append(d, byte(len(text))), text...)
	}
	return d
}

// ofs adds a delta on an entry.
func (c *craft) ofs(base int, delta []byte) int {
	return c.add(kindOfsDelta, uint64(len(delta)), back(c.pack.Len()-base), deflated(delta))
}

func (c *craft) index() []byte {
	order := make([]int, len(c.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return bytes.Compare(c.ids[a], c.ids[b]) })
	out := []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}
	for b := range 256 {
		n := 0
		for _, id := range c.ids {
			if int(id[0]) <= b {
				n++
			}
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	for _, i := range order {
		out = append(out, c.ids[i]...)
	}
	out = append(out, make([]byte, 4*len(order))...)
	for _, i := range order {
		out = binary.BigEndian.AppendUint32(out, c.offs[i])
	}
	return append(out, make([]byte, 40)...)
}

// open writes a bare repository with the pack.
func (c *craft) open(t testing.TB) *Store {
	t.Helper()
	data := c.pack.Bytes()
	binary.BigEndian.PutUint32(data[8:], uint32(c.count))
	return openFiles(t, map[string][]byte{"objects/pack/pack-1.pack": append(data, make([]byte, 20)...), "objects/pack/pack-1.idx": c.index()})
}

func openFiles(t testing.TB, files map[string][]byte) *Store {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"objects/pack", "refs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

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
			c.add(kindOfsDelta, uint64(len(d)), back(1<<40), deflated(d))
		}, "a delta whose base is an entry", []string{"whole"}},
		"declared 2 GiB": {func(c *craft) {
			c.add(KindBlob, 2<<30, nil, deflated([]byte("little")))
			c.object(KindBlob, "whole")
		}, "at most 67108864", []string{"whole"}},
		"declared 2^60": {func(c *craft) {
			c.add(KindBlob, 1<<60, nil, deflated([]byte("little")))
			c.object(KindBlob, "whole")
		}, "a size without end", []string{"whole"}},
		"delta to 2 GiB": {func(c *craft) {
			base := c.object(KindBlob, "base ")
			c.ofs(base, append(append(uvarint(5), uvarint(2<<30)...), 0x90, 5))
		}, "at most 67108864", []string{"base "}},
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

func TestLongChain(t *testing.T) {
	c := newCraft()
	off, size := c.object(KindBlob, "start"), 5
	const length = 17000
	for i := range length {
		off = c.ofs(off, deltaOf(size, strconv.Itoa(i%10)))
		size++
	}
	s := c.open(t)
	count, longest := 0, 0
	err := s.Blobs(context.Background(), Options{Workers: 1}, func(p *Piece) { count, longest = count+1, max(longest, len(p.Data)) })
	if err != nil || count != length+1 || longest != size || len(s.Problems()) > 0 {
		t.Errorf("%d objects, the longest of %d bytes: %v; told %v", count, longest, err, s.Problems())
	}
	if _, _, err := s.Read(idOf(name(length))); err == nil {
		t.Errorf("a chain of %d deltas was read one by one", length)
	}
	if _, data, err := s.Read(idOf(name(2000))); err != nil || len(data) != 2005 {
		t.Errorf("%d bytes: %v", len(data), err)
	}
}

// A few bytes of deltas that make large objects of each other, without end: the sweep's bound stops them.
func TestDeltaBomb(t *testing.T) {
	c := newCraft()
	base := c.add(KindBlob, 1<<20, nil, deflated(make([]byte, 1<<20)))
	delta := uvarint(1 << 20)
	delta = append(delta, uvarint(16<<20)...)
	for range 16 {
		delta = append(delta, 0xc0|0x80, 0x10) // 1 MiB from the start
	}
	for range 200 {
		c.ofs(base, delta)
	}
	s := c.open(t)
	count := 0
	err := s.Blobs(context.Background(), Options{Workers: 1, Total: 256 << 20}, func(p *Piece) { count++ })
	if err != nil || count < 10 || count > 17 || !told(s, "less than 256 MiB in all") {
		t.Errorf("%d blobs: %v; told %v", count, err, s.Problems())
	}
}

// A tree of deltas in which every object has two that build on it, with large objects: few may be held at once.
func TestLiveMemoryIsBounded(t *testing.T) {
	c := newCraft()
	const size = 8 << 20
	level := []int{c.add(KindBlob, size, nil, deflated(make([]byte, size)))}
	n := byte(0)
	for range 6 {
		var next []int
		for _, base := range level {
			for range 2 {
				n++
				d := append(uvarint(size), uvarint(size)...)
				d = append(d, 1, n, 0xf0, 0xff, 0xff, 0x7f) // a byte, and the rest of the base from its start
				next = append(next, c.ofs(base, d))
			}
		}
		level = next
	}
	s := c.open(t)
	var count atomic.Int32
	err := s.Blobs(context.Background(), Options{Workers: 3}, func(*Piece) { count.Add(1) })
	if err != nil || count.Load() != 127 || len(s.Problems()) > 0 {
		t.Errorf("%d blobs: %v; told %v", count.Load(), err, s.Problems())
	}
}

// The trees of this one have 10^12 paths: "git bomb".
func TestTreeBomb(t *testing.T) {
	c := newCraft()
	c.object(KindBlob, "boom")
	below, mode := name(0), "100644"
	for range 12 {
		var tree bytes.Buffer
		for i := range 10 {
			tree.WriteString(mode + " d" + strconv.Itoa(i) + "\x00" + string(below))
		}
		c.object(KindTree, tree.String())
		below, mode = name(c.count-1), "40000"
	}
	root := idOf(below)
	c.object(KindCommit, "tree "+root.String()+"\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nbomb\n")
	commit := idOf(name(c.count - 1))
	s := c.open(t)
	got, err := s.Attribute(context.Background(), []ID{idOf(name(0))})
	if err != nil || len(got[idOf(name(0))]) != maxPlaces {
		t.Errorf("%d places: %v", len(got[idOf(name(0))]), err)
	}
	if !told(s, "directories") {
		t.Errorf("told %v", s.Problems())
	}
	if list := newBlobs(t, s, []ID{commit}, nil); len(list) == 0 || len(list) > maxPaths || !told(s, "directories and files") {
		t.Errorf("%d files; told %v", len(list), s.Problems())
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
		"blob 99999999999\x00":              "at most 67108864",
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
