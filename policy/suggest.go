package policy

import (
	"fmt"
	"strings"
)

// didYouMean returns `; did you mean "word"?` for the known word nearest to what was written, or "".
func didYouMean(written string, known []string) string {
	if len(written) > 100 {
		return ""
	}
	best, bestDistance := "", max(1, len(written)/3)+1
	for _, word := range known {
		d := distance(strings.ToLower(written), word)
		if _, name, ok := strings.Cut(word, "/"); ok && d >= bestDistance {
			d = 1 + distance(strings.ToLower(written), name) // "hsts" for "headers/hsts"
		}
		if d < bestDistance {
			best, bestDistance = word, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// orOneOf is didYouMean, or the list of the known words where none is near and they are few.
func orOneOf(written string, known []string) string {
	if hint := didYouMean(written, known); hint != "" || len(known) == 0 || len(known) > 12 {
		return hint
	}
	return "; expected one of " + strings.Join(known, ", ")
}

// distance counts the insertions, deletions, substitutions and swaps of neighbours between two words
// (optimal string alignment).
func distance(a, b string) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
