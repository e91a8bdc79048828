package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// zipDirectory is where a zip archive's central directory is.
type zipDirectory struct {
	at, size int64
	count    uint64 // of entries
	base     int64  // where the archive begins: what lies in front of it is a program or script
	comment  []byte
}

// findZipDirectory looks for the end record from the end (APPNOTE.TXT 4.3.16), and for the directory in front of it.
func findZipDirectory(s source) (zipDirectory, bool) {
	for _, size := range []int64{512, zipEndSearch} { // there is hardly ever a comment
		if d, ok := findZipEnd(s, min(s.size, size)); ok {
			return d, true
		}
	}
	return zipDirectory{}, false
}

// findZipEnd looks for the end record in the last bytes.
func findZipEnd(s source, size int64) (zipDirectory, bool) {
	tail := make([]byte, size)
	if _, err := s.at.ReadAt(tail, s.size-size); err != nil && err != io.EOF {
		return zipDirectory{}, false
	}
	for tries := 0; tries < 16; tries++ {
		at := bytes.LastIndex(tail, []byte(zipEnd))
		if at < 0 {
			break
		}
		if end := tail[at:]; len(end) >= zipEndSize {
			if d, ok := readZipEnd(s, end, s.size-size+int64(at)); ok {
				return d, true
			}
		}
		tail = tail[:at+len(zipEnd)-1]
	}
	return zipDirectory{}, false
}

// readZipEnd reads the end record at a place.
func readZipEnd(s source, end []byte, at int64) (zipDirectory, bool) {
	le := binary.LittleEndian
	d := zipDirectory{count: uint64(le.Uint16(end[10:])), size: int64(le.Uint32(end[12:]))}
	offset := int64(le.Uint32(end[16:]))
	if n := int(le.Uint16(end[20:])); n > 0 {
		d.comment = end[zipEndSize:min(len(end), zipEndSize+n)]
	}
	if end64, offset64, ok := d.zip64(s, at); ok {
		at, offset = end64, offset64
	} else if d.size == 1<<32-1 || offset == 1<<32-1 {
		return d, false
	}
	if d.count == 0 {
		return d, d.size == 0
	}
	// The directory ends where the end record begins; what it is off from its stated offset lies in front.
	for _, d.at = range []int64{at - d.size, offset} {
		var sig [4]byte
		if d.at < 0 || d.at >= s.size {
			continue
		}
		if _, err := s.at.ReadAt(sig[:], d.at); err == nil && string(sig[:]) == "PK\x01\x02" {
			d.base = max(0, d.at-offset)
			return d, true
		}
	}
	return d, false
}

// zip64 reads the end record of the 64-bit format, whose locator is in front of the other (APPNOTE.TXT 4.3.14,
// 4.3.15). It gives where that record is and the directory's offset.
func (d *zipDirectory) zip64(s source, end int64) (at, offset int64, ok bool) {
	le := binary.LittleEndian
	var locator [20]byte
	if end < 20 {
		return 0, 0, false
	}
	if _, err := s.at.ReadAt(locator[:], end-20); err != nil || string(locator[:4]) != "PK\x06\x07" {
		return 0, 0, false
	}
	var record [56]byte
	for _, at := range []int64{int64(le.Uint64(locator[8:]) &^ (1 << 63)), end - 20 - 56} {
		if at < 0 || at > s.size-56 {
			continue
		}
		if _, err := s.at.ReadAt(record[:], at); err != nil || string(record[:4]) != "PK\x06\x06" {
			continue
		}
		d.count, d.size = le.Uint64(record[32:]), int64(le.Uint64(record[40:])&^(1<<63))
		return at, int64(le.Uint64(record[48:]) &^ (1 << 63)), true
	}
	return 0, 0, false
}

// zipLocals looks into entries by their local headers, for archives that are cut off or damaged.
func (w *walker) zipLocals(n node, s source) error {
	in := inputs.Get().(*bufio.Reader)
	defer inputs.Put(in)
	for at := int64(0); ; {
		var ok bool
		if at, ok = nextLocal(in, s, at); !ok {
			return nil
		}
		var local [zipLocalSize]byte
		if _, err := s.at.ReadAt(local[:], at); err != nil {
			return nil
		}
		le := binary.LittleEndian
		e := zipEntry{flags: le.Uint16(local[6:]), method: le.Uint16(local[8:]), packed: int64(le.Uint32(local[18:])),
			size: int64(le.Uint32(local[22:])), header: at}
		name := make([]byte, le.Uint16(local[26:]))
		s.at.ReadAt(name, at+zipLocalSize)
		e.name = cString(name)
		at += zipLocalSize + int64(len(name)) + int64(le.Uint16(local[28:]))
		unknown := e.flags&zipDescriptor != 0 && e.packed == 0 || e.packed == 1<<32-1
		if unknown {
			e.packed, e.size = max(0, s.size-at), -1 // the decompressor finds the end
			if next, ok := nextLocal(in, s, at); ok && e.method == 0 {
				e.packed = next - at
			}
		}
		if err := w.zipOpen(n.member(e.name), e, section(s.at, s.size, at, e.packed)); err != nil {
			return err
		}
		if !unknown {
			at += e.packed
		}
	}
}

// nextLocal finds the next local header.
func nextLocal(in *bufio.Reader, s source, from int64) (int64, bool) {
	if from >= s.size {
		return 0, false
	}
	in.Reset(io.NewSectionReader(s.at, from, s.size-from))
	for {
		window, err := in.Peek(in.Size())
		if at := bytes.Index(window, []byte("PK\x03\x04")); at >= 0 {
			return from + int64(at), true
		}
		if err != nil {
			return 0, false
		}
		n, _ := in.Discard(len(window) - 3)
		from += int64(n)
	}
}
