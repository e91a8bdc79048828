package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// sequence is an archive whose members follow each other, read from its beginning to its end.
type sequence struct {
	w  *walker
	n  node
	in *bufio.Reader
}

// inSequence reads an archive by a function that looks into its members.
func (w *walker) inSequence(n node, s source, read func(*sequence) error) error {
	q := &sequence{w: w, n: n, in: inputs.Get().(*bufio.Reader)}
	defer inputs.Put(q.in)
	q.in.Reset(s.reader())
	return read(q)
}

// member looks into the next size bytes and passes over those that nothing has read.
func (q *sequence) member(name string, size int64, plain bool) error {
	if size == 0 {
		return q.w.count()
	}
	n := q.n.member(name)
	n.plain = plain
	data := &io.LimitedReader{R: q.in, N: size}
	if err := q.w.settle(n, q.w.open(n, source{stream: data, size: size})); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, data); err != nil {
		return err
	}
	if data.N > 0 {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// skip passes over the padding that follows size bytes in units of a power of two.
func (q *sequence) skip(size int64, unit int64) error {
	_, err := q.in.Discard(int(-size & (unit - 1)))
	return err
}

// ar looks into the members of a Unix archive: a Debian package, a static library.
func (q *sequence) ar() error {
	if _, err := q.in.Discard(8); err != nil {
		return noEOF(err)
	}
	var names []byte // GNU's table of long names
	for {
		var head [60]byte
		if _, err := io.ReadFull(q.in, head[:]); err != nil {
			return atEnd(err)
		}
		size, err := strconv.ParseInt(strings.TrimRight(string(head[48:58]), " "), 10, 64)
		if err != nil || size < 0 || string(head[58:]) != "`\n" {
			return &failure{expected: "the header of an ar member", actual: "other bytes"}
		}
		name := strings.TrimRight(cString(head[:16]), " ")
		left := size
		switch {
		case name == "//" && size <= 1<<20:
			names = make([]byte, size)
			if _, err := io.ReadFull(q.in, names); err != nil {
				return noEOF(err)
			}
			left = 0
		case strings.HasPrefix(name, "#1/"): // BSD: the name is in front of the data
			if name, left, err = q.bsdName(name[3:], size); err != nil {
				return err
			}
		default:
			name = gnuName(name, names)
		}
		if err := q.member(name, left, false); err != nil {
			return err
		}
		if err := q.skip(size, 2); err != nil {
			return atEnd(err)
		}
	}
}

// atEnd is the error of reading what may be missing at an archive's end.
func atEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// gnuName is a member's name, perhaps from the table, without the slash that ends it.
func gnuName(name string, names []byte) string {
	if at, err := strconv.Atoi(strings.TrimPrefix(name, "/")); err == nil && at >= 0 && at < len(names) && name[0] == '/' {
		long, _, _ := bytes.Cut(names[at:], []byte{'\n'})
		name = cString(long)
	}
	return strings.TrimSuffix(name, "/")
}

func (q *sequence) bsdName(digits string, size int64) (string, int64, error) {
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 || n > size || n > 1<<16 {
		return "", 0, &failure{expected: "the length of a name", actual: strconv.Quote(digits)}
	}
	name := make([]byte, n)
	_, err = io.ReadFull(q.in, name)
	return cString(name), size - n, noEOF(err)
}

// cpio looks into the members of a cpio archive, and into what follows its end, as in an initial RAM disk.
func (q *sequence) cpio() error {
	for {
		h, err := q.cpioHeader()
		if err != nil {
			return err
		}
		if h.name == "TRAILER!!!" {
			return q.behind()
		}
		size := h.size
		if h.link {
			size = 0
			if _, err := io.CopyN(io.Discard, q.in, h.size); err != nil {
				return noEOF(err)
			}
		}
		if err := q.member(strings.TrimPrefix(h.name, "./"), size, false); err != nil {
			return err
		}
		if err := q.skip(h.size, h.unit); err != nil {
			return noEOF(err)
		}
	}
}

// behind looks into what follows an archive and the zeros behind it.
func (q *sequence) behind() error {
	for {
		b, err := q.in.Peek(1)
		if err != nil {
			return atEnd(err)
		}
		if b[0] != 0 {
			return q.w.open(q.n, source{stream: q.in, size: -1})
		}
		q.in.Discard(1)
	}
}

// cpioHeader is what a member's header says.
type cpioHeader struct {
	name string
	size int64
	unit int64 // that names and data are padded to
	link bool
}

// cpioHeader reads a header in one of the formats: newc in hex, odc in octal, the old one in binary.
func (q *sequence) cpioHeader() (h cpioHeader, err error) {
	magic, err := q.in.Peek(6)
	if err != nil {
		return h, noEOF(err)
	}
	var head []byte
	var mode, name int64
	switch {
	case string(magic) == "070701", string(magic) == "070702":
		head, h.unit = make([]byte, 110), 4
	case string(magic) == "070707":
		head, h.unit = make([]byte, 76), 1
	case magic[0] == 0xc7 && magic[1] == 0x71:
		head, h.unit = make([]byte, 26), 2
	default:
		return h, &failure{expected: "the header of a cpio member", actual: "other bytes"}
	}
	if _, err := io.ReadFull(q.in, head); err != nil {
		return h, noEOF(err)
	}
	switch h.unit {
	case 4:
		mode, h.size, name = cpioNumber(head[14:22], 16), cpioNumber(head[54:62], 16), cpioNumber(head[94:102], 16)
	case 1:
		mode, h.size, name = cpioNumber(head[18:24], 8), cpioNumber(head[65:76], 8), cpioNumber(head[59:65], 8)
	default:
		le := binary.LittleEndian
		mode, name = int64(le.Uint16(head[6:])), int64(le.Uint16(head[20:]))
		h.size = int64(le.Uint16(head[22:]))<<16 | int64(le.Uint16(head[24:]))
	}
	if h.size < 0 || name < 0 || name > 1<<16 {
		return h, &failure{expected: "the sizes of a cpio member", actual: fmt.Sprintf("%d and %d", h.size, name)}
	}
	text := make([]byte, name)
	if _, err := io.ReadFull(q.in, text); err != nil {
		return h, noEOF(err)
	}
	h.name, h.link = cString(text), mode&0o170000 == 0o120000
	return h, noEOF(q.skip(int64(len(head))+name, h.unit))
}

func cpioNumber(field []byte, base int) int64 {
	n, err := strconv.ParseUint(string(field), base, 63)
	if err != nil {
		return -1
	}
	return int64(n)
}

// rpm looks into a package: its header, which holds the scripts, and the payload (RPM's "Package format v4").
func (q *sequence) rpm() error {
	if _, err := q.in.Discard(96); err != nil {
		return noEOF(err)
	}
	for i, name := range []string{"signature", "header"} {
		var head [16]byte
		if _, err := io.ReadFull(q.in, head[:]); err != nil {
			return noEOF(err)
		}
		if string(head[:4]) != "\x8e\xad\xe8\x01" {
			return &failure{expected: "a header of an RPM package", actual: "other bytes"}
		}
		size := 16*int64(binary.BigEndian.Uint32(head[8:])) + int64(binary.BigEndian.Uint32(head[12:]))
		if err := q.member(name, size, true); err != nil {
			return err
		}
		if i == 0 {
			if err := q.skip(size, 8); err != nil {
				return noEOF(err)
			}
		}
	}
	return q.w.open(q.n, source{stream: q.in, size: -1})
}
