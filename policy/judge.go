package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// Input is what a run saw.
type Input struct {
	Tool        Tool
	Started     time.Time
	Took        time.Duration
	Now         time.Time // decides which waivers still hold
	Targets     []TargetResult
	Seen        []Observed
	Problems    []checks.Problem // of the run as a whole; a blind one keeps it from being complete
	Interrupted bool             // the run; the targets that were cut short by it carry Cut
	ReportOnly  bool
	ReportKey   []byte // keys the hashes of secrets, so that only its holders can match them with values
}

// Observed is what the check of one item saw on one target.
type Observed struct {
	Item string
	checks.Observation
}

// Judge turns observations into the report. Every item gets a verdict for every target: one that nothing was
// observed for is an error, never a pass. Of a tree joined with a site only the items that compare the two have one.
func (p *Policy) Judge(in Input) Report {
	r := Report{
		Schema: Schema, Tool: in.Tool, Policy: p.ref, Started: in.Started, TookMS: in.Took.Milliseconds(),
		Targets: append([]TargetResult{}, in.Targets...), Problems: gathered(in), Verdicts: make([]Verdict, 0, len(p.items)*len(in.Targets)),
	}
	j := &judge{policy: p, in: in, used: map[*waiver]bool{}, index: indexSeen(in), conclusive: map[*Item][]judgedTarget{}}
	for _, item := range p.items {
		for _, target := range in.Targets {
			if target.Kind != checks.TargetJoint || item.Check.Suits(target.Kind) {
				r.Verdicts = append(r.Verdicts, j.verdict(item, target))
			}
		}
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int {
		return cmp.Or(
			cmp.Compare(moduleOrder(a.Module), moduleOrder(b.Module)),
			cmp.Compare(a.Check, b.Check),
			cmp.Compare(a.Item, b.Item),
			cmp.Compare(a.Target, b.Target),
		)
	})
	r.StaleWaivers = j.stale()
	r.Gate = p.gate(in, &r)
	return r
}

// judge is the state of one Judge.
type judge struct {
	policy *Policy
	in     Input
	index  map[seenKey]int
	used   map[*waiver]bool // waivers that covered a finding, expired ones included
	// conclusive lists the targets on which an item was fully examined: only there can a waiver be said to match
	// nothing.
	conclusive map[*Item][]judgedTarget
}

// judgedTarget is what a waiver needs to know of a target.
type judgedTarget struct {
	kind   checks.TargetKind
	prefix string // where it lies below the policy file's directory
}

func (p *Policy) judged(target checks.Target) judgedTarget {
	t := judgedTarget{kind: target.Kind}
	switch target.Kind {
	case checks.TargetURL:
	case checks.TargetJoint:
		t.prefix = p.Prefix(target.Tree)
	default:
		t.prefix = p.Prefix(target.Locator)
	}
	return t
}

// gathered joins the run's problems with those of the checks. Several checks meet the same unreadable file; it is
// one problem.
func gathered(in Input) []checks.Problem {
	out := append([]checks.Problem{}, in.Problems...)
	for _, seen := range in.Seen {
		out = append(out, seen.Problems...)
	}
	slices.SortStableFunc(out, checks.CompareProblems)
	return slices.CompactFunc(out, func(a, b checks.Problem) bool {
		a.Blind, b.Blind = false, false
		return a == b
	})
}

// findings judges what a check reported: severity, identity and waiver. below counts those under report_from.
func (j *judge) findings(item *Item, o *checks.Observation) (out []Finding, below int) {
	sorted := slices.Clone(o.Findings)
	slices.SortStableFunc(sorted, checks.CompareFindings)
	times := map[string]int{}
	target := j.policy.judged(o.Target)
	out = []Finding{}
	for i := range sorted {
		f := &sorted[i]
		identity := f.Fingerprint(item.Check.ID, 0)
		judged := judgedFinding(item, f)
		if item.Check.Module() == checks.Secrets {
			judged.SecretID = f.SecretID(j.in.ReportKey)
		}
		judged.Fingerprint = f.Fingerprint(item.Check.ID, times[identity])
		times[identity]++
		judged.Waiver = j.waiverFor(item, &judged, target)
		if judged.Waiver == nil && f.Aside != "" {
			judged.Waiver = &WaiverUse{Item: item.ID, Reason: f.Aside, Owner: item.Owner}
		}
		judged.Blocks = judged.Waiver == nil && judged.Severity >= j.policy.settings.failOn.value && j.sure(&judged)
		if judged.Severity < j.policy.settings.reportFrom.value {
			below++
			continue
		}
		out = append(out, judged)
	}
	return out, below
}

// sure reports whether the finding is precise enough to fail the gate.
func (j *judge) sure(f *Finding) bool {
	return f.Precision != checks.PrecisionLow || j.policy.settings.onLowPrecision.value == "fail"
}

func judgedFinding(item *Item, f *checks.Finding) Finding {
	rule := item.Check.Rule(f.Rule)
	if rule == nil {
		rule = &checks.Rule{}
	}
	out := Finding{
		Rule: f.Rule, Severity: item.Severity, Precision: f.Precision,
		Path: f.Place.Path, Line: f.Place.Line, Column: f.Place.Column, EndLine: f.Place.EndLine, EndColumn: f.Place.EndColumn,
		URL: f.Place.URL, Inside: f.Place.Inside, Commit: f.Place.Commit, AuthorDate: f.Place.Date, Blob: f.Place.Blob, Attribute: f.Attribute, Expected: cmp.Or(f.Expected, item.Expected), Actual: f.Actual, Message: cmp.Or(f.Message, rule.Title),
		Fix: fixOf(f, rule, item), New: true,
	}
	for _, ceiling := range []checks.Severity{rule.Severity, f.Severity} {
		if ceiling != 0 {
			out.Severity = min(out.Severity, ceiling)
		}
	}
	if f.Precision == checks.PrecisionHigh {
		out.Precision = rule.Precision
	}
	return out
}

// fixOf is what to change and, below it, what to paste.
func fixOf(f *checks.Finding, rule *checks.Rule, item *Item) string {
	text := strings.ReplaceAll(cmp.Or(f.Fix, item.Check.Expand(cmp.Or(rule.Fix, item.Check.Fix), item.Values)), "\n", " ")
	if f.Snippet == "" {
		return text
	}
	return text + "\n" + f.Snippet
}

// waiverFor finds the waiver in force for a finding and notes every waiver that is about it.
func (j *judge) waiverFor(item *Item, f *Finding, target judgedTarget) *WaiverUse {
	var use *WaiverUse
	for _, w := range j.policy.waivers {
		if w.item != item || !w.covers(f, target.prefix) {
			continue
		}
		j.used[w] = true
		if use == nil && j.in.Now.Before(w.expires) {
			use = &w.use
		}
	}
	return use
}

// stale lists the waivers whose time is over, and those that covered nothing although everything they could cover
// was examined.
func (j *judge) stale() []StaleWaiver {
	out := []StaleWaiver{}
	for _, w := range j.policy.waivers {
		switch {
		case !j.in.Now.Before(w.expires):
			out = append(out, w.listed("expired"))
		case !j.used[w] && (w.item.Off != "" || slices.ContainsFunc(j.conclusive[w.item], w.judges)):
			out = append(out, w.listed("matched nothing"))
		}
	}
	return out
}

func (w *waiver) listed(why string) StaleWaiver {
	return StaleWaiver{
		Item: w.item.ID, Paths: slices.Concat(w.paths, w.urls), Owner: w.use.Owner, Expires: w.use.Expires,
		Why: why, Where: w.where.String(),
	}
}
