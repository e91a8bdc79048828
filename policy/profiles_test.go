package policy_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"hardcheck/checks/all"
	"hardcheck/policy"
)

// TestBaselineListsEveryCheck keeps the baseline complete and in report order: a check that is missing there would
// never run. With -update, missing checks are added and unknown ones removed; what is said about the others stays.
func TestBaselineListsEveryCheck(t *testing.T) {
	const path = "profiles/baseline.yaml"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const item = "\n  - check: "
	head, _, _ := strings.Cut(string(data), item)
	said := map[string]string{} // what follows a check's ID, to the next item
	for _, block := range strings.Split(string(data), item)[1:] {
		id, rest, _ := strings.Cut(strings.TrimRight(block, "\n")+"\n", "\n")
		said[id] = strings.TrimRight(rest, "\n")
	}
	var want strings.Builder
	want.WriteString(head)
	for _, c := range all.All() {
		want.WriteString(item + c.ID)
		if rest := said[c.ID]; rest != "" {
			want.WriteString("\n" + rest)
		}
	}
	want.WriteString("\n")
	if want.String() == string(data) {
		return
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("profiles/baseline.yaml does not list every check once, in report order; run: go test ./policy -run Baseline -update")
}

func TestEmbeddedProfiles(t *testing.T) {
	for _, name := range policy.Profiles() {
		p, err := policy.Load(policy.Options{Checks: all.All(), Dir: t.TempDir(), Profile: name})
		if err != nil {
			t.Fatalf("%s:\n%v", name, err)
		}
		if got, want := len(p.Items()), len(all.All()); got != want {
			t.Errorf("%s: %d items for %d checks", name, got, want)
		}
		if ref := p.Ref(); ref.Profile != name || ref.File != "" {
			t.Errorf("%s: the policy calls itself %+v", name, ref)
		}
		for _, i := range p.Items() {
			if i.ID != i.Check.ID || i.Severity == 0 {
				t.Errorf("%s: %+v", name, i)
			}
		}
	}
}

func TestStrictAsksForMoreThanBaseline(t *testing.T) {
	load := func(name string) *policy.Policy {
		p, err := policy.Load(policy.Options{Checks: all.All(), Dir: t.TempDir(), Profile: name})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	baseline, strict := load("baseline"), load("strict")
	if strict.FailOn() >= baseline.FailOn() {
		t.Errorf("strict fails on %s, baseline on %s", strict.FailOn(), baseline.FailOn())
	}
	if strict.Digest() == baseline.Digest() {
		t.Error("the digests are the same")
	}
	lower := baseline.Items()
	for i, item := range strict.Items() {
		if item.Severity < lower[i].Severity {
			t.Errorf("%s is %s in strict and %s in baseline", item.ID, item.Severity, lower[i].Severity)
		}
	}
}
