package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

const (
	szHeader  = 4 << 20 // bytes of a header that are read
	szEncoded = 4       // headers that hold a header
)

// Methods of 7z's folders (7zFormat.txt, Methods.txt).
const (
	szCopy    = "\x00"
	szDelta   = "\x03"
	szBranch  = "\x03\x03" // the first bytes of the older filters for programs
	szLZMA    = "\x03\x01\x01"
	szLZMA2   = "\x21"
	szDeflate = "\x04\x01\x08"
	szBzip2   = "\x04\x02\x02"
	szZstd    = "\x04\xf7\x11\x01"
	szAES     = "\x06\xf1\x07\x01"
)

// sevenZ looks into the files of a 7z archive.
func (w *walker) sevenZ(n node, s source) error {
	held, release, err := w.hold(n, s)
	if err != nil {
		return err
	}
	defer release()
	var start [32]byte
	if _, err := held.at.ReadAt(start[:], 0); err != nil {
		return noEOF(err)
	}
	le := binary.LittleEndian
	offset, size := le.Uint64(start[12:]), le.Uint64(start[20:])
	if size == 0 {
		return nil
	}
	if offset > uint64(held.size) || size > uint64(held.size)-offset {
		return io.ErrUnexpectedEOF
	}
	header, err := readHeld(section(held.at, held.size, 32+int64(offset), int64(size)).reader(), size)
	if err != nil {
		return err
	}
	header, err = w.szHeader(held, header)
	if err != nil {
		return err
	}
	p := &szParser{data: header}
	archive := p.archive()
	if p.failed {
		return &failure{expected: "the header of a 7z archive", actual: "damaged data"}
	}
	return w.szFolders(n, held, archive)
}

