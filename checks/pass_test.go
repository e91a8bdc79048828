package checks

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

func TestFingerprintIgnoresWhatAnUnrelatedEditChanges(t *testing.T) {
	f := Finding{Rule: "token", Place: Place{Path: "a.py", Line: 3}, Attribute: "KEY", ContentKey: "one", Message: "m", Severity: High}
	same := f
	same.Place.Line, same.Place.Column, same.Message, same.Severity, same.Actual = 99, 7, "other", Low, "x"
	if f.Fingerprint("secrets/x", 0) != same.Fingerprint("secrets/x", 0) {
		t.Error("line, message, severity or actual value changed the fingerprint")
	}
	seen := map[string]string{f.Fingerprint("secrets/x", 0): "the original"}
	for name, change := range map[string]func(*Finding){
		"rule": func(f *Finding) { f.Rule = "other" }, "path": func(f *Finding) { f.Place.Path = "b.py" },
		"attribute": func(f *Finding) { f.Attribute = "OTHER" }, "content": func(f *Finding) { f.ContentKey = "two" },
		"url": func(f *Finding) { f.Place.URL = "https://shop.example/" },
		// The parts are told apart by their lengths, not only by their order.
		"shifted": func(f *Finding) { f.Rule, f.Place.Path = "tokena", ".py" },
	} {
		other := f
		change(&other)
		print := other.Fingerprint("secrets/x", 0)
		if by, ok := seen[print]; ok {
			t.Errorf("changing the %s gives the fingerprint of %s", name, by)
		}
		seen[print] = name
	}
	if f.Fingerprint("secrets/x", 1) == f.Fingerprint("secrets/x", 0) || f.Fingerprint("secrets/y", 0) == f.Fingerprint("secrets/x", 0) {
		t.Error("occurrence or check does not enter the fingerprint")
	}
}

func TestObservationDoesNotDependOnTheOrderOfTheWalk(t *testing.T) {
	observe := func(order []int) Observation {
		p := NewPass(context.Background(), &Check{ID: "secrets/x"}, &World{}, nil)
		for _, i := range order {
			name := fmt.Sprintf("f%02d", i)
			if i%3 == 0 {
				p.Fail(Finding{Rule: "r", Place: Place{Path: name, Line: 2}, Subject: Subject{"file", name}})
				p.Fail(Finding{Rule: "r", Place: Place{Path: name, Line: 1}, Subject: Subject{"file", name}})
				p.Fail(Finding{Rule: "r", Place: Place{Path: name, Line: 1}, Subject: Subject{"file", name}})
				continue
			}
			p.OK(Subject{"file", name})
			p.Problem(Problem{Op: "read", Where: name})
			p.NotApplicable("reason " + name)
		}
		return p.Observation()
	}
	forward := make([]int, 30)
	for i := range forward {
		forward[i] = i
	}
	backward := slices.Clone(forward)
	slices.Reverse(backward)
	a, b := observe(forward), observe(backward)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("two orders differ:\n%v\n%v", a, b)
	}
	if a.Examined != 30 || len(a.Findings) != 20 || a.Findings[0].Place.Line != 1 || !slices.Equal(a.Names, []string{"f00", "f01", "f02"}) || a.Reason != "reason f01" {
		t.Errorf("observed %+v", a)
	}
}

func TestFindingsAreBoundedAndCounted(t *testing.T) {
	p := NewPass(context.Background(), &Check{ID: "secrets/x"}, &World{}, nil)
	for i := range MaxFindings + 5 {
		p.Fail(Finding{Rule: "r", Place: Place{Path: fmt.Sprint(i)}, Subject: Subject{"file", fmt.Sprint(i)}})
	}
	if o := p.Observation(); len(o.Findings) != MaxFindings || o.Dropped != 5 || o.Examined != MaxFindings+5 {
		t.Errorf("kept %d, dropped %d, examined %d", len(o.Findings), o.Dropped, o.Examined)
	}
}

func TestValidateNamesEveryMistake(t *testing.T) {
	good := func() *Check {
		return &Check{ID: "headers/x", Title: "t", Why: "w", Fix: "f", Expected: "e", Rollback: "r", Absent: "a", References: []string{"CWE-1"},
			Severity: High, Rules: []Rule{{ID: "r", Title: "t"}}, Params: []Param{{Name: "max", Kind: ParamSize, Default: int64(1), Doc: "d"}},
			Tree: func(*Pass) error { return nil }}
	}
	if err := Validate([]*Check{good()}); err != nil {
		t.Fatalf("a good check is refused: %v", err)
	}
	for name, spoil := range map[string]func(*Check){
		"ID": func(c *Check) { c.ID = "other/x" }, "title": func(c *Check) { c.Title = " " }, "fix": func(c *Check) { c.Fix = "" },
		"absent": func(c *Check) { c.Absent = "" }, "references": func(c *Check) { c.References = nil }, "severity": func(c *Check) { c.Severity = 0 },
		"rules": func(c *Check) { c.Rules = nil }, "rule twice": func(c *Check) { c.Rules = append(c.Rules, c.Rules[0]) },
		"rule above the check": func(c *Check) { c.Rules[0].Severity = Critical }, "nothing to run": func(c *Check) { c.Tree = nil },
		"parameter default": func(c *Check) { c.Params[0].Default = 1 }, "parameter doc": func(c *Check) { c.Params[0].Doc = "" },
	} {
		c := good()
		spoil(c)
		if Validate([]*Check{c}) == nil {
			t.Errorf("a check with a bad %s is accepted", name)
		}
	}
	if Validate([]*Check{good(), good()}) == nil {
		t.Error("one ID for two checks is accepted")
	}
}

func TestProblemListIsBoundedWhateverTheOrder(t *testing.T) {
	fill := func(step int) []Problem {
		var l ProblemList
		const n = 5*MaxProblems + 7
		for i := range n {
			at := i * step % n
			l.Add(Problem{Op: "read", Where: fmt.Sprintf("%06d", at), Blind: at == n-1})
		}
		return l.All()
	}
	a, b := fill(1), fill(1234) // 1234 and n have no common divisor
	if !slices.Equal(a, b) {
		t.Error("two orders differ")
	}
	last := a[len(a)-1]
	if len(a) != MaxProblems+1 || a[0].Where != "000000" || last.Actual != "4007 more" || !last.Blind {
		t.Errorf("%d problems, the first %v, the last %v", len(a), a[0], last)
	}
}
