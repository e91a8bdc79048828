package unpack

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"strconv"
	"strings"
)

const (
	tarBlock  = 512
	tarRecord = 1 << 20 // the longest extended header that is read
)

// isTar reports whether a block is a tar header: its checksum is right (POSIX.1-2001, "ustar Interchange Format";
// old tars have no magic). Text fails at the first comparison.
func isTar(block []byte) bool {
	if string(block[257:262]) != "ustar" && (block[511] != 0 || block[257] != 0 || block[0] == 0) {
		return false
	}
	want, ok := tarNumber(block[148:156])
	if !ok {
		return false
	}
	unsigned, signed := int64(8*' '), int64(8*' ') // the checksum's own field counts as spaces
	for i, b := range block[:tarBlock] {
		if i < 148 || i >= 156 {
			unsigned += int64(b)
			signed += int64(int8(b))
		}
	}
	return want == unsigned || want == signed
}

// tarNumber reads octal digits, or the base-256 that GNU tar uses for what they cannot hold.
func tarNumber(field []byte) (int64, bool) {
	if field[0]&0x80 != 0 {
		n := int64(field[0] & 0x3f)
		for _, b := range field[1:] {
			if n >= 1<<47 {
				return 0, false
			}
			n = n<<8 | int64(b)
		}
		return n, field[0]&0x40 == 0
	}
	digits := bytes.Trim(field, " \x00")
	if at := bytes.IndexByte(digits, 0); at >= 0 {
		digits = digits[:at]
	}
	n, err := strconv.ParseInt(string(digits), 8, 64)
	return n, err == nil && n >= 0
}

// tarEntry is one header with those that extend it.
type tarEntry struct {
	name string
	kind byte
	size int64 // of the data that follows
	data int64 // where it begins
}

// file reports whether the entry holds bytes of a file.
func (e tarEntry) file() bool { return e.kind == 0 || e.kind == '0' || e.kind == '7' || e.kind == 'S' }

// tarReader steps through a tar file. Where the source is a stream, the data of an entry is read before the next.
type tarReader struct {
	at     io.ReaderAt // or nil
	stream *bufio.Reader
	pos    int64 // of the next byte
	size   int64 // of at
	left   int64 // of the entry's data that has not been read
	pad    int64 // behind that
	block  [tarBlock]byte

	tick    func() error // asked whether to go on
	ended   bool         // zeros have come
	damaged bool         // something else that is no header has come, before them
}

// next gives the next entry, or io.EOF. A block that is no header is passed over, so that damage costs one member.
func (t *tarReader) next() (tarEntry, error) {
	x := tarExtension{size: -1}
	for {
		if err := t.header(); err != nil {
			return tarEntry{}, err
		}
		size, ok := tarNumber(t.block[124:136])
		if !ok || !isTar(t.block[:]) {
			if err := t.tick(); err != nil {
				return tarEntry{}, err
			}
			zeros := t.block == [tarBlock]byte{}
			t.ended = t.ended || zeros
			t.damaged = t.damaged || !zeros && !t.ended
			continue
		}
		e := tarEntry{name: t.name(), kind: t.block[156], size: size}
		if e.kind == 'S' {
			if err := t.sparse(); err != nil {
				return e, err
			}
		}
		switch e.kind {
		case 'L', 'x', 'K', 'g':
			t.take(size)
			if err := t.extend(e.kind, &x); err != nil {
				return e, err
			}
			continue
		case '1', '2', '3', '4', '5', '6', 'V': // no data follows, whatever the size says
			e.size = 0
		default:
			if x.size >= 0 {
				e.size = x.size
			}
		}
		e.name = cmp.Or(x.sparse, x.name, e.name)
		t.take(e.size)
		e.data = t.pos
		return e, nil
	}
}

// tarExtension is what headers in front of an entry's own say about it.
type tarExtension struct {
	name, sparse string
	size         int64 // or -1
}

