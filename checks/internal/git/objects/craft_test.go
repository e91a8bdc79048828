package objects

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
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

func uvarint(n int64) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// deltaOf is a delta that copies a base of a size once and adds a text.
func deltaOf(base int, text string) []byte {
	d := append(uvarint(int64(base)), uvarint(int64(base+len(text)))...)
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
