package render

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"

	"hardcheck/checks"
	"hardcheck/policy"
)

// Column widths of an item's line. The title takes what is left.
const (
	indent        = 2
	statusWidth   = 8
	severityWidth = 8
	examinedWidth = 17
	ownerWidth    = 12
	minTitleWidth = 24 // below it, what was examined and the owner stand under the title
)

// table writes text of one style.
type table struct {
	Style
	w                          *bufio.Writer
	r                          *policy.Report
	bold, faint, heading, warn paint
	blind                      string // why the item above could not be told
}

func newTable(w io.Writer, style Style) *table {
	return &table{Style: style, w: bufio.NewWriter(w), bold: style.paint(color.Bold), faint: style.paint(color.Faint),
		heading: style.paint(color.Bold, color.Underline), warn: style.paint(color.FgYellow)}
}

// Table writes the pass/fail table: modules as chapters, one line per item and target, the findings of failing
// items below their line, then problems, a summary and the gate's decision.
func Table(w io.Writer, r policy.Report, style Style) error {
	t := newTable(w, style)
	t.r = &r
	t.header()
	for _, module := range checks.Modules() {
		t.chapter(module)
	}
	t.pages()
	t.problems()
	t.staleWaivers()
	t.summary()
	return t.w.Flush()
}

func (t *table) line(text string) { t.w.WriteString(strings.TrimRight(text, " ") + "\n") }

func (t *table) header() {
	name := t.r.Policy.Profile
	if t.r.Policy.File != "" {
		name += " (" + t.r.Policy.File + ")"
	}
	t.line(t.bold("hardcheck "+t.r.Tool.Version) + t.separator() + "policy " + t.Text(name))
	for _, target := range t.r.Targets {
		t.paragraph(indent, "", targetLine(target, t.separator()), plain)
	}
}

func targetLine(target policy.TargetResult, separator string) string {
	parts := []string{target.Locator}
	if target.Revision != "" {
		parts = append(parts, "revision "+target.Revision[:min(12, len(target.Revision))])
	}
	if target.Kind == checks.TargetURL || target.Kind == checks.TargetJoint {
		parts = append(parts, plural(int(target.Requests), "request"))
	} else {
		parts = append(parts, plural(int(target.Files), "file")+" read", megabytes(target.Bytes))
	}
	return strings.Join(parts, separator)
}

