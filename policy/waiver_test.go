package policy

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

// waived loads the three items with one waiver, today being given.
func waived(t *testing.T, now time.Time, waiver string) *Policy {
	t.Helper()
	text := three + "waivers:\n  - { reason: r, owner: o, " + waiver + " }\n"
	dir := write(t, nil)
	p, err := Load(Options{Checks: catalogueForTests(), File: writeFile(t, dir, text), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func day(text string) time.Time {
	d, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestWaiverEnds(t *testing.T) {
	for _, c := range []struct {
		now, expires string
		holds        bool
	}{
		{"2027-01-15 00:00:00", "2027-01-15", true},
		{"2027-01-15 23:59:59", "2027-01-15", true},
		{"2027-01-16 00:00:00", "2027-01-15", false},
		{"2028-02-29 23:59:59", "2028-02-29", true},
		{"2028-03-01 00:00:00", "2028-02-29", false},
		{"2027-12-31 23:59:59", "2027-12-31", true},
		{"2028-01-01 00:00:00", "2027-12-31", false},
		{"2027-01-15 12:00:00", "2001-01-01", false},
	} {
		t.Run(c.now+" "+c.expires, func(t *testing.T) {
			now := day(c.now)
			r := waived(t, now, "item: token, expires: "+c.expires).Judge(
				Input{Now: now, Targets: []TargetResult{dir}, Seen: replace(clean(), saw("token", dir, 5, leak))})
			v := byItem(t, r, "token")
			if got := v.Status == checks.StatusWaived; got != c.holds || v.Findings[0].Blocks == c.holds {
				t.Errorf("%s %+v", v.Status, v.Findings[0])
			}
			if stale := len(r.StaleWaivers) == 1 && r.StaleWaivers[0].Why == "expired"; stale == c.holds {
				t.Errorf("stale: %+v", r.StaleWaivers)
			}
			if failed := r.Gate.Outcome == GateFail; failed == c.holds {
				t.Errorf("gate: %+v", r.Gate)
			}
		})
	}
}

// TestTodayIsUTC: the day is UTC's, wherever the program runs.
func TestTodayIsUTC(t *testing.T) {
	zone := time.FixedZone("behind", -11*3600)
	now := time.Date(2027, 1, 15, 13, 30, 0, 0, zone) // the 16th in UTC
	r := waived(t, now, "item: token, expires: 2027-01-15").Judge(
		Input{Now: now, Targets: []TargetResult{dir}, Seen: replace(clean(), saw("token", dir, 5, leak))})
	if v := byItem(t, r, "token"); v.Status != checks.StatusFail {
		t.Error(v.Status)
	}
}

func TestWaiverCovers(t *testing.T) {
	url := checks.Finding{Rule: "missing", Place: checks.Place{URL: "https://shop.example/cart/pay?x=1"}}
	print := leak.Fingerprint("secrets/token", 0)
	for _, c := range []struct {
		waiver  string
		item    string
		finding checks.Finding
		covers  bool
	}{
		{"item: token", "token", leak, true},
		{"item: secrets/token", "token", leak, true},
		{"item: hsts", "token", leak, false},
		{"item: token, rule: github", "token", leak, true},
		{"item: token, rule: generic", "token", leak, false},
		{"item: token, paths: [a.py]", "token", leak, true},
		{"item: token, paths: [./a.py]", "token", leak, true},
		{"item: token, paths: [b.py, '*.py']", "token", leak, true},
		{"item: token, paths: [a]", "token", leak, false},
		{"item: token, paths: ['**/*.go']", "token", leak, false},
		{"item: token, paths: [legacy/]", "token", checks.Finding{Rule: "github", Place: at("legacy/x/y.py", 1)}, true},
		{"item: token, paths: [legacy]", "token", checks.Finding{Rule: "github", Place: at("legacy2/y.py", 1)}, false},
		{"item: token, paths: ['*.py']", "token", checks.Finding{Rule: "github", Place: at("deep/y.py", 1)}, false},
		{"item: token, fingerprint: '" + print + "'", "token", leak, true},
		{"item: token, fingerprint: '" + print + "'", "token", checks.Finding{Rule: "github", Place: at("a.py", 3), ContentKey: "two"}, false},
		{"item: hsts, urls: ['https://shop.example/cart/**']", "hsts", url, true},
		{"item: hsts, urls: ['https://shop.example/']", "hsts", url, true},
		{"item: hsts, urls: ['https://other.example/**']", "hsts", url, false},
		{"item: hsts, paths: ['**']", "hsts", url, false},
		{"item: hsts, paths: ['x'], urls: ['https://shop.example/**']", "hsts", url, true},
	} {
		t.Run(c.waiver+" "+c.finding.Place.String(), func(t *testing.T) {
			p := waived(t, today, c.waiver+", expires: 2027-02-01")
			r := p.Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), saw(c.item, dir, 5, c.finding))})
			if got := byItem(t, r, c.item).Status == checks.StatusWaived; got != c.covers {
				t.Error("covers:", got)
			}
		})
	}
}

