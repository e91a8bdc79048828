package logging

import (
	"fmt"

	"hardcheck/checks"
	"hardcheck/checks/logging/canary"
)

func canaryForging() *checks.Check {
	return &checks.Check{
		ID:    "logging/canary-forging",
		Title: "Nothing that is sent to the site forges its logs",
		Why: "A request that writes a line of its own into the log hides what it did, blames another, or feeds a false event to " +
			"whatever reads the log; escape sequences change what an operator's terminal shows.",
		Fix: "Log structured records (JSON), or have the logger escape control characters; upgrade the server where it is at fault.",
		Expected: "Line breaks, escape sequences, Unicode controls and quotation marks that are sent are escaped in the logs, " +
			"and no line begins with what a request holds.",
		Rollback:   "Put the old format or version back.",
		Absent:     canaryAbsent,
		References: []string{"CWE-117", "CWE-150", "ASVS 16.4.1", "OWASP A09:2025"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "forged-line", Title: "A request writes a line of its own", Precision: checks.PrecisionVeryHigh},
			{ID: "raw-escape", Title: "An escape sequence reaches the log", Severity: checks.Medium, Precision: checks.PrecisionVeryHigh},
			{ID: "raw-unicode-control", Title: "Unicode line breaks or direction marks reach the log", Severity: checks.Low, Precision: checks.PrecisionVeryHigh},
			{ID: "raw-quote", Title: "A quotation mark ends a quoted field of the log", Severity: checks.Low, Precision: checks.PrecisionVeryHigh},
		},
		Site: forgingsOnSite,
	}
}

// forgingRules is the rule of what is written as it was sent; a line break that is not escaped forges a line.
var forgingRules = map[canary.Channel]string{canary.AgentEscape: "raw-escape", canary.RefererEscape: "raw-escape",
	canary.AgentUnicode: "raw-unicode-control", canary.AgentQuote: "raw-quote"}

func forgingsOnSite(p *checks.Pass) error {
	r, err := runCanary(p)
	if r == nil || err != nil || !r.Seen() {
		return err
	}
	for _, s := range r.Sinks {
		for _, f := range r.Forgings(s) {
			rule := forgingRules[f.Probe.Channel]
			switch {
			case f.Outcome == canary.Forged:
				reportForging(p, r, s, f, "forged-line", "A line begins with what stands behind the "+string(f.Probe.Channel))
			case f.Outcome == canary.Unescaped && rule == "":
				reportForging(p, r, s, f, "raw-escape", fmt.Sprintf("The log holds %+q of the %s as it was sent", f.Found, f.Probe.Channel))
			case f.Outcome == canary.Unescaped:
				reportForging(p, r, s, f, rule, fmt.Sprintf("The log holds %+q of the %s as it was sent", f.Found, f.Probe.Channel))
			case f.Outcome == canary.Neutralised && s.Problem == nil:
				p.OK(inSink(f.Probe.Channel, s))
			}
		}
	}
	return nil
}

func reportForging(p *checks.Pass, r *canary.Result, s *canary.SinkResult, f canary.Forging, rule, message string) {
	shaped := f.Line
	if f.Opened != nil {
		shaped = f.Opened
	}
	writer, general := r.Writer(shaped.Text), p.Check.Fix
	directive := ""
	if writer != nil {
		directive = writer.Escape
	}
	p.Fail(checks.Finding{Rule: rule, Subject: inSink(f.Probe.Channel, s), Place: checks.Place{URL: p.Site().URL().String()},
		Attribute: string(f.Probe.Channel) + " in " + s.Sink.String(), Expected: "the bytes escaped, on the line of their request",
		Actual: excerpt(f.Line, f.At), Message: message + ", in " + s.Sink.String(), Fix: withWriter(directive, writer, general)})
}
