package objects

import (
	"bytes"
	"context"
	"fmt"
	"testing"
)

// checkTrees holds that the survey knows of every tree, under every name of the store, what the tree has.
func checkTrees(t testing.TB, s *Store) {
	t.Helper()
	p := survey(t, s, nothing)
	tr := p.newTracing(context.Background(), nil, nil)
	trees := map[uint32]map[string]uint32{}
	err := s.sweep(context.Background(), Options{Workers: 1}, isTree, func(piece *Piece) {
		entries := map[string]uint32{}
		for tree := (Tree{Data: piece.Data, Hash: s.hash}); tree.Next(); {
			entries[string(tree.Entry.Name)] = s.numberOf(tree.Entry.ID.raw())
		}
		trees[piece.number] = entries
	})
	if err != nil {
		t.Fatal(err)
	}
	deltas := 0
	for place, name := range p.names[1:] {
		for tree, entries := range trees {
			want, has := entries[name]
			got := tr.lookup(tree, uint32(place+1))
			if has != got.there() || has && got.child != want {
				t.Errorf("%q in tree %x: %+v, want %d (%v)", name, s.nameOf(tree)[:4], got, want, has)
			}
			if p.lists.base[tree] != 0 {
				deltas++
			}
		}
		tr.forgetLookups()
	}
	if len(trees) == 0 || deltas == 0 {
		t.Errorf("%d trees, %d lookups in deltas", len(trees), deltas)
	}
}

func TestSurveyKnowsWhatEveryTreeHas(t *testing.T) {
	r := newRepo(t)
	for i := range 40 { // a directory that grows: its older trees are deltas of the newer ones, which have more
		r.commit("grow", fmt.Sprintf("wide/file%02d", i*7%40), fmt.Sprintf("%d\n", i), "wide.txt", fmt.Sprintf("%d\n", i), "wide-er", "same\n")
	}
	r.git("rm", "-rq", "wide/file03", "wide/file04", "wide/file05")
	r.commit("a range goes")
	r.git("rm", "-rq", "wide")
	r.commit("a file of a directory's name", "wide", "file\n")
	r.git("rm", "-q", "wide")
	r.commit("and back", "wide/file03", "again\n")
	r.revise(30)
	r.git("repack", "-adfq", "--depth=50", "--window=50")
	s := r.open()
	checkTrees(t, s)
	r.noProblems(s)
}

// fuzzNames are in the order of git, in which a directory stands as if its name ended in a slash.
var fuzzNames = []struct {
	name string
	tree bool
}{{"a", false}, {"a-b", true}, {"a.c", false}, {"a", true}, {"a0", false}, {"b", false}, {"b!", true}, {"b/", false}, {"c", true}, {"cc", false}, {"ccc", true}, {"d", false}}

// fuzzTree is a tree with some of the names: two bits of pick say which of three objects each has, or none.
func fuzzTree(pick uint32) []byte {
	var out []byte
	for i, n := range fuzzNames {
		object := pick >> (2 * i) & 3
		if object == 0 || n.name == "a" && n.tree && pick&3 != 0 {
			continue
		}
		mode := "100644"
		if n.tree {
			mode = "40000"
		}
		out = fmt.Appendf(out, "%s %s\x00", mode, n.name)
		out = append(out, bytes.Repeat([]byte{byte(object)}, sizeSHA1)...)
	}
	return out
}

// fuzzCopies are copies out of a base that stand in data, where the bytes of cuts say.
func fuzzCopies(data, base, cuts []byte) (copies []copied) {
	for at := 0; at < len(data) && len(cuts) > 1 && len(base) > 0; cuts = cuts[2:] {
		from := int(cuts[0]) * len(base) / 256
		n := 0
		for at+n < len(data) && from+n < len(base) && data[at+n] == base[from+n] && n < 1+int(cuts[1]) {
			n++
		}
		if n > 0 {
			copies = append(copies, copied{at, from, n})
		}
		at += max(n, 1)
	}
	return copies
}

// FuzzTreeDifference holds that a tree is known from its base and what it adds and lacks, wherever a delta cuts.
func FuzzTreeDifference(f *testing.F) {
	f.Add(uint32(0x555555), uint32(0x556555), []byte{0, 255, 128, 255})
	f.Add(uint32(0xaaaaaa), uint32(0x2a00aa), []byte{0, 40, 0, 255, 60, 80, 200, 255})
	f.Add(uint32(0x010101), uint32(0), []byte{})
	f.Fuzz(func(t *testing.T, one, two uint32, cuts []byte) {
		base, data := fuzzTree(one), fuzzTree(two)
		s := &Store{hash: sizeSHA1}
		s.looseAt = map[ID]uint32{}
		for n := uint32(1); n <= 5; n++ { // three objects, the base and the tree
			s.looseAt[fuzzID(n)] = n
		}
		lists, names := newEntryLists(6), newNameSet()
		l := &linker{s: s, names: names, lists: lists, visit: func(*Text) {}}
		l.add(&Piece{ID: fuzzID(4), Data: base, number: 4})
		l.add(&Piece{ID: fuzzID(5), Data: data, number: 5, base: fuzzID(4), old: base, copies: fuzzCopies(data, base, cuts)})
		want := map[string]uint32{}
		for tree := (Tree{Data: data, Hash: sizeSHA1}); tree.Next(); {
			want[string(tree.Entry.Name)] = s.numberOf(tree.Entry.ID.raw())
		}
		tr := &tracing{p: &Paths{s: s, names: names.list, lists: lists}, found: make([]treeEntry, 6)}
		for place, name := range names.list[1:] {
			got := tr.lookup(5, uint32(place+1))
			if child, has := want[name]; has != got.there() || has && got.child != child {
				t.Fatalf("%q: %+v, want %d (%v)\nbase %q\ntree %q", name, got, child, has, base, data)
			}
			tr.forgetLookups()
		}
	})
}

func fuzzID(n uint32) ID { return idOf(bytes.Repeat([]byte{byte(n)}, sizeSHA1)) }
