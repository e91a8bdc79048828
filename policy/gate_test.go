package policy

import (
	"testing"

	"hardcheck/checks"
)

func TestGate(t *testing.T) {
	medium := checks.Finding{Rule: "generic", Place: at("a.py", 1)}
	unsure := leak
	unsure.Precision = checks.PrecisionLow
	failing := replace(clean(), saw("token", dir, 5, leak))
	untold := replace(clean(), blind(saw("hsts", dir, 1)))
	nothing := replace(clean(), saw("token", dir, 0), saw("hsts", dir, 0))
	stale := "waivers:\n  - { item: token, reason: r, owner: o, expires: 2027-01-01 }\n"
	unchanged := dir
	unchanged.Unchanged = true
	unreachable := site
	unreachable.Unreachable = true
	for _, c := range []struct {
		name    string
		policy  string // after the three items
		in      Input
		outcome Outcome
		exit    int
		score   int
		reason  string
	}{
		{"pass", "", Input{Seen: clean()}, GatePass, 0, 100, "no finding of severity high or above"},
		{"fail", "", Input{Seen: failing}, GateFail, 1, 33, "1 finding of severity high or above in 1 item"},
		{"below fail_on", "", Input{Seen: replace(clean(), saw("token", dir, 5, medium))}, GatePass, 0, 33, "no finding of severity high or above"},
		{"lower fail_on", "gate: { fail_on: medium }\n", Input{Seen: replace(clean(), saw("token", dir, 5, medium))}, GateFail, 1, 33,
			"1 finding of severity medium or above in 1 item"},
		{"low precision is reported", "", Input{Seen: replace(clean(), saw("token", dir, 5, unsure))}, GatePass, 0, 33, "no finding of severity high or above"},
		{"low precision fails where asked", "gate: { on_low_precision: fail }\n", Input{Seen: replace(clean(), saw("token", dir, 5, unsure))}, GateFail, 1, 33,
			"1 finding of severity high or above in 1 item"},
		{"could not tell", "", Input{Seen: untold}, GateIncomplete, 3, 66, "1 verdict could not be told: hsts"},
		{"could not tell, only warned", "gate: { on_error: warn }\n", Input{Seen: untold}, GatePass, 0, 66,
			"no finding of severity high or above; 1 verdict could not be told"},
		{"fail beats incomplete", "", Input{Seen: replace(failing, blind(saw("hsts", dir, 1)))}, GateFail, 1, 0,
			"1 finding of severity high or above in 1 item; 1 verdict could not be told: hsts"},
		{"blind run", "", Input{Seen: clean(), Problems: []checks.Problem{{Op: "walk", Where: "x", Blind: true}}}, GateIncomplete, 3, 100, "walk x"},
		{"a problem that hid nothing", "", Input{Seen: clean(), Problems: []checks.Problem{{Op: "walk", Where: "x"}}}, GatePass, 0, 100,
			"no finding of severity high or above"},
		{"nothing examined", "", Input{Seen: nothing}, GateIncomplete, 3, 0, "nothing was examined"},
		{"a change that brings nothing", "", Input{Targets: []TargetResult{unchanged}, Seen: nothing}, GatePass, 0, 0, "no finding of severity high or above"},
		{"no target", "", Input{Targets: []TargetResult{}}, GateIncomplete, 3, 0, "nothing was examined"},
		{"unreachable even where errors only warn", "gate: { on_error: warn }\n", Input{Seen: clean(), Targets: []TargetResult{dir, unreachable}},
			GateIncomplete, 3, 75, "https://shop.example could not be reached; 1 verdict could not be told"},
		{"interrupted", "", Input{Seen: failing, Interrupted: true}, GateFail, 130, 33,
			"1 finding of severity high or above in 1 item; interrupted"},
		{"interrupted with nothing wrong so far", "", Input{Seen: clean(), Interrupted: true}, GateIncomplete, 130, 100, "interrupted"},
		{"stale waiver warns", stale, Input{Seen: clean()}, GatePass, 0, 100, "no finding of severity high or above; 1 stale waiver"},
		{"stale waiver ignored", stale + "gate: { on_stale_waiver: ignore }\n", Input{Seen: clean()}, GatePass, 0, 100, "no finding of severity high or above"},
		{"stale waiver fails", stale + "gate: { on_stale_waiver: fail }\n", Input{Seen: clean()}, GateFail, 1, 100, "1 stale waiver"},
		{"score decides only with a minimum", "gate: { score: { minimum: 34 } }\n", Input{Seen: replace(clean(), saw("token", dir, 5, medium))}, GateFail, 1, 33,
			"score 33 is below the minimum 34"},
		{"weights", "gate: { score: { weights: { critical: 1, high: 3 } } }\n", Input{Seen: failing}, GateFail, 1, 75,
			"1 finding of severity high or above in 1 item"},
		{"report only turns 1 into 0", "", Input{Seen: failing, ReportOnly: true}, GateFail, 0, 33,
			"1 finding of severity high or above in 1 item; report only: exit 0"},
		{"report only keeps 3", "", Input{Seen: untold, ReportOnly: true}, GateIncomplete, 3, 66, "1 verdict could not be told: hsts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			in.Now = today
			if in.Targets == nil {
				in.Targets = []TargetResult{dir}
			}
			got := load(t, three+c.policy).Judge(in).Gate
			if want := (Gate{c.outcome, c.reason, c.score, c.exit}); got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}