func readHeld(r io.Reader, size uint64) ([]byte, error) {
	if size > szHeader {
		return nil, &failure{expected: fmt.Sprintf("a 7z header of at most %d bytes", szHeader), actual: fmt.Sprint(size)}
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && uint64(len(data)) < size {
		err = io.ErrUnexpectedEOF
	}
	return data, err
}

// szHeader decodes headers that are themselves packed.
func (w *walker) szHeader(s source, header []byte) ([]byte, error) {
	for range szEncoded {
		if len(header) == 0 || header[0] != szEncodedHeader {
			return header, nil
		}
		p := &szParser{data: header[1:]}
		streams := p.streams()
		if p.failed || len(streams.folders) != 1 {
			return nil, &failure{expected: "the header of a 7z archive", actual: "damaged data"}
		}
		folder := streams.folders[0]
		d, err := w.szFolder(s, &folder)
		if err != nil {
			return nil, err
		}
		header, err = readHeld(d, folder.unpacked())
		d.close()
		if err != nil {
			return nil, err
		}
	}
	return nil, &failure{expected: "a 7z header", actual: "headers inside each other"}
}

// szFolders looks into the files of each folder: a stream that holds them one after the other.
func (w *walker) szFolders(n node, s source, a szArchive) error {
	names := szNames{data: a.names}
	file := 0
	next := func() string { // the next file's name that has data
		for name := ""; ; file++ {
			name = names.next()
			if file >= a.files || !bitAt(a.empty, file) {
				file++
				return name
			}
		}
	}
	for i := range a.folders {
		f := &a.folders[i]
		d, err := w.szFolder(s, f)
		if err != nil {
			at := n.member(next())
			for range f.sizes[min(1, len(f.sizes)):] {
				next()
			}
			if err := w.settle(at, err); err != nil {
				return err
			}
			continue
		}
		err = w.szFiles(n, d, f, next)
		d.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// szFiles looks into the files of one folder. Only what ends the walk is returned.
func (w *walker) szFiles(n node, d decoder, f *szFolder, next func() string) error {
	for _, size := range f.sizes {
		member := n.member(next())
		data := &io.LimitedReader{R: d, N: int64(min(size, 1<<62))}
		err := w.open(member, source{stream: data, size: data.N})
		if err == nil {
			if _, err = io.Copy(io.Discard, data); err == nil && data.N > 0 {
				err = io.ErrUnexpectedEOF
			}
		}
		if err := w.settle(member, err); err != nil {
			return err
		}
	}
	return nil
}

// szFolder is the decompressor of a folder: its coders, one behind the other.
func (w *walker) szFolder(s source, f *szFolder) (decoder, error) {
	if f.complex {
		return decoder{}, &failure{expected: "coders of one stream", actual: "a 7z folder that mixes several"}
	}
	packed := &counted{Reader: section(s.at, s.size, f.at, f.packed).reader(), w: w}
	out := decoder{Reader: bufio.NewReaderSize(packed, inputRoom), close: func() {}}
	for _, i := range f.order {
		in, free := out.Reader, out.close
		d, err := w.szCoder(f.coders[i], in, f.outSizes[i])
		if err != nil {
			free()
			return decoder{}, err
		}
		out = decoder{Reader: d.Reader, close: func() { d.close(); free() }}
	}
	out.Reader = &inflated{w: w, from: io.LimitReader(out.Reader, int64(min(f.unpacked(), 1<<62))), packed: packed.count}
	return out, nil
}

// szCoder is the decompressor of one coder. The filters for programs change only jumps, which texts do not have.
func (w *walker) szCoder(c szCoder, in io.Reader, size uint64) (decoder, error) {
	done := func() {}
	buffered, ok := in.(*bufio.Reader)
	if !ok {
		buffered = bufio.NewReaderSize(in, 4<<10)
	}
	if strings.HasPrefix(c.method, szBranch) || len(c.method) == 1 && c.method >= "\x04" && c.method <= "\x0b" {
		return decoder{Reader: in, close: done}, nil
	}
	switch c.method {
	case szCopy:
		return decoder{Reader: in, close: done}, nil
	case szDelta:
		if len(c.properties) == 1 {
			return decoder{Reader: &deltaReader{from: in, distance: int(c.properties[0]) + 1}, close: done}, nil
		}
	case szLZMA:
		grow, free := w.growing("an LZMA dictionary")
		r, err := newRawLZMA(buffered, c.properties, size, grow)
		return decoder{Reader: r, close: free}, err
	case szLZMA2:
		if len(c.properties) == 1 {
			grow, free := w.growing("an LZMA dictionary")
			r, err := newLZMA2(buffered, c.properties[0], grow)
			return decoder{Reader: r, close: free}, err
		}
	case szDeflate:
		return inflater(buffered), nil
	case szBzip2:
		return w.decompressor(Bzip2, buffered)
	case szZstd:
		return w.decompressor(Zstd, buffered)
	case szAES:
		return decoder{}, &failure{expected: "readable members", actual: "encrypted ones", told: true}
	}
	return decoder{}, &failure{expected: "a 7z method of copy, delta, LZMA, LZMA2, deflate, bzip2 or zstd", actual: fmt.Sprintf("method %x", c.method)}
}

// deltaReader undoes the filter that stores differences to the bytes at a distance.
type deltaReader struct {
	from     io.Reader
	distance int
	state    [256]byte
	at       int
}

func (d *deltaReader) Read(p []byte) (int, error) {
	n, err := d.from.Read(p)
	for i, b := range p[:n] {
		d.state[d.at] += b
		p[i] = d.state[d.at]
		d.at++
		if d.at == d.distance {
			d.at = 0
		}
	}
	return n, err
}

// szNames gives the names of files, which are UTF-16LE with a zero behind each.
type szNames struct{ data []byte }

func (n *szNames) next() string {
	var units []uint16
	for len(n.data) >= 2 {
		u := binary.LittleEndian.Uint16(n.data)
		n.data = n.data[2:]
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(bytes.ToValidUTF8([]byte(string(utf16.Decode(units))), []byte("?")))
}

// bitAt reports a bit of a list whose highest bits come first. Bits behind the end are not set.
func bitAt(bits []byte, i int) bool { return i/8 < len(bits) && bits[i/8]&(0x80>>(i%8)) != 0 }
