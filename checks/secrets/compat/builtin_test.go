package compat

import (
	"testing"

	"hardcheck/checks/secrets/providers"
)

func TestBuiltinRulesExist(t *testing.T) {
	// Those of checks that have no provider.
	exists := map[string]bool{"key": true, "password": true, "pem-private-key": true, "openssh-private-key": true,
		"pgp-private-key": true, "encrypted-private-key": true}
	for _, r := range providers.Rules() {
		exists[r.ID] = true
	}
	for theirs, ours := range builtin {
		if len(ours) == 0 {
			t.Errorf("%s stands for nothing", theirs)
		}
		for _, id := range ours {
			if !exists[id] {
				t.Errorf("%s: there is no rule %q", theirs, id)
			}
		}
	}
}
