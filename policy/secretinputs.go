package policy

import (
	"path/filepath"
	"slices"
	"strconv"

	"hardcheck/checks"
)

// SecretInputs are what a policy gives the secrets chapter besides parameters: rules of the project's own, and files
// that other scanners read. File names are made absolute, or relative to where the program runs.
type SecretInputs struct {
	GitleaksConfig string   // a configuration of gitleaks, TOML; "" for none
	GitleaksIgnore string   // a .gitleaksignore
	ExcludePaths   string   // regular expressions of paths, one a line, as trufflehog reads them
	Baselines      []string // reports of other scanners whose findings are known
	Rules          []SecretRule
	// IgnoreComments says whether a comment in a file may set aside what is found on its line.
	IgnoreComments bool
}

// SecretRule is a format of the project's own.
type SecretRule struct {
	ID, Title, Pattern                    string
	Keywords, Paths, Examples, NearMisses []string
	SecretGroup                           int
	Entropy                               float64
	Severity                              checks.Severity
}

// secretSettings are the secrets sections of a chain. Files are shown as they are written, and kept as they are opened.
type secretSettings struct {
	gitleaksConfig, gitleaksIgnore, excludePaths traced[string]
	baselines                                    traced[[]string]
	baselineNames                                []string // as they are written
	ignoreComments                               traced[bool]
	rules                                        traced[[]SecretRule]
	places                                       map[string]position // by the input's name in the section
}

// SecretInputs returns what the policy says of the secrets chapter.
func (p *Policy) SecretInputs() SecretInputs {
	s := &p.settings.secrets
	return SecretInputs{GitleaksConfig: s.gitleaksConfig.value, GitleaksIgnore: s.gitleaksIgnore.value, ExcludePaths: s.excludePaths.value,
		Baselines: s.baselines.value, Rules: s.rules.value, IgnoreComments: s.ignoreComments.value}
}

// SecretMistake is what is wrong with an input, which is named as the section names it: "gitleaks_config", "baselines[0]",
// "rules[2]". Lists count over the whole chain of policies.
func (p *Policy) SecretMistake(input, text string) Mistake {
	at := p.settings.secrets.places[input]
	return Mistake{at.file, at.line, at.column, "secrets." + input, text}
}

// fields lists what is set, and whether comments count.
func (s *secretSettings) fields() []Field {
	var out []Field
	for _, f := range []Field{
		s.gitleaksConfig.field("secrets.gitleaks_config"), s.gitleaksIgnore.field("secrets.gitleaks_ignore"), s.excludePaths.field("secrets.exclude_paths"),
		s.baselines.field("secrets.baselines"), s.ignoreComments.field("secrets.ignore_comments"), s.rules.field("secrets.rules"),
	} {
		if f.Where != "" {
			out = append(out, f)
		}
	}
	return out
}

type secretsSection struct {
	mark
	GitleaksConfig text              `key:"gitleaks_config" doc:"A configuration of gitleaks (TOML): its rules look for more, its allowlists set findings aside. From this file's directory."`
	GitleaksIgnore text              `key:"gitleaks_ignore" doc:"A .gitleaksignore, whose fingerprints set findings aside. From this file's directory."`
	ExcludePaths   text              `key:"exclude_paths" doc:"A file of regular expressions, one a line, of paths whose findings are set aside, as trufflehog reads it."`
	Baselines      texts             `key:"baselines" doc:"Reports of gitleaks, betterleaks, trufflehog or detect-secrets: what they list is set aside."`
	IgnoreComments boolean           `key:"ignore_comments" doc:"Whether comments such as gitleaks:allow or hardcheck:allow set aside what is found on their line; true unless set."`
	Rules          []secretRuleEntry `key:"rules" doc:"Formats of secrets of the project's own."`
}

