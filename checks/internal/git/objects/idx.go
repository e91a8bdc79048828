package objects

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// index is a pack's index (gitformat-pack, "pack-*.idx files"), versions 1 and 2.
type index struct {
	hash   int // bytes of a name
	count  int
	fanout []byte // 256 big-endian counts of the names whose first byte is at most the place
	names  []byte // first name; the next one is stride bytes on
	stride int
	off32  []byte // first 32-bit offset, stride32 bytes apart
	step32 int
	off64  []byte // 64-bit offsets, of version 2
	v1     bool   // whose offsets have all their 32 bits
}

var indexMagic = []byte{0xff, 't', 'O', 'c'}

const fan = 256 * 4 // bytes of the fan-out table

// readIndex reads an index without the checksums of the entries, which are a seventh of it.
func (d dir) readIndex(name string, hash int) (*index, error) {
	f, size, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 8+fan)
	if _, err := f.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, indexMagic) {
		return d.parseWhole(name, hash)
	}
	count := int64(binary.BigEndian.Uint32(head[8+fan-4:]))
	names := int64(len(head)) + count*int64(hash)
	if size > maxIndex || names+8*count > size {
		return d.parseWhole(name, hash)
	}
	data := make([]byte, size-4*count)
	if _, err = f.ReadAt(data[:names], 0); err == nil {
		_, err = f.ReadAt(data[names:], names+4*count)
	}
	if err != nil {
		return d.parseWhole(name, hash)
	}
	return parseIndex(data, hash, 0)
}

// parseWhole reads an index that has no checksums of entries, or that is damaged.
func (d dir) parseWhole(name string, hash int) (*index, error) {
	data, err := d.read(name, maxIndex)
	if err != nil {
		return nil, err
	}
	return parseIndex(data, hash, 4)
}

// parseIndex checks the shape of an index: every access after it is in bounds. sum is how many bytes the checksum of an
// entry has in version 2.
func parseIndex(data []byte, hash, sum int) (*index, error) {
	x := &index{hash: hash}
	head := 0
	if bytes.HasPrefix(data, indexMagic) {
		if len(data) < 8 || binary.BigEndian.Uint32(data[4:]) != 2 {
			return nil, wrong("an index of version 1 or 2", "another version")
		}
		head = 8
	}
	if len(data) < head+fan+2*hash {
		return nil, wrong("an index's fan-out table and checksums", "%d bytes", len(data))
	}
	x.fanout = data[head : head+fan]
	body := data[head+fan : len(data)-2*hash]
	last := 0
	for i := range 256 {
		n := int(binary.BigEndian.Uint32(x.fanout[4*i:]))
		if n < last {
			return nil, wrong("a fan-out table that grows", "%d after %d", n, last)
		}
		last = n
	}
	x.count = last
	if head == 0 {
		if len(body) != x.count*(4+hash) {
			return nil, wrong("an entry for each of the index's objects", "%d bytes for %d", len(body), x.count)
		}
		x.v1, x.off32, x.step32, x.stride = true, body, 4+hash, 4+hash
		if x.count > 0 {
			x.names = body[4:]
		}
		return x, x.checkOrder()
	}
	fixed := x.count * (hash + sum + 4)
	if len(body) < fixed || (len(body)-fixed)%8 != 0 || (len(body)-fixed)/8 > x.count {
		return nil, wrong("an entry for each of the index's objects", "%d bytes for %d", len(body), x.count)
	}
	x.names, x.stride = body[:x.count*hash], hash
	x.off32, x.step32 = body[x.count*(hash+sum):fixed], 4
	x.off64 = body[fixed:]
	return x, x.checkOrder()
}

// checkOrder makes sure that a search by name finds every name.
func (x *index) checkOrder() error {
	for i := range x.count {
		name := x.name(i)
		lo, hi := x.bucket(name[0])
		if i < lo || i >= hi || i > 0 && bytes.Compare(x.name(i-1), name) > 0 {
			return wrong("names in order", "name %d of %d out of order", i, x.count)
		}
	}
	return nil
}

