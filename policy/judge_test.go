package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

const three = `version: 1
defaults: { owner: ana }
items:
  - { id: token, check: secrets/token }
  - { id: hsts, check: headers/hsts }
  - { id: limits, check: uploads/body-limit, severity: low }
`

var (
	dir  = TargetResult{Kind: checks.TargetDir, Locator: "."}
	site = TargetResult{Kind: checks.TargetURL, Locator: "https://shop.example"}
)

func at(path string, line int) checks.Place { return checks.Place{Path: path, Line: line, Column: 1} }

// saw makes an observation of examined files with findings.
func saw(item string, target TargetResult, examined int, findings ...checks.Finding) Observed {
	o := Observed{Item: item}
	o.Target = checks.Target{Kind: target.Kind, Locator: target.Locator}
	o.Examined = examined
	o.Kinds = map[string]int{"file": examined}
	if examined > 0 {
		o.Names = []string{"a", "b", "c"}[:min(3, examined)]
	}
	o.Findings = findings
	return o
}

func blind(o Observed) Observed {
	o.Problems = []checks.Problem{{Op: "read", Expected: "a file", Actual: "permission denied", Retry: checks.RetrySafe, Where: "x", Blind: true}}
	return o
}

// clean observes nothing wrong for every item of three on the directory.
func clean() []Observed {
	return []Observed{saw("token", dir, 5), saw("hsts", dir, 1), saw("limits", dir, 0)}
}

func replace(list []Observed, with ...Observed) []Observed {
	out := slices.Clone(list)
	for _, w := range with {
		for i := range out {
			if out[i].Item == w.Item && out[i].Target == w.Target {
				out[i] = w
			}
		}
	}
	return out
}

func byItem(t *testing.T, r Report, item string) Verdict {
	t.Helper()
	for _, v := range r.Verdicts {
		if v.Item == item {
			return v
		}
	}
	t.Fatalf("no verdict for %s", item)
	return Verdict{}
}

var leak = checks.Finding{Rule: "github", Place: at("a.py", 3), Message: "a token", ContentKey: "one"}

func TestStatuses(t *testing.T) {
	low := checks.Finding{Rule: "github", Place: at("a.py", 3), Severity: checks.Info}
	dropped := saw("token", dir, 5)
	dropped.Dropped = 3
	skipped := saw("token", dir, 0)
	skipped.Skipped, skipped.Reason = true, "needs git"
	nothing := saw("token", dir, 0)
	nothing.Reason = "no text file"
	for _, c := range []struct {
		name   string
		saw    Observed
		status checks.Status
		reason string
		unit   string
	}{
		{"pass names what was examined", saw("token", dir, 5), checks.StatusPass, "a, b, c and 2 more", "files"},
		{"one", saw("token", dir, 1), checks.StatusPass, "a", "file"},
		{"fail", saw("token", dir, 5, leak), checks.StatusFail, "", "files"},
		{"fail beats error", blind(saw("token", dir, 5, leak)), checks.StatusFail,
			"read x: expected a file, found permission denied (trying again is safe)", "files"},
		{"error beats pass", blind(saw("token", dir, 5)), checks.StatusError,
			"read x: expected a file, found permission denied (trying again is safe)", "files"},
		{"error beats not applicable", blind(saw("token", dir, 0)), checks.StatusError,
			"read x: expected a file, found permission denied (trying again is safe)", ""},
		{"nothing there", saw("token", dir, 0), checks.StatusNotApplicable, "no file was found", ""},
		{"nothing there, because", nothing, checks.StatusNotApplicable, "no text file", ""},
		{"skipped", skipped, checks.StatusSkipped, "needs git", ""},
		{"below report_from", saw("token", dir, 5, low), checks.StatusPass, "a, b, c and 2 more (1 finding below low not listed)", "files"},
		{"more than the bound", dropped, checks.StatusError, "3 findings over the bound could not be judged", "files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load(t, three).Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), c.saw)})
			v := byItem(t, r, "token")
			if v.Status != c.status || v.Reason != c.reason || v.Unit != c.unit {
				t.Errorf("got %s %q %q, want %s %q %q", v.Status, v.Reason, v.Unit, c.status, c.reason, c.unit)
			}
		})
	}
}

