// Package probetest runs one live check over a real server.
package probetest

import (
	"errors"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// Audit runs the check with its default parameters over the site and returns what it saw. An error of the check
// is among the problems.
func Audit(t testing.TB, check *checks.Check, url string, o target.SiteOptions) checks.Observation {
	t.Helper()
	site, err := target.OpenSite(url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Close)
	p := checks.NewPass(t.Context(), check, &checks.World{Target: checks.Target{Kind: checks.TargetURL, Locator: url}, Site: site}, check.Defaults())
	if err := check.Site(p); err != nil {
		var problem *checks.Problem
		if !errors.As(err, &problem) {
			t.Fatalf("%s on %s: %v (%T), want a *checks.Problem", check.ID, url, err, err)
		}
		p.Problem(*problem)
	}
	return p.Observation()
}
