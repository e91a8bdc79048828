package target

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Of a system every entry is looked at, whoever brought it: a mode counts wherever the file comes from. The content of
// what package managers keep is other people's and anybody can download it, and there is more of it than of all else.

// packageDirs are directories of packages by their name alone.
var packageDirs = map[string]string{
	"node_modules": "npm", "bower_components": "Bower", "jspm_packages": "jspm", "_cacache": "npm", ".pnpm-store": "pnpm",
	"site-packages": "Python", "dist-packages": "Python", "__pypackages__": "Python", ".venv": "Python", "venv": "Python", ".tox": "Python", ".nox": "Python",
	"vendor": "vendored",
}

// packageParents are directories of packages by their name and that of the directory they are in.
var packageParents = map[string]string{
	".cargo/registry": "Cargo", "cargo/registry": "Cargo", ".cargo/git": "Cargo", ".m2/repository": "Maven", ".gradle/caches": "Gradle", ".ivy2/cache": "Ivy",
	".nuget/packages": "NuGet", ".yarn/cache": "Yarn", ".cache/yarn": "Yarn", "pnpm/store": "pnpm", ".cache/pip": "Python", ".cache/uv": "Python", ".cache/pypoetry": "Python",
	".cache/pre-commit": "pre-commit", ".cache/go-build": "Go", "mod/cache": "Go", ".composer/cache": "Composer", ".cache/composer": "Composer", ".cache/deno": "Deno",
	".cache/helm": "Helm", ".terraform/providers": "Terraform", ".terraform/modules": "Terraform", ".bundle/cache": "RubyGems", ".cpan/build": "CPAN",
}

// moduleVersion ends the name of an unpacked Go module (Go modules reference, "Module cache"); rubyVersion is the
// directory above the gems of one Ruby.
var (
	moduleVersion = regexp.MustCompile(`@v\d+\.\d+\.\d+`)
	rubyVersion   = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
)

// packager names who keeps packages in a directory; "" for a directory like others.
func packager(rel string) string {
	dir, name := path.Split(rel)
	if who := packageDirs[name]; who != "" {
		return who
	}
	parent := path.Base(dir)
	if strings.IndexByte(name, '@') > 0 && moduleVersion.MatchString(name) {
		return "Go"
	}
	if name == "gems" && rubyVersion.MatchString(parent) {
		return "RubyGems"
	}
	return packageParents[parent+"/"+name]
}

// closed notes that the content of a directory is left alone.
func (t *Tree) closed(what string) {
	t.mu.Lock()
	t.contents[what]++
	t.mu.Unlock()
}

// contentProblem tells whose content was left alone.
func (t *Tree) contentProblem() (checks.Problem, bool) {
	if len(t.contents) == 0 {
		return checks.Problem{}, false
	}
	var parts []string
	for what, n := range t.contents {
		parts = append(parts, fmt.Sprintf("%s (%d)", what, n))
	}
	slices.Sort(parts)
	return checks.Problem{Op: "walk", Expected: "the content of every file", Actual: "owners and modes only, and keys, in directories of packages: " + strings.Join(parts, ", "),
		Retry: checks.RetryUseless, Where: t.locator}, true
}
