package main

import (
	"errors"

	"hardcheck/checks/secrets"
	"hardcheck/checks/secrets/compat"
	"hardcheck/policy"
)

// secretInputs reads what the policy gives the secrets chapter besides parameters.
func secretInputs(pol *policy.Policy) (*secrets.Configuration, error) {
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
		return nil, placed(err, pol)
	}
	return c, nil
}

// placed makes what is wrong with inputs mistakes of the policy that names them.
func placed(err error, pol *policy.Policy) error {
	var wrong secrets.InputErrors
	if !errors.As(err, &wrong) {
		return err
	}
	out := &policy.Error{}
	for _, e := range wrong {
		out.Mistakes = append(out.Mistakes, pol.SecretMistake(e.Input, e.Err.Error()))
	}
	return out
}
