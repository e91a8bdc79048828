package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

const (
	zipEndSize   = 22
	zipEntrySize = 46 // of a central directory's fixed part
	zipLocalSize = 30
	zipEndSearch = zipEndSize + 1<<16 // the longest comment
)

// hasZipEnd reports whether a source that begins with something else ends as a zip archive does.
func hasZipEnd(s source, head []byte) bool {
	if len(head) < 4 || s.size < 2*zipEndSize {
		return false
	}
	var tail [zipEndSize]byte
	_, err := s.at.ReadAt(tail[:], s.size-zipEndSize)
	return err == nil && SniffTail(tail[:]) == Zip && binary.LittleEndian.Uint16(tail[10:]) > 0
}

// zipEntry is one entry, as the central directory or a local header has it.
type zipEntry struct {
	name         string
	flags        uint16
	method       uint16
	packed, size int64
	header       int64 // where its local header is, from the archive's beginning
}

const (
	zipEncrypted  = 1 << 0
	zipEndMarker  = 1 << 1 // of LZMA: a marker ends the data
	zipDescriptor = 1 << 3 // sizes follow the data
)

// zip looks into the entries of the central directory, or where there is none, of the local headers.
func (w *walker) zip(n node, s source) error {
	held, release, err := w.hold(n, s)
	if err != nil {
		return err
	}
	defer release()
	d, ok := findZipDirectory(held)
	if !ok {
		if err := w.zipLocals(n, held); err != nil {
			return err
		}
		return &failure{expected: "a zip archive with its central directory", actual: "none; its entries were read one after the other"}
	}
	if len(d.comment) > 0 {
		comment := source{at: bytes.NewReader(d.comment), size: int64(len(d.comment))}
		w.tell(n, w.open(n.member("zip comment"), comment))
	}
	if d.base > 0 {
		before := n
		before.plain = true
		if err := w.open(before, section(held.at, held.size, 0, d.base)); err != nil {
			return err
		}
	}
	return w.zipEntries(n, held, d)
}

// zipEntries looks into what the central directory lists.
func (w *walker) zipEntries(n node, s source, d zipDirectory) error {
	in := inputs.Get().(*bufio.Reader)
	defer inputs.Put(in)
	in.Reset(io.NewSectionReader(s.at, d.at, d.size))
	var packed int64
	for read := uint64(0); ; read++ {
		e, err := readZipEntry(in)
		if err != nil {
			if err != io.EOF || read < d.count {
				return &failure{expected: fmt.Sprintf("a central directory of %d entries", d.count), actual: fmt.Sprint(read)}
			}
			return nil
		}
		// Entries that overlap give the same bytes again and again (a bomb whose ratio nothing bounds).
		if packed += e.packed; packed > s.size {
			return &failure{expected: "zip entries that do not overlap", actual: "more packed bytes than the archive has"}
		}
		if err := w.zipMember(n, s, d, e); err != nil {
			return err
		}
	}
}

// readZipEntry reads one entry of a central directory (APPNOTE.TXT 4.3.12).
func readZipEntry(in *bufio.Reader) (e zipEntry, err error) {
	fixed, err := in.Peek(zipEntrySize)
	if err != nil || string(fixed[:4]) != "PK\x01\x02" {
		return e, io.EOF
	}
	le := binary.LittleEndian
	e = zipEntry{flags: le.Uint16(fixed[8:]), method: le.Uint16(fixed[10:]), packed: int64(le.Uint32(fixed[20:])),
		size: int64(le.Uint32(fixed[24:])), header: int64(le.Uint32(fixed[42:]))}
	name, extra, comment := int(le.Uint16(fixed[28:])), int(le.Uint16(fixed[30:])), int(le.Uint16(fixed[32:]))
	in.Discard(zipEntrySize)
	if e.name, err = readName(in, name); err != nil {
		return e, err
	}
	if e.packed == 1<<32-1 || e.size == 1<<32-1 || e.header == 1<<32-1 {
		field := make([]byte, extra)
		if _, err := io.ReadFull(in, field); err != nil {
			return e, err
		}
		extra = 0
		e.zip64(field)
	}
	_, err = in.Discard(extra + comment)
	return e, err
}

