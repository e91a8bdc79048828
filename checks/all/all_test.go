package all_test

import (
	"flag"
	"os"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/all"
)

var update = flag.Bool("update", false, "write checks/README.md anew")

func TestEveryCheckKeepsTheContract(t *testing.T) {
	if err := checks.Validate(all.All()); err != nil {
		t.Fatal(err)
	}
	for _, module := range checks.Modules() {
		found := false
		for _, c := range all.All() {
			found = found || c.Module() == module
		}
		if !found {
			t.Errorf("module %s has no check in the list", module)
		}
	}
}

func TestChecklistPageIsFresh(t *testing.T) {
	const page = "../README.md"
	want := all.Checklist(all.All())
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("checks/README.md is stale: run go test ./checks/all -update")
	}
}
