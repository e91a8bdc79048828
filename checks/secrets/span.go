package secrets

import (
	"cmp"
	"slices"

	"hardcheck/checks/secrets/scan"
)

// span is a byte range of the scanned text.
type span struct{ start, end int }

func (s span) bounds() span { return s }

type bounded interface{ bounds() span }

// distinct orders what was found and keeps the first of what overlaps.
func distinct[T bounded](found []T) []T {
	slices.SortStableFunc(found, func(a, b T) int {
		return cmp.Or(cmp.Compare(a.bounds().start, b.bounds().start), cmp.Compare(b.bounds().end, a.bounds().end))
	})
	kept := found[:0]
	for _, f := range found {
		if n := len(kept); n == 0 || f.bounds().start >= kept[n-1].bounds().end {
			kept = append(kept, f)
		}
	}
	return kept
}

// withoutTokens drops what overlaps a token. Both lists are ordered.
func withoutTokens[T bounded](found []T, tokens []scan.Match) []T {
	i := 0
	return slices.DeleteFunc(found, func(f T) bool {
		for i < len(tokens) && tokens[i].End <= f.bounds().start {
			i++
		}
		return i < len(tokens) && tokens[i].Start < f.bounds().end
	})
}
