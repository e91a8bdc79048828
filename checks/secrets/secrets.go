// Package secrets is the secrets chapter of the checklist: credentials that stand where they can be read.
//
// One pass over each text (inspect) finds tokens, keys, URLs and assignments for every check of the chapter.
package secrets

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	chapter := []*checks.Check{
		providerTokens(),
		privateKeys(),
		urlCredentials(),
		genericCredentials(),
		frameworkKeys(),
		dotenv(),
		ignoreRules(),
		history(),
		images(),
		ci(),
		projectRules(),
	}
	for _, c := range chapter {
		c.NoSettings = true
	}
	return chapter
}
