package providers

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks/secrets/scan"
)

func join(s string) []byte { return []byte(strings.ReplaceAll(s, "<+>", "")) }

func scanner(t *testing.T) *scan.Scanner {
	t.Helper()
	s, err := scan.NewScanner(Rules(), scan.CredentialWords())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// find returns the IDs of the rules that the whole scanner reports in the text.
func find(s *scan.Scanner, text []byte) map[string]bool {
	ids := map[string]bool{}
	for _, m := range s.Scan(text, func(h scan.Hit) {
		if a, ok := scan.AssignmentAt(text, h.Start, h.End); ok {
			if m, ok := s.Named(a.Name, text, a.Start, a.End); ok {
				ids[m.Rule.ID] = true
			}
		}
	}) {
		ids[m.Rule.ID] = true
	}
	return ids
}

func TestRulesAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s: the ID is used twice", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.Opens == "" || r.Severity == 0 || r.Reference == "" || len(r.Examples) == 0 || len(r.NearMisses) == 0 {
			t.Errorf("%s: lacks a title, what it opens, a severity, a reference, examples or near misses", r.ID)
		}
		kinds := 0
		for _, list := range [][]string{r.Anchors, r.Names, r.Keywords} {
			kinds += min(len(list), 1)
		}
		if kinds != 1 {
			t.Errorf("%s: is not one of structural, contextual and by keyword", r.ID)
		}
		for _, w := range r.Keywords {
			if w != strings.ToLower(w) || len(scan.NormalName(w)) < 2 {
				t.Errorf("%s: the keyword %q is not a word in lower case", r.ID, w)
			}
		}
	}
	if len(seen) < 450 {
		t.Errorf("%d formats, fewer than promised", len(seen))
	}
}

func TestExamplesAreFound(t *testing.T) {
	s := scanner(t)
	for _, r := range Rules() {
		for _, example := range r.Examples {
			for _, frame := range []string{"@", "key = \"@\"\n", "KEY=@\r\n", "<a>@</a>", "\\n@\\n", "x=%22@%22"} {
				text := strings.ReplaceAll(frame, "@", string(join(example)))
				if r.Lead != "" && strings.Contains(frame, "%22") {
					continue // a lead may take the escape's digits
				}
				if len(r.Anchors) == 0 {
					text = string(join(example)) + "\n"
				}
				if got := find(s, []byte(text)); !got[r.ID] {
					t.Errorf("%s: %q is not found in %q (found %v)", r.ID, example, frame, got)
				}
			}
		}
	}
}

func TestNearMissesAreNotFound(t *testing.T) {
	s := scanner(t)
	for _, r := range Rules() {
		for _, miss := range r.NearMisses {
			if got := find(s, join(miss)); len(got) > 0 {
				t.Errorf("near miss %q of %s is reported as %v", miss, r.ID, got)
			}
		}
	}
}

// TestScannerEqualsAPlainSearch tries every rule at every occurrence of its anchors, without the automaton.
func TestScannerEqualsAPlainSearch(t *testing.T) {
	var text []byte
	for _, r := range Rules() {
		for _, s := range append(append([]string{}, r.Examples...), r.NearMisses...) {
			text = append(append(text, join(s)...), " \n"...)
		}
	}
	var plain []scan.Match
	for _, r := range Rules() {
		m, err := scan.NewMatcher(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, anchor := range r.Anchors {
			for at := range text {
				if bytes.HasPrefix(text[at:], []byte(anchor)) {
					if match, ok := m.At(text, at, len(anchor)); ok {
						plain = append(plain, match)
					}
				}
			}
		}
	}
	plain = scan.Distinct(plain)
	got := slices.DeleteFunc(scanner(t).Scan(text, func(scan.Hit) {}), func(m scan.Match) bool { return len(m.Rule.Keywords) > 0 })
	if structural := len(slices.DeleteFunc(Rules(), func(r *scan.Rule) bool { return len(r.Anchors) == 0 })); len(plain) < structural {
		t.Errorf("the plain search finds %d tokens in %d rules' examples", len(plain), structural)
	}
	if len(got) != len(plain) {
		t.Fatalf("the scanner finds %d tokens, the plain search %d", len(got), len(plain))
	}
	for i := range got {
		if got[i].Rule.ID != plain[i].Rule.ID || got[i].Start != plain[i].Start || got[i].End != plain[i].End {
			t.Errorf("token %d: the scanner says %s at %d, the plain search %s at %d", i, got[i].Rule.ID, got[i].Start, plain[i].Rule.ID, plain[i].Start)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := scan.NewScanner(Rules(), scan.CredentialWords()); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNoExampleStandsWholeInSource(t *testing.T) {
	s := scanner(t)
	for _, r := range Rules() {
		for _, text := range append(append([]string{}, r.Examples...), r.NearMisses...) {
			if got := find(s, []byte(text)); len(got) > 0 {
				t.Errorf("%s: %q stands whole in the source (found as %v)", r.ID, text, got)
			}
		}
	}
}
