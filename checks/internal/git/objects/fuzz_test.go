package objects

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzIndex(f *testing.F) {
	c := newCraft()
	c.object(KindBlob, "one")
	c.object(KindBlob, "two")
	f.Add(c.index(), 1<<10)
	f.Add(append(make([]byte, 1024), make([]byte, 40)...), 0)
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		for _, hash := range []int{sizeSHA1, sizeSHA256} {
			x, err := parseIndex(data, hash, 4)
			if err != nil {
				continue
			}
			for i := range x.count {
				at, ok := x.find(x.name(i))
				if !ok || !bytes.Equal(x.name(at), x.name(i)) {
					t.Fatalf("name %d of %d is not found", i, x.count)
				}
			}
			list, err := x.byOffset(int64(limit))
			if err == nil && len(list) != x.count {
				t.Fatalf("%d of %d in order", len(list), x.count)
			}
			for i := 1; i < len(list); i++ {
				if list[i].off() < list[i-1].off() {
					t.Fatalf("%d after %d", list[i].off(), list[i-1].off())
				}
			}
		}
	})
}

// naiveDelta carries a delta out as gitformat-pack says, byte by byte.
func naiveDelta(base, delta []byte) ([]byte, bool) {
	next := func() (b byte, ok bool) {
		if len(delta) == 0 {
			return 0, false
		}
		b, delta = delta[0], delta[1:]
		return b, true
	}
	size := func() (int, bool) {
		v, shift := 0, 0
		for {
			b, ok := next()
			if !ok || shift > 56 {
				return 0, false
			}
			v |= int(b&0x7f) << shift
			shift += 7
			if b < 0x80 {
				return v, true
			}
		}
	}
	from, ok1 := size()
	to, ok2 := size()
	if !ok1 || !ok2 || from != len(base) {
		return nil, false
	}
	out := []byte{}
	for len(delta) > 0 {
		op, _ := next()
		if op < 0x80 {
			if op == 0 || len(delta) < int(op) {
				return nil, false
			}
			out = append(out, delta[:op]...)
			delta = delta[op:]
			continue
		}
		var v [7]int
		for i := range v {
			if op>>i&1 != 0 {
				b, ok := next()
				if !ok {
					return nil, false
				}
				v[i] = int(b)
			}
		}
		off, n := v[0]|v[1]<<8|v[2]<<16|v[3]<<24, v[4]|v[5]<<8|v[6]<<16
		if n == 0 {
			n = 0x10000
		}
		if off+n > len(base) || len(out)+n > to {
			return nil, false
		}
		out = append(out, base[off:off+n]...)
	}
	return out, len(out) == to
}

func FuzzDelta(f *testing.F) {
	base := []byte(prose(1, 10))
	f.Add(base, deltaOf(len(base), "more"))
	f.Add([]byte("base"), []byte{4, 6, 0x91, 1, 3, 3, 'x', 'y', 'z'})
	f.Add(bytes.Repeat([]byte{'a'}, 0x10001), []byte{0x81, 0x80, 4, 0x80, 0x80, 4, 0x80})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		want, ok := naiveDelta(base, delta)
		from, to, ops, err := deltaSizes(delta)
		if err == nil && (from != uint64(len(base)) || to > 1<<20) {
			return
		}
		var got []byte
		s := &spans{context: 3}
		if err == nil {
			got = make([]byte, to)
			s.reset(len(got))
			err = applyDelta(got, base, ops, s)
		}
		if (err == nil) != ok || ok && !bytes.Equal(got, want) {
			t.Fatalf("%v, %q; the other way %v, %q", err, got, ok, want)
		}
		if err != nil {
			return
		}
		// outside the spans there is only what stands in the base together with its context
		last := 0
		for _, n := range append(s.list, Span{len(got), len(got)}) {
			if n.Start < last || n.End > len(got) {
				t.Fatalf("the spans %v of %d bytes", s.list, len(got))
			}
			if old := got[last:n.Start]; len(old) > 0 && !bytes.Contains(base, old) {
				t.Fatalf("%q at %d does not stand in the base", old, last)
			}
			last = n.End
		}
	})
}

