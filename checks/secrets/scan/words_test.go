package scan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// everyWord looks up every part of the text.
func everyWord(t *wordTable, text []byte) (found []string) {
	for at := 0; at < len(text); at++ {
		if partKinds[text[at]] != noPart {
			end := partEnd(text, at)
			t.at(text, at, end, func(id, start, end int) { found = append(found, fmt.Sprint(id, start, end)) })
			at = end - 1
		}
	}
	return found
}

func TestNoWordIsPassedOver(t *testing.T) {
	table := words("ab", "abc", "x9", "new relic", "newrelickey", "a1b2", "key", "okta", "mailgun")
	pieces := []string{"ab", "AB", "Abc", "c", "x", "9", "new", "Relic", "RELIC", "key", "Key", "a", "1", "b2", "okta", "MailGun", "_", "-", " ", "=", ".", "\xff"}
	random := rand.New(rand.NewPCG(11, 12))
	total := 0
	for range 3000 {
		var text []byte
		for range random.IntN(20) {
			text = append(text, pieces[random.IntN(len(pieces))]...)
		}
		var got []string
		table.find(text, 0, len(text), func(id, start, end int) { got = append(got, fmt.Sprint(id, start, end)) })
		if want := everyWord(table, text); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, expected %v", text, got, want)
		}
		total += len(got)
	}
	if total < 1000 {
		t.Errorf("%d words are found: the samples hold too few", total)
	}
}
