package decode

import (
	"bytes"
	"unicode/utf8"
)

// textByte marks printable ASCII, tab and line ends.
var textByte = func() (t [256]bool) {
	for c := ' '; c <= '~'; c++ {
		t[c] = true
	}
	t['\t'], t['\n'], t['\r'] = true, true, true
	return t
}()

const (
	shortest = 12 // bytes of text that are worth giving
	strict   = 32 // bytes below which every byte must be text
)

// plausible reports whether bytes are what somebody encoded, rather than what other text happens to decode to.
func plausible(b []byte) bool { return isText(b) || isContainer(b) || isWideText(b) }

// isText reports whether b is long enough and at least nine tenths of it are text; of little, all.
func isText(b []byte) bool {
	faults := len(b) / 10
	if len(b) < strict {
		faults = 0
	}
	return len(b) >= shortest && readsAsText(b, faults)
}

// readsAsText reports whether b is printable ASCII and characters in UTF-8, but for a number of faulty bytes.
func readsAsText(b []byte, faults int) bool {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			if !textByte[b[i]] {
				faults--
			}
			i++
		} else if r, size := utf8.DecodeRune(b[i:]); r == utf8.RuneError {
			faults--
			i++
		} else {
			i += size
		}
		if faults < 0 {
			return false
		}
	}
	return true
}

// magics begin containers that text can be read from.
var magics = []string{
	"BZh",                              // bzip2
	"\x1f\x8b\x08",                     // gzip, RFC 1952
	"PK\x03\x04",                       // zip
	"\xfd7zXZ\x00",                     // xz
	"\x28\xb5\x2f\xfd",                 // Zstandard, RFC 8878
	"7z\xbc\xaf\x27\x1c",               // 7z
	"SQLite format 3\x00",              // SQLite
	"%PDF-",                            // PDF, ISO 32000
	"\x78\x01", "\x78\x9c", "\x78\xda", // zlib, RFC 1950
}

// startsContainer reports whether a container may begin with three bytes.
func startsContainer(x, y, z byte) bool {
	for _, m := range magics {
		if m[0] == x && m[1] == y && (len(m) == 2 || m[2] == z) {
			return true
		}
	}
	return false
}

const minContainer = 24 // bytes; a shorter one holds no text

func isContainer(b []byte) bool {
	if len(b) < minContainer || !startsContainer(b[0], b[1], b[2]) {
		return false
	}
	switch b[0] {
	case 0x78: // two bytes are little evidence: deflate's first block must have a type (RFC 1951, section 3.2.3)
		return b[2]>>1&3 != 3
	case 'B': // the digits of pi begin a block
		return bytes.HasPrefix(b[4:], []byte("1AY&SY"))
	}
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m)) {
			return true
		}
	}
	return false
}

// isWideText reports whether b is UTF-16 of mostly ASCII, in either byte order.
func isWideText(b []byte) bool {
	if len(b) < 2*shortest || !startsWide(b[0], b[1]) {
		return false
	}
	n := len(b) &^ 1
	for order := range 2 {
		good := 0
		for i := 0; i < n; i += 2 {
			if b[i+1-order] == 0 && textByte[b[i+order]] {
				good++
			}
		}
		if good*10 >= n/2*9 {
			return true
		}
	}
	return false
}