func megabytes(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (t *table) chapter(module checks.Module) {
	skipped, begun := map[string]int{}, false
	for _, v := range t.r.Verdicts {
		if v.Module != module {
			continue
		}
		if !begun {
			begun = true
			t.line("")
			t.line(t.heading(strings.ToUpper(string(module))))
		}
		if v.Status == checks.StatusSkipped {
			skipped[v.Reason]++
			continue
		}
		t.item(v)
	}
	reasons := make([]string, 0, len(skipped))
	for reason := range skipped {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	for _, reason := range reasons {
		t.line(strings.Repeat(" ", indent) + t.status(checks.StatusSkipped) + " " + t.faint(plural(skipped[reason], "item")+": "+t.Text(reason)))
	}
}

// item writes one line of the checklist and what belongs below it.
func (t *table) item(v policy.Verdict) {
	left := indent + statusWidth + 1 + severityWidth + 1
	right := examinedWidth + 1 + ownerWidth + 1
	title := v.Title
	if len(t.r.Targets) > 1 {
		title += " [" + t.Text(v.Target) + "]"
	}
	narrow := t.Width-left-right < minTitleWidth
	if narrow {
		right = 0
	}
	lines := wrap(title, t.Width-left-right)
	examined := ""
	if v.Examined > 0 {
		examined = fmt.Sprintf("%d %s", v.Examined, v.Unit)
	}
	severity := pad(v.Severity.String(), severityWidth)
	if v.Status == checks.StatusFail {
		severity = t.severity(v.Severity)(severity)
	}
	first := fmt.Sprintf("%*s%s %s %s", indent, "", t.status(v.Status), severity, pad(lines[0], t.Width-left-right))
	if !narrow {
		first += fmt.Sprintf(" %s %s", pad(t.Line(examined, examinedWidth), examinedWidth), t.Line(v.Owner, ownerWidth))
	}
	t.line(first)
	for _, more := range lines[1:] {
		t.line(strings.Repeat(" ", left) + more)
	}
	if narrow {
		t.paragraph(left, "", strings.TrimPrefix(examined+t.separator()+v.Owner, t.separator()), t.faint)
	}
	switch {
	case v.Status == checks.StatusError && v.Reason != "" && v.Reason == t.blind:
		t.paragraph(left, "", "for the same reason", t.faint)
	case v.Status != checks.StatusPass && v.Reason != "":
		t.paragraph(left, "", v.Reason, t.faint)
	case v.Note != "":
		t.paragraph(left, "", v.Note, t.faint)
	}
	t.blind = ""
	switch v.Status {
	case checks.StatusFail, checks.StatusWaived:
		t.findings(v)
	case checks.StatusError:
		t.blind = v.Reason
	}
}

// shorten cuts text to a display width and marks the cut.
func shorten(text string, width int) string { return runewidth.Truncate(text, width, "~") }

func (t *table) severity(s checks.Severity) paint {
	switch s {
	case checks.Critical, checks.High:
		return t.paint(color.FgRed)
	case checks.Medium:
		return t.paint(color.FgYellow)
	}
	return t.paint(color.FgCyan)
}

// paragraph writes wrapped text at an indentation, led by a label.
func (t *table) paragraph(left int, label, text string, p paint) {
	hang := left + len(label)
	for i, line := range wrap(t.Text(text), t.Width-hang) {
		lead := strings.Repeat(" ", hang)
		if i == 0 {
			lead = strings.Repeat(" ", left) + label
		}
		t.line(lead + p(line))
	}
}

func plain(s string) string { return s }

// waived says what sets a finding aside: a waiver of the policy, or something in the project that never ends.
func waived(w *policy.WaiverUse) string {
	if w.Expires == "" {
		return "waived: " + w.Reason
	}
	return "waived until " + w.Expires + " by " + w.Owner + ": " + w.Reason
}

func (t *table) findings(v policy.Verdict) {
	shown := v.Findings
	if t.MaxFindings > 0 && len(shown) > t.MaxFindings {
		shown = foremost(shown, t.MaxFindings)
	}
	const left = 6
	fix, pasted := "", map[string]bool{}
	for _, f := range shown {
		t.paragraph(left-2, "", place(f), t.bold)
		note := f.Severity.String() + ", " + f.Rule
		if f.Precision == checks.PrecisionLow && !f.Blocks {
			note += ", unsure: does not fail the gate"
		}
		if f.Waiver != nil {
			note += ", " + waived(f.Waiver)
		}
		t.paragraph(left, "", f.Message+" ("+note+")", plain)
		t.paragraph(left, "expected: ", f.Expected, plain)
		t.paragraph(left, "found:    ", f.Actual, plain)
		if f.Fix != fix {
			t.fix(left, f.Fix, pasted)
			fix = f.Fix
		}
	}
	if n := len(v.Findings) - len(shown); n > 0 {
		t.paragraph(left-2, "", fmt.Sprintf("and %d more; --max-findings=0 lists all", n), t.faint)
	}
}

// fix writes what to change and, line by line and never wrapped, so that it can be copied, what to paste, once for an item.
func (t *table) fix(left int, fix string, pasted map[string]bool) {
	text, snippet, _ := strings.Cut(fix, "\n")
	t.paragraph(left, "fix:      ", text, plain)
	if pasted[snippet] {
		return
	}
	pasted[snippet] = true
	for line := range strings.Lines(snippet) {
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " \r\n")
		t.line(strings.Repeat(" ", left+indent) + t.bold(t.Text(line)))
	}
}

// foremost are n of the findings: those that fail the gate before the others, in their order.
func foremost(findings []policy.Finding, n int) []policy.Finding {
	first := slices.Clone(findings)
	slices.SortStableFunc(first, func(a, b policy.Finding) int {
		if a.Blocks == b.Blocks {
			return 0
		}
		return map[bool]int{true: -1, false: 1}[a.Blocks]
	})
	return first[:n]
}

// place is where a finding is, in a form that editors open.
func place(f policy.Finding) string {
	s := f.Path
	if s == "" {
		s = f.URL
	} else if f.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, f.Line)
		if f.Column > 0 {
			s = fmt.Sprintf("%s:%d", s, f.Column)
		}
	}
	if f.Inside != "" {
		s += " (" + f.Inside + ")"
	}
	if f.Commit != "" {
		s += " @" + f.Commit[:min(10, len(f.Commit))]
	}
	if f.Attribute != "" {
		s += "  " + f.Attribute
	}
	return s
}

