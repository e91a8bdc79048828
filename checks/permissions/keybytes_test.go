package permissions

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"strings"
	"testing"
)

// store is a PKCS#12 file's frame around one bag.
func store(bag asn1.ObjectIdentifier) []byte {
	type info struct {
		ID      asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}
	inner, _ := asn1.Marshal(info{bag, make([]byte, 40)})
	data, _ := asn1.Marshal(struct {
		Version int
		Safe    info
	}{3, info{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}, inner}})
	return data
}

func javaKeyStore(tag uint32) []byte {
	data := binary.BigEndian.AppendUint32(nil, 0xfeedfeed)
	for _, word := range []uint32{2, 1, tag, 0, 0} {
		data = binary.BigEndian.AppendUint32(data, word)
	}
	return data
}

func TestKeyKind(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(ed)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(ed.Public())
	if err != nil {
		t.Fatal(err)
	}
	keyBag := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	certificateBag := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	filler := bytes.Repeat([]byte("x"), 64)
	block := func(kind string, headers map[string]string, data []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Headers: headers, Bytes: data})
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
		locked     bool
	}{
		{"PKCS#8", "a", pkcs8, "PKCS#8 private key", false},
		{"SEC 1", "a", sec1, "EC private key", false},
		{"public key", "a", public, "", false},
		{"PKCS#8 with more after it", "a", append(bytes.Clone(pkcs8), 0), "", false},
		{"PKCS#8 cut short", "a", pkcs8[:len(pkcs8)-1], "", false},
		{"PKCS#12 with a key", "a.p12", store(keyBag), "PKCS#12 key store", true},
		{"PKCS#12 of certificates", "a.p12", store(certificateBag), "", false},
		{"Java store with a key", "a.jks", javaKeyStore(1), "Java key store", true},
		{"Java store of certificates", "a.jks", javaKeyStore(2), "", false},
		{"PEM", "a", block("PRIVATE KEY", nil, pkcs8), "PRIVATE KEY", false},
		{"PEM, locked", "a", block("ENCRYPTED PRIVATE KEY", nil, filler), "ENCRYPTED PRIVATE KEY", true},
		{"PEM, locked the old way", "a", block("RSA PRIVATE KEY", map[string]string{"Proc-Type": "4,ENCRYPTED"}, filler), "RSA PRIVATE KEY", true},
		{"OpenSSH, locked", "a", block("OPENSSH PRIVATE KEY", nil, append([]byte("openssh-key-v1\x00\x00\x00\x00\x0aaes256-ctr"), filler...)), "OPENSSH PRIVATE KEY", true},
		{"OpenSSH", "a", block("OPENSSH PRIVATE KEY", nil, append([]byte("openssh-key-v1\x00\x00\x00\x00\x04none"), filler...)), "OPENSSH PRIVATE KEY", false},
		{"after words, in a key file", "a.pem", append([]byte("Certificate:\n    Data:\n"), block("PRIVATE KEY", nil, pkcs8)...), "PRIVATE KEY", false},
		{"after words, in a text", "a.txt", append([]byte("Certificate:\n    Data:\n"), block("PRIVATE KEY", nil, pkcs8)...), "", false},
		{"CRLF", "a", bytes.ReplaceAll(block("PRIVATE KEY", nil, pkcs8), []byte("\n"), []byte("\r\n")), "PRIVATE KEY", false},
		{"certificate", "a.pem", block("CERTIFICATE", nil, filler), "", false},
		{"too short to be a key", "a.pem", block("PRIVATE KEY", nil, []byte("0")), "", false},
		{"empty", "a", nil, "", false},
	} {
		kind, locked := keyKind(c.file, c.data)
		if kind != c.want || locked != c.locked {
			t.Errorf("%s: %q, locked %v; want %q, %v", c.name, kind, locked, c.want, c.locked)
		}
	}
}

func FuzzKeyKind(f *testing.F) {
	f.Add("a.pem", []byte(strings.Join([]string{"-----BEGIN", "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAA=\n-----END", "PRIVATE KEY-----\n"}, " ")))
	f.Add("a", store(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}))
	f.Add("a", javaKeyStore(1))
	f.Fuzz(func(t *testing.T, name string, data []byte) { keyKind(name, data) })
}
