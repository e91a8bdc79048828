// Package uploads is the uploads chapter of the checklist.
package uploads

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	return []*checks.Check{
		bodyLimit(),
		misleadingLimit(),
		partsLimit(),
		uploadHandling(),
		slowRequests(),
		headerLimits(),
		layerChain(),
		declaredLimit(),
		enforcedLimit(),
		requestBounds(),
		deployedLimit(),
	}
}
