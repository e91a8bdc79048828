package compat

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Bounds of a configuration.
const (
	MaxConfigSize = 4 << 20
	maxRules      = 10000
	maxDepth      = 2 // files that extend files: gitleaks follows two steps
)

// Config is a set of rules and allowlists, of a gitleaks configuration or of a policy. It is safe for concurrent use.
type Config struct {
	Title string
	// UseDefault says that the built-in rules stay on beside those of the configuration.
	UseDefault bool
	// Off are the built-in rules that the configuration turns off or replaces, with the reason.
	Off map[string]string
	// Problems are what the configuration says without effect.
	Problems []checks.Problem
	// Files are the files that were read. gitleaks does not scan its own configuration.
	Files []string

	rules    []*Rule
	global   []*allowlist
	overlays map[string][]overlay // by built-in rule
	plan     *plan
}

// overlay is what a configuration that extends the default one adds to a built-in rule.
type overlay struct {
	allow []*allowlist
	path  func(string) bool
	place string
}

// Rules lists the rules, by ID.
func (c *Config) Rules() []*Rule { return c.rules }

// LoadConfig reads a gitleaks configuration and what it extends, as gitleaks 8.30 reads them. open returns a file's
// bytes; as for gitleaks, extend.path is relative to where the audit starts, not to the file that names it.
func LoadConfig(path string, open func(path string) ([]byte, error)) (*Config, error) {
	l := &loader{open: open}
	top := l.load(path, 0)
	if len(l.errors) > 0 {
		return nil, &Error{l.errors}
	}
	c := assemble(l, top)
	if len(l.errors) > 0 {
		return nil, &Error{l.errors}
	}
	return c, nil
}

type loader struct {
	open     func(string) ([]byte, error)
	files    []string
	errors   []checks.Problem
	problems []checks.Problem
}

// load reads a file and what it extends.
func (l *loader) load(path string, depth int) *layer {
	r := &reader{file: path}
	defer func() {
		l.errors = append(l.errors, r.errors...)
		l.problems = append(l.problems, r.problems...)
	}()
	data, err := l.open(path)
	if err == nil && len(data) > MaxConfigSize {
		err = fmt.Errorf("%d bytes", len(data))
	}
	if err != nil {
		r.refuse(nil, "a readable file of at most "+checks.FormatSize(MaxConfigSize), err.Error())
		return nil
	}
	l.files = append(l.files, path)
	root, err := readTOML(data)
	if err != nil {
		r.refuse(root, "valid TOML", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	top := r.layer(root)
	if len(r.errors) == 0 {
		l.extend(r, top, depth)
	}
	return top
}

// extend adds what the layer extends to it.
func (l *loader) extend(r *reader, top *layer, depth int) {
	e := &top.extend
	switch {
	case e.url != "":
		r.refuse(e.at, "extend.path or extend.useDefault", "extend.url, which gitleaks does not read either: a configuration from the network can change unseen")
	case e.path == "":
	case depth == maxDepth:
		r.tell(e.at, fmt.Sprintf("at most %d files that extend each other", maxDepth+1), "extend.path is not followed here")
	case e.useDefault:
		r.refuse(e.at, "one of extend.path and extend.useDefault", "both")
	default:
		if base := l.load(e.path, depth+1); base != nil {
			top.merge(r, base)
		}
	}
}

// Allows reports whether the configuration sets aside everything from there, and why. With a path alone it judges the
// path for every commit, with a commit alone the commit for every path.
func (c *Config) Allows(src Source) (reason string, ok bool) {
	if src.Path != "" && slices.Contains(c.Files, src.Path) {
		return "it is the gitleaks configuration", true
	}
	return bySource(c.global, src)
}

// SetsAside reports whether the configuration sets aside a finding of a built-in rule in data[start:end], and why.
func (c *Config) SetsAside(src Source, rule string, data []byte, start, end int) (reason string, ok bool) {
	if reason, ok := c.Allows(src); ok {
		return reason, true
	}
	secret := string(data[start:end])
	candidate := &candidate{src: src, secret: secret, match: secret, line: func() string { return lineOf(data, start, end) }}
	if reason, ok := byFinding(c.global, candidate); ok {
		return reason, true
	}
	for _, o := range c.overlays[rule] {
		if o.path != nil && !o.path(src.Path) {
			return "the rule at " + o.place + " is for other paths", true
		}
		if reason, ok := bySource(o.allow, src); ok {
			return reason, true
		}
		if reason, ok := byFinding(o.allow, candidate); ok {
			return reason, true
		}
	}
	return "", false
}
