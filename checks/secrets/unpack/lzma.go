package unpack

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
)

var errLZMA = errors.New("damaged LZMA data")

const (
	lzmaProbInit  = 1 << 10
	lzmaDictLeast = 4 << 10
	lzmaDictMost  = 64 << 20 // what `xz -9` makes
	lzmaDictJump  = 8 << 20  // up to which a dictionary grows by doubling

	lzmaLiteralBits = 8 // lc and lp: encoders take up to 4, and each bit doubles a table that is reset
)

type lzmaLength struct {
	choice, choice2 uint16
	low, mid        [16][8]uint16
	high            [256]uint16
}

// lzmaDecoder decodes LZMA data (LZMA SDK, lzma-specification.txt). Its dictionary grows as data comes, so that memory
// follows what is there and not what a header says.
type lzmaDecoder struct {
	in        []byte // input that is there
	next      int    // index of the next byte
	more      func() ([]byte, error)
	inputErr  error
	width     uint32 // of the range coder
	code      uint32
	lc        uint
	litMask   uint32
	posMask   uint32
	state     uint32
	rep       [4]uint32
	dict      lzmaWindow
	copyLeft  int // of a match
	ended     bool
	literals  []uint16
	isMatch   [12][16]uint16
	isRep     [12]uint16
	isRep0    [12]uint16
	isRep1    [12]uint16
	isRep2    [12]uint16
	isLong    [12][16]uint16
	slots     [4][64]uint16
	distances [115]uint16
	align     [16]uint16
	length    lzmaLength
	repLength lzmaLength
}

// setProperties takes lc, lp and pb from their byte, and resets the state.
func (d *lzmaDecoder) setProperties(b byte) error {
	if b >= 9*5*5 {
		return errLZMA
	}
	lc, lp, pb := uint(b%9), uint(b/9%5), uint(b/45)
	if lc+lp > lzmaLiteralBits {
		return &failure{expected: "LZMA properties of at most 8 literal bits", actual: strconv.Itoa(int(lc + lp))}
	}
	d.lc, d.litMask, d.posMask = lc, 1<<lp-1, 1<<pb-1
	if n := 0x300 << (lc + lp); cap(d.literals) >= n {
		d.literals = d.literals[:n]
	} else {
		d.literals = make([]uint16, n)
	}
	d.resetState()
	return nil
}

func (d *lzmaDecoder) resetState() {
	d.state, d.rep, d.copyLeft = 0, [4]uint32{}, 0
	reset(d.literals)
	reset(d.isRep[:], d.isRep0[:], d.isRep1[:], d.isRep2[:], d.distances[:], d.align[:])
	for i := range d.isMatch {
		reset(d.isMatch[i][:], d.isLong[i][:])
	}
	for i := range d.slots {
		reset(d.slots[i][:])
	}
	d.length.reset()
	d.repLength.reset()
}

func reset(lists ...[]uint16) {
	for _, list := range lists {
		for i := range list {
			list[i] = lzmaProbInit
		}
	}
}

func (l *lzmaLength) reset() {
	l.choice, l.choice2 = lzmaProbInit, lzmaProbInit
	for i := range l.low {
		reset(l.low[i][:], l.mid[i][:])
	}
	reset(l.high[:])
}

// start reads the first bytes of range coded data.
func (d *lzmaDecoder) start() error {
	d.width, d.code = 1<<32-1, 0
	if d.byte() != 0 {
		return errLZMA
	}
	for range 4 {
		d.code = d.code<<8 | d.byte()
	}
	return d.inputErr
}

func (d *lzmaDecoder) byte() uint32 {
	if d.next == len(d.in) {
		d.refill()
	}
	b := d.in[d.next]
	d.next++
	return uint32(b)
}

// refill gets more input, or zeros and an error where there is none.
func (d *lzmaDecoder) refill() {
	var err error = io.ErrUnexpectedEOF
	if d.more != nil && d.inputErr == nil {
		d.in, err = d.more()
		d.next = 0
	}
	if err != nil || len(d.in) == 0 {
		d.in, d.next = make([]byte, 16), 0
		if d.inputErr == nil {
			d.inputErr = err
		}
	}
}

func (d *lzmaDecoder) bit(p *uint16) uint32 {
	bound := (d.width >> 11) * uint32(*p)
	var b uint32
	if d.code < bound {
		d.width = bound
		*p += (1<<11 - *p) >> 5
	} else {
		d.width -= bound
		d.code -= bound
		*p -= *p >> 5
		b = 1
	}
	if d.width < 1<<24 {
		d.width <<= 8
		d.code = d.code<<8 | d.byte()
	}
	return b
}

// tree decodes n bits by a tree of probabilities, the highest first.
func (d *lzmaDecoder) tree(p []uint16, n uint) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | d.bit(&p[m])
	}
	return m - 1<<n
}

// reverse decodes n bits by a tree, the lowest first.
func (d *lzmaDecoder) reverse(p []uint16, n uint) uint32 {
	m, v := uint32(1), uint32(0)
	for i := range n {
		b := d.bit(&p[m])
		m = m<<1 | b
		v |= b << i
	}
	return v
}

// direct decodes n bits of even probability.
func (d *lzmaDecoder) direct(n uint) uint32 {
	v := uint32(0)
	for range n {
		d.width >>= 1
		b := uint32(0)
		if d.code >= d.width {
			d.code -= d.width
			b = 1
		}
		v = v<<1 | b
		if d.width < 1<<24 {
			d.width <<= 8
			d.code = d.code<<8 | d.byte()
		}
	}
	return v
}

