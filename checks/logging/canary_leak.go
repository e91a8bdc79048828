package logging

import (
	"fmt"

	"hardcheck/checks"
	"hardcheck/checks/logging/canary"
)

func canaryLeak() *checks.Check {
	return &checks.Check{
		ID:    "logging/canary-leak",
		Title: "No credential that is sent to the site reaches its logs",
		Why: "Whoever reads a log, its copies, its backups and the service that it is shipped to has every password, token and " +
			"session in it. They are many more people than those who may act for the users, and logs are kept for years.",
		Fix: "Leave the field out of the log's format, redact it in the logger, and send tokens in headers or bodies, never in URLs. " +
			"Replace the credentials that are in logs already.",
		Expected:   "None of the markers sent as credentials is in the logs, in whatever encoding.",
		Rollback:   "Put the field back into the log's format.",
		Absent:     canaryAbsent,
		References: []string{"CWE-532", "CWE-598", "ASVS 16.2.5", "ASVS 14.2.1", "OWASP A09:2025"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "password-logged", Title: "A password reaches the log", Precision: checks.PrecisionVeryHigh},
			{ID: "header-logged", Title: "A header with a credential reaches the log", Severity: checks.High, Precision: checks.PrecisionVeryHigh},
			{ID: "query-token-logged", Title: "A token in a URL's query reaches the log", Severity: checks.Medium, Precision: checks.PrecisionVeryHigh,
				Fix: "Log the path without the query, and send tokens in a header or a body, or make them work once and for minutes."},
			{ID: "referer-token-logged", Title: "A token in the Referer reaches the log", Severity: checks.Low, Precision: checks.PrecisionVeryHigh,
				Fix: "Leave the Referer out of the log, or log its origin alone; send `Referrer-Policy: strict-origin-when-cross-origin`."},
			{ID: "password-echoed", Title: "An answer repeats the password that was sent", Severity: checks.Low, Precision: checks.PrecisionVeryHigh,
				Fix: "Answer an invalid body with the names of the fields that are wrong, not with their values (FastAPI: a handler of RequestValidationError that drops `input` and `ctx`)."},
		},
		Site: leaksOnSite,
	}
}

// leakRules is the rule of each credential.
var leakRules = map[canary.Channel]string{canary.FormPass: "password-logged", canary.JSONPass: "password-logged", canary.BasicPass: "password-logged",
	canary.Bearer: "header-logged", canary.Cookie: "header-logged", canary.APIKey: "header-logged",
	canary.QueryToken: "query-token-logged", canary.RefererToken: "referer-token-logged"}

func leaksOnSite(p *checks.Pass) error {
	r, err := runCanary(p)
	if r == nil || err != nil || !r.Seen() {
		return err
	}
	for _, s := range r.Sinks {
		leaked := map[canary.Channel]bool{}
		for _, leak := range r.Leaks(s) {
			leaked[leak.Marker.Channel] = true
			reportLeak(p, r, leak)
		}
		for _, c := range canary.Credentials {
			if !leaked[c] && s.Problem == nil && len(s.Lines) > 0 {
				p.OK(inSink(c, s))
			}
		}
	}
	echoedPasswords(p, r)
	return nil
}

func reportLeak(p *checks.Pass, r *canary.Result, leak canary.Leak) {
	channel := leak.Marker.Channel
	rule := p.Check.Rule(leakRules[channel])
	general := rule.Fix
	if general == "" {
		general = p.Check.Fix
	}
	writer := r.Writer(leak.Line.Text)
	p.Fail(checks.Finding{Rule: rule.ID, Subject: inSink(channel, leak.Sink), Place: checks.Place{URL: p.Site().URL().String()},
		Attribute: string(channel) + " in " + leak.Sink.Sink.String(), Expected: "no " + string(channel) + " in the log",
		Actual:  fmt.Sprintf("%s %s, in %s: %s", leak.Marker.Text, leak.Hit.Form, lines(leak.Count), excerpt(leak.Line, leak.Hit.Start)),
		Message: fmt.Sprintf("The %s of a request stands in %s", channel, leak.Sink.Sink),
		Fix:     withWriter(writer.Against(channel), writer, general)})
}

// echoedPasswords looks for the passwords in the answers: a proxy, a browser's tools or a test may log those.
func echoedPasswords(p *checks.Pass, r *canary.Result) {
	for _, q := range r.Sent() {
		for _, c := range []canary.Channel{canary.FormPass, canary.JSONPass} {
			if q.Echoed[c] {
				p.Fail(checks.Finding{Rule: "password-echoed", Subject: checks.Subject{Kind: "answer", Name: q.Name}, Place: checks.Place{URL: p.Site().URL().String()},
					Attribute: string(c) + " of " + q.Path, Expected: "an answer without what was sent", Actual: fmt.Sprintf("status %d with the %s in it", q.Status, c),
					Message: "The answer to a failed login repeats the password"})
			}
		}
	}
}