func TestEveryItemHasAVerdictOnEveryTarget(t *testing.T) {
	p := load(t, three+"  - { check: headers/live }\n  - { check: logging/bare, off: Not ours., rollback: none }\n")
	r := p.Judge(Input{Now: today, Targets: []TargetResult{dir, site}, Seen: clean()})
	var got []string
	for _, v := range r.Verdicts {
		got = append(got, strings.Join([]string{v.Item, v.Target, string(v.Status), v.Reason}, " | "))
	}
	want := []string{
		"token | . | pass | a, b, c and 2 more",
		"token | https://shop.example | skipped | needs a directory or a git revision",
		"hsts | . | pass | a",
		"hsts | https://shop.example | error | the check reported nothing",
		"headers/live | . | skipped | needs a URL",
		"headers/live | https://shop.example | error | the check reported nothing",
		"limits | . | not-applicable | no server",
		"limits | https://shop.example | skipped | needs a directory or a git revision",
		"logging/bare | . | skipped | turned off: Not ours.",
		"logging/bare | https://shop.example | skipped | turned off: Not ours.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFindingsAreJudged(t *testing.T) {
	found := []checks.Finding{
		{Rule: "generic", Place: at("b.py", 9), ContentKey: "same"},
		{Rule: "generic", Place: at("b.py", 2), ContentKey: "same", Fix: "Delete it.", Precision: checks.PrecisionLow},
		{Rule: "github", Place: at("a.py", 3), ContentKey: "one", Severity: checks.High, Expected: "none", Message: "a token"},
	}
	r := load(t, three).Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), saw("token", dir, 5, found...))})
	v := byItem(t, r, "token")
	want := []Finding{
		{Rule: "github", Severity: checks.High, Precision: checks.PrecisionVeryHigh, Path: "a.py", Line: 3, Column: 1, Expected: "none",
			Message: "a token", Fix: "Revoke it.", New: true, Blocks: true, Fingerprint: found[2].Fingerprint("secrets/token", 0)},
		{Rule: "generic", Severity: checks.Medium, Precision: checks.PrecisionLow, Path: "b.py", Line: 2, Column: 1, Expected: "No file holds a token.",
			Message: "Generic", Fix: "Delete it.", New: true, Fingerprint: found[0].Fingerprint("secrets/token", 0)},
		{Rule: "generic", Severity: checks.Medium, Path: "b.py", Line: 9, Column: 1, Expected: "No file holds a token.",
			Message: "Generic", Fix: "Move it.", New: true, Fingerprint: found[0].Fingerprint("secrets/token", 1)},
	}
	if diff := cmp.Diff(want, v.Findings); diff != "" {
		t.Error(diff)
	}
	short := checks.Finding{Rule: "missing", Place: at("nginx.conf", 1)}
	r = load(t, three).Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), saw("hsts", dir, 1, short))})
	if fix := byItem(t, r, "hsts").Findings[0].Fix; fix != "Send it for 180d." {
		t.Errorf("the fix names the parameter's value: %q", fix)
	}
}

// TestJudgeIsDeterministic judges the same observations in another order.
func TestJudgeIsDeterministic(t *testing.T) {
	p := load(t, three)
	seen := replace(clean(), blind(saw("token", dir, 5, leak, leak, checks.Finding{Rule: "generic", Place: at("a.py", 3)})))
	seen = append(seen, blind(saw("hsts", site, 1, checks.Finding{Rule: "missing", Place: checks.Place{URL: "https://shop.example/"}})))
	print := func(in Input) string {
		data, err := json.Marshal(p.Judge(in))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	in := Input{Now: today, Started: today, Targets: []TargetResult{dir, site}, Seen: seen}
	want := print(in)
	in.Seen = slices.Clone(seen)
	slices.Reverse(in.Seen)
	for i := range in.Seen {
		in.Seen[i].Findings = slices.Clone(in.Seen[i].Findings)
		slices.Reverse(in.Seen[i].Findings)
	}
	if diff := cmp.Diff(want, print(in)); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(want, `"findings":null`) {
		t.Error("a list is null")
	}
	if n := strings.Count(want, "permission denied (trying"); n != 2 {
		t.Errorf("two verdicts mention the problem, got %d", n)
	}
	if r := p.Judge(in); len(r.Problems) != 1 {
		t.Errorf("the same problem of two checks is one: %+v", r.Problems)
	}
}

func TestPlural(t *testing.T) {
	for noun, want := range map[string]string{"file": "files", "directory": "directories", "key": "keys", "process": "processes",
		"nginx server": "nginx servers", "box": "boxes", "log call": "log calls", "y": "ys"} {
		if got := plural(noun); got != want {
			t.Errorf("%s: %s", noun, got)
		}
	}
	mixed := saw("token", dir, 3)
	mixed.Kinds = map[string]int{"file": 2, "directory": 1}
	if got := unit(&mixed.Observation); got != "subjects" {
		t.Error(got)
	}
}

func TestInterrupted(t *testing.T) {
	cut := dir
	cut.Cut = true
	r := load(t, three).Judge(Input{Now: today, Targets: []TargetResult{cut}, Seen: clean()[:2], Interrupted: true})
	for _, v := range r.Verdicts {
		if v.Status != checks.StatusError || v.Reason != interrupted {
			t.Errorf("%s: %s %q", v.Item, v.Status, v.Reason)
		}
	}
	if r.Gate.Outcome != GateIncomplete || !strings.HasPrefix(r.Gate.Reason, "interrupted; ") {
		t.Errorf("%+v", r.Gate)
	}
	if r := load(t, three).Judge(Input{Now: today, Took: 1500 * time.Millisecond, Targets: []TargetResult{dir}, Seen: clean()}); r.TookMS != 1500 {
		t.Error(r.TookMS)
	}
}

func TestAPassSaysWhatItLeftAside(t *testing.T) {
	seen := saw("token", dir, 2)
	seen.Names, seen.Reason = []string{"a", "b"}, "Templates are not known until they are filled in"
	r := load(t, three).Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), seen)})
	v := byItem(t, r, "token")
	if v.Status != checks.StatusPass || v.Reason != "a, b; not judged: templates are not known until they are filled in" || v.Note == "" {
		t.Errorf("got %s %q, note %q", v.Status, v.Reason, v.Note)
	}
}
