package objects

import (
	"bytes"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// naiveAdded is how many lines a shortest edit inserts: all but a longest common subsequence.
func naiveAdded(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		corner := 0
		for j := range b {
			up := row[j+1]
			if a[i] == b[j] {
				row[j+1] = corner + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			corner = up
		}
	}
	return len(b) - row[len(b)]
}

// checkAdded makes sure that the lines which are not added stand in old in their order, and that no fewer are added
// than must be.
func checkAdded(t *testing.T, old, new string, shortest bool) {
	t.Helper()
	ranges := AddedLines([]byte(old), []byte(new))
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	a, b = slices.DeleteFunc(a, func(s string) bool { return s == "" }), slices.DeleteFunc(b, func(s string) bool { return s == "" })
	added := make([]bool, len(b)+1)
	count, last := 0, 0
	for _, r := range ranges {
		if r.First <= last || r.Last < r.First || r.Last > len(b) {
			t.Fatalf("ranges %v of %d lines", ranges, len(b))
		}
		for i := r.First; i <= r.Last; i++ {
			added[i] = true
			count++
		}
		last = r.Last + 1
	}
	at := 0
	for i, line := range b {
		if added[i+1] {
			continue
		}
		k := slices.Index(a[at:], line)
		if k < 0 {
			t.Fatalf("line %d %q is not in the old text after line %d: %v\n%q\n%q", i+1, line, at, ranges, old, new)
		}
		at += k + 1
	}
	if !shortest {
		return
	}
	if want := naiveAdded(a, b); count != want {
		t.Fatalf("%d lines added, a shortest edit adds %d: %v\n%q\n%q", count, want, ranges, old, new)
	}
}

func TestAddedLines(t *testing.T) {
	cases := []struct {
		old, new string
		want     []LineRange
	}{
		{"", "", nil},
		{"a\n", "a\n", nil},
		{"", "a\nb\n", []LineRange{{1, 2}}},
		{"a\nb\n", "", nil},
		{"a\nb\nc\n", "a\nx\nc\n", []LineRange{{2, 2}}},
		{"a\nb\nc\n", "a\nb\nx\ny\nc\n", []LineRange{{3, 4}}},
		{"a\nb", "a\nb\n", []LineRange{{2, 2}}},
		{"a\nb\nc\n", "x\na\nc\nz\n", []LineRange{{1, 1}, {4, 4}}},
		{"a\na\na\n", "a\na\na\na\n", []LineRange{{4, 4}}},
		{"one\r\ntwo\r\n", "one\ntwo\r\n", []LineRange{{1, 1}}},
	}
	for _, c := range cases {
		if got := AddedLines([]byte(c.old), []byte(c.new)); !slices.Equal(got, c.want) {
			t.Errorf("from %q to %q: %v, want %v", c.old, c.new, got, c.want)
		}
		checkAdded(t, c.old, c.new, true)
	}
}

func TestAddedLinesAreShortest(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	text := func(n, kinds int) string {
		var b strings.Builder
		for range n {
			b.WriteString(strings.Repeat("l", 1+rng.Intn(kinds)) + "\n")
		}
		return b.String()
	}
	for range 4000 {
		kinds := 1 + rng.Intn(12)
		checkAdded(t, text(rng.Intn(30), kinds), text(rng.Intn(30), kinds), true)
	}
}

func TestAddedLinesEndOnTextsThatDiffer(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	text := func(n int) string {
		var b bytes.Buffer
		for range n {
			b.WriteByte(byte('a' + rng.Intn(26)))
			b.WriteByte('\n')
		}
		return b.String()
	}
	checkAdded(t, text(100000), text(100000), false)
}

func FuzzAddedLines(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n")
	f.Add("", "a")
	f.Add("a\na\nb\n", "b\na\na\n\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		checkAdded(t, old, new, len(old) < 2000 && len(new) < 2000)
	})
}