func (t *table) problems() {
	if len(t.r.Problems) == 0 {
		return
	}
	t.line("")
	t.line(t.heading("PROBLEMS"))
	more := map[string]int{}
	for _, blind := range []bool{true, false} {
		listed := map[string]int{}
		for _, p := range t.r.Problems {
			if p.Blind != blind {
				continue
			}
			if listed[p.Op]++; t.MaxFindings == 0 || listed[p.Op] <= t.problemsOf(blind) {
				t.paragraph(indent, "! ", p.Error(), t.warn)
			} else {
				more[p.Op]++
			}
		}
	}
	for _, op := range slices.Sorted(maps.Keys(more)) {
		t.paragraph(indent, "! ", fmt.Sprintf("%s: %d more; --max-findings=0 lists all", op, more[op]), t.warn)
	}
}

// problemsOf is how many problems of one kind are listed: examples are enough of those that blind no verdict.
func (t *table) problemsOf(blind bool) int {
	const examples = 3
	if blind {
		return t.MaxFindings
	}
	return min(t.MaxFindings, examples)
}

func (t *table) staleWaivers() {
	if len(t.r.StaleWaivers) == 0 {
		return
	}
	t.line("")
	t.line(t.heading("STALE WAIVERS"))
	for _, w := range t.r.StaleWaivers {
		t.paragraph(indent, "! ", fmt.Sprintf("%s: the waiver of %s by %s (until %s) %s; remove or renew it", w.Where, w.Item, w.Owner, w.Expires, stale(w.Why)), t.warn)
	}
}

func stale(why string) string {
	if why == "expired" {
		return "is over, so its findings count again"
	}
	return why
}

func (t *table) summary() {
	counts := map[checks.Status]int{}
	blocking := 0
	for _, v := range t.r.Verdicts {
		counts[v.Status]++
		for _, f := range v.Findings {
			if f.Blocks {
				blocking++
			}
		}
	}
	var parts []string
	for _, s := range []struct {
		status checks.Status
		word   string
	}{
		{checks.StatusPass, "passed"}, {checks.StatusFail, "failed"}, {checks.StatusWaived, "waived"},
		{checks.StatusError, "could not tell"}, {checks.StatusNotApplicable, "not applicable"}, {checks.StatusSkipped, "skipped"},
	} {
		if n := counts[s.status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.word))
		}
	}
	t.line("")
	t.paragraph(0, "", strings.Join(parts, ", ")+fmt.Sprintf("; %s; score %d of 100", plural(blocking, "blocking finding"), t.r.Gate.Score), plain)
	p := t.paint(map[policy.Outcome]color.Attribute{policy.GatePass: color.FgGreen, policy.GateFail: color.FgRed}[t.r.Gate.Outcome], color.Bold)
	if t.r.Gate.Outcome == policy.GateIncomplete {
		p = t.paint(color.FgMagenta, color.Bold)
	}
	t.line(p("Gate: "+string(t.r.Gate.Outcome)) + " (exit " + fmt.Sprint(t.r.Gate.Exit) + ")")
	t.paragraph(indent, "", t.r.Gate.Reason, plain)
}
