package compat

import (
	"fmt"
	"strings"

	"hardcheck/checks/internal/spelling"
)

// didYouMean returns `; did you mean "word"?` for the known word nearest to what was written, or "".
func didYouMean(written string, known []string) string {
	const longest = 60
	if len(written) > longest {
		return ""
	}
	best, least := "", max(1, len(written)/3)+1
	for _, word := range known {
		if d := spelling.Distance(strings.ToLower(written), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
