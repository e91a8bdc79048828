package policy

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Exit codes, the same in every format. A wrong use or policy is 2; cmd gives that.
const (
	exitPass        = 0
	exitFail        = 1
	exitIncomplete  = 3
	exitInterrupted = 130
)

// gate takes the one decision. A failure is certain whatever else could not be told, so it beats incomplete.
func (p *Policy) gate(in Input, r *Report) Gate {
	g := Gate{Outcome: GatePass, Exit: exitPass, Score: p.score(r.Verdicts)}
	failures, gaps, notes := p.failures(r, g.Score), p.gaps(in, r), p.notes(r)
	switch {
	case len(failures) > 0:
		g.Outcome, g.Exit = GateFail, exitFail
		notes = slices.Concat(failures, gaps, notes)
	case len(gaps) > 0:
		g.Outcome, g.Exit = GateIncomplete, exitIncomplete
		notes = slices.Concat(gaps, notes)
	default:
		notes = slices.Concat([]string{"no finding of severity " + p.settings.failOn.value.String() + " or above"}, notes)
	}
	if in.ReportOnly && g.Exit == exitFail && !in.Interrupted {
		g.Exit = exitPass
		notes = append(notes, "report only: exit 0")
	}
	if in.Interrupted {
		g.Exit = exitInterrupted
	}
	g.Reason = strings.Join(notes, "; ")
	return g
}

// failures says what fails the gate.
func (p *Policy) failures(r *Report, score int) []string {
	var out []string
	findings := 0
	var items []string
	for _, v := range r.Verdicts {
		before := findings
		for _, f := range v.Findings {
			if f.Blocks {
				findings++
			}
		}
		if findings > before && !slices.Contains(items, v.Item) {
			items = append(items, v.Item)
		}
	}
	if findings > 0 {
		out = append(out, fmt.Sprintf("%s of severity %s or above in %s", count(findings, "finding"), p.settings.failOn.value, count(len(items), "item")))
	}
	if n := len(r.StaleWaivers); n > 0 && p.settings.onStaleWaiver.value == "fail" {
		out = append(out, count(n, "stale waiver"))
	}
	if least := p.settings.minimum.value; score < least {
		out = append(out, fmt.Sprintf("score %d is below the minimum %d", score, least))
	}
	return out
}

// gaps says what keeps the run from being complete.
func (p *Policy) gaps(in Input, r *Report) []string {
	var out []string
	if in.Interrupted || slices.ContainsFunc(r.Targets, func(t TargetResult) bool { return t.Cut }) {
		out = append(out, "interrupted")
	}
	for _, t := range r.Targets {
		if t.Unreachable {
			out = append(out, t.Locator+" could not be reached")
		}
	}
	if p.settings.onError.value == "fail" {
		out = append(out, untold(in, r)...)
	}
	examined := slices.ContainsFunc(r.Verdicts, func(v Verdict) bool { return v.Examined > 0 })
	unchanged := len(r.Targets) > 0 && !slices.ContainsFunc(r.Targets, func(t TargetResult) bool { return !t.Unchanged })
	if !examined && !unchanged {
		out = append(out, "nothing was examined")
	}
	return out
}

// untold says which verdicts are errors and what of the run was blind.
func untold(in Input, r *Report) []string {
	var out, items []string
	n := 0
	for _, v := range r.Verdicts {
		if v.Status == checks.StatusError {
			n++
			if !slices.Contains(items, v.Item) {
				items = append(items, v.Item)
			}
		}
	}
	if n > 0 {
		s := count(n, "verdict") + " could not be told: " + strings.Join(items[:min(3, len(items))], ", ")
		if more := len(items) - 3; more > 0 {
			s += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, s)
	}
	for i := range in.Problems {
		if in.Problems[i].Blind {
			return append(out, in.Problems[i].Error())
		}
	}
	return out
}

// notes says what does not decide but should be seen.
func (p *Policy) notes(r *Report) []string {
	var out []string
	if p.settings.onError.value == "warn" {
		n := 0
		for _, v := range r.Verdicts {
			if v.Status == checks.StatusError {
				n++
			}
		}
		if n > 0 {
			out = append(out, count(n, "verdict")+" could not be told")
		}
	}
	if n := len(r.StaleWaivers); n > 0 && p.settings.onStaleWaiver.value == "warn" {
		out = append(out, count(n, "stale waiver"))
	}
	return out
}

// score is 100 x (1 - weight of failing / weight of applicable), rounded down, so that 100 means nothing fails.
// Items that do not apply or were skipped count in neither sum; one that could not be told counts as failing.
// It is 0 where no item applies.
func (p *Policy) score(verdicts []Verdict) int {
	failing, applicable := 0, 0
	for _, v := range verdicts {
		weight := p.settings.weights[v.Severity].value
		switch v.Status {
		case checks.StatusFail, checks.StatusError:
			failing += weight
			applicable += weight
		case checks.StatusPass, checks.StatusWaived:
			applicable += weight
		}
	}
	if applicable == 0 {
		return 0
	}
	return 100 * (applicable - failing) / applicable
}
