package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// verdict judges one item on one target.
func (j *judge) verdict(item *Item, target TargetResult) Verdict {
	v := Verdict{
		Item: item.ID, Check: item.Check.ID, Module: item.Check.Module(), Title: item.Check.Title, Severity: item.Severity,
		Owner: item.Owner, Expected: item.Expected, Rollback: item.Rollback, Target: target.Locator, Findings: []Finding{},
	}
	seen := j.seen(item, target)
	switch {
	case item.Off != "":
		v.Status, v.Reason = checks.StatusSkipped, "turned off: "+item.Off
	case !item.Check.Suits(target.Kind):
		v.Status, v.Reason = checks.StatusSkipped, item.Check.Needs()
	case seen == nil && target.Unreachable:
		v.Status, v.Reason = checks.StatusError, "the target could not be reached"
	case seen == nil && (target.Cut || j.in.Interrupted):
		v.Status, v.Reason = checks.StatusError, interrupted
	case seen == nil:
		v.Status, v.Reason = checks.StatusError, "the check reported nothing"
	case seen.Skipped:
		v.Status, v.Reason = checks.StatusSkipped, seen.Reason
	default:
		j.weigh(&v, item, target, seen)
	}
	return v
}

const interrupted = "the run was interrupted before everything was examined"

// seen finds the observation of an item on a target.
func (j *judge) seen(item *Item, target TargetResult) *checks.Observation {
	if i, ok := j.index[seenKey{item.ID, target.Kind, target.Locator}]; ok {
		return &j.in.Seen[i].Observation
	}
	return nil
}

// seenKey finds an observation.
type seenKey struct {
	item    string
	kind    checks.TargetKind
	locator string
}

// indexSeen finds each observation by its item and target; the first counts.
func indexSeen(in Input) map[seenKey]int {
	out := make(map[seenKey]int, len(in.Seen))
	for i, s := range in.Seen {
		key := seenKey{s.Item, s.Target.Kind, s.Target.Locator}
		if _, twice := out[key]; !twice {
			out[key] = i
		}
	}
	return out
}

// weigh decides the status from what was observed: a failure beats "could not tell", which beats everything else,
// and only something that was looked at passes.
func (j *judge) weigh(v *Verdict, item *Item, target TargetResult, seen *checks.Observation) {
	findings, below := j.findings(item, seen)
	v.Findings, v.Examined, v.Unit = findings, seen.Examined, unit(seen)
	doubt := doubts(seen, target.Cut)
	failing := slices.ContainsFunc(findings, func(f Finding) bool { return f.Waiver == nil })
	switch {
	case failing:
		v.Status, v.Reason = checks.StatusFail, failReason(findings, seen.Dropped)
	case seen.Dropped > 0:
		v.Status, v.Reason = checks.StatusError, count(seen.Dropped, "finding")+" over the bound could not be judged"
	case len(doubt) > 0:
		v.Status = checks.StatusError
	case len(findings) > 0:
		v.Status, v.Reason = checks.StatusWaived, waivedReason(findings)
	case seen.Examined == 0 && len(seen.Findings) == 0:
		v.Status, v.Reason = checks.StatusNotApplicable, seen.Reason
		if v.Reason == "" {
			v.Reason = item.Check.Expand(item.Check.Absent, item.Values)
		}
	default:
		v.Status, v.Reason = checks.StatusPass, passReason(seen, below, j.policy.settings.reportFrom.value)
		v.Note = strings.TrimPrefix(strings.TrimSuffix(seen.Note+"; "+notJudged(seen), "; "), "; ")
	}
	if len(doubt) > 0 {
		v.Reason = strings.TrimPrefix(v.Reason+"; "+doubtReason(doubt), "; ")
	} else if seen.Dropped == 0 {
		j.conclusive[item] = append(j.conclusive[item], j.policy.judged(seen.Target))
	}
}

// doubts lists why the check could not tell.
func doubts(seen *checks.Observation, cut bool) []string {
	var out []string
	for i := range seen.Problems {
		if seen.Problems[i].Blind {
			out = append(out, seen.Problems[i].Error())
		}
	}
	if cut {
		out = append(out, interrupted)
	}
	return out
}

func doubtReason(doubts []string) string {
	s := doubts[0]
	if n := len(doubts) - 1; n > 0 {
		s += fmt.Sprintf(" and %s", count(n, "more problem"))
	}
	return s
}

func failReason(findings []Finding, dropped int) string {
	var parts []string
	waived := 0
	for _, f := range findings {
		if f.Waiver != nil {
			waived++
		}
	}
	if waived > 0 {
		parts = append(parts, count(waived, "finding")+" waived")
	}
	if dropped > 0 {
		parts = append(parts, count(dropped, "more finding")+" not listed")
	}
	return strings.Join(parts, "; ")
}

func waivedReason(findings []Finding) string {
	w := findings[0].Waiver
	s := fmt.Sprintf("until %s, %s: %s", w.Expires, w.Owner, w.Reason)
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Waiver != w }) {
		s += " (and other waivers)"
	}
	return s
}

// passReason names what was looked at: "nginx/shop.conf:3 server shop.example, nginx/api.conf:1 server and 4 more".
func passReason(seen *checks.Observation, below int, from checks.Severity) string {
	s := strings.Join(seen.Names, ", ")
	if more := seen.Examined - len(seen.Names); more > 0 && len(seen.Names) > 0 {
		s += " and " + strconv.Itoa(more) + " more"
	}
	if below > 0 {
		s += fmt.Sprintf(" (%s below %s not listed)", count(below, "finding"), from)
	}
	if note := notJudged(seen); note != "" {
		s += "; " + note
	}
	return strings.TrimSpace(s)
}

// notJudged says what a passing check left aside, and why.
func notJudged(seen *checks.Observation) string {
	if seen.Reason == "" {
		return ""
	}
	return "not judged: " + strings.ToLower(seen.Reason[:1]) + seen.Reason[1:]
}

// unit is the noun for the number of subjects examined.
func unit(seen *checks.Observation) string {
	noun := "subject"
	if len(seen.Kinds) == 1 {
		for kind := range seen.Kinds {
			noun = kind
		}
	}
	switch {
	case seen.Examined == 0:
		return ""
	case seen.Examined == 1:
		return noun
	}
	return plural(noun)
}

func count(n int, noun string) string {
	if n != 1 {
		noun = plural(noun)
	}
	return strconv.Itoa(n) + " " + noun
}

// plural is the regular English plural: file, entry, process.
func plural(noun string) string {
	for _, end := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(noun, end) {
			return noun + "es"
		}
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return noun + "s"
}
