package secrets

import (
	"fmt"
	"strings"
)

// redact shows enough of a secret to find it again and not enough to use it: nothing of a short one, the first four
// characters of a longer one, and the last four as well where what is left out is long.
func redact(secret string) string {
	n := len(secret)
	switch {
	case n < 16:
		return fmt.Sprintf("a value of %d characters", n)
	case n < 32:
		return fmt.Sprintf("%s... (%d characters)", printable(secret[:4]), n)
	}
	return fmt.Sprintf("%s...%s (%d characters)", printable(secret[:4]), printable(secret[n-4:]), n)
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
