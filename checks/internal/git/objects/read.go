package objects

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
)

// Bounds on the reading of one object.
const (
	maxIndex   = 1 << 30   // bytes of a pack's index: 35 million objects
	maxChain   = 1 << 14   // deltas on top of each other; git makes at most 4095
	maxOutside = 16        // how often a chain of deltas goes on in another pack
	maxRebuild = 4 << 30   // bytes of all objects of a chain that is read for one of them
	maxCached  = 32 << 20  // bytes of objects kept for the next delta
	maxObject  = 256 << 20 // bytes of an object that Read returns
)

// Read returns an object by its name. The data is shared with later calls: it must not be changed. It is for many
// small questions; Blobs and its sisters read everything much faster. The error is ErrMissing where the store does
// not hold the object.
func (s *Store) Read(id ID) (Kind, []byte, error) {
	return s.readObject(id, nil, maxOutside)
}

// readObject looks into every place that holds the object, but skip, until one can give it.
func (s *Store) readObject(id ID, skip *pack, outside int) (Kind, []byte, error) {
	if int(id.size) != s.hash || id.IsZero() {
		return 0, nil, ErrMissing
	}
	if outside == 0 {
		return 0, nil, wrong("a delta whose base can be found", "a chain through %d packs", maxOutside)
	}
	var first error
	for _, p := range s.packs {
		if p == skip {
			continue
		}
		at, ok := p.find(id.raw())
		if !ok {
			continue
		}
		off, ok := p.offset(at)
		err := wrong("an offset inside the pack", "one outside")
		if ok {
			var kind Kind
			var data []byte
			if kind, data, err = s.readPacked(p, off, outside); err == nil {
				return kind, data, nil
			}
		}
		if first == nil {
			first = fmt.Errorf("%s: %w", p.label, err)
		}
	}
	for _, o := range s.stores {
		kind, data, err := o.readLoose(id, maxObject)
		if err == nil {
			return kind, data, nil
		}
		if first == nil && !errors.Is(err, fs.ErrNotExist) {
			first = err
		}
	}
	if first == nil {
		first = ErrMissing
	}
	return 0, nil, first
}

// reader is what one goroutine needs to read entries.
type reader struct {
	win   window
	z     inflater
	delta []byte
}

// link is a delta of a chain that leads to its base.
type link struct {
	off  int64
	head int
	size uint64
}

// readPacked follows an entry's deltas to an object and builds it from there.
func (s *Store) readPacked(p *pack, off int64, outside int) (Kind, []byte, error) {
	r := s.readers.Get().(*reader)
	defer s.readers.Put(r)
	r.win = window{file: p.file, end: p.size(), buf: r.win.buf[:0]}
	var chain []link
	var kind Kind
	var data []byte
	for data == nil {
		if len(chain) > maxChain {
			return 0, nil, wrong("at most "+strconv.Itoa(maxChain)+" deltas on top of each other", "more, or a loop")
		}
		if kind, data = s.cache.get(p, off); data != nil {
			break
		}
		b, err := r.win.at(off, maxEntryHead, 4<<10)
		if err != nil {
			return 0, nil, err
		}
		e, err := parseEntry(b, p.hash)
		if err != nil {
			return 0, nil, err
		}
		l := link{off, e.head, e.size}
		switch e.kind {
		case kindOfsDelta:
			if e.back <= 0 || e.back > off-packHeader {
				return 0, nil, wrong("a delta whose base is an entry", "a base %d bytes before", e.back)
			}
			chain, off = append(chain, l), off-e.back
		case kindRefDelta:
			chain = append(chain, l)
			if at, ok := p.find(e.base); ok {
				if off, ok = p.offset(at); !ok {
					return 0, nil, wrong("an offset inside the pack", "one outside")
				}
				continue
			}
			if kind, data, err = s.readObject(idOf(e.base), p, outside-1); err != nil {
				return 0, nil, fmt.Errorf("the base of a delta: %w", err)
			}
		default:
			kind = e.kind
			if data, err = r.entry(l, nil); err != nil {
				return 0, nil, err
			}
			s.cache.put(p, off, kind, data)
		}
	}
	data, err := s.applyChain(p, r, kind, data, chain)
	return kind, data, err
}

