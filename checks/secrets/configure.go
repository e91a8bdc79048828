package secrets

import (
	"fmt"
	"path"

	"hardcheck/checks"
	"hardcheck/checks/secrets/compat"
)

// Configuration is the inputs, read. It is safe for concurrent use.
type Configuration struct {
	gitleaks  *compat.Config
	project   *compat.Config
	ignores   *compat.Ignores
	excludes  *compat.PathFilter
	baselines []*compat.Baseline
	comments  bool
	prefix    string // where the audited directory lies below the one from which paths in the inputs count
	// Problems are what the inputs say without effect.
	Problems []checks.Problem
}

// unconfigured is what holds where no policy says anything.
var unconfigured = &Configuration{comments: true}

// configurationOf is the run's configuration.
func configurationOf(p *checks.Pass) *Configuration {
	if c, ok := p.Configuration().(*Configuration); ok {
		return c
	}
	return unconfigured
}

// Configure reads the inputs. The error is an InputErrors.
func Configure(in Inputs) (*Configuration, error) {
	c := &Configuration{comments: in.IgnoreComments}
	var wrong InputErrors
	if len(in.Rules) > 0 {
		var err error
		if c.project, err = compat.NewRules(in.Rules); err != nil {
			wrong.add("", err)
		}
	}
	if in.GitleaksConfig != "" {
		var err error
		if c.gitleaks, err = compat.LoadConfig(in.GitleaksConfig, func(name string) ([]byte, error) { return readInput(name, compat.MaxConfigSize) }); err != nil {
			wrong.add("gitleaks_config", err)
		} else {
			c.Problems = append(c.Problems, c.gitleaks.Problems...)
		}
	}
	load := wrong.load
	load("gitleaks_ignore", in.GitleaksIgnore, compat.MaxIgnoreSize, func(data []byte) (err error) {
		if c.ignores, err = compat.LoadIgnores(in.GitleaksIgnore, data); err == nil {
			c.Problems = append(c.Problems, c.ignores.Problems...)
		}
		return err
	})
	load("exclude_paths", in.ExcludePaths, compat.MaxIgnoreSize, func(data []byte) (err error) {
		if c.excludes, err = compat.LoadPathFilter(in.ExcludePaths, data); err == nil {
			c.Problems = append(c.Problems, c.excludes.Problems...)
		}
		return err
	})
	for i, name := range in.Baselines {
		load(fmt.Sprintf("baselines[%d]", i), name, compat.MaxBaselineSize, func(data []byte) error {
			b, err := compat.LoadBaseline(data)
			c.baselines = append(c.baselines, b)
			return err
		})
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return c, nil
}

// Under is the configuration for a directory at prefix below the policy's own, from which paths in the inputs count.
func (c *Configuration) Under(prefix string) *Configuration {
	below := *c
	below.prefix = prefix
	return &below
}

// counted is the path of a text as the inputs count it.
func (c *Configuration) counted(name string) string {
	if c.prefix == "" {
		return name
	}
	return path.Join(c.prefix, name)
}

// aside says why something besides the policy's waivers sets the finding of a text at data[at.start:at.end] aside; "" for
// nothing.
func (c *Configuration) aside(t *text, f *checks.Finding, at span) string {
	if c.comments {
		if reason := t.ignoredByComment(at, f.Rule, ruleName(f)); reason != "" {
			return reason
		}
	}
	if c.gitleaks != nil {
		if reason := c.gitleaks.Off[f.Rule]; reason != "" {
			return reason
		}
		if reason, ok := c.gitleaks.SetsAside(compat.Source{Path: c.counted(t.Path), Commit: f.Place.Commit}, f.Rule, t.data, at.start, at.end); ok {
			return reason
		}
	}
	if c.excludes != nil {
		if reason, ok := c.excludes.Excludes(c.counted(t.Path)); ok {
			return reason
		}
	}
	return c.known(f)
}

// ruleName is what comments and lists of known findings call the rule of a finding: one of the project's own has the name
// that the project gave it.
func ruleName(f *checks.Finding) string {
	if f.Rule == projectRule {
		return f.Attribute
	}
	return f.Rule
}

// known says which list of known findings has the finding; "" for none.
func (c *Configuration) known(f *checks.Finding) string {
	k := compat.Finding{Path: c.counted(f.Place.Path), Rule: ruleName(f), Line: f.Place.Line, Commit: f.Place.Commit, Secret: f.ContentKey}
	if c.ignores != nil {
		if _, reason, ok := c.ignores.Covers(k); ok {
			return reason
		}
	}
	for _, b := range c.baselines {
		if reason, ok := b.Covers(k); ok {
			return reason
		}
	}
	return ""
}
