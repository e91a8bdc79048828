package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// keyAnchors begin, or nearly begin, a private key in its textual forms: PEM (RFC 7468), OpenSSH, OpenPGP armour
// (RFC 9580), PuTTY.
var keyAnchors = []string{"PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "PuTTY-User-Key-File-"}

// keyBlock is a private key with a plausible body.
type keyBlock struct {
	span      // from the header to the end of the header's line
	rule      string
	encrypted bool
	body      string // the base64 text, or its first part
	public    publicHalf
	parsed    bool // the bytes are those of a key
}

const (
	keyProbe  = lookahead // bytes of a body that are looked at: enough for RSA keys of 8192 bits
	keyChars  = 48        // least base64 characters of a body
	maxHeader = 64
)

// keyAt reads the key whose header holds an anchor at data[start:end].
func keyAt(data []byte, start, end int) (keyBlock, bool) {
	if bytes.HasPrefix(data[start:], []byte("PuTTY")) {
		return puttyKey(data, start)
	}
	begin := bytes.LastIndex(data[max(0, start-maxHeader):start], []byte("-----BEGIN "))
	if begin < 0 {
		return keyBlock{}, false
	}
	begin += max(0, start-maxHeader)
	kind := string(data[begin+len("-----BEGIN ") : start])
	if strings.Contains(kind, "-----") || strings.ContainsAny(kind, "\n\"'") {
		return keyBlock{}, false
	}
	k := keyBlock{span: span{begin, end}, rule: "pem-private-key"}
	body, encrypted := keyBody(data[end:min(len(data), end+keyProbe)])
	k.body, k.encrypted = body, encrypted || strings.HasPrefix(kind, "ENCRYPTED")
	raw := decodeStart(body)
	switch {
	case len(body) < keyChars || len(raw) < keyChars/2:
		return k, false
	case strings.HasPrefix(kind, "OPENSSH"):
		k.rule = "openssh-private-key"
		k.public, k.parsed = parseOpenSSH(decodeAll(body))
		return k.openSSH(raw)
	case strings.HasPrefix(kind, "PGP"):
		k.rule = "pgp-private-key"
		k.parsed = true
		tag := raw[0]
		return k, tag&0x80 != 0 && (tag&0x40 == 0 && tag>>2&0xf == 5 || tag&0x40 != 0 && tag&0x3f == 5)
	case serviceAccount(data, begin):
		k.rule = "service-account-key"
	}
	if !k.encrypted {
		k.public, k.parsed = parseDER(decodeAll(body))
	}
	return k, k.encrypted || raw[0] == 0x30 // a DER sequence
}

// serviceAccount reports whether the key is that of a Google service account's JSON file.
func serviceAccount(data []byte, at int) bool {
	return bytes.Contains(data[max(0, at-512):at], []byte(`"private_key_id"`))
}

func (k keyBlock) openSSH(raw []byte) (keyBlock, bool) {
	const magic = "openssh-key-v1\x00"
	rest, ok := bytes.CutPrefix(raw, []byte(magic))
	if !ok || len(rest) < 4 {
		return k, false
	}
	size := binary.BigEndian.Uint32(rest)
	if size > 64 || int(size) > len(rest)-4 {
		return k, false
	}
	k.encrypted = string(rest[4:4+size]) != "none"
	return k, true
}

// keyBody collects the base64 text after a header, through line ends, escaped ones, and what joins the pieces of a
// string in source code. Header fields (Proc-Type, DEK-Info, Version) are dropped.
func keyBody(data []byte) (body string, encrypted bool) {
	var b []byte
	line := 0      // length of b where the current line began
	joins := false // between two literals: where the header stands in one, the first quote ends it
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\n':
			line = len(b)
		case c == '\\':
			if i++; i < len(data) && data[i] == 'n' {
				line = len(b)
			}
		case c == ':':
			field := data[i:]
			if end := lineEnd(field); end >= 0 {
				field = field[:end+1]
			}
			encrypted = encrypted || bytes.Contains(field, []byte("ENCRYPTED"))
			i += len(field) - 1
			b = b[:line]
		case c == '+' && joins && joinsLiterals(data, i):
		case isBase64Byte(c):
			b = append(b, c)
		case c == '-' && fieldName(data[i:]):
		case isQuoteByte(c):
			joins = !joins
		case !isJoin(c):
			return string(b), encrypted
		}
	}
	return string(b), encrypted
}

// joinsLiterals reports whether the + at data[at] stands beside a quote: it joins literals, and is none of the key's.
func joinsLiterals(data []byte, at int) bool {
	before, after := bytes.TrimRight(data[:at], " \t\r\n"), bytes.TrimLeft(data[at+1:], " \t\r\n")
	return len(before) > 0 && isQuoteByte(before[len(before)-1]) || len(after) > 0 && isQuoteByte(after[0])
}

// fieldName reports whether the hyphen at the start of text is inside the name of a header field.
func fieldName(text []byte) bool {
	for _, c := range text[:min(len(text), maxHeader)] {
		switch {
		case c == ':':
			return !bytes.HasPrefix(text, []byte("--"))
		case c != '-' && !isBase64Byte(c):
			return false
		}
	}
	return false
}

// isJoin reports bytes that frame the lines of a key inside source code, comments and mail.
func isJoin(c byte) bool { return bytes.IndexByte([]byte(" \t\r\"'`,;>|()*#"), c) >= 0 }

// lineEnd is the index of the last byte of the first line end: \n, or the two characters \ and n.
func lineEnd(data []byte) int {
	for i, c := range data {
		if c == '\n' || c == 'n' && i > 0 && data[i-1] == '\\' {
			return i
		}
	}
	return -1
}

func isBase64Byte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

func isBase64(s string) bool {
	for i := range len(s) {
		if !isBase64Byte(s[i]) {
			return false
		}
	}
	return s != ""
}

func decodeStart(body string) []byte {
	body, _, _ = strings.Cut(body, "=")
	n := min(len(body), 128) / 4 * 4
	raw, err := base64.StdEncoding.DecodeString(body[:n])
	if err != nil {
		return nil
	}
	return raw
}

// puttyKey reads a PuTTY .ppk file.
func puttyKey(data []byte, start int) (keyBlock, bool) {
	text := data[start:min(len(data), start+lookahead)]
	line, _, _ := bytes.Cut(text, []byte("\n"))
	k := keyBlock{span: span{start, start + len(bytes.TrimRight(line, "\r"))}, rule: "putty-private-key"}
	_, private, ok := bytes.Cut(text, []byte("Private-Lines:"))
	if !ok {
		return k, false
	}
	_, private, _ = bytes.Cut(private, []byte("\n"))
	first, _, _ := bytes.Cut(private, []byte("\n"))
	k.body = strings.TrimSpace(string(first))
	k.encrypted = !bytes.Contains(text, []byte("Encryption: none"))
	k.parsed = true
	return k, len(k.body) >= keyChars/2 && isBase64(k.body)
}