// applyChain builds an object from its base and the deltas on it, the last one first.
func (s *Store) applyChain(p *pack, r *reader, kind Kind, data []byte, chain []link) ([]byte, error) {
	total := int64(0)
	for i := len(chain) - 1; i >= 0; i-- {
		delta, err := r.entry(chain[i], r.delta)
		if err != nil {
			return nil, err
		}
		r.delta = delta
		baseSize, size, ops, err := deltaSizes(delta)
		if err != nil {
			return nil, err
		}
		if baseSize != uint64(len(data)) || size > maxObject {
			return nil, wrong("a delta for its base", "one for %d bytes to %d on a base of %d", baseSize, size, len(data))
		}
		if total += int64(size); total > maxRebuild {
			return nil, wrong("an object that can be built", "deltas over more than %d bytes", int64(maxRebuild))
		}
		next := make([]byte, size)
		if err := applyDelta(next, data, ops, nil); err != nil {
			return nil, err
		}
		data = next
		s.cache.put(p, chain[i].off, kind, data)
	}
	if cap(r.delta) > bigObject {
		r.delta = nil
	}
	return data, nil
}

// entry inflates an entry whose end is not known, into buf where that is large enough.
func (r *reader) entry(l link, buf []byte) ([]byte, error) {
	if l.size > maxObject {
		return nil, wrong("at most "+strconv.Itoa(maxObject)+" bytes", "an object of %d", l.size)
	}
	src, err := r.win.at(l.off+int64(l.head), deflateBound(int(l.size))+beyond, 0)
	if err != nil {
		return nil, err
	}
	if buf == nil || cap(buf) < int(l.size) {
		buf = make([]byte, l.size, l.size+slack)
	}
	buf = buf[:l.size]
	_, err = r.z.inflate(buf, src)
	if cap(r.win.buf) > bigObject {
		r.win.buf = nil
	}
	return buf, err
}

// deflateBound is the most bytes a reasonable compressor makes of n: zlib's own deflateBound, and some more.
func deflateBound(n int) int { return n + n/8 + n/64 + 64 }

// readLoose reads an object that stands in a file of its own: "kind size NUL data", compressed.
func (o *objectDir) readLoose(id ID, limit int) (Kind, []byte, error) {
	name := id.String()
	name = name[:2] + "/" + name[2:]
	f, _, err := o.open(name)
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	z, err := zlib.NewReader(bufio.NewReader(f))
	if err != nil {
		return 0, nil, wrong("a compressed object", "%v", err)
	}
	head := make([]byte, 0, 32)
	for len(head) < cap(head) && (len(head) == 0 || head[len(head)-1] != 0) {
		head = head[:len(head)+1]
		if _, err := io.ReadFull(z, head[len(head)-1:]); err != nil {
			return 0, nil, wrong("the header of an object", "%v", err)
		}
	}
	word, number, _ := bytes.Cut(bytes.TrimSuffix(head, []byte{0}), []byte{' '})
	kind := kindNamed(word)
	size, err := strconv.ParseUint(string(number), 10, 62)
	if kind == 0 || err != nil || head[len(head)-1] != 0 {
		return 0, nil, wrong("the header of an object", "%q", head)
	}
	if size > uint64(limit) {
		return kind, nil, &tooLarge{size, limit}
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(z, data); err != nil {
		return 0, nil, wrong("an object of "+strconv.FormatUint(size, 10)+" bytes", "%v", err)
	}
	if n, err := z.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		return 0, nil, wrong("an object of "+strconv.FormatUint(size, 10)+" bytes", "more, or a wrong checksum")
	}
	return kind, data, nil
}

// tooLarge is an object that is not read because of its size.
type tooLarge struct {
	size  uint64
	limit int
}

func (t *tooLarge) Error() string {
	return fmt.Sprintf("an object of %d bytes, at most %d are read", t.size, t.limit)
}
