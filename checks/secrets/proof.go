package secrets

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// evidence is what a token tells about itself without asking anybody.
type evidence struct {
	note    string // completes the finding's message: "of AWS account 123456789012"
	expired bool   // it says that its time is over
}

// readers tell what tokens of a rule say about themselves, by the rule.
var readers = map[string]func(token string, now time.Time) evidence{
	"aws-access-key-id": func(token string, _ time.Time) evidence { return awsAccount(token) },
	"jwt":               jwtClaims,
}

// evidenceOf reads a token of the rule.
func evidenceOf(rule, token string, now time.Time) evidence {
	if read := readers[rule]; read != nil {
		return read(token, now)
	}
	return evidence{}
}

// awsAccount decodes the account number that an AWS access key ID carries: bits 1 to 40 of the base-32 text behind
// the four-letter prefix, in keys issued since 2019 (those whose fifth character is Q or later).
func awsAccount(id string) evidence {
	if len(id) != 20 || id[4] < 'Q' {
		return evidence{}
	}
	raw, err := base32.StdEncoding.DecodeString(id[4:])
	if err != nil {
		return evidence{}
	}
	account := binary.BigEndian.Uint64(append([]byte{0, 0}, raw[:6]...)) & 0x7fff_ffff_ff80 >> 7
	if account > 999_999_999_999 {
		return evidence{}
	}
	return evidence{note: fmt.Sprintf("of AWS account %012d", account)}
}

// jwtClaims reads the algorithm and the expiry of a JSON Web Token (RFC 7519).
func jwtClaims(token string, now time.Time) evidence {
	var header struct {
		Algorithm string `json:"alg"`
	}
	var claims struct {
		Expires float64 `json:"exp"`
	}
	header64, rest, _ := strings.Cut(token, ".")
	claims64, _, _ := strings.Cut(rest, ".")
	for part, into := range map[string]any{header64: &header, claims64: &claims} {
		if raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "=")); err != nil || json.Unmarshal(raw, into) != nil {
			return evidence{}
		}
	}
	e := evidence{note: "signed with " + printable(cut(header.Algorithm, 12))}
	if claims.Expires > 0 && claims.Expires < 1e11 {
		until := time.Unix(int64(claims.Expires), 0).UTC()
		e.expired = until.Before(now)
		e.note += ", " + map[bool]string{true: "expired", false: "valid until"}[e.expired] + until.Format(" 2006-01-02")
	} else {
		e.note += ", without an expiry"
	}
	return e
}

func cut(s string, n int) string { return s[:min(len(s), n)] }