type secretRuleEntry struct {
	mark
	ID          text     `key:"id" need:"true" doc:"The rule's name: lower-case words joined by hyphens."`
	Title       text     `key:"title" need:"true" doc:"What it finds, without an article."`
	Pattern     text     `key:"pattern" need:"true" doc:"A regular expression (RE2)."`
	Keywords    texts    `key:"keywords" doc:"Words of which one must be in the text, in any case."`
	SecretGroup number   `key:"secret_group" min:"0" max:"99" doc:"The group of the pattern that is the secret."`
	Entropy     text     `key:"entropy" doc:"What the secret's Shannon entropy must exceed, in bits per character."`
	Severity    severity `key:"severity" doc:"How bad it is; high unless set."`
	Paths       texts    `key:"paths" doc:"Globs of the files it looks at."`
	Examples    texts    `key:"examples" need:"true" doc:"Texts in which it must find something; <+> splits a secret."`
	NearMisses  texts    `key:"near_misses" doc:"Texts in which it must find nothing."`
}

// secretInputs puts one document's section on what the documents before it said: files replace, lists grow.
func (r *resolver) secretInputs(doc *document) {
	in, s := &r.settings.secrets, &doc.Secrets
	file := func(into *traced[string], name string, t text) {
		if t.set {
			into.put(r.beside(doc, t.value), t.value, t.at.String())
			in.places[name] = t.at
		}
	}
	file(&in.gitleaksConfig, "gitleaks_config", s.GitleaksConfig)
	file(&in.gitleaksIgnore, "gitleaks_ignore", s.GitleaksIgnore)
	file(&in.excludePaths, "exclude_paths", s.ExcludePaths)
	if s.Baselines.set {
		all := slices.Clone(in.baselines.value)
		for _, b := range s.Baselines.list {
			in.places[indexed("baselines", len(all))] = b.at
			all = append(all, r.beside(doc, b.value))
		}
		in.baselineNames = slices.Concat(in.baselineNames, s.Baselines.values())
		in.baselines = grown(all, in.baselineNames, s.Baselines.at)
	}
	if s.IgnoreComments.set {
		in.ignoreComments.put(s.IgnoreComments.value, strconv.FormatBool(s.IgnoreComments.value), s.IgnoreComments.at.String())
	}
	if len(s.Rules) > 0 {
		all := slices.Clone(in.rules.value)
		for i := range s.Rules {
			in.places[indexed("rules", len(all))] = s.Rules[i].at
			all = append(all, r.secretRule(&s.Rules[i], indexed("secrets.rules", i)))
		}
		var ids []string
		for _, rule := range all {
			ids = append(ids, rule.ID)
		}
		in.rules = grown(all, ids, s.Rules[0].at)
	}
}

// grown is a list to which a document added something: what it says is over nothing.
func grown[T any](list []T, shown []string, at position) traced[[]T] {
	return traced[[]T]{list, []Origin{{checks.FormatValue(shown), at.String()}}}
}

func (r *resolver) secretRule(e *secretRuleEntry, path string) SecretRule {
	rule := SecretRule{
		ID: e.ID.value, Title: e.Title.value, Pattern: e.Pattern.value, Keywords: e.Keywords.values(), SecretGroup: e.SecretGroup.value, Severity: checks.High,
		Paths: e.Paths.values(), Examples: e.Examples.values(), NearMisses: e.NearMisses.values(),
	}
	if e.Severity.set {
		rule.Severity = e.Severity.value
	}
	if e.Entropy.set {
		var err error
		if rule.Entropy, err = strconv.ParseFloat(e.Entropy.value, 64); err != nil || rule.Entropy < 0 || rule.Entropy > 8 {
			r.found.add(e.Entropy.at, path+".entropy", "expected a number from 0 to 8, found %q", e.Entropy.value)
		}
	}
	return rule
}

// beside is the path of a file that a document names: from the document's own directory.
func (r *resolver) beside(doc *document, name string) string {
	if filepath.IsAbs(name) || doc.source.embedded != "" {
		return name
	}
	return filepath.Join(doc.source.dir(), filepath.FromSlash(name))
}
