package headers

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// strangers are directories of what is not the audited service: tests, examples, documentation, other people's packages.
var strangers = []string{"test", "tests", "testdata", "fixtures", "example", "examples", "sample", "samples", "doc", "docs", "docs_src",
	"site-packages", "dist-packages", "node_modules", "vendor", "third_party", "benchmarks"}

// testFile is the name of a test's own file, in the ways of pytest, unittest, Jest, RSpec and JUnit.
var testFile = regexp.MustCompile(`^(test_.*|.*_test|tests?|conftest)\.py$|\.(test|spec)\.[cm]?[jt]sx?$|_(spec|test)\.rb$|Tests?\.(java|kt|cs)$`)

// thirdParty reports whether the path is below such a directory, is a test, or lies in a module cache (name@version).
func thirdParty(p string) bool {
	if testFile.MatchString(path.Base(p)) {
		return true
	}
	for _, dir := range strings.Split(path.Dir(p), "/") {
		if slices.Contains(strangers, strings.ToLower(dir)) || strings.Contains(dir, "@v") {
			return true
		}
	}
	return false
}

// enabled is an entry of a directory sites-enabled: the file that Debian's layout turns on by a link.
type enabled struct{ dir, site string }

// seeEnabled keeps the entries of sites-enabled directories. It is the Entry of every check with a Tree.
func seeEnabled(p *checks.Pass, e *checks.Entry) {
	dir := path.Dir(e.Path)
	if path.Base(dir) != "sites-enabled" {
		return
	}
	site := e.Name()
	if e.Link != "" {
		site = path.Base(e.Link)
	}
	p.Keep(e.Path, enabled{path.Dir(dir), site})
}

// audited returns which files are the service's own and in use: not a stranger's, and where a sites-enabled directory
// turns sites on, no other site of the sites-available beside it.
func audited(p *checks.Pass) func(file string) bool {
	on := map[string][]string{}
	for _, kept := range p.Kept() {
		if e, ok := kept.(enabled); ok {
			on[e.dir] = append(on[e.dir], e.site)
		}
	}
	strange := map[string]bool{}
	return func(file string) bool {
		foreign, known := strange[file]
		if !known {
			foreign = thirdParty(file)
			strange[file] = foreign
		}
		if foreign {
			return false
		}
		dir := path.Dir(file)
		sites := on[path.Dir(dir)]
		return path.Base(dir) != "sites-available" || len(sites) == 0 || slices.Contains(sites, path.Base(file))
	}
}
