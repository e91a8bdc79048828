// Package secrets is the secrets chapter of the checklist.
package secrets

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	return []*checks.Check{}
}