// readName reads a name as valid UTF-8.
func readName(in *bufio.Reader, n int) (string, error) {
	if n <= in.Size() {
		field, err := in.Peek(n)
		name := strings.ToValidUTF8(string(field), "?")
		in.Discard(len(field))
		return name, err
	}
	field := make([]byte, n)
	_, err := io.ReadFull(in, field)
	return strings.ToValidUTF8(string(field), "?"), err
}

// zip64 takes the sizes that 32 bits cannot hold from the extra field (APPNOTE.TXT 4.5.3).
func (e *zipEntry) zip64(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		for _, v := range []*int64{&e.size, &e.packed, &e.header} {
			if *v == 1<<32-1 && len(field) >= 8 {
				*v = int64(le.Uint64(field) &^ (1 << 63))
				field = field[8:]
			}
		}
	}
}

// zipMember looks into one entry. Only what ends the archive is returned.
func (w *walker) zipMember(n node, s source, d zipDirectory, e zipEntry) error {
	if e.packed == 0 || strings.HasSuffix(e.name, "/") && e.size == 0 {
		return w.count()
	}
	member := n.member(e.name)
	var local [zipLocalSize]byte
	at := d.base + e.header
	if at < 0 || at > s.size-zipLocalSize {
		w.tell(member, io.ErrUnexpectedEOF)
		return nil
	}
	if _, err := s.at.ReadAt(local[:], at); err != nil || string(local[:4]) != "PK\x03\x04" {
		w.tell(member, &failure{expected: "a local header", actual: "other bytes"})
		return nil
	}
	le := binary.LittleEndian
	data := section(s.at, s.size, at+zipLocalSize+int64(le.Uint16(local[26:]))+int64(le.Uint16(local[28:])), e.packed)
	return w.zipOpen(member, e, data)
}

// zipOpen looks into an entry whose data is found, and tells what went wrong. Only what ends the walk is returned.
func (w *walker) zipOpen(n node, e zipEntry, data source) error {
	err := w.zipData(n, e, data)
	if err == nil && data.size < e.packed {
		err = io.ErrUnexpectedEOF
	}
	return w.settle(n, err)
}

// zipData looks into an entry's data.
func (w *walker) zipData(n node, e zipEntry, data source) error {
	if e.flags&zipEncrypted != 0 {
		if err := w.count(); err != nil {
			return err
		}
		return &failure{expected: "a readable member", actual: "an encrypted one", told: true}
	}
	if e.method == 0 {
		return w.open(n, data)
	}
	in := inputs.Get().(*bufio.Reader)
	defer inputs.Put(in)
	packed := &counted{Reader: data.reader(), w: w}
	in.Reset(packed)
	d, err := w.zipMethod(e, in)
	if err != nil {
		return err
	}
	defer d.close()
	return w.open(n, source{stream: &inflated{w: w, from: d, packed: packed.count}, size: e.size})
}

// zipMethod is the decompressor of a method (APPNOTE.TXT 4.4.5).
func (w *walker) zipMethod(e zipEntry, in *bufio.Reader) (decoder, error) {
	switch e.method {
	case 8:
		return inflater(in), nil
	case 12:
		return w.decompressor(Bzip2, in)
	case 14:
		return w.zipLZMA(e, in)
	case 93, 20:
		return w.decompressor(Zstd, in)
	case 95:
		return w.decompressor(XZ, in)
	}
	return decoder{}, &failure{expected: "a zip method of deflate, bzip2, lzma, zstd or xz", actual: fmt.Sprint(e.method)}
}

// zipLZMA reads the header in front of an entry's LZMA data: two bytes of version, the properties and their length
// (APPNOTE.TXT 5.8.8).
func (w *walker) zipLZMA(e zipEntry, in *bufio.Reader) (decoder, error) {
	var head [9]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return decoder{}, noEOF(err)
	}
	size := uint64(1<<64 - 1)
	if e.flags&zipEndMarker == 0 && e.size >= 0 {
		size = uint64(e.size)
	}
	grow, free := w.growing("an LZMA dictionary")
	r, err := newRawLZMA(in, head[4:], size, grow)
	return decoder{Reader: r, close: free}, err
}
