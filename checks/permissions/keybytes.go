package permissions

import (
	"bytes"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"math/big"
	"path"
	"slices"
	"strings"
)

// keyKind says what private key the bytes are, and whether it is locked by a pass phrase; "" for none. The bytes
// must be the key, or a bundle of PEM blocks with one: text that mentions a key is not a key file.
func keyKind(name string, data []byte) (kind string, locked bool) {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, magic := range keyMagics {
		if bytes.HasPrefix(text, []byte(magic.begin)) && bytes.Contains(text, []byte(magic.contains)) {
			return magic.kind, magic.lock != "" && bytes.Contains(text, []byte(magic.lock))
		}
	}
	if len(data) > 4 && data[0] == 0x30 {
		if kind, locked = derKey(data); kind != "" {
			return kind, locked
		}
	}
	if kind, locked = javaStore(data); kind != "" {
		return kind, locked
	}
	if ageKey(text) {
		return "age secret key", false
	}
	return pemKey(name, text)
}

// keyMagics are key files known by how they begin, and one text that must follow.
var keyMagics = []struct{ kind, begin, contains, lock string }{
	{"PuTTY private key", "PuTTY-User-Key-File-", "Private-Lines:", "Encryption: aes"},
	{"SSH 1 private key", "SSH PRIVATE KEY FILE FORMAT 1.1\n", "", ""},
	{"GnuPG private key", "(11:private-key", "", ""},
	{"GnuPG private key", "(21:protected-private-key", "", "(21:protected"},
	{"GnuPG private key", "Created: ", "\nKey: (private-key", ""},
	{"GnuPG private key", "Key: (private-key", "", ""},
	{"GnuPG private key", "Key: (protected-private-key", "", "(protected"},
	{"GnuPG private key", "Created: ", "\nKey: (protected-private-key", "(protected"},
	{"signify secret key", "untrusted comment: signify secret key", "\nRW", ""},
	{"minisign secret key", "untrusted comment: minisign encrypted secret key", "\nRW", "encrypted"},
	{"minisign secret key", "untrusted comment: minisign secret key", "\nRW", ""},
}

// pemKey reads PEM blocks. Before the first one only comments and the lines that OpenSSL writes may stand, unless
// the name is one of key files: then any text may, such as the certificate in words.
func pemKey(name string, text []byte) (kind string, locked bool) {
	start := bytes.Index(text, []byte("-----BEGIN "))
	if start < 0 || start > 0 && text[start-1] != '\n' {
		return "", false
	}
	if !pemNames[path.Ext(strings.ToLower(name))] && !preamble(text[:start]) {
		return "", false
	}
	rest := text[start:]
	for range 100 {
		if begin := []byte("-----BEGIN PGP PRIVATE KEY BLOCK-----"); bytes.HasPrefix(rest, begin) {
			return "PGP private key", false
		}
		var block *pem.Block
		block, rest = pem.Decode(rest)
		switch {
		case block == nil:
			return "", false
		case strings.HasSuffix(block.Type, "PRIVATE KEY") && len(block.Bytes) >= 32:
			return block.Type, lockedPEM(block)
		}
	}
	return "", false
}

var pemNames = set(".pem .key .crt .cer .p8 .rsa .priv")

func preamble(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		known := len(line) == 0 || line[0] == '#' || slices.ContainsFunc(opensslLines, func(p string) bool { return bytes.HasPrefix(line, []byte(p)) })
		if !known {
			return false
		}
	}
	return true
}

var opensslLines = []string{"Bag Attributes", "Key Attributes", "friendlyName:", "localKeyID:", "subject=", "issuer=", "X509v3 "}

func lockedPEM(b *pem.Block) bool {
	if b.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED") {
		return true
	}
	// openssh-key-v1: magic, then the cipher's name with its length (PROTOCOL.key).
	rest, ok := bytes.CutPrefix(b.Bytes, []byte("openssh-key-v1\x00"))
	return ok && !bytes.HasPrefix(rest, []byte("\x00\x00\x00\x04none"))
}

// ageKey reads a file of comments and one key (age-keygen).
func ageKey(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		return len(line) == 74 && bytes.HasPrefix(line, []byte("AGE-SECRET-KEY-1"))
	}
	return false
}

// javaStore reads JKS and JCEKS (a store of certificates only has no entry with the tag 1).
func javaStore(data []byte) (kind string, locked bool) {
	if len(data) < 16 {
		return "", false
	}
	magic, version, entries := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:]), binary.BigEndian.Uint32(data[8:])
	if magic != 0xfeedfeed && magic != 0xcececece || version > 2 || entries == 0 || entries > 10000 {
		return "", false
	}
	if tag := binary.BigEndian.Uint32(data[12:]); tag == 1 || tag == 3 {
		return "Java key store", true
	}
	return "", false
}

var (
	oidData          = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}             // 1.2.840.113549.1.7.1
	oidKeyBag        = []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x01} // 1.2.840.113549.1.12.10.1.1
	oidShroudedKey   = []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02}
	maxKeyParameters = 64 << 10
)

// derKey reads one DER structure that fills the file: PKCS#12 with a key, PKCS#8, PKCS#1 or SEC 1.
func derKey(data []byte) (kind string, locked bool) {
	var whole asn1.RawValue
	if rest, err := asn1.Unmarshal(data, &whole); err != nil || len(rest) > 0 || whole.Tag != asn1.TagSequence {
		return "", false
	}
	if bytes.HasPrefix(whole.Bytes, []byte{0x02, 0x01, 0x03}) && bytes.Contains(data[:min(len(data), 64)], oidData) {
		switch {
		case bytes.Contains(data, oidKeyBag):
			return "PKCS#12 key store", false
		case bytes.Contains(data, oidShroudedKey):
			return "PKCS#12 key store", true
		}
		return "", false
	}
	if len(data) > maxKeyParameters {
		return "", false
	}
	return derPlain(data)
}

func derPlain(data []byte) (kind string, locked bool) {
	var pkcs8 struct {
		Version   int
		Algorithm struct {
			ID         asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key []byte
	}
	var pkcs1 struct {
		Version           int
		N, E, D, P, Q     *big.Int
		DModP, DModQ, Inv *big.Int
	}
	var sec1 struct {
		Version int
		Key     []byte
		Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if _, err := asn1.Unmarshal(data, &pkcs8); err == nil && pkcs8.Version <= 1 && len(pkcs8.Key) >= 32 {
		return "PKCS#8 private key", false
	}
	if _, err := asn1.Unmarshal(data, &pkcs1); err == nil && pkcs1.Version <= 1 && pkcs1.N.BitLen() >= 512 {
		return "RSA private key", false
	}
	if _, err := asn1.Unmarshal(data, &sec1); err == nil && sec1.Version == 1 && len(sec1.Key) >= 20 && len(sec1.Key) <= 66 {
		return "EC private key", false
	}
	return "", false
}
