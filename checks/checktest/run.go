package checktest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// Run checks the list against the contract, runs every fixture of every check, and the acceptance suite over
// every check by itself. A check needs a fixture that fails and one that passes. The configuration is what a policy
// would give the modules in fixtures.
func Run(t *testing.T, list []*checks.Check, configuration ...map[checks.Module]any) {
	t.Helper()
	if err := checks.Validate(list); err != nil {
		t.Error(err)
	}
	for _, check := range list {
		t.Run(strings.ReplaceAll(check.ID, "/", "."), func(t *testing.T) {
			seen := map[checks.Status]bool{}
			for _, file := range fixtures(t, check) {
				f := load(t, file, check)
				for _, c := range configuration {
					f.configuration = c
				}
				seen[f.status] = true
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { f.run(t, check) })
			}
			for _, status := range []checks.Status{checks.StatusFail, checks.StatusPass} {
				if !seen[status] {
					t.Errorf("%s has no fixture that ends in %s", check.ID, status)
				}
			}
			t.Run("acceptance", func(t *testing.T) { accept(t, check) })
		})
	}
	noStrayFixtures(t, list)
}

// noStrayFixtures finds fixture directories that belong to no check.
func noStrayFixtures(t *testing.T, list []*checks.Check) {
	entries, _ := os.ReadDir("testdata")
	for _, e := range entries {
		if found, _ := filepath.Glob(filepath.Join("testdata", e.Name(), "*.txtar")); len(found) == 0 {
			continue
		}
		if !slices.ContainsFunc(list, func(c *checks.Check) bool { return strings.HasSuffix(c.ID, "/"+e.Name()) }) {
			t.Errorf("testdata/%s holds fixtures of no check", e.Name())
		}
	}
}

// Findings are what every fixture of a check finds, for what a module promises of all its findings.
func Findings(t *testing.T, check *checks.Check) (out []checks.Finding) {
	t.Helper()
	for _, file := range fixtures(t, check) {
		out = append(out, load(t, file, check).observe(t, check).Findings...)
	}
	return out
}

func (f *fixture) run(t *testing.T, check *checks.Check) {
	o := f.observe(t, check)
	if got := status(o); got != f.status {
		t.Errorf("status is %s, expected %s; reason %q, problems %v, examined %v", got, f.status, o.Reason, o.Problems, o.Names)
	}
	f.compare(t, check, o.Findings)
}

func (f *fixture) observe(t *testing.T, check *checks.Check) (o checks.Observation) {
	t.Helper()
	options := target.TreeOptions{}
	if f.rev {
		options.Rev = "HEAD"
	}
	jobs := []engine.Job{{Check: check, Values: f.values}}
	engineOptions := engine.Options{Debug: os.Stderr, Configuration: f.configuration}
	switch {
	case f.site && check.Joint != nil:
		_, tree := runTree(context.Background(), t, f.write(t), check, f.values, options, f.configuration)
		o = engine.RunJoint(context.Background(), tree, newSite(t, f), f.url, jobs, engineOptions).Observations[0]
	case f.site:
		o = engine.RunSite(context.Background(), newSite(t, f), jobs, engineOptions).Observations[0]
	default:
		o, _ = runTree(context.Background(), t, f.write(t), check, f.values, options, f.configuration)
	}
	return o
}

// status is what a policy without waivers would say.
func status(o checks.Observation) checks.Status {
	switch {
	case o.Skipped:
		return checks.StatusSkipped
	case len(o.Findings) > 0:
		return checks.StatusFail
	case slices.ContainsFunc(o.Problems, func(p checks.Problem) bool { return p.Blind }):
		return checks.StatusError
	case o.Examined == 0:
		return checks.StatusNotApplicable
	}
	return checks.StatusPass
}

func (f *fixture) compare(t *testing.T, check *checks.Check, findings []checks.Finding) {
	open := slices.Clone(f.wants)
	for _, found := range findings {
		wellFormed(t, check, found)
		i := slices.IndexFunc(open, func(w want) bool { return w.matches(found) })
		if i < 0 {
			t.Errorf("unexpected finding: %s at %s %s: %s (actual %s)", found.Rule, found.Place, found.Attribute, found.Message, found.Actual)
			continue
		}
		open = slices.Delete(open, i, i+1)
	}
	for _, w := range open {
		t.Errorf("missing finding: %s", w)
	}
}

func (w want) matches(f checks.Finding) bool {
	place := checks.Place{Path: f.Place.Path, Line: f.Place.Line}.String()
	if f.Place.Path == "" {
		place = f.Place.URL
	}
	if place != w.place && (f.Place.Path == "" || f.Place.Path != w.place) {
		return false
	}
	return f.Rule == w.rule && (w.attribute == "" || w.attribute == f.Attribute)
}

// wellFormed holds every finding to the contract.
func wellFormed(t *testing.T, check *checks.Check, f checks.Finding) {
	t.Helper()
	if check.Rule(f.Rule) == nil {
		t.Errorf("finding names the rule %q, which %s does not list", f.Rule, check.ID)
	}
	for name, text := range map[string]string{"message": f.Message, "expected": f.Expected, "actual": f.Actual} {
		if strings.TrimSpace(text) == "" {
			t.Errorf("finding %s at %s has no %s", f.Rule, f.Place, name)
		}
	}
	if f.Place.Path == "" && f.Place.URL == "" {
		t.Errorf("finding %s has no place", f.Rule)
	}
	if strings.Contains(f.Message, "\n") {
		t.Errorf("finding %s: the message has more than one line", f.Rule)
	}
	if key := f.ContentKey; len(key) >= 8 && check.Module() == checks.Secrets {
		for name, text := range map[string]string{"message": f.Message, "actual": f.Actual, "attribute": f.Attribute} {
			if strings.Contains(text, key) {
				t.Errorf("finding %s: the %s shows the whole secret", f.Rule, name)
			}
		}
	}
}
