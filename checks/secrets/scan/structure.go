package scan

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// The checks in this file decode what a token holds. Where a format also has forms without that structure, what does
// not decode is Unknown; where the shape alone would fit other texts, it is Refuted.

// GitLabRoutable checks a routable GitLab token, PREFIX-PAYLOAD.[VERSION.]LENGTH CHECKSUM: the length of the payload in
// two base-36 digits, and the CRC-32 of all before it in seven (GitLab handbook, "Routable Tokens").
func GitLabRoutable(token string) Proof {
	body, last, ok := cutLast(token, '.')
	if !ok || len(last) != 9 {
		return Unknown
	}
	_, payload, _ := strings.Cut(body, "-")
	payload, _, _ = strings.Cut(payload, ".")
	size, err := strconv.ParseUint(last[:2], 36, 32)
	if err != nil || int(size) != len(payload) {
		return Unknown
	}
	sum, err := strconv.ParseUint(last[2:], 36, 64)
	if err != nil || uint32(sum) != crc32.ChecksumIEEE([]byte(body+"."+last[:2])) || sum>>32 != 0 {
		return Unknown
	}
	return Proven
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// SanctumToken checks a token of Laravel Sanctum, ID|ENTROPY CHECKSUM: the CRC-32 of 40 characters in eight hexadecimal
// digits (laravel/sanctum, HasApiTokens::generateTokenString).
func SanctumToken(token string) Proof {
	_, body, ok := strings.Cut(token, "|")
	if !ok || len(body) != 48 || fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body[:40]))) != body[40:] {
		return Refuted
	}
	return Proven
}

// NATSSeed checks the seed of an nkey: base-32 of two bytes of prefix, 32 bytes of seed and their CRC-16
// (github.com/nats-io/nkeys).
func NATSSeed(token string) Proof {
	const seedPrefix = 18 << 3
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(token)
	if err != nil || len(raw) != 36 || raw[0]&0xf8 != seedPrefix || crc16(raw[:34]) != binary.LittleEndian.Uint16(raw[34:]) {
		return Refuted
	}
	return Proven
}

// crc16 is CRC-16/XMODEM: polynomial 0x1021, no reflection, from zero.
func crc16(data []byte) uint16 {
	var crc uint16
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			carry := crc & 0x8000
			crc <<= 1
			if carry != 0 {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

// CloudflareTunnel checks base64 of the JSON that a tunnel token is: account, tunnel and secret.
func CloudflareTunnel(token string) Proof {
	var t struct{ A, T, S string }
	if !decodeJSON(token, &t) || len(t.A) != 32 || !isHexText(t.A) || !isUUID(t.T) || len(t.S) < 16 {
		return Refuted
	}
	return Proven
}

func isUUID(s string) bool {
	return len(s) == 36 && isHexText(s) && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

func decodeJSON(text string, into any) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	return err == nil && json.Unmarshal(raw, into) == nil
}

// GrafanaToken checks base64 of the JSON in a Grafana Cloud token (o, n and k) or a legacy API key (k, n and id).
func GrafanaToken(token string) Proof {
	var t struct{ K, N string }
	if decodeJSON(strings.TrimPrefix(token, "glc_"), &t) && t.K != "" && t.N != "" {
		return Proven
	}
	return Unknown
}

// SentryOrganization checks base64 of the JSON in a Sentry organisation token: when it was made and for which
// organisation (getsentry/rfcs, text 0091).
func SentryOrganization(token string) Proof {
	body, _, ok := cutLast(strings.TrimPrefix(token, "sntrys_"), '_')
	var t struct {
		Issued float64 `json:"iat"`
		Org    string  `json:"org"`
	}
	if ok && decodeJSON(body, &t) && t.Issued > 0 && t.Org != "" {
		return Proven
	}
	return Unknown
}

// NxCloudToken checks base64 of a UUID, a bar and what the token may do.
func NxCloudToken(token string) Proof {
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) < 37 || raw[36] != '|' || !isUUID(string(raw[:36])) {
		return Refuted
	}
	return Proven
}

// ElasticAPIKey checks base64 of an Elasticsearch API key: an ID of 20 characters, a colon and a key of 22.
func ElasticAPIKey(token string) Proof {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token[strings.LastIndexByte(token, ' ')+1:], "="))
	if err != nil || len(raw) != 43 || raw[20] != ':' {
		return Refuted
	}
	for i, c := range raw {
		if i != 20 && !isWord(c) && c != '-' {
			return Refuted
		}
	}
	return Proven
}

// Macaroon checks a PyPI token: base64 of a macaroon in the binary format 2, of which the location and the identifier
// are read (https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt).
func Macaroon(token string) Proof {
	_, body, _ := strings.Cut(token, "-")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(body, "="))
	if err != nil || len(raw) < 2 || raw[0] != 2 {
		return Unknown
	}
	const location, identifier = 1, 2
	rest := raw[1:]
	for _, want := range []byte{location, identifier} {
		if len(rest) == 0 || rest[0] != want {
			return Unknown
		}
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size == 0 || size > uint64(len(rest)-1-n) {
			return Unknown
		}
		rest = rest[1+n+int(size):]
	}
	return Proven
}

// ColonSecret refutes a token whose last part, after a colon, reads as words.
func ColonSecret(token string) Proof {
	if _, secret, ok := cutLast(token, ':'); !ok || !Random(secret) {
		return Refuted
	}
	return Unknown
}

// Base64Secret refutes the hexadecimal digests and the names that have the length of a secret in base64.
func Base64Secret(token string) Proof {
	if isHexText(token) || !Random(token) {
		return Refuted
	}
	return Unknown
}
