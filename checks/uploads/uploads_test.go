package uploads

import (
	"slices"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/checktest"
)

// overServers are tested over real servers: what they tell depends on when bytes are read.
var overServers = []string{"uploads/enforced-limit", "uploads/request-bounds", "uploads/deployed-limit"}

// TestChecks runs the fixtures.
func TestChecks(t *testing.T) {
	checktest.Run(t, slices.DeleteFunc(Checks(), func(c *checks.Check) bool { return slices.Contains(overServers, c.ID) }))
}
