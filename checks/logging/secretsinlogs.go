package logging

import (
	"strconv"

	"hardcheck/checks"
	"hardcheck/checks/logging/flow"
)

func secretsInLogs() *checks.Check {
	return &checks.Check{
		ID:    "logging/secrets-in-logs",
		Title: "No credential is written to a log",
		Why: "Logs are copied to places that more people and programs read than the application's own store: whoever reads them " +
			"has the password, the token or the session.",
		Fix:        "Leave the value out of the message: log who and what, or an identifier. Where it must be told apart, log a keyed hash of it.",
		Expected:   "No log call is given a password, token, key, or whole request headers, forms or environment",
		Rollback:   "None: a log line lacks a value. What is already in logs stays there; change those credentials",
		Absent:     "No log call was found in source code outside tests",
		References: []string{"CWE-532", "ASVS 16.2.5", "https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "credential", Title: "A log call is given a credential", Severity: checks.High},
			{ID: "credential-printed", Title: "A credential is printed, which the service manager logs", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "credential-raised", Title: "An exception that carries a credential is logged", Severity: checks.Medium,
				Fix: "Raise the exception without the value: its text ends in logs and in answers."},
			{ID: "whole-object", Title: "A log call is given all headers, form fields or environment variables", Severity: checks.High,
				Fix: "Log the fields that are needed, by name."},
			{ID: "personal-data", Title: "A log call is given data about a person", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Fix: "Log an identifier of the account instead, or the value shortened so that it tells no person apart."},
		},
		Wants: wantsCode,
		File:  secretsInLogsFile,
	}
}

func secretsInLogsFile(p *checks.Pass, f *checks.File) error {
	r := followed(f)
	if r == nil {
		return nil
	}
	bad := map[int]bool{}
	for i := range r.Leaks {
		l := &r.Leaks[i]
		if l.Sink.To != flow.ToClient && l.Kind != flow.Input {
			bad[l.Sink.At] = true
			p.Fail(secretFinding(f, l))
		}
	}
	for _, s := range r.Sinks {
		if !bad[s.At] {
			p.OK(callSubject(f, s.At, s.End))
		}
	}
	return nil
}

func callSubject(f *checks.File, start, end int) checks.Subject {
	return checks.Subject{Kind: "log call", Name: f.Place(start, end).String()}
}

// secretFinding says which value is written where, and from which line it comes.
func secretFinding(f *checks.File, l *flow.Leak) checks.Finding {
	out := checks.Finding{
		Rule: "credential", Subject: callSubject(f, l.Sink.At, l.Sink.End), Place: f.Place(l.Arg.Start, l.Arg.End), Attribute: l.Name,
		Expected: "no credential in the arguments of a log call", Actual: written(f, l) + " in " + l.Sink.Name + "(...)",
		Message: "The value of " + l.Name + origin(f, l) + " is written to the log by " + l.Sink.Name,
		Fix:     "Leave " + l.Name + " out of " + l.Sink.Name + "(...): log whose it is, or a keyed hash of it where it must be told apart.",
	}
	switch {
	case l.Kind == flow.Whole:
		out.Rule, out.Fix = "whole-object", "Log the fields of "+l.Name+" that are needed, by name."
		out.Message = "All of " + l.Name + origin(f, l) + " is written to the log by " + l.Sink.Name + ", credentials included"
	case l.Kind == flow.Personal:
		out.Rule, out.Expected = "personal-data", "an identifier of the account instead"
		out.Fix = "Log an identifier of the account instead of " + l.Name + "."
	case l.Raised:
		out.Rule = "credential-raised"
		out.Message = "The exception carries the value of " + l.Name + origin(f, l) + " into the log by " + l.Sink.Name
		out.Fix = "Raise the exception without " + l.Name + "."
	case l.Sink.To == flow.ToStream:
		out.Rule = "credential-printed"
		out.Message = "The value of " + l.Name + origin(f, l) + " is printed by " + l.Sink.Name + ", and so logged where this runs as a service"
	}
	if out.Rule != "personal-data" && (l.Sink.Level == "debug" || l.Sink.Level == "trace" || l.Kind == flow.Whole && l.Sink.To == flow.ToStream) {
		out.Severity = checks.Medium
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
