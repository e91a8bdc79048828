package policy

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad feeds any bytes to the loader: it ends, and what it accepts it can explain and judge.
func FuzzLoad(f *testing.F) {
	paths, _ := filepath.Glob("testdata/mistakes/*.txtar")
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte(three))
	f.Add([]byte(initial))
	path := filepath.Join(f.TempDir(), "hardcheck.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := Load(Options{Checks: catalogueForTests(), File: path, Now: today})
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || len(wrong.Mistakes) == 0 || err.Error() == "" {
				t.Fatalf("not a list of mistakes: %v", err)
			}
			return
		}
		for _, item := range append(p.Items(), p.TurnedOff()...) {
			if e, err := p.Explain(item.ID); err != nil || e.Item.Owner == "" || e.Item.Rollback == "" {
				t.Fatalf("%+v %v", e, err)
			}
		}
		for _, v := range p.Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: clean()}).Verdicts {
			if v.Status == "" || v.Severity == 0 {
				t.Fatalf("%+v", v)
			}
		}
	})
}
