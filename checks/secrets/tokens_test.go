package secrets

import (
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

func TestTokenMessagesSayHowSureTheyAre(t *testing.T) {
	for want, m := range map[string]scan.Match{
		"A shop key: whoever reads it buys":             {Rule: &scan.Rule{Title: "shop key", Opens: "buys"}},
		"What may be a shop key: whoever reads it buys": {Rule: &scan.Rule{Title: "shop key", Opens: "buys", Precision: checks.PrecisionLow}},
		"A shop key that looks made up":                 {Rule: &scan.Rule{Title: "shop key", Opens: "buys"}, Proof: scan.Invented},
	} {
		if got := tokenFinding(m, "q7Zx0VbN").Message; got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}
