package objects

import (
	"bytes"
	"encoding/hex"
)

// Kind is what an object is, as packs number it (gitformat-pack, "Object types").
type Kind uint8

// The kinds of objects. Their numbers are those of the pack format.
const (
	KindCommit Kind = 1
	KindTree   Kind = 2
	KindBlob   Kind = 3
	KindTag    Kind = 4

	kindOfsDelta Kind = 6
	kindRefDelta Kind = 7
)

func (k Kind) String() string {
	switch k {
	case KindCommit:
		return "commit"
	case KindTree:
		return "tree"
	case KindBlob:
		return "blob"
	case KindTag:
		return "tag"
	}
	return "unknown"
}

func kindNamed(name []byte) Kind {
	for k := KindCommit; k <= KindTag; k++ {
		if string(name) == k.String() {
			return k
		}
	}
	return 0
}

// Sizes of an object's name in bytes.
const (
	sizeSHA1   = 20
	sizeSHA256 = 32
)

// ID is an object's name: a SHA-1 or a SHA-256. The zero value names nothing.
type ID struct {
	sum  [sizeSHA256]byte
	size uint8
}

// idOf makes an ID of 20 or 32 raw bytes.
func idOf(raw []byte) ID {
	id := ID{size: uint8(len(raw))}
	copy(id.sum[:], raw)
	return id
}

// ParseID reads 40 or 64 hexadecimal digits.
func ParseID(text string) (ID, bool) { return parseHex([]byte(text)) }

func parseHex(text []byte) (ID, bool) {
	if len(text) != 2*sizeSHA1 && len(text) != 2*sizeSHA256 {
		return ID{}, false
	}
	id := ID{size: uint8(len(text) / 2)}
	if _, err := hex.Decode(id.sum[:], text); err != nil {
		return ID{}, false
	}
	if id.IsZero() {
		return ID{}, false
	}
	return id, true
}

// IsZero reports whether the ID names nothing; git writes that as a name of zeros.
func (id ID) IsZero() bool { return id.sum == [sizeSHA256]byte{} }

// String is the name in hexadecimal digits.
func (id ID) String() string {
	var digits [2 * sizeSHA256]byte
	return string(digits[:hex.Encode(digits[:], id.sum[:id.size])])
}

// raw is the name's bytes; it is only valid as long as id is.
func (id *ID) raw() []byte { return id.sum[:id.size] }

// Compare orders IDs by their bytes.
func (id ID) Compare(other ID) int { return bytes.Compare(id.raw(), other.raw()) }
