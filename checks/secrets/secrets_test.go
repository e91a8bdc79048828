package secrets

import (
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/checktest"
	"hardcheck/checks/secrets/compat"
)

// houseRule is a format of a project's own, as a policy brings it.
var houseRule = compat.UserRule{ID: "shop-token", Title: "shop token", Pattern: `shop_[a-z0-9]{24}`, Keywords: []string{"shop_"}, Severity: checks.High,
	Examples: []string{"shop_<+>q7zx0vbn2mkf8rty4lpwcd6s"}, NearMisses: []string{"shop_q7zx0vbn"}}

func TestChecks(t *testing.T) {
	configuration, err := Configure(Inputs{Rules: []compat.UserRule{houseRule}, IgnoreComments: true})
	if err != nil {
		t.Fatal(err)
	}
	checktest.Run(t, Checks(), map[checks.Module]any{checks.Secrets: configuration})
}
