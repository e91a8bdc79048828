package scan

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"strings"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// CRC32Base62 checks the form shared by GitHub and npm tokens: after the first underscore, random text and then six
// base-62 digits of its CRC-32 (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
func CRC32Base62(token string) Proof {
	_, body, ok := strings.Cut(token, "_")
	if !ok || len(body) < 7 {
		return Unknown
	}
	text, digits := body[:len(body)-6], body[len(body)-6:]
	if digits == base62Digits(crc32.ChecksumIEEE([]byte(text))) {
		return Proven
	}
	return Doubtful
}

func base62Digits(n uint32) string {
	var out [6]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = base62[n%62]
		n /= 62
	}
	return string(out[:])
}

// JWT checks a JSON Web Token (RFC 7519): the header and the payload decode to JSON objects. One that nobody signed,
// whose header names no algorithm, or that tutorials show is Doubtful; Supabase's "anon" key, which is made to be
// public, is Refuted.
func JWT(token string) Proof {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Refuted
	}
	var header, payload map[string]any
	if !decodePart(parts[0], &header) || !decodePart(parts[1], &payload) || len(header) == 0 || payload["role"] == "anon" {
		return Refuted
	}
	algorithm, _ := header["alg"].(string)
	if algorithm == "" || strings.EqualFold(algorithm, "none") || payload["sub"] == "1234567890" || payload["name"] == "John Doe" {
		return Doubtful
	}
	return Unknown
}

// JWTRole returns a check that accepts a JSON Web Token whose payload carries that role.
func JWTRole(role string) func(string) Proof {
	return func(token string) Proof {
		if JWT(token) != Unknown {
			return Refuted
		}
		var payload struct {
			Role   string `json:"role"`
			Issuer string `json:"iss"`
		}
		if !decodePart(strings.Split(token, ".")[1], &payload) || payload.Role != role {
			return Refuted
		}
		return Proven
	}
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return err == nil && json.Unmarshal(raw, into) == nil
}

// BasicAuth checks base64 of "user:password" with both parts printable and neither a stand-in.
func BasicAuth(token string) Proof {
	i := strings.LastIndexAny(token, "\" ")
	return login(token[i+1:])
}

// RegistryAuth checks the base64 of "user:password" that .npmrc holds after "_auth=".
func RegistryAuth(token string) Proof {
	_, encoded, _ := strings.Cut(token, "=")
	return login(encoded)
}

func login(encoded string) Proof {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Refuted
	}
	user, password, ok := strings.Cut(string(raw), ":")
	if !ok || user == "" || len(password) < 6 || Placeholder(password) {
		return Refuted
	}
	for _, c := range raw {
		if c < 0x20 || c > 0x7e {
			return Refuted
		}
	}
	return Proven
}

// DiscordBot checks that the first part of a bot token is base64 of a snowflake: 17 to 20 digits.
func DiscordBot(token string) Proof {
	first, _, _ := strings.Cut(token, ".")
	id, err := base64.RawStdEncoding.DecodeString(first)
	if err != nil || len(id) < 17 || len(id) > 20 {
		return Refuted
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return Refuted
		}
	}
	return Proven
}
