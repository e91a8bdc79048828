package objects

import (
	"bytes"
	"context"
	"strconv"
	"sync/atomic"
	"testing"
)

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
