package policy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

const base = `-- hardcheck.yaml --
version: 1
extends: ./base/company.yaml
defaults: { owner: team, fail_on: medium }
items:
  - id: hsts
    severity: low
    expect: { include_subdomains: true }
    rationale: Ours.
  - id: limits
    check: uploads/body-limit
    references: []
  - check: headers/live
    off: No site yet.
profiles:
  tight:
    fail_on: low
    items: { hsts: { severity: high, expect: { min_age: 2d } }, headers/live: { off: false } }
  tighter:
    extends: tight
    items: { limits: { severity: critical } }
walk: { exclude: [dist] }
-- base/company.yaml --
version: 1
defaults: { owner: company, fail_on: high, report_from: info }
items:
  - id: hsts
    check: headers/hsts
    owner: edge
    expected: At least {min_age}.
    expect: { min_age: 1d }
  - id: body
    check: uploads/body-limit
    expect: { max: 1MiB, layers: [proxy, framework] }
  - check: headers/live
waivers:
  - { item: body, reason: r, owner: o, expires: 2027-01-31 }
gate: { max_waiver: 30d, score: { weights: { low: 3 } } }
`

func loadArchive(t *testing.T, text, profile string) *Policy {
	t.Helper()
	t.Chdir(write(t, txtar.Parse([]byte(text)).Files))
	p, err := Load(Options{Checks: catalogueForTests(), Profile: profile, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMergePerField(t *testing.T) {
	p := loadArchive(t, base, "")
	type brief struct{ ID, Check, Severity, Owner, Expected, Rationale string }
	var got []brief
	for _, i := range p.Items() {
		got = append(got, brief{i.ID, i.Check.ID, i.Severity.String(), i.Owner, i.Expected, i.Rationale})
	}
	want := []brief{
		{"hsts", "headers/hsts", "low", "edge", "At least 1d.", "Ours."},
		{"limits", "uploads/body-limit", "medium", "team", "Bodies over 1 MiB are refused by proxy, framework.", "Disks fill."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	hsts, limits := p.Items()[0], p.Items()[1]
	if diff := cmp.Diff(checks.Values{"min_age": 24 * time.Hour, "include_subdomains": true}, hsts.Values); diff != "" {
		t.Error(diff)
	}
	if limits.References == nil || len(limits.References) != 0 {
		t.Errorf("an empty list replaces the check's references, got %q", limits.References)
	}
	if off := p.TurnedOff(); len(off) != 1 || off[0].Off != "No site yet." {
		t.Errorf("turned off: %+v", off)
	}
	if p.FailOn() != checks.Medium || p.settings.reportFrom.value != checks.Info || p.settings.weights[checks.Low].value != 3 {
		t.Errorf("settings: %+v", p.Settings())
	}
	if diff := cmp.Diff(Walk{Exclude: []string{"dist"}}, p.Walk()); diff != "" {
		t.Error(diff)
	}
	if len(p.waivers) != 1 || p.waivers[0].item.ID != "limits" {
		t.Error("a base's waiver follows its item to the item's new id")
	}
	if diff := cmp.Diff(PolicyRef{File: "hardcheck.yaml", Digest: p.Digest()}, p.Ref()); diff != "" {
		t.Error(diff)
	}
}

func TestProfilesOfTheFile(t *testing.T) {
	p := loadArchive(t, base, "tighter")
	var got []string
	for _, i := range p.Items() {
		got = append(got, i.ID+" "+i.Severity.String())
	}
	if diff := cmp.Diff([]string{"hsts high", "headers/live low", "limits critical"}, got); diff != "" {
		t.Error(diff)
	}
	if p.Items()[0].Values["min_age"] != 48*time.Hour || p.FailOn() != checks.Low || p.Ref().Profile != "tighter" {
		t.Errorf("%+v %s %+v", p.Items()[0].Values, p.FailOn(), p.Ref())
	}
}

func TestExplainKnowsEveryOrigin(t *testing.T) {
	p := loadArchive(t, base, "tight")
	for _, name := range []string{"hsts", "headers/hsts"} {
		e, err := p.Explain(name)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]Field{}
		for _, f := range e.Fields {
			if f.Where == "" {
				t.Errorf("%s has no origin", f.Name)
			}
			got[f.Name] = f
		}
		want := map[string]Field{
			"severity": {Name: "severity", Origin: Origin{"high", "hardcheck.yaml:17:32"}, Over: []Origin{
				{"low", "hardcheck.yaml:6:15"}, {"high", "checks: headers/hsts"}}},
			"owner": {Name: "owner", Origin: Origin{"edge", "base/company.yaml:6:12"}},
			"expect.min_age": {Name: "expect.min_age", Origin: Origin{"2d", "hardcheck.yaml:17:57"}, Over: []Origin{
				{"1d", "base/company.yaml:8:24"}, {"180d", "checks: headers/hsts"}}},
			"blocks": {Name: "blocks", Origin: Origin{"yes: fail_on low", "hardcheck.yaml:16:14"}},
		}
		for name, field := range want {
			if diff := cmp.Diff(field, got[name], cmp.Transformer("empty", func(o []Origin) []Origin { return append([]Origin{}, o...) })); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
	e, err := p.Explain("body")
	if err != nil || e.Item.ID != "limits" || len(e.Waivers) != 1 {
		t.Errorf("a former id still finds its item: %v %+v", err, e)
	}
	if _, err := p.Explain("hst"); err == nil || !strings.Contains(err.Error(), `did you mean "hsts"?`) {
		t.Errorf("unknown name: %v", err)
	}
}

func TestDiscovery(t *testing.T) {
	dir := write(t, nil)
	minimal := []byte("version: 1\ndefaults: { owner: a }\nitems: [{ check: headers/hsts }]\n")
	put := func(name string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, minimal, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	find := func(from string) string {
		t.Helper()
		found, err := discover(filepath.Join(dir, from))
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(dir, found)
		if found == "" || err != nil {
			return ""
		}
		return filepath.ToSlash(rel)
	}
	put("a/b/file")
	put("a/nested/.git/HEAD")
	if got := find("a/b"); got != "" {
		t.Errorf("found %q before there was any", got)
	}
	put("hardcheck.yml")
	if got := find("a/b"); got != "hardcheck.yml" {
		t.Errorf("from below: %q", got)
	}
	put("a/.hardcheck.yaml")
	if got := find("a/b"); got != "a/.hardcheck.yaml" {
		t.Errorf("the nearest wins: %q", got)
	}
	if got := find("a/nested"); got != "" {
		t.Errorf("a repository's root ends the search: %q", got)
	}
}

func TestExplicitFile(t *testing.T) {
	dir := write(t, txtar.Parse([]byte("-- hardcheck.yaml --\nbroken: [\n-- other.yaml --\nversion: 1\ndefaults: {owner: a}\nitems: [{check: headers/hsts}]\n")).Files)
	p, err := Load(Options{Checks: catalogueForTests(), Dir: dir, File: filepath.Join(dir, "other.yaml"), Now: today})
	if err != nil || len(p.Items()) != 1 {
		t.Errorf("%v %v", p, err)
	}
	for _, bad := range []string{"nowhere.yaml", "."} {
		var wrong *Error
		if _, err := Load(Options{Checks: catalogueForTests(), File: filepath.Join(dir, bad), Now: today}); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestDigestIgnoresForm(t *testing.T) {
	a := load(t, "version: 1\ndefaults: { owner: a }\nitems: [{ check: headers/hsts }, { check: headers/live }]\n")
	b := load(t, "# comment\nversion: 1\nitems:\n  - { check: headers/live, owner: a }\n\n  - check: headers/hsts\n    owner: a\ndefaults:\n  owner: a\n")
	c := load(t, "version: 1\ndefaults: { owner: a }\nitems: [{ check: headers/hsts, expect: { min_age: 1d } }, { check: headers/live }]\n")
	if a.Digest() != b.Digest() || a.Digest() == c.Digest() {
		t.Errorf("%s %s %s", a.Digest(), b.Digest(), c.Digest())
	}
}

// TestDigestOfSecretInputs: what the section says counts, not on which line, nor from where the program runs.
func TestDigestOfSecretInputs(t *testing.T) {
	const section = "secrets:\n  baselines: [known.json]\n  rules:\n    - { id: shop, title: shop token, pattern: 'shop_[a-z]{4}', examples: [shop_abcd] }\n"
	a := load(t, "version: 1\nitems: [{ check: headers/live, owner: a }]\n"+section)
	b := load(t, "version: 1\n"+section+"# moved\nitems: [{ check: headers/live, owner: a }]\n")
	c := load(t, "version: 1\nitems: [{ check: headers/live, owner: a }]\n"+strings.Replace(section, "{4}", "{5}", 1))
	d := load(t, "version: 1\nitems: [{ check: headers/live, owner: a }]\n"+strings.Replace(section, "known", "other", 1))
	if a.Digest() != b.Digest() {
		t.Error("the digest depends on where the section stands")
	}
	if a.Digest() == c.Digest() || a.Digest() == d.Digest() {
		t.Error("the digest does not count a rule or a baseline")
	}
	var shown []string
	for _, f := range a.Settings() {
		if strings.HasPrefix(f.Name, "secrets.") {
			shown = append(shown, f.Name+" "+f.Value)
		}
	}
	if got, want := strings.Join(shown, "; "), "secrets.baselines known.json; secrets.ignore_comments true; secrets.rules shop"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if m := a.SecretMistake("baselines[0]", "x"); m.Line != 4 || m.Column != 15 {
		t.Errorf("the baseline stands at %d:%d", m.Line, m.Column)
	}
}

func TestAliasBombIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nitems:\n  - &i\n    check: headers/hsts\n    references: [" + strings.Repeat("x, ", 2000) + "x]\n")
	b.WriteString(strings.Repeat("  - *i\n", 20000))
	_, err := loadText(t, b.String(), "")
	if err == nil || !strings.Contains(err.Error(), "aliases expand to more than") {
		t.Errorf("%.200v", err)
	}
}

// TestHopelessFileIsBounded: mistakes without number are cut short, in the report and in the work.
func TestHopelessFileIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nitems: []\n")
	for i := range 40000 {
		b.WriteString("unknown" + strings.Repeat("y", i%20) + ": 1\n")
	}
	_, err := loadText(t, b.String(), "")
	var wrong *Error
	if !errors.As(err, &wrong) || len(wrong.Mistakes) != maxMistakes+1 {
		t.Errorf("%.200v", err)
	}
}