// extend reads the data of a header that extends the next one.
func (t *tarReader) extend(kind byte, x *tarExtension) error {
	if kind == 'K' || kind == 'g' {
		return nil
	}
	if t.left > tarRecord {
		return &failure{expected: "a tar header of at most 1 MiB", actual: strconv.FormatInt(t.left, 10)}
	}
	var r io.Reader = t
	if t.at != nil {
		r = io.NewSectionReader(t.at, t.pos, t.left)
	}
	data, err := io.ReadAll(r)
	if kind == 'L' {
		x.name = cString(data)
	} else {
		x.pax(data)
	}
	return err
}

// header reads the next block behind the entry's data.
func (t *tarReader) header() error {
	if err := t.skip(); err != nil {
		return err
	}
	if t.at != nil {
		n, err := t.at.ReadAt(t.block[:], t.pos)
		if n < tarBlock {
			if n == 0 && err == io.EOF {
				return io.EOF
			}
			return io.ErrUnexpectedEOF
		}
	} else if _, err := io.ReadFull(t.stream, t.block[:]); err != nil {
		return err
	}
	t.pos += tarBlock
	return nil
}

// take says how much data follows the header.
func (t *tarReader) take(size int64) {
	t.left = size
	t.pad = -size & (tarBlock - 1)
}

// skip passes over what is left of the entry.
func (t *tarReader) skip() error {
	gone := t.left + t.pad
	t.left, t.pad = 0, 0
	t.pos += gone
	if t.at != nil || gone == 0 {
		if t.at != nil && t.pos > (t.size+tarBlock-1)&^(tarBlock-1) {
			return io.ErrUnexpectedEOF
		}
		return nil
	}
	n, err := io.CopyN(io.Discard, t.stream, gone)
	if err == io.EOF && gone-n >= tarBlock {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Read reads the entry's data from a stream.
func (t *tarReader) Read(p []byte) (int, error) {
	if t.left == 0 {
		return 0, io.EOF
	}
	n, err := t.stream.Read(p[:min(int64(len(p)), t.left)])
	t.left -= int64(n)
	t.pos += int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// source is the entry's data.
func (t *tarReader) source(e tarEntry) source {
	if t.at == nil {
		return source{stream: t, size: e.size}
	}
	return section(t.at, t.size, e.data, e.size)
}

// section is a part of what can be read anywhere, cut at the end of the whole.
func section(at io.ReaderAt, whole, from, size int64) source {
	from = max(0, min(from, whole))
	size = max(0, min(size, whole-from))
	return source{at: io.NewSectionReader(at, from, size), size: size}
}

// sparse passes over the blocks in which an old GNU sparse header goes on.
func (t *tarReader) sparse() error {
	for more := t.block[482]; more != 0; more = t.block[504] {
		t.take(0)
		if err := t.header(); err != nil {
			return err
		}
	}
	return nil
}

// name joins the prefix and name fields. GNU's headers have other things where the prefix is.
func (t *tarReader) name() string {
	name := cString(t.block[:100])
	if string(t.block[257:263]) == "ustar\x00" {
		if prefix := cString(t.block[345:500]); prefix != "" {
			name = prefix + "/" + name
		}
	}
	return name
}

// pax reads "length key=value" lines (POSIX.1-2001, "pax Extended Header").
func (x *tarExtension) pax(data []byte) {
	for len(data) > 0 {
		digits, _, ok := bytes.Cut(data[:min(len(data), 20)], []byte{' '})
		n, err := strconv.Atoi(string(digits))
		if !ok || err != nil || n <= len(digits)+1 || n > len(data) {
			return
		}
		key, value, _ := bytes.Cut(bytes.TrimSuffix(data[len(digits)+1:n], []byte{'\n'}), []byte{'='})
		data = data[n:]
		switch string(key) {
		case "path":
			x.name = cString(value)
		case "GNU.sparse.name":
			x.sparse = cString(value)
		case "size":
			if v, err := strconv.ParseInt(string(value), 10, 64); err == nil && v >= 0 {
				x.size = v
			}
		}
	}
}

// cString is a field up to its first NUL, as valid UTF-8.
func cString(field []byte) string {
	if at := bytes.IndexByte(field, 0); at >= 0 {
		field = field[:at]
	}
	return strings.ToValidUTF8(string(field), "?")
}