func (d *lzmaDecoder) lengthOf(l *lzmaLength, pos uint32) int {
	if d.bit(&l.choice) == 0 {
		return 2 + int(d.tree(l.low[pos][:], 3))
	}
	if d.bit(&l.choice2) == 0 {
		return 10 + int(d.tree(l.mid[pos][:], 3))
	}
	return 18 + int(d.tree(l.high[:], 8))
}

// run decodes until n bytes more are in the window, or the end marker comes.
func (d *lzmaDecoder) run(n int) error {
	for n > 0 && !d.ended {
		if d.copyLeft > 0 {
			k := min(n, d.copyLeft)
			if err := d.dict.repeat(d.rep[0], k); err != nil {
				return err
			}
			d.copyLeft -= k
			n -= k
			continue
		}
		pos := uint32(d.dict.total) & d.posMask
		if d.bit(&d.isMatch[d.state][pos]) == 0 {
			if err := d.literal(); err != nil {
				return err
			}
			n--
		} else {
			d.match(pos)
		}
		if d.inputErr != nil {
			return d.inputErr
		}
	}
	return nil
}

// literal decodes one byte, by the byte at the last distance where a match has just been.
func (d *lzmaDecoder) literal() error {
	at := (uint32(d.dict.total)&d.litMask)<<d.lc | uint32(d.dict.back(0))>>(8-d.lc)
	p := d.literals[0x300*at:][:0x300]
	m := uint32(1)
	if d.state >= 7 {
		match := uint32(d.dict.back(d.rep[0]))
		for m < 0x100 {
			want := match >> 7 & 1
			match <<= 1
			b := d.bit(&p[(1+want)<<8+m])
			m = m<<1 | b
			if b != want {
				break
			}
		}
	}
	for m < 0x100 {
		m = m<<1 | d.bit(&p[m])
	}
	switch {
	case d.state < 4:
		d.state = 0
	case d.state < 10:
		d.state -= 3
	default:
		d.state -= 6
	}
	return d.dict.put(byte(m))
}

// match decodes a distance and a length.
func (d *lzmaDecoder) match(pos uint32) {
	s := d.state
	next := func(literal, other uint32) { // the state after it
		if s < 7 {
			d.state = literal
		} else {
			d.state = other
		}
	}
	if d.bit(&d.isRep[s]) == 0 {
		d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
		n := d.lengthOf(&d.length, pos)
		next(7, 10)
		d.rep[0] = d.distance(min(n-2, 3))
		if d.rep[0] == 1<<32-1 {
			d.ended = true
			return
		}
		d.copyLeft = n
		return
	}
	if d.bit(&d.isRep0[s]) == 0 {
		if d.bit(&d.isLong[s][pos]) == 0 {
			next(9, 11)
			d.copyLeft = 1
			return
		}
	} else {
		distance := d.rep[1]
		if d.bit(&d.isRep1[s]) != 0 {
			distance = d.rep[2]
			if d.bit(&d.isRep2[s]) != 0 {
				distance = d.rep[3]
				d.rep[3] = d.rep[2]
			}
			d.rep[2] = d.rep[1]
		}
		d.rep[1], d.rep[0] = d.rep[0], distance
	}
	d.copyLeft = d.lengthOf(&d.repLength, pos)
	next(8, 11)
}

func (d *lzmaDecoder) distance(lengthState int) uint32 {
	slot := d.tree(d.slots[lengthState][:], 6)
	if slot < 4 {
		return slot
	}
	n := uint(slot>>1 - 1)
	v := (2 | slot&1) << n
	if slot < 14 {
		return v + d.reverse(d.distances[v-slot:], n)
	}
	return v + d.direct(n-4)<<4 + d.reverse(d.align[:], 4)
}

// lzmaFile decodes a .lzma file.
type lzmaFile struct {
	d    *lzmaDecoder
	left uint64 // bytes to come, all ones where only the end marker tells
	err  error
}

// newLZMA reads the header: properties, dictionary size, and the size of the data.
func newLZMA(in io.Reader, grow func(int64) error) (*lzmaFile, error) {
	var head [13]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	return newRawLZMA(in, head[:5], binary.LittleEndian.Uint64(head[5:]), grow)
}

// newRawLZMA decodes data whose properties and size are known otherwise.
func newRawLZMA(in io.Reader, properties []byte, size uint64, grow func(int64) error) (*lzmaFile, error) {
	if len(properties) < 5 {
		return nil, errLZMA
	}
	input := make([]byte, 16<<10)
	d := &lzmaDecoder{more: func() ([]byte, error) {
		n, err := io.ReadAtLeast(in, input, 1)
		if n > 0 {
			err = nil
		} else if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return input[:n], err
	}}
	d.dict.grow = grow
	if err := d.setProperties(properties[0]); err != nil {
		return nil, err
	}
	if err := d.dict.setSize(uint64(binary.LittleEndian.Uint32(properties[1:]))); err != nil {
		return nil, err
	}
	return &lzmaFile{d: d, left: size, err: d.start()}, nil
}

func (f *lzmaFile) Read(p []byte) (int, error) {
	for f.d.dict.unread == 0 && f.err == nil && f.left > 0 && !f.d.ended {
		before := f.d.dict.total
		f.err = f.d.run(int(min(uint64(len(p)), uint64(lzmaDictLeast), f.left)))
		f.left -= f.d.dict.total - before
	}
	n := f.d.dict.read(p)
	if n == 0 && len(p) > 0 {
		if f.err == nil {
			f.err = io.EOF
		}
		return 0, f.err
	}
	return n, nil
}
