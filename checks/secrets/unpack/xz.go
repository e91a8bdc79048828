package unpack

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var errXZ = errors.New("damaged xz data")

// lzma2 decodes one run of LZMA2 chunks (the xz format's only compression), up to its end marker.
type lzma2 struct {
	in    io.Reader
	d     lzmaDecoder
	chunk []byte // compressed data of the chunk at work
	left  int    // bytes of output that it still gives
	plain bool   // it is not compressed
	ready bool   // properties are set
	ended bool
	err   error
}

func newLZMA2(in io.Reader, property byte, grow func(int64) error) (*lzma2, error) {
	l := &lzma2{in: in}
	l.d.dict.grow = grow
	return l, l.setDict(property)
}

// setDict takes the dictionary's size: 2 or 3 times a power of two.
func (l *lzma2) setDict(property byte) error {
	if property > 40 {
		return errXZ
	}
	return l.d.dict.setSize((2 | uint64(property)&1) << (property/2 + 11))
}

// reset makes the decoder ready for another block, and keeps its memory.
func (l *lzma2) reset() { l.left, l.ready, l.ended, l.err = 0, false, false, nil }

func (l *lzma2) Read(p []byte) (int, error) {
	for l.d.dict.unread == 0 && l.err == nil && !l.ended {
		if l.left == 0 {
			l.err = l.nextChunk()
			continue
		}
		l.err = l.step(min(len(p), lzmaDictLeast, l.left))
	}
	n := l.d.dict.read(p)
	switch {
	case n > 0 || len(p) == 0:
		return n, nil
	case l.err != nil:
		return 0, l.err
	}
	return 0, io.EOF
}

// step gives n bytes of the chunk.
func (l *lzma2) step(n int) error {
	l.left -= n
	if !l.plain {
		if err := l.d.run(n); err != nil {
			return err
		}
		if l.d.ended {
			return errXZ // LZMA2 has no such marker inside
		}
		return nil
	}
	for _, b := range l.chunk[:n] {
		if err := l.d.dict.put(b); err != nil {
			return err
		}
	}
	l.chunk = l.chunk[n:]
	return nil
}

// nextChunk reads a chunk's header and data. The control byte says what is reset, and the upper bits of the size.
func (l *lzma2) nextChunk() error {
	var head [6]byte
	if _, err := io.ReadFull(l.in, head[:1]); err != nil {
		return noEOF(err)
	}
	control := head[0]
	if control == 0 {
		l.ended = true
		return nil
	}
	if control == 1 || control >= 0xe0 {
		l.d.dict.total = 0
	}
	if control < 0x80 {
		if control > 2 {
			return errXZ
		}
		if _, err := io.ReadFull(l.in, head[1:3]); err != nil {
			return noEOF(err)
		}
		l.plain, l.left = true, int(binary.BigEndian.Uint16(head[1:]))+1
		return l.read(l.left)
	}
	need := 5
	if control >= 0xc0 {
		need = 6
	}
	if _, err := io.ReadFull(l.in, head[1:need]); err != nil {
		return noEOF(err)
	}
	if control >= 0xc0 {
		if head[5]%9+head[5]/9%5 > 4 { // LZMA2's own bound, which keeps resets cheap
			return errXZ
		}
		if err := l.d.setProperties(head[5]); err != nil {
			return err
		}
		l.ready = true
	} else if control >= 0xa0 && l.ready {
		l.d.resetState()
	}
	if !l.ready {
		return errXZ
	}
	l.plain, l.left = false, int(control&0x1f)<<16+int(binary.BigEndian.Uint16(head[1:]))+1
	if err := l.read(int(binary.BigEndian.Uint16(head[3:])) + 1); err != nil {
		return err
	}
	l.d.in, l.d.next, l.d.copyLeft, l.d.inputErr = l.chunk, 0, 0, nil
	return l.d.start()
}

