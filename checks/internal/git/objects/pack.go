package objects

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// pack is an open pack file and its index.
type pack struct {
	*index
	label string // what problems call the file
	file  *os.File
	end   int64 // of the entries: the checksum stands behind them
	lent  bool  // it is an alternate's
	dup   []uint64
	first uint32 // number of its first object

	once   sync.Once
	forest *forest
	err    error
}

const packHeader = 12

// openPack opens a pack by the name of its index.
func openPack(d dir, idxName string, hash int) (*pack, error) {
	x, err := d.readIndex(idxName, hash)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(idxName, ".idx") + ".pack"
	f, size, err := d.open(name)
	if err != nil {
		return nil, err
	}
	p := &pack{index: x, label: d.label(name), file: f, end: size - int64(hash)}
	var head [packHeader]byte
	if _, err := f.ReadAt(head[:], 0); err != nil || p.end < packHeader {
		f.Close()
		return nil, wrong("a pack's header and checksum", "%d bytes", size)
	}
	version, count := binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if string(head[:4]) != "PACK" || version != 2 && version != 3 {
		f.Close()
		return nil, wrong("a pack of version 2 or 3", "%q version %d", head[:4], version)
	}
	if int64(count) != int64(x.count) {
		f.Close()
		return nil, wrong("as many objects as the index has", "%d in the pack, %d in the index", count, x.count)
	}
	return p, nil
}

// size is the size of the file.
func (p *pack) size() int64 { return p.end + int64(p.hash) }

func (p *pack) id(pos int) ID { return idOf(p.name(pos)) }

// markDup and isDup keep which objects of the pack an earlier place holds too.
func (p *pack) markDup(pos int) {
	if p.dup == nil {
		p.dup = make([]uint64, (p.count+63)/64)
	}
	p.dup[pos/64] |= 1 << (pos % 64)
}

func (p *pack) isDup(pos int) bool { return p.dup != nil && p.dup[pos/64]>>(pos%64)&1 != 0 }

// entry is an entry's header (gitformat-pack, "pack-*.pack files").
type entry struct {
	kind Kind
	size uint64 // inflated: of the object, or of the delta
	head int    // bytes of the header, up to the compressed data
	back int64  // how far before this entry the base of an offset delta starts
	base []byte // the name of a reference delta's base, in the bytes parsed
}

// maxEntryHead is the longest header: size, and offset or name.
const maxEntryHead = 10 + sizeSHA256

// parseEntry reads a header from the start of b, which holds maxEntryHead bytes or all there are.
func parseEntry(b []byte, hash int) (entry, error) {
	if len(b) == 0 {
		return entry{}, wrong("an entry's header", "the end of the pack")
	}
	c := b[0]
	e := entry{kind: Kind(c >> 4 & 7), size: uint64(c & 15), head: 1}
	for shift := 4; c&0x80 != 0; shift += 7 {
		if e.head >= len(b) || shift > 57 {
			return entry{}, wrong("an entry's header", "a size without end")
		}
		c = b[e.head]
		e.head++
		e.size |= uint64(c&0x7f) << shift
	}
	switch e.kind {
	case KindCommit, KindTree, KindBlob, KindTag:
	case kindOfsDelta:
		back, width := offsetVarint(b[e.head:])
		if width == 0 {
			return entry{}, wrong("an entry's header", "an offset without end")
		}
		e.back = back
		e.head += width
	case kindRefDelta:
		if len(b) < e.head+hash {
			return entry{}, wrong("an entry's header", "the end of the pack")
		}
		e.base = b[e.head : e.head+hash]
		e.head += hash
	default:
		return entry{}, wrong("an object or a delta", "an entry of type %d", e.kind)
	}
	return e, nil
}

// offsetVarint reads a number as packs write the offset of a delta's base. width is 0 if there is none.
func offsetVarint(b []byte) (v int64, width int) {
	for i := 0; i < len(b) && i < 8; i++ {
		v = v<<7 | int64(b[i]&0x7f)
		if b[i]&0x80 == 0 {
			return v, i + 1
		}
		v++
	}
	return 0, 0
}

// window reads a file piece by piece for one goroutine: what is near the last piece is not read again.
type window struct {
	file *os.File
	end  int64
	off  int64
	buf  []byte
}

// at returns up to n bytes at an offset, fewer only at the end. They are valid until the next call.
func (w *window) at(off int64, n, ahead int) ([]byte, error) {
	if off < 0 || off > w.end {
		return nil, wrong("an offset inside the pack", "%d", off)
	}
	n = int(min(int64(n), w.end-off))
	if skip := off - w.off; skip >= 0 && skip+int64(n) <= int64(len(w.buf)) {
		return w.buf[skip : skip+int64(n)], nil
	}
	want := int(min(int64(max(n, ahead)), w.end-off))
	if cap(w.buf) < want {
		w.buf = make([]byte, want)
	}
	w.buf = w.buf[:want]
	w.off = off
	got, err := w.file.ReadAt(w.buf, off)
	w.buf = w.buf[:got]
	if got >= n {
		return w.buf[:n], nil
	}
	if errors.Is(err, io.EOF) {
		return nil, wrong("an entry of the pack", "the end of the file, which shrank")
	}
	return nil, err
}

// place names an entry in problems.
func (p *pack) place(off int64) string { return p.label + " at " + strconv.FormatInt(off, 10) }
