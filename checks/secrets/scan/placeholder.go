package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strings"
)

// Entropy is the Shannon entropy of the bytes' frequencies, in bits per byte.
func Entropy(data []byte) float64 {
	if len(data) == 0 {
		return 0
	}
	var count [256]int
	for _, c := range data {
		count[c]++
	}
	h, n := 0.0, float64(len(data))
	for _, k := range count {
		if k > 0 {
			p := float64(k) / n
			h -= p * math.Log2(p)
		}
	}
	return h
}

// standInWords stand where a secret will; the short ones among them not where what is left of the value without the word
// is long and machine-made.
var standInWords = []string{
	"example", "placeholder", "changeme", "change-me", "change_me", "change-this", "change_this", "changethis", "changeit",
	"change-it", "your-", "your_", "yourtoken", "yourapi", "yourkey", "yoursecret", "yourpass", "xxxx", "dummy", "redacted",
	"replace", "notreal", "not-real", "not_real", "****", "....", "____", "----", "00000000",
	"mysecret", "my-secret", "my_secret", "my-token", "my_token", "mytoken", "insert-", "insert_", "sample", "secret-goes",
	"goes-here", "goes_here", "todo-", "fixme",
}

// madeUpWords are in values that somebody typed to look like a secret, or masked in part.
var madeUpWords = []string{"foobar", "123456789", "987654321", "abcdefgh", "deadbeefdeadbeef", "xxxxxxx"}

// Words that are too short to mean anything in a long value.
var (
	shortStandInWords = []string{"null", "none", "here"}
	shortMadeUpWords  = []string{"fake", "test-", "-test", "test_", "_test", "mock"}
)

// templateMarks begin what is filled in later, whatever surrounds it.
var templateMarks = []string{"${", "$(", "{{", "<%", "%(", "#{", "@{", "%s", "{%", "[["}

// Placeholder reports whether the value stands for a secret instead of being one: a documented stand-in, a template,
// one repeated or counted-up text. A word alone does not make a stand-in of a long random value.
func Placeholder(value string) bool { return StandIn(value) || MadeUp(value) }

// StandIn reports text that is written for a secret to come: a template, a mask, a word that asks for the value.
func StandIn(value string) bool {
	if value == "" {
		return false
	}
	for _, mark := range templateMarks {
		if strings.Contains(value, mark) {
			return true
		}
	}
	if value[0] == '<' && value[len(value)-1] == '>' || value[0] == '%' && value[len(value)-1] == '%' && len(value) < 64 {
		return true
	}
	return decided(standInWords, shortStandInWords, value)
}

// MadeUp reports what has the form of a secret and was typed by hand: counted up, repeated, or with a word that says so.
func MadeUp(value string) bool {
	return value != "" && (decided(madeUpWords, shortMadeUpWords, value) || monotonous(value))
}

// decided reports whether one of the words makes up the value, or one of the short ones a short value.
func decided(words, short []string, value string) bool {
	lower := lowerASCII(value)
	return decidedBy(words, value, lower) || len(value) < 24 && decidedBy(short, value, lower)
}

// lowerASCII is the value in lower case, byte for byte: strings.ToLower changes the length of what is no UTF-8.
func lowerASCII(value string) string {
	b := []byte(value)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// decidedBy reports whether one of the words makes up the value: it is too long to occur by chance, it covers a
// quarter of the value, or the rest is short or not machine-made.
func decidedBy(words []string, value, lower string) bool {
	const longWord, longRest = 7, 16
	for _, w := range words {
		i := strings.Index(lower, w)
		if i < 0 {
			continue
		}
		rest := value[:i] + value[i+len(w):]
		if len(w) >= longWord || len(w)*4 >= len(value) || len(rest) < longRest || !machineMade(rest) {
			return true
		}
	}
	return false
}

// monotonous reports long runs of one byte, of counting up or down, and a short text repeated.
func monotonous(value string) bool {
	const run, surely = 6, 12
	same, up, down := 1, 1, 1
	for i := 1; i < len(value); i++ {
		switch int(value[i]) - int(value[i-1]) {
		case 0:
			same, up, down = same+1, 1, 1
		case 1:
			same, up, down = 1, up+1, 1
		case -1:
			same, up, down = 1, 1, down+1
		default:
			same, up, down = 1, 1, 1
		}
		if longest := max(same, up, down); longest >= surely || longest >= run && longest*4 >= len(value) {
			return true
		}
	}
	for period := 1; period <= 8 && period*3 <= len(value); period++ {
		if value[period:] == value[:len(value)-period] {
			return true
		}
	}
	return false
}

// publishedKeys are SHA-256 prefixes of keys that vendors print in their own documentation and emulators, which
// open nothing.
var publishedKeys = map[string]string{
	"2cafc0970149a84f": "Stripe's documentation",
	"f2d6ca16515033e5": "Stripe's older documentation",
	"0011cc25eb432071": "the storage account key of Azurite",
	"aa6547439583c3a2": "the account key of the Cosmos DB emulator",
}

func published(token []byte) bool {
	sum := sha256.Sum256(token)
	_, ok := publishedKeys[hex.EncodeToString(sum[:8])]
	return ok
}

// Template reports whether the value, or a part of it, is filled in at run time.
func Template(value string) bool {
	for _, mark := range templateMarks {
		if strings.Contains(value, mark) {
			return true
		}
	}
	if value == "" {
		return false
	}
	return value[0] == '$' || value[0] == '%' && value[len(value)-1] == '%' || value[0] == '{' && value[len(value)-1] == '}'
}
