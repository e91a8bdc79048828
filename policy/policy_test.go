package policy

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

var update = flag.Bool("update", false, "write the golden files anew")

var today = time.Date(2027, 1, 15, 13, 30, 0, 0, time.UTC)

// catalogueForTests is small and fixed, so that tests do not move with the real checks.
func catalogueForTests() []*checks.Check {
	tree := func(*checks.Pass) error { return nil }
	return []*checks.Check{
		{
			ID: "secrets/token", Title: "No tokens in files", Why: "Tokens open doors.", Fix: "Revoke it.",
			Expected: "No file holds a token.", Rollback: "Nothing to undo.", Absent: "no file was found",
			References: []string{"CWE-798"}, Severity: checks.Critical, Tree: tree,
			Rules: []checks.Rule{{ID: "github", Title: "GitHub token", Precision: checks.PrecisionVeryHigh}, {ID: "generic", Title: "Generic", Severity: checks.Medium, Fix: "Move it."}},
		},
		{
			ID: "headers/hsts", Title: "HSTS", Why: "Strip TLS.", Fix: "Send it for {min_age}.",
			Expected: "HSTS lasts {min_age} (subdomains: {include_subdomains}).", Rollback: "Send max-age=0.", Absent: "no https for {min_age}",
			References: []string{"RFC 6797"}, Severity: checks.High, Tree: tree, Site: tree,
			Rules: []checks.Rule{{ID: "missing", Title: "No HSTS"}, {ID: "too-short", Title: "Short", Severity: checks.Medium}},
			Params: []checks.Param{
				{Name: "min_age", Kind: checks.ParamDuration, Default: 180 * 24 * time.Hour, Doc: "Shortest."},
				{Name: "include_subdomains", Kind: checks.ParamBool, Default: false, Doc: "Whether."},
			},
		},
		{
			ID: "headers/live", Title: "Live", Why: "Live.", Fix: "Fix it.", Expected: "It lives.", Rollback: "Undo.", Absent: "no answer",
			References: []string{"CWE-1"}, Severity: checks.Low, Site: tree, Rules: []checks.Rule{{ID: "dead", Title: "Dead"}},
		},
		{
			ID: "uploads/body-limit", Title: "Limits", Why: "Disks fill.", Fix: "Set it.", Expected: "Bodies over {max} are refused by {layers}.",
			Rollback: "Raise it.", Absent: "no server", References: []string{"CWE-770"}, Severity: checks.Medium, Tree: tree,
			Rules: []checks.Rule{{ID: "absent", Title: "No limit"}},
			Params: []checks.Param{
				{Name: "max", Kind: checks.ParamSize, Default: int64(10 << 20), Doc: "Most."},
				{Name: "layers", Kind: checks.ParamList, Default: []string{"proxy"}, Doc: "Where.", Words: []string{"proxy", "framework", "server"}},
				{Name: "count", Kind: checks.ParamInt, Default: int64(1), Doc: "How many."},
			},
		},
		{ID: "logging/bare", Title: "Bare", Fix: "Fix.", Expected: "Bare.", Absent: "none", Severity: checks.Info, Tree: tree,
			Rules: []checks.Rule{{ID: "bare", Title: "Bare"}}},
	}
}

// write puts files below a new directory with a repository's mark and returns it.
func write(t *testing.T, files []txtar.File) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range append(slices.Clone(files), txtar.File{Name: ".git/HEAD"}) {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads a policy text with the small catalogue.
func load(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := loadText(t, text, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func loadText(t *testing.T, text, profile string) (*Policy, error) {
	t.Helper()
	dir := write(t, []txtar.File{{Name: "hardcheck.yaml", Data: []byte(text)}})
	return Load(Options{Checks: catalogueForTests(), Dir: dir, Profile: profile, Now: today})
}

// TestMistakes loads each archive of testdata/mistakes in a directory of its own and compares every mistake reported.
// A line "profile NAME" of the archive's comment chooses a profile.
func TestMistakes(t *testing.T) {
	paths, _ := filepath.Glob("testdata/mistakes/*.txtar")
	if len(paths) == 0 {
		t.Fatal("no cases")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			wd, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			if archive.Files[last].Name != "want" {
				t.Fatal("the last file must be want")
			}
			t.Chdir(write(t, archive.Files[:last]))
			_, err = Load(Options{Checks: catalogueForTests(), Profile: profileOf(archive), Now: today})
			got := ""
			if err != nil {
				got = err.Error() + "\n"
			}
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(wd, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func profileOf(a *txtar.Archive) string {
	for line := range strings.Lines(string(a.Comment)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "profile "); ok {
			return name
		}
	}
	return ""
}

// writeFile writes a policy into dir and returns its path.
func writeFile(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "hardcheck.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBytesThatAreNoPolicy(t *testing.T) {
	for name, text := range map[string]string{
		"not UTF-8":  "version: 1\nitems: \"\xff\xfe\"\n",
		"nul":        "version: 1\x00",
		"too large":  "version: 1\n#" + strings.Repeat("x", maxFileSize),
		"deep":       strings.Repeat("[", 20000),
		"deep items": "version: 1\nitems: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	} {
		if _, err := loadText(t, text, ""); err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: %.600v", name, err)
		}
	}
}
