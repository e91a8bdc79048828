package logging

import (
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/checktest"
)

// TestChecks runs the fixtures. The canary has none: it needs logs that are written while it asks, and is tested over those
// of real servers.
func TestChecks(t *testing.T) {
	checktest.Run(t, slices.DeleteFunc(Checks(), func(c *checks.Check) bool { return strings.HasPrefix(c.ID, "logging/canary-") }))
}
