// Package all lists every check of every module.
package all

import (
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/headers"
	"hardcheck/checks/logging"
	"hardcheck/checks/permissions"
	"hardcheck/checks/secrets"
	"hardcheck/checks/uploads"
)

// All returns every check in report order.
func All() []*checks.Check {
	return slices.Concat(
		permissions.Checks(),
		secrets.Checks(),
		headers.Checks(),
		uploads.Checks(),
		logging.Checks(),
	)
}