func FuzzObjects(f *testing.F) {
	id := strings.Repeat("ab", 20)
	f.Add([]byte("tree " + id + "\nparent " + id + "\nauthor A <a@b> 1700000000 +0130\ncommitter C <c@d> 1700000001 -0800\ngpgsig -----BEGIN\n line\n \n end\n\nsubject\n\nbody\n"))
	f.Add([]byte("object " + id + "\ntype commit\ntag v1\ntagger T <t@u> 1 +0000\n\nmessage\n"))
	f.Add([]byte("100644 name\x00" + id[:20] + "40000 dir\x00" + id[:20]))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseCommit(data); err == nil && (c.Tree.IsZero() || !bytes.HasSuffix(data, c.Text) || !bytes.HasSuffix(c.Text, c.Message)) {
			t.Fatalf("%q came as %+v", data, c)
		}
		if g, err := ParseTag(data); err == nil && (g.Object.IsZero() || !bytes.HasSuffix(data, g.Text) || !bytes.HasSuffix(g.Text, g.Message)) {
			t.Fatalf("%q came as %+v", data, g)
		}
		for _, hash := range []int{sizeSHA1, sizeSHA256} {
			tree, size := Tree{Data: data, Hash: hash}, 0
			for tree.Next() {
				size += len(tree.Entry.Name) + hash + 3
			}
			if size > len(data) || tree.Err == nil && tree.at != len(data) {
				t.Fatalf("%d of %d bytes: %v", tree.at, len(data), tree.Err)
			}
		}
		parseConfig(string(data))
		appendLog(nil, "HEAD", string(data))
		parseEntry(data, sizeSHA1)
	})
}

func FuzzIndexFile(f *testing.F) {
	for _, version := range []string{"2", "4"} {
		r := newRepo(f)
		r.commit("x", "a/b", "1", "a/c", "2", "d", "3")
		r.git("update-index", "--index-version", version)
		data, err := os.ReadFile(filepath.Join(r.gitDir(), "index"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, hash := range []int{sizeSHA1, sizeSHA256} {
			if list, err := parseIndexFile(data, hash); err == nil && len(list) > len(data) {
				t.Fatalf("%d entries of %d bytes", len(list), len(data))
			}
		}
	})
}

// FuzzPack gives a pack's entries; its index has an object wherever split says that one starts.
func FuzzPack(f *testing.F) {
	seed := func(make func(c *craft)) {
		c := newCraft()
		make(c)
		var split []byte
		last := packHeader
		for _, off := range c.offs {
			split = binary.AppendUvarint(split, uint64(int(off)-last))
			last = int(off)
		}
		f.Add(c.pack.Bytes()[packHeader:], split)
	}
	seed(func(c *craft) {
		base := c.object(KindBlob, "a base that is longer than its deltas")
		c.ofs(c.ofs(base, deltaOf(37, "x")), deltaOf(38, "y"))
		d := deltaOf(37, "z")
		c.add(kindRefDelta, uint64(len(d)), name(0), deflated(d))
	})
	seed(func(c *craft) {
		c.object(KindBlob, "file")
		c.object(KindTree, "100644 f\x00"+string(name(0))+"40000 g\x00"+string(name(1)))
		c.object(KindCommit, "tree "+idOf(name(1)).String()+"\nparent "+idOf(name(2)).String()+"\n\nm\n")
		c.object(KindTag, "object "+idOf(name(3)).String()+"\ntype tag\n\nm\n")
	})
	f.Fuzz(func(t *testing.T, entries, split []byte) {
		c := newCraft()
		off := uint64(packHeader)
		for len(split) > 0 && c.count < 32 {
			step, n := binary.Uvarint(split)
			if n <= 0 {
				break
			}
			split = split[n:]
			off += step % 1000
			if off >= uint64(packHeader+len(entries)) {
				break
			}
			c.ids, c.offs = append(c.ids, name(c.count)), append(c.offs, uint32(off))
			c.count++
		}
		c.pack.Write(entries)
		s := c.open(t)
		given := map[ID]bool{}
		err := s.sweep(context.Background(), Options{Workers: 1, MaxSize: 1 << 20}, allKinds, func(p *Piece) {
			if given[p.ID] {
				t.Fatalf("%s came twice", p.ID)
			}
			given[p.ID] = true
			kind, data, err := s.Read(p.ID)
			if err != nil || kind != p.Kind || !bytes.Equal(data, p.Data) {
				t.Fatalf("%s %q was read as %s %q: %v", p.Kind, p.Data, kind, data, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.count { // what did not come was told
			if id := idOf(name(i)); !given[id] && len(s.Problems()) == 0 {
				t.Fatalf("%s did not come, and nothing was told", id)
			}
		}
		exercise(t, s)
	})
}
