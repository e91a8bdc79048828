package flow

import "hardcheck/checks/internal/parse/source"

// hazard looks at an assignment that turns on a dump of what passes by.
func (w *follower) hazard(x *source.Expr, v *value) {}

// hazardCall looks at a call that does.
func (w *follower) hazardCall(c *calling) {}
