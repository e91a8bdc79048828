package compat

import (
	"strings"

	"hardcheck/checks"
)

// PathFilter is a list of paths that trufflehog leaves out: one regular expression a line, found anywhere in the path.
type PathFilter struct {
	Problems []checks.Problem

	lines []pathLine
}

type pathLine struct {
	*pattern
	place string
}

// LoadPathFilter reads the file that trufflehog's --exclude-paths names; file is how problems name it. A line that is
// no regular expression is a problem and leaves nothing out.
func LoadPathFilter(file string, data []byte) (*PathFilter, error) {
	if len(data) > MaxIgnoreSize {
		return nil, tooLarge("read the excluded paths", file, len(data), MaxIgnoreSize)
	}
	f := &PathFilter{}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		p, err := newPattern(line)
		actual := ""
		switch {
		case err != nil:
			actual = err.Error()
		case len(line) > maxLineSize || len(f.lines) >= maxRules:
			actual = "more than is read"
		default:
			f.lines = append(f.lines, pathLine{p, place(file, number, 0)})
			continue
		}
		f.Problems = append(f.Problems, checks.Problem{Op: "read the excluded paths", Expected: "a regular expression in Go's syntax",
			Actual: shorten(actual), Retry: checks.RetryUseless, Where: place(file, number, 0)})
	}
	return f, nil
}

// Excludes reports whether a path is left out, and why.
func (f *PathFilter) Excludes(path string) (reason string, ok bool) {
	for _, l := range f.lines {
		if l.matches(path) {
			return "path " + shorten(l.source) + " is excluded at " + l.place, true
		}
	}
	return "", false
}
