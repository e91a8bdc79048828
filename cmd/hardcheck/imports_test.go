package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers says which of the project's packages a package may import, by prefix; the first entry that matches counts.
// Imports run one way: cmd -> policy -> checks, and a module never imports another.
var layers = []struct {
	pkg     string
	imports []string
}{
	{"cmd/internal/measure", []string{"checks", "checks/engine", "checks/headers", "checks/logging", "checks/permissions", "checks/secrets", "checks/settings", "checks/target", "checks/uploads"}},
	{"cmd/internal", []string{"checks", "checks/all", "checks/engine", "policy"}},
	{"cmd/hardcheck", []string{"checks", "checks/all", "checks/engine", "checks/headers", "checks/logging", "checks/secrets", "checks/settings", "checks/target", "checks/uploads", "cmd/internal", "policy", "testdata"}},
	{"policy", []string{"checks", "checks/all"}}, // checks/all in tests only
	{"checks/all", []string{"checks", "checks/engine", "checks/target", "checks/permissions", "checks/secrets", "checks/headers", "checks/uploads", "checks/logging"}},
	{"checks/checktest", []string{"checks", "checks/engine", "checks/target"}},
	{"checks/engine", []string{"checks", "checks/settings", "checks/target"}},
	{"checks/target", []string{"checks", "checks/internal"}},
	{"checks/settings", []string{"checks", "checks/internal", "checks/target", "checks/engine"}},
	{"checks/internal/probe/probetest", []string{"checks", "checks/target"}}, // a helper of tests
	{"checks/internal", []string{"checks", "checks/internal"}},
	{"checks/permissions", append([]string{"checks/permissions"}, module...)},
	{"checks/secrets", append([]string{"checks/secrets"}, module...)},
	{"checks/headers", append([]string{"checks/headers"}, module...)},
	{"checks/uploads", append([]string{"checks/uploads"}, module...)},
	{"checks/logging", append([]string{"checks/logging"}, module...)},
	{"checks", nil},
	{"testdata", nil},
}

// module is what every module may import; checktest and engine in tests only.
var module = []string{"checks", "checks/settings", "checks/target", "checks/internal", "checks/checktest", "checks/engine"}

// standardOnly are packages that import the standard library alone, tests apart.
var standardOnly = map[string]bool{"checks": true}

func TestImportsRunOneWay(t *testing.T) {
	const root = "../.."
	seen := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "." && d.Name() != ".." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		seen++
		checkImports(t, file, filepath.ToSlash(rel))
		return nil
	})
	if err != nil || seen < 50 {
		t.Fatalf("looked at %d files: %v", seen, err)
	}
}

func checkImports(t *testing.T, file, rel string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	pkg := path.Dir(rel)
	for _, spec := range parsed.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if spec.Name != nil && spec.Name.Name == "_" && name != "embed" {
			t.Errorf("%s imports %s for its side effects", rel, name)
		}
		own, ok := strings.CutPrefix(name, "hardcheck/")
		if !ok {
			if standardOnly[pkg] && strings.Contains(name, ".") && !strings.HasSuffix(rel, "_test.go") {
				t.Errorf("%s imports %s; only the standard library is allowed there", rel, name)
			}
			continue
		}
		if own != pkg && !allowed(pkg, own) {
			t.Errorf("%s may not import %s", rel, own)
		}
	}
}

func allowed(pkg, imported string) bool {
	for _, l := range layers {
		if !within(pkg, l.pkg) {
			continue
		}
		for _, prefix := range l.imports {
			if imported == prefix || prefix != "checks" && prefix != "checks/settings" && within(imported, prefix) {
				return true
			}
		}
		return false
	}
	return false
}

func within(pkg, prefix string) bool { return pkg == prefix || strings.HasPrefix(pkg, prefix+"/") }

func TestOnlyTheDesignedFoldersAtTheTop(t *testing.T) {
	entries, err := filepath.Glob("../../*")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"cmd": true, "checks": true, "policy": true, "testdata": true, "go.mod": true, "go.sum": true, "README.md": true, "LICENSE": true, "hardcheck.yaml": true}
	for _, e := range entries {
		if name := filepath.Base(e); !want[name] && name != "hardcheck" && !strings.HasPrefix(name, ".") {
			t.Errorf("%s does not belong at the top", name)
		}
	}
}
