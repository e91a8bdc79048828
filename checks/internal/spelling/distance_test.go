package spelling

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"regex", "regex", 0}, {"regx", "regex", 1}, {"kitten", "sitting", 3}, {"nosnif", "nosniff", 1}} {
		if got, back := Distance(c.a, c.b), Distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%q and %q are %d and %d apart, expected %d", c.a, c.b, got, back, c.want)
		}
	}
}
