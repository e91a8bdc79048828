// Package providers holds the formats of the secrets that known services issue, one file per family. A rule is
// data: see scan.Rule. To add one, add a value with examples that must be found and near misses that must not.
package providers

import "hardcheck/checks/secrets/scan"

// Rules returns every format, by family. Where two rules fit the same text, see scan.Distinct.
func Rules() []*scan.Rule {
	var all []*scan.Rule
	for _, family := range [][]scan.Rule{cloud, identity, code, ai, chat, payments, observability, saas, platforms,
		signin, social, messaging, email, telephony, gateways, finance, commerce, crm, marketing, content, productivity, bareRules(),
		gitlab, hyperscalers, azure, clouds, models, agents, cicd, packages, databases, monitoring, security, identifiers} {
		for i := range family {
			all = append(all, &family[i])
		}
	}
	return all
}
