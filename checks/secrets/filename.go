package secrets

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

// leastToken is the length of the shortest name that is looked at for tokens.
const leastToken = 20

// tokensInName are the tokens that the name of a file or a member holds.
func tokensInName(name string) []scan.Match {
	if !mayHoldToken(name) {
		return nil
	}
	return scanner().Scan([]byte(name), func(scan.Hit) {})
}

// mayHoldToken reports whether a name has a part that is as long as a token, with a digit in it.
func mayHoldToken(name string) bool {
	length, digit := 0, false
	for i := range len(name) {
		switch c := name[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c == '/' || c == ' ':
			length, digit = -1, false
		}
		if length++; digit && length >= leastToken {
			return true
		}
	}
	return false
}

// redactedName is a name without the tokens in it, for a report.
func redactedName(name string) string {
	tokens := tokensInName(name)
	for i := len(tokens) - 1; i >= 0; i-- {
		name = name[:tokens[i].Start] + redact(name[tokens[i].Start:tokens[i].End]) + name[tokens[i].End:]
	}
	return name
}

// judgeName looks at the text's own name, which everyone reads who may list the directory.
func (d *discoveries) judgeName(t *text) {
	name := path.Base(t.Path)
	for _, m := range tokensInName(name) {
		f := tokenFinding(m, name[m.Start:m.End])
		f.Place = t.place(0, 0)
		f.Place.Line, f.Place.Column, f.Place.EndLine, f.Place.EndColumn = 0, 0, 0, 0
		f.Place.Inside = strings.TrimPrefix(t.inside()+", name", ", ")
		f.Message += "; it stands in the file's name"
		d.add(reportedBy(t, "secrets/provider-tokens"), f)
	}
}

// subjectOf is the file as a thing that was looked at, its name redacted.
func subjectOf(f *checks.File) checks.Subject {
	s := f.Subject()
	s.Name = redactedName(s.Name)
	return s
}