func (l *lzma2) read(n int) error {
	if cap(l.chunk) < n {
		l.chunk = make([]byte, n, 1<<16)
	}
	l.chunk = l.chunk[:n]
	_, err := io.ReadFull(l.in, l.chunk)
	return noEOF(err)
}

// noEOF is an error for data that ends too soon.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// xzReader decodes the streams of an .xz file one after the other (The .xz File Format, 1.2.0). Checksums are not
// looked at: what can be decoded is shown.
type xzReader struct {
	in     *bufio.Reader
	grow   func(int64) error
	block  *lzma2
	start  int64 // of the block at work
	pos    func() int64
	check  int // bytes of the check behind a block
	inside bool
	err    error
}

// taker counts what is read.
type taker struct {
	io.Reader
	n int64
}

func (t *taker) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	t.n += int64(n)
	return n, err
}

func newXZ(in *bufio.Reader, grow func(int64) error) *xzReader {
	taken := &taker{Reader: in}
	x := &xzReader{in: bufio.NewReaderSize(taken, 16), grow: grow}
	x.pos = func() int64 { return taken.n - int64(x.in.Buffered()) }
	x.err = x.stream()
	return x
}

func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil {
		if !x.inside {
			x.err = x.nextBlock()
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			x.inside = false
			err = x.skip(-(x.pos()-x.start)&3 + int64(x.check))
		}
		x.err = err
		if n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// stream reads a stream's header. The end of the file, perhaps behind zeros, is io.EOF.
func (x *xzReader) stream() error {
	for {
		b, err := x.in.Peek(1)
		if err != nil {
			return err
		}
		if b[0] != 0 {
			break
		}
		x.in.Discard(1)
	}
	var head [12]byte
	if _, err := io.ReadFull(x.in, head[:]); err != nil {
		return noEOF(err)
	}
	if string(head[:6]) != "\xfd7zXZ\x00" {
		return errXZ
	}
	x.check = []int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[head[7]&15]
	return nil
}

// nextBlock reads a block's header, or the index and the next stream's header.
func (x *xzReader) nextBlock() error {
	x.start = x.pos()
	size, err := x.in.ReadByte()
	if err != nil {
		return noEOF(err)
	}
	if size == 0 {
		return x.index()
	}
	head := make([]byte, int(size)*4+3)
	if _, err := io.ReadFull(x.in, head); err != nil {
		return noEOF(err)
	}
	property, err := xzFilter(head)
	if err != nil {
		return err
	}
	x.start, x.inside = x.pos(), true
	if x.block == nil {
		x.block, err = newLZMA2(x.in, property, x.grow)
		return err
	}
	x.block.reset()
	return x.block.setDict(property)
}

// xzFilter reads the property of a block's only filter, which is LZMA2.
func xzFilter(head []byte) (byte, error) {
	flags, head := head[0], head[1:]
	for _, present := range []byte{flags & 0x40, flags & 0x80} {
		if present != 0 {
			_, n := binary.Uvarint(head)
			if n <= 0 {
				return 0, errXZ
			}
			head = head[n:]
		}
	}
	if len(head) < 3 {
		return 0, errXZ
	}
	if flags&3 != 0 || head[0] != 0x21 || head[1] != 1 {
		return 0, &failure{expected: "an xz block with no filter but LZMA2", actual: fmt.Sprintf("filter %#x", head[0])}
	}
	return head[2], nil
}

// index passes over the list of blocks and the footer.
func (x *xzReader) index() error {
	records, err := binary.ReadUvarint(x.in)
	for i := uint64(0); i < 2*records && err == nil; i++ {
		_, err = binary.ReadUvarint(x.in)
	}
	if err != nil {
		return noEOF(err)
	}
	if err := x.skip(-(x.pos()-x.start)&3 + 4 + 12); err != nil {
		return err
	}
	return x.stream()
}

func (x *xzReader) skip(n int64) error {
	_, err := io.CopyN(io.Discard, x.in, n)
	return noEOF(err)
}
