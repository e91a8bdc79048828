package headers

import "hardcheck/checks/internal/spelling"

// closest returns the known word within two edits of word, or "". Both are short ASCII words.
func closest(word string, known []string) string {
	best, least := "", 3
	if len(word) > 64 {
		return ""
	}
	for _, k := range known {
		if d := spelling.Distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}
