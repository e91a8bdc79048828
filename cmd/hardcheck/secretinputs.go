package main

import (
	"errors"
	"fmt"

	"hardcheck/checks"
	"hardcheck/checks/secrets"
	"hardcheck/checks/secrets/compat"
	"hardcheck/policy"
)

// configuration reads what the policy gives the modules besides parameters. A problem that hides nothing is returned
// beside it.
func configuration(pol *policy.Policy) (map[checks.Module]any, []checks.Problem, error) {
	in := pol.SecretInputs()
	inputs := secrets.Inputs{
		GitleaksConfig: in.GitleaksConfig, GitleaksIgnore: in.GitleaksIgnore, ExcludePaths: in.ExcludePaths, Baselines: in.Baselines, IgnoreComments: in.IgnoreComments,
	}
	for _, r := range in.Rules {
		inputs.Rules = append(inputs.Rules, compat.UserRule{
			ID: r.ID, Title: r.Title, Pattern: r.Pattern, Keywords: r.Keywords, SecretGroup: r.SecretGroup, Entropy: r.Entropy, Severity: r.Severity,
			Paths: r.Paths, Examples: r.Examples, NearMisses: r.NearMisses,
		})
	}
	c, err := secrets.Configure(inputs)
	if err != nil {
		return nil, nil, secretInputError(err)
	}
	return map[checks.Module]any{checks.Secrets: c}, c.Problems, nil
}

// secretInputError says everything that is wrong with the inputs, a line each.
func secretInputError(err error) error {
	var all *compat.Error
	if !errors.As(err, &all) {
		return fmt.Errorf("policy: secrets: %w", err)
	}
	out := make([]error, len(all.Problems))
	for i := range all.Problems {
		out[i] = fmt.Errorf("policy: secrets: %w", &all.Problems[i])
	}
	return errors.Join(out...)
}