func TestWaivedOnlyWhenAllFindingsAre(t *testing.T) {
	p := waived(t, today, "item: token, ticket: SEC-1, paths: [a.py], expires: 2027-02-01")
	other := checks.Finding{Rule: "github", Place: at("b.py", 1)}
	r := p.Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), saw("token", dir, 5, leak, other))})
	v := byItem(t, r, "token")
	if v.Status != checks.StatusFail || v.Reason != "1 finding waived" {
		t.Errorf("%s %q", v.Status, v.Reason)
	}
	want := &WaiverUse{Item: "token", Reason: "r", Owner: "o", Expires: "2027-02-01", Ticket: "SEC-1"}
	if diff := cmp.Diff(want, v.Findings[0].Waiver); diff != "" {
		t.Error(diff)
	}
	r = p.Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: replace(clean(), blind(saw("token", dir, 5, leak)))})
	if v := byItem(t, r, "token"); v.Status != checks.StatusError {
		t.Errorf("what could not be told is not waived: %s", v.Status)
	}
}

// TestUnmatchedWaivers: a waiver is stale only where everything it could cover was examined.
func TestUnmatchedWaivers(t *testing.T) {
	skipped := saw("token", dir, 0)
	skipped.Skipped = true
	for _, c := range []struct {
		name, waiver string
		seen         []Observed
		stale        bool
	}{
		{"nothing found", "item: token", clean(), true},
		{"not applicable", "item: limits", clean(), true},
		{"other path", "item: token, paths: [b.py]", replace(clean(), saw("token", dir, 5, leak)), true},
		{"could not tell", "item: token", replace(clean(), blind(saw("token", dir, 5))), false},
		{"skipped", "item: token", replace(clean(), skipped), false},
		{"about a site", "item: hsts, urls: ['https://shop.example/**']", clean(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := waived(t, today, c.waiver+", expires: 2027-02-01").Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: c.seen})
			if got := len(r.StaleWaivers) == 1; got != c.stale {
				t.Fatalf("%+v", r.StaleWaivers)
			}
			if c.stale && (r.StaleWaivers[0].Why != "matched nothing" || r.StaleWaivers[0].Where == "") {
				t.Errorf("%+v", r.StaleWaivers[0])
			}
		})
	}
}

func TestWaiverOfAnItemThatIsOff(t *testing.T) {
	text := fmt.Sprintf("%s  - { check: headers/live, off: why }\nwaivers:\n  - { item: headers/live, reason: r, owner: o, expires: 2027-02-01 }\n", three)
	r := load(t, text).Judge(Input{Now: today, Targets: []TargetResult{dir}, Seen: clean()})
	if len(r.StaleWaivers) != 1 {
		t.Errorf("%+v", r.StaleWaivers)
	}
}
