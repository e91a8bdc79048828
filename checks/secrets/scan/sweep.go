package scan

import (
	"math/bits"
	"sync"
)

// chunkBlocks is how many blocks are read at a time, so that the bytes and their bitmaps stay in the first cache.
const chunkBlocks = 256

// sweep holds the bitmaps of one chunk, and what is carried on to the next.
type sweep struct {
	matched   [places - 1][]uint64
	classes   [classes][]uint64 // one block longer than matched
	positions [chunkBlocks*blockSize + usual]uint16
	tail      [3 * blockSize]byte
	runs      runState
	starts    startState
	effort    effort
	context   context
}

var sweeps = sync.Pool{New: func() any {
	s := &sweep{}
	for i := range s.matched {
		s.matched[i] = make([]uint64, chunkBlocks)
	}
	for i := range s.classes {
		s.classes[i] = make([]uint64, chunkBlocks+1)
	}
	return s
}}

// chunks calls visit(view, blocks, at) for the chunks of data in order: view begins at data[at:] and goes at least a block
// on behind its blocks. The last one is padded with zero bytes behind the end of data.
func (s *sweep) chunks(data []byte, visit func(view []byte, blocks, at int)) {
	whole := max(0, len(data)/blockSize-1)
	for b := 0; b < whole; b += chunkBlocks {
		n := min(chunkBlocks, whole-b)
		visit(data[b*blockSize:][:(n+1)*blockSize], n, b*blockSize)
	}
	rest := copy(s.tail[:], data[whole*blockSize:])
	clear(s.tail[rest:])
	visit(s.tail[:], 2, whole*blockSize)
}

// runState finds the ends of runs in the bitmaps of consecutive chunks.
type runState struct {
	least  int    // the least length of a run
	carry  uint64 // of the sum of the last word
	before uint64 // the last word
	open   bool   // the last chunk ended within a run,
	start  int    // which began here
}

// reset prepares for runs of at least that many bytes.
func (r *runState) reset(least int) { *r = runState{least: max(least, 1)} }

// find calls visit for the runs of set bits in member that end in the chunk at data offset at, are long enough, and
// hold a bit of mark. Adding mark to member carries out of every marked run into the bit behind its end.
func (r *runState) find(member, mark []uint64, at int, visit func(start, end int)) {
	mark = mark[:len(member)]
	far := min(r.least, blockSize-1)
	carry, before := r.carry, r.before
	for w, m := range member {
		var sum uint64
		sum, carry = bits.Add64(m, mark[w], carry)
		ends := sum &^ m
		// A run that is long enough has these bits, too; few others have.
		for distance := far; distance > 0 && ends != 0; distance /= 2 {
			ends &= m<<distance | before>>(blockSize-distance)
		}
		for before = m; ends != 0; ends &= ends - 1 {
			end := w*blockSize + bits.TrailingZeros64(ends)
			if start := r.startOf(member, at, end); at+end-start >= r.least {
				visit(start, at+end)
			}
		}
	}
	r.carry, r.before = carry, before
	if last := len(member) - 1; member[last]>>63 == 1 {
		r.start, r.open = r.startOf(member, at, len(member)*blockSize), true
	} else {
		r.open = false
	}
}

// startOf returns where the run that ends at the chunk's bit end begins in the data.
func (r *runState) startOf(member []uint64, at, end int) int {
	for end > 0 {
		w := (end - 1) / blockSize
		gap := ^member[w] << (63 - (end-1)%blockSize)
		if gap != 0 {
			return at + end - bits.LeadingZeros64(gap)
		}
		end = w * blockSize
	}
	if r.open {
		return r.start
	}
	return at
}

// Alphabet is a set of ASCII bytes whose runs can be found fast.
type Alphabet struct{ tables *classTables }

// MustAlphabet returns the alphabet of a class as patterns write it between brackets, such as "0-9A-Za-z+/". It panics where
// the class is malformed.
func MustAlphabet(class string) *Alphabet {
	set := &Set{}
	if err := set.addClass(class); err != nil {
		panic(err)
	}
	return &Alphabet{newClassTables(set)}
}

var tokenAlphabet = MustAlphabet(`\w-`)

// Runs calls visit for each maximal run of word characters and hyphens of at least that many bytes, in order.
func Runs(data []byte, least int, visit func(start, end int)) { tokenAlphabet.Runs(data, least, visit) }

// Runs calls visit for each maximal run of the alphabet's bytes of at least that many bytes, in order.
func (a *Alphabet) Runs(data []byte, least int, visit func(start, end int)) {
	s := sweeps.Get().(*sweep)
	defer sweeps.Put(s)
	s.runs.reset(least)
	s.chunks(data, func(view []byte, blocks, at int) {
		classify(a.tables, view, &s.classes, blocks)
		member := s.classes[0][:blocks]
		s.runs.find(member, member, at, visit)
	})
}
