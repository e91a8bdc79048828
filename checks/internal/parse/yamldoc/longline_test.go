package yamldoc_test

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// TestPlaceInOneLongLine finds every value of a file without line breaks, with characters of one byte and of several.
func TestPlaceInOneLongLine(t *testing.T) {
	for _, letter := range []string{"a", "é", "漢"} {
		var b strings.Builder
		b.WriteString("[")
		for i := range 3000 {
			fmt.Fprintf(&b, "{%s: v%d}, ", letter, i)
		}
		text := b.String() + "]\n# " + letter + "\n"
		f := &checks.File{Entry: &checks.Entry{Path: "a.yml"}, Data: []byte(text), Line: 1, Whole: true}
		s := yamldoc.Of(f)
		if s.Err != nil {
			t.Fatal(s.Err)
		}
		for i, item := range yamldoc.Items(s.Docs[0]) {
			want := fmt.Sprintf("v%d", i)
			p := yamldoc.Place(f, yamldoc.Get(item, letter))
			if got := text[p.Column-1 : p.EndColumn-1]; p.Line != 1 || got != want {
				t.Fatalf("%s: %q at %v, want %q", letter, got, p, want)
			}
		}
	}
}
