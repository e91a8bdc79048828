package objects

import (
	"errors"
	"io"
	"os"
	"sync"
)

// blocks reads a file for one goroutine, and keeps the blocks that were read last: what builds on an entry often
// stands near it or near others of its kind, seldom right behind it.
type blocks struct {
	file *os.File
	end  int64

	sets  int64
	tags  []int64  // of each slot, the block's number plus 1; 0 for none
	age   []uint32 // when each slot was used last
	sizes []int32  // bytes of each slot that were read
	data  []byte
	now   uint32
	apart []byte // what does not lie in one block
}

const (
	blockSize = 8 << 10
	blockWays = 4 // slots that a block may take
	// maxBlocks bounds the blocks that all goroutines of a sweep keep together.
	maxBlocks = 1 << 10
)

// newBlocks is what one of some workers reads files of at most a size with.
func newBlocks(workers int, size int64) *blocks {
	sets := min(int64(max(8, maxBlocks/blockWays/workers)), size/(blockSize*blockWays)+1)
	slots := sets * blockWays
	return &blocks{sets: sets, tags: make([]int64, slots), age: make([]uint32, slots), sizes: make([]int32, slots), data: make([]byte, slots*blockSize)}
}

// open goes to another file.
func (b *blocks) open(file *os.File, end int64) {
	b.file, b.end = file, end
	clear(b.tags)
}

// at returns up to n bytes at an offset, fewer only at the end. They are valid until the next call.
func (b *blocks) at(off int64, n int) ([]byte, error) {
	if off < 0 || off > b.end {
		return nil, wrong("an offset inside the pack", "%d", off)
	}
	n = int(min(int64(n), b.end-off))
	number, from := off/blockSize, int(off%blockSize)
	if from+n <= blockSize {
		block, err := b.block(number)
		if err != nil || from+n > len(block) {
			return nil, shrank(err)
		}
		return block[from : from+n], nil
	}
	if cap(b.apart) < n {
		b.apart = make([]byte, n+n/4)
	}
	out := b.apart[:n]
	if n > 2*blockSize {
		got, err := b.file.ReadAt(out, off)
		if got < n {
			return nil, shrank(err)
		}
		return out, nil
	}
	for done := 0; done < n; number, from = number+1, 0 {
		block, err := b.block(number)
		if err != nil || from >= len(block) {
			return nil, shrank(err)
		}
		done += copy(out[done:], block[from:])
	}
	return out, nil
}

// block returns one block, shorter at the end of the file.
func (b *blocks) block(number int64) ([]byte, error) {
	first := number % b.sets * blockWays
	b.now++
	slot := first
	for i := first; i < first+blockWays; i++ {
		if b.tags[i] == number+1 {
			b.age[i] = b.now
			return b.data[i*blockSize:][:b.sizes[i]], nil
		}
		if b.now-b.age[i] > b.now-b.age[slot] {
			slot = i
		}
	}
	off := number * blockSize
	want := int(min(blockSize, b.end-off))
	room := b.data[slot*blockSize:][:want]
	b.tags[slot] = 0
	got, err := b.file.ReadAt(room, off)
	if got < want {
		return nil, shrank(err)
	}
	b.tags[slot], b.age[slot], b.sizes[slot] = number+1, b.now, int32(want)
	return room, nil
}

// shrank is the error of a read that got too little.
func shrank(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return wrong("an entry of the pack", "the end of the file, which shrank")
	}
	return err
}

// blockList keeps blocks for the next sweep.
type blockList struct {
	blockMu sync.Mutex
	idle    []*blocks
}

func (s *Store) takeBlocks() *blocks {
	s.blockMu.Lock()
	defer s.blockMu.Unlock()
	if n := len(s.idle); n > 0 {
		b := s.idle[n-1]
		s.idle = s.idle[:n-1]
		return b
	}
	largest := int64(0)
	for _, p := range s.packs {
		largest = max(largest, p.size())
	}
	return newBlocks(s.workers, largest)
}

func (s *Store) returnBlocks(b *blocks) {
	s.blockMu.Lock()
	defer s.blockMu.Unlock()
	if b.apart = nil; len(s.idle) < s.workers {
		s.idle = append(s.idle, b)
	}
}
