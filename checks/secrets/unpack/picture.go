package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

const pictureText = 1 << 20 // bytes of one text in a picture that are read

// png shows the text chunks of a PNG file, and what follows its end (W3C "PNG Specification", 11.3.3).
func (q *sequence) png() error {
	if _, err := q.in.Discard(8); err != nil {
		return noEOF(err)
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(q.in, head[:]); err != nil {
			return noEOF(err)
		}
		size, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		switch kind {
		case "tEXt", "zTXt", "iTXt", "eXIf":
			data, err := q.part(size)
			if err != nil {
				return err
			}
			if err := q.pngText(kind, data); err != nil {
				return err
			}
		default:
			if _, err := io.CopyN(io.Discard, q.in, size); err != nil {
				return noEOF(err)
			}
		}
		if _, err := q.in.Discard(4); err != nil { // the checksum
			return noEOF(err)
		}
		if kind == "IEND" {
			return q.rest()
		}
	}
}

// part reads a part of a picture that holds text.
func (q *sequence) part(size int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(q.in, min(size, pictureText)))
	if err == nil && int64(len(data)) < min(size, pictureText) {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && size > pictureText {
		q.w.tell(q.n, &failure{expected: "a text of at most 1 MiB in a picture", actual: "more"})
		_, err = io.CopyN(io.Discard, q.in, size-pictureText)
	}
	return data, noEOF(err)
}

// rest looks into what follows a picture: a place to hide an archive.
func (q *sequence) rest() error {
	if _, err := q.in.Peek(1); err != nil {
		return atEnd(err)
	}
	return q.w.open(q.n.member("behind the picture"), source{stream: q.in, size: -1})
}

// pngText shows a chunk: the keyword, a zero, and the text, perhaps behind more fields and packed.
func (q *sequence) pngText(kind string, data []byte) error {
	keyword, text, _ := bytes.Cut(data, []byte{0})
	packed := false
	switch kind {
	case "eXIf":
		return q.text(kind, data)
	case "zTXt":
		if len(text) < 1 {
			return nil
		}
		packed, text = true, text[1:]
	case "iTXt": // packed or not, method, language, translated keyword
		if len(text) < 2 {
			return nil
		}
		packed = text[0] == 1
		_, text, _ = bytes.Cut(text[2:], []byte{0})
		_, text, _ = bytes.Cut(text, []byte{0})
	}
	name := strings.ToValidUTF8(kind+" "+string(keyword), "?")
	if !packed {
		return q.text(name, text)
	}
	n := q.n.member(name)
	return q.w.settle(n, q.w.decompress(n, Zlib, source{at: bytes.NewReader(text), size: int64(len(text))}))
}

// text shows a text of a picture.
func (q *sequence) text(name string, data []byte) error {
	n := q.n.member(name)
	n.plain = true
	return q.w.settle(n, q.w.open(n, source{at: bytes.NewReader(data), size: int64(len(data))}))
}

// jpeg shows comments and the application segments that hold EXIF, XMP and IPTC texts (ITU-T T.81, B.1.1).
func (q *sequence) jpeg() error {
	if _, err := q.in.Discard(2); err != nil {
		return noEOF(err)
	}
	for {
		marker, err := q.jpegMarker()
		if err != nil {
			return err
		}
		if marker == 0xd9 {
			return q.rest()
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd8 { // they stand alone
			continue
		}
		var head [2]byte
		if _, err := io.ReadFull(q.in, head[:]); err != nil {
			return noEOF(err)
		}
		size := max(0, int64(binary.BigEndian.Uint16(head[:]))-2)
		name := ""
		switch marker {
		case 0xfe:
			name = "comment"
		case 0xe1, 0xed:
			name = "metadata"
		}
		if name == "" {
			if _, err := io.CopyN(io.Discard, q.in, size); err != nil {
				return noEOF(err)
			}
			continue
		}
		data, err := q.part(size)
		if err != nil {
			return err
		}
		if err := q.text(name, data); err != nil {
			return err
		}
	}
}

// jpegMarker finds the next marker, behind the coded picture.
func (q *sequence) jpegMarker() (byte, error) {
	for {
		if err := q.after(0xff); err != nil {
			return 0, noEOF(err)
		}
		b := byte(0xff)
		for b == 0xff {
			var err error
			if b, err = q.in.ReadByte(); err != nil {
				return 0, noEOF(err)
			}
		}
		if b != 0 { // a zero says that the byte before was data
			return b, nil
		}
	}
}

// after passes over everything up to a byte.
func (q *sequence) after(b byte) error {
	for {
		if _, err := q.in.Peek(1); err != nil {
			return err
		}
		window, _ := q.in.Peek(q.in.Buffered())
		if at := bytes.IndexByte(window, b); at >= 0 {
			_, err := q.in.Discard(at + 1)
			return err
		}
		q.in.Discard(len(window))
	}
}

// gif shows comments and the texts of applications (GIF89a, 24 and 26).
func (q *sequence) gif() error {
	var head [13]byte
	if _, err := io.ReadFull(q.in, head[:]); err != nil {
		return noEOF(err)
	}
	if err := q.colors(head[10]); err != nil {
		return err
	}
	for {
		b, err := q.in.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		switch b {
		case 0x3b:
			return q.rest()
		case 0x2c:
			err = q.gifImage()
		case 0x21:
			err = q.gifExtension()
		default:
			err = &failure{expected: "a block of a GIF file", actual: "other bytes"}
		}
		if err != nil {
			return err
		}
	}
}

// colors passes over a table of colors.
func (q *sequence) colors(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := q.in.Discard(3 << (flags&7 + 1))
	return noEOF(err)
}

func (q *sequence) gifImage() error {
	var head [9]byte
	if _, err := io.ReadFull(q.in, head[:]); err != nil {
		return noEOF(err)
	}
	if err := q.colors(head[8]); err != nil {
		return err
	}
	if _, err := q.in.Discard(1); err != nil {
		return noEOF(err)
	}
	_, err := q.blocks(nil, false)
	return err
}

func (q *sequence) gifExtension() error {
	label, err := q.in.ReadByte()
	if err != nil {
		return noEOF(err)
	}
	name := map[byte]string{0xfe: "comment", 0xff: "application", 0x01: "plain text"}[label]
	data, err := q.blocks(nil, name != "")
	if err != nil || name == "" {
		return err
	}
	return q.text(name, data)
}

// blocks reads data in blocks of up to 255 bytes, which an empty one ends.
func (q *sequence) blocks(data []byte, keep bool) ([]byte, error) {
	for {
		n, err := q.in.ReadByte()
		if err != nil {
			return data, noEOF(err)
		}
		if n == 0 {
			return data, nil
		}
		block, err := q.in.Peek(int(n))
		if err != nil {
			return data, noEOF(err)
		}
		if keep && len(data) < pictureText {
			data = append(data, block...)
		}
		q.in.Discard(int(n))
	}
}
