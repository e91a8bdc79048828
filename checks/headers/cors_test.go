package headers

import (
	"strings"
	"testing"
)

func FuzzLookalike(f *testing.F) {
	for _, seed := range []string{`https://.*shop\.example`, `^https://(\w+\.)?shop\.example$`, `((`, `a.b.c.d`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if origin := lookalike([]string{pattern}, true); origin != "" && !strings.HasPrefix(origin, "https://") {
			t.Errorf("%q gives %q", pattern, origin)
		}
	})
}
