package secrets

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hardcheck/checks"
	"hardcheck/checks/secrets/compat"
)

// Inputs are what a policy gives the chapter besides parameters. Files are named as they are opened.
type Inputs struct {
	GitleaksConfig string // a configuration of gitleaks; "" for none
	GitleaksIgnore string // a .gitleaksignore
	ExcludePaths   string // trufflehog's list of paths
	Baselines      []string
	Rules          []compat.UserRule
	IgnoreComments bool // comments in files set findings aside
}

// Configuration is the inputs, read. It is safe for concurrent use.
type Configuration struct {
	gitleaks  *compat.Config
	project   *compat.Config
	ignores   *compat.Ignores
	excludes  *compat.PathFilter
	baselines []*compat.Baseline
	comments  bool
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

// Configure reads the inputs. The error says everything that keeps one from being used.
func Configure(in Inputs) (*Configuration, error) {
	c := &Configuration{comments: in.IgnoreComments}
	var err error
	if len(in.Rules) > 0 {
		if c.project, err = compat.NewRules(in.Rules); err != nil {
			return nil, err
		}
	}
	if in.GitleaksConfig != "" {
		if c.gitleaks, err = compat.LoadConfig(in.GitleaksConfig, func(name string) ([]byte, error) { return readInput(name, compat.MaxConfigSize) }); err != nil {
			return nil, err
		}
		c.Problems = append(c.Problems, c.gitleaks.Problems...)
	}
	if in.GitleaksIgnore != "" {
		if err := load(in.GitleaksIgnore, compat.MaxIgnoreSize, func(data []byte) (err error) {
			c.ignores, err = compat.LoadIgnores(in.GitleaksIgnore, data)
			return err
		}); err != nil {
			return nil, err
		}
		c.Problems = append(c.Problems, c.ignores.Problems...)
	}
	if in.ExcludePaths != "" {
		if err := load(in.ExcludePaths, compat.MaxIgnoreSize, func(data []byte) (err error) {
			c.excludes, err = compat.LoadPathFilter(in.ExcludePaths, data)
			return err
		}); err != nil {
			return nil, err
		}
		c.Problems = append(c.Problems, c.excludes.Problems...)
	}
	for _, name := range in.Baselines {
		if err := load(name, compat.MaxBaselineSize, func(data []byte) error {
			b, err := compat.LoadBaseline(data)
			c.baselines = append(c.baselines, b)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// load reads a file and hands it to its reader, whose error is given the file's name.
func load(name string, limit int64, read func([]byte) error) error {
	data, err := readInput(name, limit)
	if err == nil {
		err = read(data)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.ToSlash(name), err)
	}
	return nil
}

// readInput reads a regular file of at most limit bytes.
func readInput(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("expected a regular file (%v)", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("expected at most %s, found more", checks.FormatSize(limit))
	}
	return data, err
}

// aside says why something besides the policy's waivers sets the finding of a text at data[at.start:at.end] aside; "" for
// nothing.
func (c *Configuration) aside(t *text, f *checks.Finding, at span) string {
	if c.comments {
		if reason := t.ignoredByComment(at, f.Rule); reason != "" {
			return reason
		}
	}
	if c.gitleaks != nil {
		if reason := c.gitleaks.Off[f.Rule]; reason != "" {
			return reason
		}
		if reason, ok := c.gitleaks.SetsAside(compat.Source{Path: t.Path, Commit: f.Place.Commit}, f.Rule, t.data, at.start, at.end); ok {
			return reason
		}
	}
	if c.excludes != nil {
		if reason, ok := c.excludes.Excludes(t.Path); ok {
			return reason
		}
	}
	return c.known(f)
}

// known says which list of known findings has the finding; "" for none.
func (c *Configuration) known(f *checks.Finding) string {
	k := compat.Finding{Path: f.Place.Path, Rule: f.Rule, Line: f.Place.Line, Commit: f.Place.Commit, Secret: f.ContentKey}
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
