package csp

import (
	"encoding/base64"
	"math"
	"strings"
)

// Bits of a nonce, as far as its alphabet and length allow. CSP3, 7.1 asks for 128; below 48 an attacker can hope to
// guess one while the page is open.
const (
	wantedNonceBits = 128
	leastNonceBits  = 48
)

// written are nonces that documentation and templates show, in lower case.
var written = map[string]bool{
	"random": true, "nonce": true, "placeholder": true, "changeme": true, "replaceme": true, "replace_me": true, "change-me": true,
	"nonce_value": true, "noncevalue": true, "your-nonce": true, "your_nonce": true, "yournonce": true, "random_nonce": true, "cspnonce": true,
	"csp_nonce": true, "csp-nonce": true, "rand0m": true, "r4nd0m": true, "random123": true, "randomnonce": true, "random-nonce": true,
	"abc": true, "abc123": true, "abcdef": true, "abcdefg": true, "test": true, "example": true, "secret": true, "static": true, "undefined": true,
	"null": true, "none": true, "nil": true, "false": true, "true": true, "string": true, "object": true, "nan": true,
	"2726c7f26c": true, "ednnf03nceiofn39fh3e9h3sdfa": true, "ch4hvvbhdpv7xcsvxcs3brngghdtzxua": true, "8ibthwodqnkawekl7plt8g": true, "416d1177-4d12-4e3b-b7c9-f6c409789fb8": true,
}

// guess says why a nonce can be guessed, or "".
func guess(nonce string) string {
	plain := strings.ToLower(strings.TrimRight(nonce, "="))
	switch {
	case written[plain]:
		return "it is a placeholder"
	case digits(plain) && len(plain) <= maxNumber:
		return "it is a number, such as a counter or a time"
	case distinct(plain) <= 3 && len(plain) > 3:
		return "it repeats the same characters"
	}
	if text, ok := unbase64(nonce); ok {
		switch {
		case written[strings.ToLower(text)]:
			return "it is a placeholder in base64"
		case digits(text):
			return "it is a number in base64, such as a counter or a time"
		case words(text):
			return "it is a fixed text in base64"
		}
	}
	if entropy(nonce) < leastNonceBits {
		return "it is short enough to be tried"
	}
	return ""
}

// maxNumber is the length of the longest counter or time, in decimal digits.
const maxNumber = 20

// entropy is the most bits that the nonce can hold, also where it is base64 of a text such as hexadecimal digits.
func entropy(nonce string) float64 {
	most := bits(nonce)
	if text, ok := unbase64(nonce); ok {
		most = min(most, bits(text))
	}
	return most
}

// bits is the most that a text of this alphabet and length can hold.
func bits(text string) float64 {
	body := strings.TrimRight(text, "=")
	var lower, upper, number, hexOnly = false, false, false, true
	for i := range len(body) {
		switch c := body[i]; {
		case digit(c):
			number = true
		case c >= 'a' && c <= 'z':
			lower, hexOnly = true, hexOnly && c <= 'f'
		case c >= 'A' && c <= 'Z':
			upper, hexOnly = true, hexOnly && c <= 'F'
		case c == '-' && len(body) == 36: // a UUID
		default:
			lower, upper, number, hexOnly = true, true, true, false
		}
	}
	alphabet := 64.0
	switch {
	case hexOnly && !lower && !upper:
		alphabet = 10
	case hexOnly && lower != upper:
		alphabet = 16
	case lower != upper && !number:
		alphabet = 26
	case lower != upper:
		alphabet = 36
	}
	return float64(len(body)) * math.Log2(alphabet)
}

// unbase64 decodes what holds printable ASCII.
func unbase64(nonce string) (string, bool) {
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(nonce, "="))
	raw, err := base64.RawStdEncoding.DecodeString(standard)
	if err != nil || len(raw) < 3 {
		return "", false
	}
	for _, c := range raw {
		if c < 0x20 || c > 0x7e {
			return "", false
		}
	}
	return string(raw), true
}

// digits reports whether the text is a number, with a fraction or without.
func digits(text string) bool {
	for i := range len(text) {
		if !digit(text[i]) && text[i] != '.' {
			return false
		}
	}
	return text != ""
}

// words reports whether the text is several words.
func words(text string) bool {
	for i := range len(text) {
		if !letter(text[i]) && text[i] != ' ' {
			return false
		}
	}
	return strings.Contains(text, " ")
}

func distinct(text string) int {
	var seen [256]bool
	n := 0
	for i := range len(text) {
		if !seen[text[i]] {
			seen[text[i]] = true
			n++
		}
	}
	return n
}
