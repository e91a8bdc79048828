package permissions

import (
	"regexp"
	"strings"
)

var templateTag = regexp.MustCompile(`\{[{%]-?\s*(if|with|range|define|block|for|end|endif|endfor|endwith)\b`)

// templateConditions says for each line which condition of a Helm or Jinja template it stands under: a number of
// its own for each if, with, range or for that is open, 0 outside. The line of the tag itself is inside.
func templateConditions(text string) []int {
	var out, open []int
	next := 0
	for line := range strings.Lines(text) {
		for _, m := range templateTag.FindAllStringSubmatch(line, -1) {
			if strings.HasPrefix(m[1], "end") {
				open = open[:max(0, len(open)-1)]
				continue
			}
			next++
			open = append(open, next)
		}
		at := 0
		if len(open) > 0 {
			at = open[len(open)-1]
		}
		out = append(out, at)
	}
	return out
}
