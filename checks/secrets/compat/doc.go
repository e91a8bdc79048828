// Package compat reads what users of other secret scanners already have: gitleaks's configuration (TOML, version 8),
// inline comments that ignore a line, .gitleaksignore, trufflehog's lists of excluded paths, and the baselines of
// gitleaks, betterleaks, trufflehog and detect-secrets. It also holds the rules that a policy of our own brings.
//
// What an input sets aside is never dropped: every decision comes with its reason, so that a report can count and
// show it. What an input says and nobody reads (a misspelt key, a rule id that does not exist) is a problem with its
// place.
package compat

import (
	"fmt"
	"strings"

	"hardcheck/checks"
)

// GitleaksVersion is the release of gitleaks whose reading of a configuration this package follows.
const GitleaksVersion = "8.30"

// Error is everything that keeps an input from being used. Correcting the file and loading again is safe.
type Error struct{ Problems []checks.Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i := range e.Problems {
		lines[i] = e.Problems[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Finding is a finding as an ignore entry or a baseline judges it.
type Finding struct {
	Path   string // relative to the target's root, slash-separated
	Rule   string // ours, or that of a loaded configuration
	Line   int    // from 1
	Commit string // full id in lower case; "" outside history
	Secret string
}

// Source is where a text is from.
type Source struct {
	Path   string // relative to the target's root, slash-separated; "" for a text without a path
	Commit string // full id in lower case; "" outside history
}

func place(file string, line, column int) string {
	if column == 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return fmt.Sprintf("%s:%d:%d", file, line, column)
}
