package unpack

import (
	"fmt"
	"io"
	"sync"

	"hardcheck/checks"
)

// SmallMemory is what any number of walks may hold at once, each, in bytes. A walk whose Limits.Memory is more must
// not begin in the visit of another.
const SmallMemory = 8 << 20

const (
	// maxMemory bounds what a walk holds at once for nested containers that need random access and for the
	// dictionaries of decompressors. It is what `xz -9` needs.
	maxMemory = 66 << 20
	// ratioFree is what a stream may unpack to before its ratio counts.
	ratioFree = 1 << 20
)

// charge counts unpacked bytes, and ends the walk where the bound or the context says so.
func (w *walker) charge(n int) error {
	w.bytes += int64(n)
	if w.bytes > w.limits.Bytes {
		return w.overrun(fmt.Sprintf("at most %d bytes unpacked in all", w.limits.Bytes), "more", checks.RetryUseless)
	}
	if err := w.ctx.Err(); err != nil {
		return w.overrun("time to look into everything", err.Error(), checks.RetrySafe)
	}
	return nil
}

// overrun tells once that the whole walk ends.
func (w *walker) overrun(expected, actual string, retry checks.Retry) error {
	if !w.over {
		w.over = true
		w.problems.Add(checks.Problem{Op: "unpack", Expected: expected, Actual: actual, Retry: retry, Blind: true})
	}
	return errStopped
}

// count counts a member.
func (w *walker) count() error {
	w.members++
	if w.members > w.limits.Members {
		return w.overrun(fmt.Sprintf("at most %d members", w.limits.Members), "more", checks.RetryUseless)
	}
	return w.charge(0)
}

// large is held by the one walk that may hold more than SmallMemory at a time, so that workers side by side do not
// need as many times the memory.
var large sync.Mutex

// reserve takes memory from what the walk may hold; release gives it back.
func (w *walker) reserve(what string, n int64) error {
	if n < 0 || n > w.limits.Memory-w.memory {
		return &failure{expected: fmt.Sprintf("%s within %d bytes of memory", what, w.limits.Memory-w.memory), actual: fmt.Sprint(n)}
	}
	w.memory += n
	if w.memory > SmallMemory && !w.large {
		large.Lock()
		w.large = true
	}
	return nil
}

func (w *walker) release(n int64) {
	w.memory -= n
	w.settleMemory()
}

// settleMemory lets another walk hold much once this one does not.
func (w *walker) settleMemory() {
	if w.large && w.memory <= SmallMemory {
		w.large = false
		large.Unlock()
	}
}

// inflated gives what a decompressor makes of its input, within the walk's bounds. A decompressor that panics on
// damaged input fails instead.
type inflated struct {
	w      *walker
	from   io.Reader
	packed func() int64 // bytes of input taken so far
	out    int64
}

func (i *inflated) Read(p []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, &failure{expected: "data that the decompressor takes", actual: fmt.Sprint(r)}
		}
	}()
	n, err = i.from.Read(p)
	i.out += int64(n)
	if i.out > ratioFree && i.out/i.w.limits.Ratio > i.packed() {
		return 0, &failure{expected: fmt.Sprintf("at most %d unpacked bytes for each packed", i.w.limits.Ratio),
			actual: fmt.Sprintf("%d from %d", i.out, i.packed())}
	}
	if err := i.w.charge(n); err != nil {
		return 0, err
	}
	return n, err
}

// counted counts what is read, and ends with the walk: a decompressor may read much before it gives anything.
type counted struct {
	io.Reader
	w *walker
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	if err := c.w.charge(0); err != nil {
		return 0, err
	}
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counted) count() int64 { return c.n }
