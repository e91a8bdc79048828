package secrets

import (
	"strings"
	"testing"
)

func TestWithoutObjectIDs(t *testing.T) {
	id, long := strings.Repeat("3f", 20), strings.Repeat("a0", 32)
	for in, want := range map[string]string{
		id + " " + long + " A <a@b.de> 1\tcommit: netlify": strings.Repeat(" ", 40+1+64) + " A <a@b.de> 1\tcommit: netlify",
		"x" + id:                   "x" + id,
		strings.ToUpper(id):        strings.ToUpper(id),
		id[:39] + "\n" + id + "\n": id[:39] + "\n" + strings.Repeat(" ", 40) + "\n",
		"token = " + id[:32]:       "token = " + id[:32],
		"":                         "",
	} {
		if got := string(withoutObjectIDs([]byte(in))); got != want {
			t.Errorf("%q becomes %q, expected %q", in, got, want)
		}
	}
}
