package scan

import (
	"math/rand/v2"
	"testing"
)

// plainMixes is mixes in plain words.
func plainMixes(value []byte) bool {
	digits, letters, hex := false, false, true
	changes, pairs, common := 0, 0, 0
	for i, c := range value {
		letter := isLetter(c)
		digits, letters = digits || c >= '0' && c <= '9', letters || letter
		hex = hex && !(letter && c|0x20 > 'f')
		if i == 0 {
			continue
		}
		if partKinds[c] != partKinds[value[i-1]] {
			changes++
		}
		if letter && isLetter(value[i-1]) {
			pairs++
			if commonPair[int(value[i-1]|0x20-'a')*26+int(c|0x20-'a')] {
				common++
			}
		}
	}
	switch {
	case !digits || !letters:
		return false
	case hex:
		return changes*5 >= len(value)
	}
	return changes >= 4 && changes*6 >= len(value) && (pairs*2 < len(value) || common*100 <= pairs*mostWords)
}

func TestMixesEqualsItsPlainForm(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	said := map[bool]int{}
	for _, alphabet := range []string{"abcdef0123456789", "the-number2of_Names", "aZ09-_./+:~\x80=", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"} {
		for range 5000 {
			value := make([]byte, 1+random.IntN(60))
			for i := range value {
				value[i] = alphabet[random.IntN(len(alphabet))]
			}
			got := mixes(value)
			if want := plainMixes(value); got != want {
				t.Fatalf("%q: %v, expected %v", value, got, want)
			}
			said[got]++
		}
	}
	if said[true] < 1000 || said[false] < 1000 {
		t.Errorf("said %v: the samples are of one kind", said)
	}
}

func FuzzMixes(f *testing.F) {
	f.Add([]byte("q7Zx0VbN2mKf8RtY4LpW"))
	f.Fuzz(func(t *testing.T, value []byte) {
		if len(value) == 0 || len(value) > maxKeyed {
			return
		}
		if got, want := mixes(value), plainMixes(value); got != want {
			t.Errorf("%q: %v, expected %v", value, got, want)
		}
	})
}
