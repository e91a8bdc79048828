package target

import (
	"context"

	"hardcheck/checks"
)

// History opens what the repository keeps besides the files.
func (r *repository) History(context.Context) (checks.History, error) {
	return nil, &checks.Problem{Op: "read history", Expected: "a reader", Actual: "none", Retry: checks.RetryUseless, Blind: true}
}
