package providers

import (
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
		if (len(r.Anchors) > 0) == (len(r.Names) > 0) {
			t.Errorf("%s: is neither structural nor contextual", r.ID)
		}
	}
	if len(seen) < 60 {
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
				if len(r.Names) > 0 {
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
