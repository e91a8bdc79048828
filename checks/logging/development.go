package logging

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

var (
	developmentDirs = wordSet(`test tests testing testdata test_data fixtures spec specs e2e dev development develop local localhost sandbox playground
		example examples sample samples demo demos doc docs docs_src tutorial tutorials .devcontainer .vscode .github benchmark benchmarks`)
	developmentWords = wordSet(`dev develop development devel local localhost test tests testing debug override example sample demo ci sandbox
		playground conftest devcontainer e2e`)
)

// forDevelopment reports whether a file is, by its name or directory, clearly not what runs in production:
// settings/dev.py, docker-compose.override.yml, .env.test, tests/app.py.
func forDevelopment(p string) bool {
	dir, name := path.Split(p)
	dropIn := strings.HasSuffix(dir, ".d/") // of systemd, where override.conf is how a deployed unit is changed
	for element := range strings.SplitSeq(dir, "/") {
		if developmentDirs[strings.ToLower(element)] {
			return true
		}
	}
	return slices.ContainsFunc(wordsOf(name), func(word string) bool { return developmentWords[word] && !(dropIn && word == "override") })
}

func wordsOf(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(".-_ ", r) })
}

// undeployed are the parts of Dockerfiles and Compose files that are not what runs in production, by file and name.
type undeployed struct {
	named map[string]bool
	bases map[string]bool // stages that deployed ones are built from: what they set counts where it ends up
}

// buildWords name stages that only make what another copies.
var buildWords = wordSet("build builder compile compiler deps dependencies assets")

// undeployedParts finds the stages that by their names are for development or for building, and the services that only
// a profile for development starts.
func undeployedParts(scopes []*checks.Scope) undeployed {
	parts := undeployed{map[string]bool{}, map[string]bool{}}
	development := func(word string) bool { return developmentWords[word] }
	for _, s := range scopes {
		key := s.Place.Path + " " + s.Name
		switch s.Layer {
		case "dockerfile":
			words := wordsOf(strings.TrimPrefix(s.Name, "stage "))
			parts.named[key] = slices.ContainsFunc(words, func(w string) bool { return developmentWords[w] || buildWords[w] })
			if s.Parent != nil && !parts.named[key] {
				parts.bases[s.Parent.Place.Path+" "+s.Parent.Name] = true
			}
		case "compose":
			profiles, _ := s.Get("profiles")
			list := profiles.List()
			parts.named[key] = len(list) > 0 && !slices.ContainsFunc(list, func(p string) bool { return !slices.ContainsFunc(wordsOf(p), development) })
		}
	}
	return parts
}

// has reports a stage, a service, or a command that one of them runs: "uvicorn in stage dev".
func (u undeployed) has(s *checks.Scope) bool {
	if _, in, ok := strings.Cut(s.Name, " in "); ok && s.Kind == "command" {
		return u.named[s.Place.Path+" "+in]
	}
	key := s.Place.Path + " " + s.Name
	return u.named[key] || u.bases[key]
}
