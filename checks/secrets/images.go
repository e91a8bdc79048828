package secrets

import "hardcheck/checks"

// imagesID is where discoveries in container images go.
const imagesID = "secrets/images"

func images() *checks.Check {
	return &checks.Check{
		ID:         imagesID,
		Title:      "No credential is baked into a container image",
		Why:        "Everyone who can pull an image reads every layer of it, its environment and its build arguments; what a later layer deletes is still in the earlier one.",
		Fix:        "Change the credential, and pass it at run time, or at build time as a secret mount (RUN --mount=type=secret), which no layer keeps.",
		Expected:   "No layer, environment variable or build argument of an image holds a credential",
		Rollback:   "Nothing to roll back: an image that was readable keeps the old value; the new one stays outside.",
		Absent:     "No Dockerfile and no image archive was found",
		References: []string{"CWE-798", "CWE-522", "CIS Docker 4.10", "https://docs.docker.com/build/building/secrets/"},
		Severity:   checks.Critical,
		Rules:      everyRule(),
		Wants:      hasBytes,
		File:       inFile,
		Stream:     true,
		Part:       true,
	}
}

// ownersOfRules are the checks whose rules tell what a credential is; other checks tell where it must not be.
func ownersOfRules() []*checks.Check {
	return []*checks.Check{providerTokens(), privateKeys(), urlCredentials(), genericCredentials(), frameworkKeys()}
}

// everyRule lists the rules of the chapter, each once.
func everyRule() []checks.Rule {
	var rules []checks.Rule
	seen := map[string]bool{}
	for _, c := range ownersOfRules() {
		for _, r := range c.Rules {
			if !seen[r.ID] {
				seen[r.ID] = true
				rules = append(rules, r)
			}
		}
	}
	return rules
}
