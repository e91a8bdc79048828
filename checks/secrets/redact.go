package secrets

import (
	"fmt"
	"strings"
)

// redact shows enough of a secret to find it again and not enough to use it: the first four characters of a long
// one, nothing of a short one.
func redact(secret string) string {
	n := len(secret)
	if n < 16 {
		return fmt.Sprintf("a value of %d characters", n)
	}
	return fmt.Sprintf("%s... (%d characters)", printable(secret[:4]), n)
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return '?'
		}
		return r
	}, s)
}

// vowelSounds are beginnings of names that are spoken with a vowel first.
var vowelSounds = []string{"A", "E", "I", "O", "a", "e", "i", "o", "X ", "xAI", "npm", "HCP", "NVIDIA"}

// article puts "a" or "an" before a noun phrase.
func article(noun string) string {
	for _, sound := range vowelSounds {
		if strings.HasPrefix(noun, sound) {
			return "an " + noun
		}
	}
	return "a " + noun
}
