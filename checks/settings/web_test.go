package settings

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

// scopesOf runs one reader over the files of a txtar archive.
func scopesOf(t testing.TB, r reader, archive string) []*checks.Scope {
	t.Helper()
	scopes, problems := r.resolve(docsOf(r, archive))
	for _, p := range problems {
		t.Errorf("problem: %v", &p)
	}
	return scopes
}

func docsOf(r reader, archive string) []document {
	var docs []document
	for _, f := range txtar.Parse([]byte(archive)).Files {
		file := &checks.File{Entry: &checks.Entry{Path: f.Name, Mode: fs.FileMode(0o644), Size: int64(len(f.Data))}, Data: f.Data, Line: 1, Whole: true}
		if !r.wants(file.Entry) {
			continue
		}
		if value, _ := r.read(file); value != nil {
			docs = append(docs, document{f.Name, value})
		}
	}
	return docs
}

// effect writes a scope's settings of the given names as "Name=Value", "Name~Raw" where dynamic, with "(default)" or
// "(inherited)" and flags in brackets.
func effect(s *checks.Scope, names ...string) []string {
	var out []string
	for _, set := range s.Settings {
		base, _, _ := strings.Cut(set.Name, " ")
		if !slices.Contains(names, set.Name) && !slices.Contains(names, base) {
			continue
		}
		line := fmt.Sprintf("%s=%v", set.Name, set.Value)
		if set.Dynamic() {
			line = set.Name + "~" + set.Raw
		}
		if len(set.Flags) > 0 {
			line += fmt.Sprint(set.Flags)
		}
		if set.Origin == checks.OriginDefault {
			line += " (default)"
		}
		if set.Inherited {
			line += " (inherited)"
		}
		out = append(out, line)
	}
	return out
}

// tell maps each scope's name to its effect.
func tell(scopes []*checks.Scope, names ...string) map[string][]string {
	out := map[string][]string{}
	for _, s := range scopes {
		key := s.Name
		if _, twice := out[key]; twice {
			key += " @" + s.Place.String()
		}
		out[key] = effect(s, names...)
	}
	return out
}
