package unpack

import (
	"bytes"
	"encoding/binary"
)

// Kind names a container format.
type Kind string

// The kinds. Archives hold members with names, compressions one stream, the others are files with texts inside.
const (
	Zip    Kind = "zip" // jar, war, docx, xlsx, odt, epub, whl, nupkg, apk, ...
	Tar    Kind = "tar"
	SevenZ Kind = "7z"
	Ar     Kind = "ar" // deb, static libraries
	Cpio   Kind = "cpio"
	RPM    Kind = "rpm"
	Asar   Kind = "asar" // Electron

	Gzip  Kind = "gzip"
	Zlib  Kind = "zlib"
	Bzip2 Kind = "bzip2"
	XZ    Kind = "xz"
	LZMA  Kind = "lzma"
	Zstd  Kind = "zstd"
	LZ4   Kind = "lz4"

	SQLite Kind = "sqlite"
	PDF    Kind = "pdf"
	PNG    Kind = "png"
	JPEG   Kind = "jpeg"
	GIF    Kind = "gif"
)

// headSize is what Sniff wants of a file: a tar header is one block.
const headSize = 512

type magic struct {
	bytes string
	kind  Kind
}

// magics are the formats told by fixed first bytes, by the first of them.
var magics = [256][]magic{
	'P':  {{"PK\x03\x04", Zip}, {"PK\x05\x06", Zip}, {"PK\x07\x08PK", Zip}, {"PK00PK\x03\x04", Zip}},
	0x1f: {{"\x1f\x8b\x08", Gzip}},
	'7':  {{"7z\xbc\xaf\x27\x1c", SevenZ}},
	'!':  {{"!<arch>\n", Ar}},
	'0':  {{"070701", Cpio}, {"070702", Cpio}, {"070707", Cpio}},
	0xc7: {{"\xc7\x71", Cpio}},
	0xed: {{"\xed\xab\xee\xdb", RPM}},
	0xfd: {{"\xfd7zXZ\x00", XZ}},
	0x28: {{"\x28\xb5\x2f\xfd", Zstd}},
	0x04: {{"\x04\x22\x4d\x18", LZ4}},
	'S':  {{"SQLite format 3\x00", SQLite}},
	'%':  {{"%PDF-", PDF}},
	0x89: {{"\x89PNG\r\n\x1a\n", PNG}},
	0xff: {{"\xff\xd8\xff", JPEG}},
	'G':  {{"GIF87a", GIF}, {"GIF89a", GIF}},
}

// leads tells the bytes that the formats of sniffLead begin with, so that most texts cost one look-up.
var leads = func() (set [256]bool) {
	for b := range magics {
		set[b] = len(magics[b]) > 0
	}
	for b := byte(0x50); b <= 0x5f; b++ {
		set[b] = true // skippable frames of zstd; LZMA's usual properties
	}
	set['B'], set[0x78], set[0x04] = true, true, true
	return set
}()

// Sniff names the container that begins with head (at least 512 bytes where the file has as many), or "" for
// none. It costs a few nanoseconds on text.
func Sniff(head []byte) Kind {
	if len(head) < 6 {
		return ""
	}
	if leads[head[0]] {
		if kind := sniffLead(head); kind != "" {
			return kind
		}
	}
	if len(head) >= headSize && isTar(head) {
		return Tar
	}
	return ""
}

func sniffLead(head []byte) Kind {
	for _, m := range magics[head[0]] {
		if m.bytes[1] == head[1] && len(head) >= len(m.bytes) && string(head[:len(m.bytes)]) == m.bytes {
			return m.kind
		}
	}
	switch {
	case isBzip2(head):
		return Bzip2
	case isZlib(head):
		return Zlib
	case isLZMA(head):
		return LZMA
	case isZstdSkippable(head):
		return Zstd
	case isAsar(head):
		return Asar
	}
	return ""
}

// isBzip2 reads "BZh", the level, and the magic of a block or, for an empty stream, of the end.
func isBzip2(head []byte) bool {
	return len(head) >= 10 && string(head[:3]) == "BZh" && head[3] >= '1' && head[3] <= '9' &&
		(string(head[4:10]) == "1AY&SY" || string(head[4:10]) == "\x17rE8P\x90")
}

// isZlib takes streams with the usual 32 KiB window (RFC 1950) whose first bytes are no text, so that "x^2" is none.
func isZlib(head []byte) bool {
	if head[0] != 0x78 || (uint(head[0])<<8|uint(head[1]))%31 != 0 || head[1]&0x20 != 0 || head[2]&6 == 6 {
		return false
	}
	if head[1] != 0x5e {
		return true
	}
	for _, b := range head[2:min(len(head), 64)] {
		if b < '\t' || b > 0x7e {
			return true
		}
	}
	return false
}

// isLZMA reads the header of a .lzma file: properties, a dictionary of a size that encoders use, and a size that is
// unknown or believable.
func isLZMA(head []byte) bool {
	if head[0] != 0x5d || len(head) < 14 || head[13] != 0 {
		return false
	}
	dict, size := binary.LittleEndian.Uint32(head[1:]), binary.LittleEndian.Uint64(head[5:])
	usual := dict >= 1<<12 && (dict&(dict-1) == 0 || dict%3 == 0 && (dict/3)&(dict/3-1) == 0)
	return usual && (size == 1<<64-1 || size < 1<<40)
}

// isZstdSkippable reads the magic of a frame that holds no data, in front of one that does.
func isZstdSkippable(head []byte) bool {
	return head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

// isAsar reads the two nested Pickle headers in front of asar's JSON.
func isAsar(head []byte) bool {
	return len(head) >= 24 && string(head[:4]) == "\x04\x00\x00\x00" && bytes.HasPrefix(head[16:], []byte(`{"files"`))
}

// zipEnd is the signature of a zip archive's end record, which has 22 bytes where no comment follows.
const zipEnd = "PK\x05\x06"

// SniffTail names the container that ends with tail, for files whose beginning Sniff does not know: a zip archive
// behind a program or script. A comment at the archive's end hides it from here, not from Walk.
func SniffTail(tail []byte) Kind {
	if len(tail) >= zipEndSize && string(tail[len(tail)-zipEndSize:][:4]) == zipEnd {
		return Zip
	}
	return ""
}

// archive reports whether members with names lie inside.
func (k Kind) archive() bool {
	switch k {
	case Zip, Tar, SevenZ, Ar, Cpio, RPM, Asar:
		return true
	}
	return false
}

// compression reports whether the container is one compressed stream.
func (k Kind) compression() bool {
	switch k {
	case Gzip, Zlib, Bzip2, XZ, LZMA, Zstd, LZ4:
		return true
	}
	return false
}

// picture reports whether the container is a picture with texts beside it.
func (k Kind) picture() bool { return k == PNG || k == JPEG || k == GIF }
