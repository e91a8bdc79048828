// Package headers is the headers chapter of the checklist.
package headers

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	return []*checks.Check{}
}
