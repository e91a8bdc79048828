// Package logging is the logging chapter of the checklist.
package logging

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	return []*checks.Check{
		debugMode(),
		accessLog(),
		logFormat(),
		logFiles(),
		retention(),
		databaseLogs(),
		clientAddress(),
		platformAudit(),
		secretsInLogs(),
		logInjection(),
		errorResponse(),
		swallowedExceptions(),
		errorDisclosure(),
		canaryLeak(),
		canaryForging(),
		canaryCoverage(),
	}
}