func (x *index) name(i int) []byte { return x.names[i*x.stride : i*x.stride+x.hash] }

// bucket is the range of the names with that first byte.
func (x *index) bucket(first byte) (lo, hi int) {
	if first > 0 {
		lo = int(binary.BigEndian.Uint32(x.fanout[4*(int(first)-1):]))
	}
	return lo, int(binary.BigEndian.Uint32(x.fanout[4*int(first):]))
}

// find returns the place of a name. Names are hashes, spread evenly: a guess by the name's first bytes is near its
// place, and where that fails, in an index made to mislead, halving the rest goes on.
func (x *index) find(name []byte) (int, bool) {
	if len(name) != x.hash {
		return 0, false
	}
	lo, hi := x.bucket(name[0])
	want := binary.BigEndian.Uint64(name)
	for guess := 0; lo < hi; guess++ {
		mid := int(uint(lo+hi) >> 1)
		if guess < guesses && hi-lo > 8 {
			mid = x.guess(want, lo, hi)
		}
		here := x.name(mid)
		switch have := binary.BigEndian.Uint64(here); {
		case have < want:
			lo = mid + 1
		case have > want:
			hi = mid
		default:
			c := bytes.Compare(here, name)
			if c == 0 {
				return mid, true
			}
			if c < 0 {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
	}
	return 0, false
}

// guesses is how often find guesses before it only halves.
const guesses = 4

// guess is a place between lo and hi, about where a name should stand that starts with want.
func (x *index) guess(want uint64, lo, hi int) int {
	first, last := binary.BigEndian.Uint64(x.name(lo)), binary.BigEndian.Uint64(x.name(hi-1))
	if want <= first {
		return lo
	}
	if want >= last {
		return hi - 1
	}
	part := float64(want-first) / float64(last-first)
	return lo + min(int(part*float64(hi-1-lo)), hi-1-lo)
}

// offset is where in the pack the object at a place of the index starts; false where the index points beside its
// own table.
func (x *index) offset(i int) (int64, bool) {
	v := binary.BigEndian.Uint32(x.off32[i*x.step32:])
	if v&(1<<31) == 0 || x.v1 {
		return int64(v), true
	}
	k := int64(v&(1<<31-1)) * 8
	if k+8 > int64(len(x.off64)) {
		return 0, false
	}
	big := binary.BigEndian.Uint64(x.off64[k:])
	return int64(big), big < 1<<62
}

// located is an object's offset in the pack and its place in the index, in one word.
type located uint64

const (
	placeBits = 27 // of the place in the index: maxIndex has fewer
	maxOffset = 1<<(64-placeBits) - 1
)

func (l located) off() int64  { return int64(l >> placeBits) }
func (l located) pos() uint32 { return uint32(l & (1<<placeBits - 1)) }

// byOffset orders the objects of an index by their offsets, none of which is above limit: a radix sort, as packs
// hold millions.
func (x *index) byOffset(limit int64) ([]located, error) {
	if limit > maxOffset || x.count > 1<<placeBits {
		return nil, wrong("a pack of at most "+bytesText(maxOffset+1), "a larger one")
	}
	list := make([]located, x.count)
	for i := range list {
		off, ok := x.offset(i)
		if !ok || off > limit {
			return nil, wrong("offsets inside the pack", "object %d of the index outside", i)
		}
		list[i] = located(off)<<placeBits | located(i)
	}
	const digit = 11
	spare := make([]located, len(list))
	for shift := placeBits; shift < placeBits+bits.Len64(uint64(limit)); shift += digit {
		var start [1<<digit + 1]int
		for _, l := range list {
			start[l>>shift&(1<<digit-1)+1]++
		}
		for i := 1; i < len(start); i++ {
			start[i] += start[i-1]
		}
		for _, l := range list {
			d := l >> shift & (1<<digit - 1)
			spare[start[d]] = l
			start[d]++
		}
		list, spare = spare, list
	}
	return list, nil
}
