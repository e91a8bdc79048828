package objects

import (
	"errors"
	"strconv"
)

// errUnlinked is a node that was told already when the pack's headers were read.
var errUnlinked = errors.New("an entry whose header or base cannot be read")

var errNoBase = errors.New("a delta whose base cannot be read")

// build makes a node's object into a buffer of the worker's own, and for a delta sets w.spans.
func (w *worker) build(i int32, base []byte) ([]byte, error) {
	n := &w.forest.nodes[i]
	if n.kind() == 0 {
		return nil, errUnlinked
	}
	e, err := w.header(i)
	if err != nil {
		return nil, err
	}
	if !n.isDelta() {
		data, err := w.get(e.size)
		if err != nil {
			return nil, err
		}
		return w.inflated(i, e.head, data)
	}
	if id, out := w.forest.outside[i]; out {
		if _, base, err = w.run.store.readObject(id, w.pack, maxOutside); err != nil {
			return nil, err
		}
	}
	if base == nil {
		return nil, errNoBase
	}
	return w.applied(i, e, base)
}

// header reads a node's header. It was read before; the file may have changed since.
func (w *worker) header(i int32) (entry, error) {
	b, err := w.in.at(w.forest.off(i), maxEntryHead)
	if err != nil {
		return entry{}, err
	}
	e, err := parseEntry(b, w.pack.hash)
	e.base = nil // stands in what the next reading overwrites
	return e, err
}

// applied builds a delta's object from its base.
func (w *worker) applied(i int32, e entry, base []byte) ([]byte, error) {
	if e.size > uint64(w.run.opt.MaxSize) {
		return nil, &tooLarge{e.size, w.run.opt.MaxSize}
	}
	length := int(e.size)
	if length > bigObject {
		w.holdUp()
	}
	if cap(w.delta) < length {
		w.delta = make([]byte, length, length+length/4+slack)
	}
	delta, err := w.inflated(i, e.head, w.delta[:length])
	if err != nil {
		return nil, err
	}
	baseSize, size, ops, err := deltaSizes(delta)
	if err != nil {
		return nil, err
	}
	if baseSize != uint64(len(base)) {
		return nil, wrong("a delta for its base", "one for %d bytes on a base of %d", baseSize, len(base))
	}
	data, err := w.get(size)
	if err != nil {
		return nil, err
	}
	w.old = base
	w.spans.reset(len(data))
	if err := applyDelta(data, base, ops, &w.spans); err != nil {
		w.put(data)
		return nil, err
	}
	return data, nil
}

// inflated fills dst with a node's inflated bytes.
func (w *worker) inflated(i int32, head int, dst []byte) ([]byte, error) {
	start := w.forest.off(i) + int64(head)
	length := w.forest.end(i) - start
	if length < 0 {
		return nil, wrong("an entry's header before the next entry", "%d bytes more", -length)
	}
	limit := int64(deflateBound(len(dst))) * 2
	src, err := w.in.at(start, int(min(length, limit))+beyond)
	if err != nil {
		return nil, err
	}
	used, err := w.z.inflate(dst, src)
	if cap(w.in.apart) > largeBlock {
		w.in.apart = nil
	}
	if err != nil {
		return nil, err
	}
	if int64(used) > length {
		return nil, wrong("an entry that ends before the next", "%d bytes more", int64(used)-length)
	}
	if int64(used) < length {
		w.run.store.tellError("read a pack", w.pack.place(start+int64(used)),
			wrong("the next entry", "%d bytes that belong to no entry of the index", length-int64(used)))
	}
	return dst, nil
}

// largeBlock is the size in bytes above which a buffer for compressed bytes is not kept.
const largeBlock = 512 << 10

// beyond is how many bytes are read behind an entry, as the inflater is slow at the end of its input.
const beyond = 16

// get lends a buffer for an object.
func (w *worker) get(size uint64) ([]byte, error) {
	if size > uint64(w.run.opt.MaxSize) {
		return nil, &tooLarge{size, w.run.opt.MaxSize}
	}
	n := int(size)
	if n > bigObject {
		w.holdUp()
	}
	if w.live+n > maxLive {
		return nil, wrong("deltas whose bases take at most "+bytesText(maxLive)+" together", "%s more", strconv.Itoa(n))
	}
	if w.run.overTotal(n) {
		return nil, wrong("objects of less than "+bytesText(w.run.opt.Total)+" in all", "more")
	}
	for i := len(w.free) - 1; i >= 0; i-- {
		if b := w.free[i]; cap(b) >= n {
			last := len(w.free) - 1
			w.free[i] = w.free[last]
			w.free = w.free[:last]
			w.live += cap(b)
			return b[:n], nil
		}
	}
	b := make([]byte, n, n+n/4+slack)
	w.live += cap(b)
	return b, nil
}

// put takes a buffer back. It keeps the largest few.
func (w *worker) put(b []byte) {
	if b == nil {
		return
	}
	w.live -= cap(b)
	const keep = 8
	if len(w.free) < keep {
		w.free = append(w.free, b)
		return
	}
	small := 0
	for i := range w.free {
		if cap(w.free[i]) < cap(w.free[small]) {
			small = i
		}
	}
	if cap(w.free[small]) < cap(b) {
		w.free[small] = b
	}
}

// holdUp waits until no other worker builds big objects.
func (w *worker) holdUp() {
	if !w.heldUp {
		w.run.big.Lock()
		w.heldUp = true
	}
}
