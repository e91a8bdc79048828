package logging

import (
	"path"
	"strings"
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
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		if developmentWords[word] && !(dropIn && word == "override") {
			return true
		}
	}
	return false
}
