package permissions

import (
	"regexp"
	"testing"

	"hardcheck/checks/checktest"
)

// goesBack is how a finding's Fix names the way back.
var goesBack = regexp.MustCompile(`(?i)\b(back: |roll back|rollback: |undo: )`)

// TestEveryFindingSaysHowToRepairAndGoBack holds every finding of every fixture to a command or lines of its own that mend
// it, and to the way back.
func TestEveryFindingSaysHowToRepairAndGoBack(t *testing.T) {
	seen := 0
	for _, check := range Checks() {
		for _, f := range checktest.Findings(t, check) {
			seen++
			if f.Fix == "" || !goesBack.MatchString(f.Fix) {
				t.Errorf("%s, %s at %s: fix %q, snippet %q", check.ID, f.Rule, f.Place, f.Fix, f.Snippet)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d findings were looked at", seen)
	}
}
