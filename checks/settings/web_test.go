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
		docs = append(docs, docOf(r, fileOf(f.Name, f.Data))...)
	}
	return docs
}

func fileOf(name string, data []byte) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: name, Mode: fs.FileMode(0o644), Size: int64(len(data))}, Data: data, Line: 1, Whole: true}
}

// docOf is what a reader keeps of a file, if anything.
func docOf(r reader, f *checks.File) []document {
	if r.wants(f.Entry) {
		if value, _ := r.read(f); value != nil {
			return []document{{f.Path, value}}
		}
	}
	return nil
}

// keptOf is how many settings a reader makes of a file.
func keptOf(r reader, f *checks.File) int {
	total := 0
	scopes, _ := r.resolve(docOf(r, f))
	for _, s := range scopes {
		total += len(s.Settings)
	}
	return total
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
