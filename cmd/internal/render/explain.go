package render

import (
	"cmp"
	"io"
	"strings"

	"hardcheck/checks"
	"hardcheck/policy"
)

// Explain writes what a check asks, why, how to fix it, its rules and parameters, and the item's effective policy.
func Explain(w io.Writer, e policy.Explanation, style Style) error {
	t := newTable(w, style)
	c := e.Item.Check
	t.line(t.bold(c.ID) + "  " + c.Title)
	for _, s := range []struct{ label, text string }{
		{"Why", c.Why}, {"Fix", c.Fix}, {"Expected", e.Item.Expected}, {"Rollback", e.Item.Rollback},
		{"References", strings.Join(e.Item.References, ", ")},
	} {
		t.line("")
		t.paragraph(0, pad(s.label, 12), s.text, plain)
	}
	if len(c.Rules) <= fewRules {
		t.rules(c)
	}
	t.params(e.Item)
	t.fields("Effective policy", e.Fields)
	for _, waiver := range e.Waivers {
		t.paragraph(2, "waiver  ", "until "+waiver.Expires+" by "+waiver.Owner+" for "+strings.Join(waiver.Paths, ", ")+"  "+waiver.Where, plain)
	}
	if len(c.Rules) > fewRules {
		t.rules(c)
	}
	return t.w.Flush()
}

// fewRules is how many rules stand before what the policy says of the check; a longer list stands at the end.
const fewRules = 40

// ExplainRule writes what one rule of a check finds, how bad and how sure that is, and what to do.
func ExplainRule(w io.Writer, e policy.Explanation, r *checks.Rule, style Style) error {
	t := newTable(w, style)
	c := e.Item.Check
	t.line(t.bold(c.ID+" "+r.ID) + "  " + r.Title)
	severity := e.Item.Severity
	if r.Severity != 0 {
		severity = min(severity, r.Severity)
	}
	for _, s := range []struct{ label, text string }{
		{"Severity", "at most " + severity.String()}, {"Precision", r.Precision.String()}, {"Why", c.Why},
		{"Fix", c.Expand(cmp.Or(r.Fix, c.Fix), e.Item.Values)}, {"References", strings.Join(e.Item.References, ", ")},
	} {
		t.line("")
		t.paragraph(0, pad(s.label, 12), s.text, plain)
	}
	return t.w.Flush()
}

func (t *table) rules(c *checks.Check) {
	t.line("")
	t.line(t.bold("Rules"))
	width := 0
	for _, r := range c.Rules {
		width = max(width, len(r.ID))
	}
	for _, r := range c.Rules {
		severity := r.Severity
		if severity == 0 {
			severity = c.Severity
		}
		t.paragraph(2, pad(r.ID, width)+"  "+pad(severity.String(), severityWidth)+"  ", r.Title, plain)
	}
}

func (t *table) params(item policy.Item) {
	if len(item.Check.Params) == 0 {
		return
	}
	t.line("")
	t.line(t.bold("Parameters (under expect:)"))
	for _, p := range item.Check.Params {
		text := p.Doc + " Kind: " + p.Kind.String() + "; default: " + checks.FormatValue(p.Default) + "; in force: " + checks.FormatValue(item.Values[p.Name]) + "."
		t.paragraph(2, pad(p.Name, 20)+"  ", text, plain)
	}
}

// fields writes effective values with where they come from and what they replaced.
func (t *table) fields(title string, fields []policy.Field) {
	t.line("")
	t.line(t.bold(title))
	for _, f := range fields {
		text := f.Value + "  (" + f.Where
		for _, over := range f.Over {
			text += "; over " + over.Value + " from " + over.Where
		}
		t.paragraph(2, pad(f.Name, 20)+"  ", text+")", plain)
	}
}

// PolicySettings writes what holds for the whole policy, the items in force and those turned off.
func PolicySettings(w io.Writer, p *policy.Policy, style Style) error {
	t := newTable(w, style)
	ref := p.Ref()
	t.line(t.bold("policy "+ref.Profile) + "  " + t.Text(ref.File) + "  " + ref.Digest)
	t.fields("Settings", p.Settings())
	t.line("")
	t.line(t.bold("Items in force"))
	for _, item := range p.Items() {
		t.paragraph(2, pad(item.Severity.String(), severityWidth)+"  ", item.ID+"  "+item.Check.Title+" ("+item.Owner+")", plain)
	}
	if off := p.TurnedOff(); len(off) > 0 {
		t.line("")
		t.line(t.bold("Items turned off"))
		for _, item := range off {
			t.paragraph(2, item.ID+"  ", item.Off, plain)
		}
	}
	return t.w.Flush()
}
