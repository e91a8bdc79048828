package unpack

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

const inputRoom = 32 << 10 // of the buffer between a decompressor and what it reads

// inputs keeps the buffers in front of decompressors.
var inputs = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, inputRoom) }}

// decompress looks into the one stream of a compressed file.
func (w *walker) decompress(n node, kind Kind, s source) error {
	in := inputs.Get().(*bufio.Reader)
	defer inputs.Put(in)
	packed := &counted{Reader: s.reader(), w: w}
	in.Reset(packed)
	d, err := w.decompressor(kind, in)
	if err != nil {
		return err
	}
	defer d.close()
	n.file = d.name
	if n.file == "" {
		n.file = stem(cmp.Or(n.path, w.limits.Name))
	}
	out := &inflated{w: w, from: d, packed: packed.count}
	err = w.open(n, source{stream: out, size: -1})
	if errors.Is(err, gzip.ErrHeader) && out.out > 0 { // as gzip does: what follows the last member is no data
		err = &failure{expected: "another gzip member or the end", actual: "other bytes", told: true}
	}
	return err
}

// stem is the name of a compressed file without the extension that says so, or "data".
func stem(name string) string {
	name = path.Base(name)
	switch strings.ToLower(path.Ext(name)) {
	case ".gz", ".z", ".bz2", ".xz", ".lzma", ".zst", ".lz4":
		return name[:len(name)-len(path.Ext(name))]
	case ".tgz":
		return name[:len(name)-3] + "tar"
	}
	return "data"
}

// decoder is a decompressor at work.
type decoder struct {
	io.Reader
	name  string // of the file inside, where the format has one
	close func() // gives the decompressor and its memory back
}

func (w *walker) decompressor(kind Kind, in *bufio.Reader) (decoder, error) {
	switch kind {
	case Gzip:
		return gunzip(in)
	case Zlib:
		r, err := zlib.NewReader(in)
		return decoder{Reader: r, close: func() {}}, err
	case Bzip2:
		return decoder{Reader: bzip2.NewReader(&bzip2Input{Reader: in, w: w}), close: func() {}}, nil
	case Zstd:
		return w.unzstd(in)
	case XZ:
		grow, free := w.growing("an LZMA dictionary")
		return decoder{Reader: newXZ(in, grow), close: free}, nil
	case LZMA:
		grow, free := w.growing("an LZMA dictionary")
		r, err := newLZMA(in, grow)
		return decoder{Reader: r, close: free}, err
	case LZ4:
		return decoder{Reader: lz4.NewReader(in), close: func() {}}, nil
	}
	return decoder{}, &failure{expected: "a known compression", actual: string(kind)}
}

// bzip2Cost is charged for each bzip2 stream, since the decompressor makes itself a table of 3.6 MB for each.
const bzip2Cost = 64 << 10

// bzip2Input charges for the streams that begin in what is read.
type bzip2Input struct {
	*bufio.Reader
	w     *walker
	match int // bytes of "BZh" that were just read
}

func (b *bzip2Input) ReadByte() (byte, error) {
	c, err := b.Reader.ReadByte()
	if c == "BZh"[b.match] {
		if b.match++; b.match == 3 {
			b.match = 0
			if err := b.w.charge(bzip2Cost); err != nil {
				return 0, err
			}
		}
	} else if b.match = 0; c == 'B' {
		b.match = 1
	}
	return c, err
}

// growing takes memory as it is needed, and gives all of it back.
func (w *walker) growing(what string) (grow func(int64) error, free func()) {
	taken := int64(0)
	return func(n int64) error {
		if err := w.reserve(what, n); err != nil {
			return err
		}
		taken += n
		return nil
	}, func() { w.release(taken) }
}

var gzips sync.Pool

func gunzip(in io.Reader) (decoder, error) {
	r, _ := gzips.Get().(*gzip.Reader)
	if r == nil {
		r = new(gzip.Reader)
	}
	if err := r.Reset(in); err != nil {
		return decoder{}, err
	}
	name := ""
	if r.Name != "" {
		name = path.Base(strings.ToValidUTF8(r.Name, "?"))
	}
	return decoder{Reader: r, name: name, close: func() { gzips.Put(r) }}, nil
}

var inflaters sync.Pool

// inflater is a decompressor of raw deflate data.
func inflater(in io.Reader) decoder {
	r, _ := inflaters.Get().(io.ReadCloser)
	if r == nil {
		r = flate.NewReader(in)
	} else if err := r.(flate.Resetter).Reset(in, nil); err != nil {
		return decoder{Reader: errReader{err}, close: func() {}}
	}
	return decoder{Reader: r, close: func() { inflaters.Put(r) }}
}

// inflates reports whether a zlib stream's beginning gives anything: two bytes of magic are easily met by chance.
func inflates(head []byte) bool {
	d := inflater(bytes.NewReader(head[2:]))
	defer d.close()
	var out [64]byte
	n, err := io.ReadFull(d, out[:])
	return n > 0 && (err == nil || err == io.ErrUnexpectedEOF && len(head) >= headSize || len(head) < headSize)
}

const (
	zstdUsual  = 8 << 20  // the window that frames may always have: RFC 8878 wants decoders to take it
	zstdWindow = 64 << 20 // the largest that is taken
)

var zstds = sync.Pool{New: func() any {
	d, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdUsual))
	return d
}}

// unzstd decompresses frames whose windows are the usual or not larger than the first one's.
func (w *walker) unzstd(in *bufio.Reader) (decoder, error) {
	window := uint64(zstdUsual)
	head, _ := in.Peek(zstd.HeaderMaxSize)
	var h zstd.Header
	if err := h.Decode(head); err == nil && h.WindowSize > window {
		window = h.WindowSize
	}
	if window > zstdWindow {
		return decoder{}, &failure{expected: fmt.Sprintf("a zstd window of at most %d bytes", zstdWindow), actual: fmt.Sprint(window)}
	}
	if err := w.reserve("a zstd window", int64(window)); err != nil {
		return decoder{}, err
	}
	d := zstds.Get().(*zstd.Decoder)
	if err := d.ResetWithOptions(in, zstd.WithDecoderMaxWindow(window)); err != nil {
		w.release(int64(window))
		return decoder{}, err
	}
	return decoder{Reader: d, close: func() {
		w.release(int64(window))
		if window > zstdUsual { // too large to keep
			d.Close()
			return
		}
		if d.Reset(nil) == nil {
			zstds.Put(d)
		}
	}}, nil
}
