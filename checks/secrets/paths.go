package secrets

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// syntax says how a file of that kind writes a value, which decides what counts as a literal.
type syntax int

const (
	code         syntax = iota // a literal stands in quotes
	config                     // a bare word may be a literal
	dockerfile                 // as config, and after ENV without "="
	prose                      // documentation: examples, not values
	netrc                      // "password v"
	passwordFile               // .pgpass: fields with colons between
	statements                 // SQL: what its own syntax calls a password
	machine                    // lock files, minified code, data: tokens only
)

var extensions = map[syntax][]string{
	config: {".yml", ".yaml", ".ini", ".cfg", ".conf", ".properties", ".config", ".xml", ".sh", ".bash", ".zsh", ".env",
		".envrc", ".service", ".cnf", ".npmrc", ".pypirc", ".plist", ".s3cfg", ".boto", ".fish", ".bat", ".cmd", ".mk"},
	prose: {".md", ".rst", ".txt", ".adoc", ".html", ".htm", ".tex", ".pod", ".markdown", ".1", ".2", ".3", ".5", ".7", ".8",
		".texi", ".org", ".po", ".pot", ".diff", ".patch", ".mdx"},
	statements: {".sql"},
	machine:    {".lock", ".map", ".svg", ".csv", ".tsv", ".sum", ".log", ".eps", ".ps", ".har", ".pem", ".crt", ".asc", ".snap"},
}

var syntaxOfExtension = func() map[string]syntax {
	m := map[string]syntax{}
	for s, list := range extensions {
		for _, e := range list {
			m[e] = s
		}
	}
	return m
}()

var lockFiles = []string{"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "composer.lock", "Pipfile.lock", "packages.lock.json", "MODULE.bazel.lock"}

func syntaxOf(e *checks.Entry) syntax {
	name := e.Name()
	switch {
	case slices.Contains(lockFiles, name), strings.Contains(name, ".min."), strings.HasSuffix(name, ".bundle.js"):
		return machine
	case name == ".netrc", name == "_netrc", name == "msmtprc", name == ".msmtprc", name == ".fetchmailrc":
		return netrc
	case name == ".pgpass", name == "pgpass.conf":
		return passwordFile
	case name == "PKG-INFO", name == "METADATA", strings.HasPrefix(name, "README"), strings.HasPrefix(name, "CHANGELOG"):
		return prose
	case strings.HasPrefix(name, "Dockerfile"), strings.HasPrefix(name, "Containerfile"), e.Ext() == ".dockerfile":
		return dockerfile
	case name == ".env", strings.HasPrefix(name, ".env."), slices.Contains(extensions[config], name), name == "credentials", name == "Makefile":
		return config
	}
	return syntaxOfExtension[e.Ext()]
}

// exampleWords are words in the names of directories and files that show or test instead of configure.
var exampleWords = []string{"test", "tests", "testing", "testdata", "testutil", "unittest", "unittests", "spec", "specs", "fixture", "fixtures",
	"mock", "mocks", "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "e2e", "benchmark", "benchmarks",
	"tutorial", "tutorials", "stub", "stubs", "snippets", "cassettes", "conftest", "dummy", "dummyserver", "fake", "fakes"}

// exampleEndings are further words that mark a file, not a directory: settings.py.dist, config.template.yml.
var exampleEndings = []string{"dist", "template", "tmpl", "tpl"}

// isExample reports whether the path names a test, an example or documentation.
func isExample(p string) bool {
	directory, name := path.Split(strings.ToLower(p))
	for element := range strings.SplitSeq(directory, "/") {
		if slices.ContainsFunc(nameWords(element), func(w string) bool {
			return slices.Contains(exampleWords, w) || len(w) > 5 && strings.HasSuffix(w, "tests")
		}) {
			return true
		}
	}
	words := nameWords(name)
	if len(words) > 0 && strings.HasSuffix(words[0], "tests") {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(exampleWords, w) || slices.Contains(exampleEndings, w) })
}

func nameWords(element string) []string {
	return strings.FieldsFunc(element, func(r rune) bool { return strings.ContainsRune("._- ", r) })
}

// isDotenv reports whether the name is that of an environment file, an example of one included.
func isDotenv(name string) bool { return name == ".env" || strings.HasPrefix(name, ".env.") }

// isExampleDotenv reports whether the environment file is meant to be shared.
func isExampleDotenv(name string) bool {
	for word := range strings.SplitSeq(strings.TrimPrefix(name, ".env"), ".") {
		if slices.Contains([]string{"example", "sample", "template", "dist", "defaults", "default", "schema", "tmpl", "tpl", "test", "ci"}, word) {
			return true
		}
	}
	return false
}

// hasBytes chooses every file that holds something: what is text is told by its bytes, not by its name.
func hasBytes(e *checks.Entry) bool { return e.Size > 0 }
