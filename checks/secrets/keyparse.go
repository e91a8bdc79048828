package secrets

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// publicHalf is what a private key says of itself: its kind, for the reader, and the SHA-256 of the public key as an
// X.509 SubjectPublicKeyInfo (RFC 5280), by which its certificate and other copies are known. print is empty where the
// file does not tell the public key.
type publicHalf struct{ kind, print string }

// Object identifiers of key algorithms (RFC 3279, RFC 5480, RFC 8410).
var (
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidDSA     = asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}
	oidEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidX25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
)

// curves are those whose public point can be computed from the private scalar.
var curves = []struct {
	oid   asn1.ObjectIdentifier
	name  string
	curve ecdh.Curve
}{
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, "EC P-256", ecdh.P256()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 34}, "EC P-384", ecdh.P384()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 35}, "EC P-521", ecdh.P521()},
	{asn1.ObjectIdentifier{1, 3, 132, 0, 10}, "EC secp256k1", nil},
}

// pkcs8 is RFC 5958's OneAsymmetricKey as far as it is needed.
type pkcs8 struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	PrivateKey []byte
	Rest       asn1.RawValue `asn1:"optional"`
}

// ecKey is RFC 5915's ECPrivateKey.
type ecKey struct {
	Version    int
	PrivateKey []byte
	Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// parseDER reads a private key in PKCS #8, PKCS #1, SEC 1 or OpenSSL's DSA form. No arithmetic is done on what the
// file says but one multiplication on a curve of fixed size.
func parseDER(der []byte) (publicHalf, bool) {
	var key pkcs8
	if _, err := asn1.Unmarshal(der, &key); err == nil && len(key.Algorithm.Algorithm) > 0 {
		return key.public()
	}
	if half, ok := rsaPublic(der); ok {
		return half, true
	}
	if half, ok := ecPublic(der, nil); ok {
		return half, true
	}
	var dsa struct {
		Version       int
		P, Q, G, Y, X *big.Int
	}
	if _, err := asn1.Unmarshal(der, &dsa); err == nil && dsa.P.BitLen() >= 512 {
		return publicHalf{kind: fmt.Sprintf("DSA %d", dsa.P.BitLen())}, true
	}
	return publicHalf{}, false
}

func (key pkcs8) public() (publicHalf, bool) {
	switch oid := key.Algorithm.Algorithm; {
	case oid.Equal(oidRSA):
		return rsaPublic(key.PrivateKey)
	case oid.Equal(oidDSA):
		return publicHalf{kind: "DSA"}, true
	case oid.Equal(oidEC):
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(key.Algorithm.Parameters.FullBytes, &curve); err != nil {
			return publicHalf{kind: "EC"}, len(key.PrivateKey) > 8
		}
		return ecPublic(key.PrivateKey, curve)
	case oid.Equal(oidEd25519):
		var seed []byte
		if _, err := asn1.Unmarshal(key.PrivateKey, &seed); err != nil || len(seed) != ed25519.SeedSize {
			return publicHalf{}, false
		}
		return half("Ed25519", ed25519.NewKeyFromSeed(seed).Public())
	case oid.Equal(oidX25519):
		return publicHalf{kind: "X25519"}, true
	}
	return publicHalf{kind: "of algorithm " + key.Algorithm.Algorithm.String()}, len(key.PrivateKey) >= 16
}

// rsaPublic reads RFC 8017's RSAPrivateKey.
func rsaPublic(der []byte) (publicHalf, bool) {
	var key struct {
		Version       int
		N             *big.Int
		E             int
		D, P, Q       *big.Int
		Dp, Dq, Coeff *big.Int      `asn1:"optional"`
		More          asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil || key.N.BitLen() < 256 || key.N.Sign() <= 0 {
		return publicHalf{}, false
	}
	public, err := asn1.Marshal(struct {
		N *big.Int
		E int
	}{key.N, key.E})
	if err != nil {
		return publicHalf{}, false
	}
	return publicHalf{fmt.Sprintf("RSA %d", key.N.BitLen()), infoPrint(pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}, public)}, true
}

func ecPublic(der []byte, curve asn1.ObjectIdentifier) (publicHalf, bool) {
	var key ecKey
	if _, err := asn1.Unmarshal(der, &key); err != nil || key.Version != 1 || len(key.PrivateKey) < 8 {
		return publicHalf{}, false
	}
	if curve == nil {
		curve = key.Curve
	}
	half := publicHalf{kind: "EC"}
	point := key.PublicKey.Bytes
	for _, c := range curves {
		if !c.oid.Equal(curve) {
			continue
		}
		half.kind = c.name
		if len(point) == 0 && c.curve != nil {
			if private, err := c.curve.NewPrivateKey(key.PrivateKey); err == nil {
				point = private.PublicKey().Bytes()
			}
		}
	}
	if parameters, err := asn1.Marshal(curve); err == nil && len(point) > 0 {
		half.print = infoPrint(pkix.AlgorithmIdentifier{Algorithm: oidEC, Parameters: asn1.RawValue{FullBytes: parameters}}, point)
	}
	return half, true
}

func infoPrint(algorithm pkix.AlgorithmIdentifier, public []byte) string {
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}{algorithm, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}})
	if err != nil {
		return ""
	}
	return fingerprint(der)
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return string(sum[:])
}

func half(kind string, public any) (publicHalf, bool) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return publicHalf{}, false
	}
	return publicHalf{kind, fingerprint(der)}, true
}

// parseOpenSSH reads the public half at the beginning of OpenSSH's own format, which no passphrase hides
// (PROTOCOL.key of OpenSSH).
func parseOpenSSH(raw []byte) (publicHalf, bool) {
	rest, ok := bytes.CutPrefix(raw, []byte("openssh-key-v1\x00"))
	for range 3 { // cipher, key derivation function, its options
		if _, rest, ok = sshString(rest, ok); !ok {
			return publicHalf{}, false
		}
	}
	if len(rest) < 4 || binary.BigEndian.Uint32(rest) != 1 {
		return publicHalf{}, false
	}
	blob, _, ok := sshString(rest[4:], true)
	if !ok {
		return publicHalf{}, false
	}
	return sshPublic(blob)
}

// sshPublic reads a public key as SSH writes it (RFC 4253, 6.6).
func sshPublic(blob []byte) (publicHalf, bool) {
	name, _, ok := sshString(blob, true)
	if !ok || len(name) > 64 {
		return publicHalf{}, false
	}
	return publicHalf{kind: strings.TrimPrefix(printable(string(name)), "ssh-"), print: fingerprint(blob)}, true
}

func sshString(data []byte, ok bool) (value, rest []byte, _ bool) {
	if !ok || len(data) < 4 {
		return nil, nil, false
	}
	size := binary.BigEndian.Uint32(data)
	if uint64(size) > uint64(len(data)-4) {
		return nil, nil, false
	}
	return data[4 : 4+size], data[4+size:], true
}

// decodeAll is the whole body of a key, or nil where it is no base64.
func decodeAll(body string) []byte {
	text, _, _ := strings.Cut(body, "=")
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}
