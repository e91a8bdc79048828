package logging

import (
	"hardcheck/checks"
	"hardcheck/checks/logging/flow"
)

func errorResponse() *checks.Check {
	return &checks.Check{
		ID:    "logging/error-response",
		Title: "No exception's text or trace is sent to the client",
		Why: "The text of an error names files, queries, hosts and versions, and a trace shows the code: what an attacker needs " +
			"to know about a system they cannot see.",
		Fix:        "Log the error with an identifier, and answer with that identifier and a general sentence.",
		Expected:   "Answers to errors hold a general sentence; the exception goes to the log",
		Rollback:   "Put the text back into the answer",
		Absent:     "No answer that an exception reaches, and no log call, was found in source code outside tests",
		References: []string{"CWE-209", "CWE-497", "ASVS 16.5.1", "https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "stack-trace", Title: "A stack trace is sent to the client", Severity: checks.Medium},
			{ID: "exception", Title: "An exception is sent to the client as text", Severity: checks.Medium},
			{ID: "message", Title: "What an exception says is sent to the client", Severity: checks.Low, Precision: checks.PrecisionMedium},
		},
		Wants: wantsCode,
		File:  errorResponseFile,
	}
}

func errorResponseFile(p *checks.Pass, f *checks.File) error {
	r := followed(f)
	if r == nil {
		return nil
	}
	bad := false
	for i := range r.Leaks {
		l := &r.Leaks[i]
		if l.Sink.To != flow.ToClient {
			continue
		}
		bad = true
		rule, what := "message", "What the exception "+l.Name+" says"
		switch l.Detail {
		case flow.Trace:
			rule, what = "stack-trace", "The stack trace of "+l.Name
		case flow.Text:
			rule, what = "exception", "The exception "+l.Name
		}
		p.Fail(checks.Finding{Rule: rule, Subject: checks.Subject{Kind: "answer", Name: f.Place(l.Sink.At, l.Sink.End).String()},
			Place: f.Place(l.Arg.Start, l.Arg.End), Attribute: l.Name, Expected: "a general sentence and an identifier", Actual: written(f, l) + " in " + l.Sink.Name,
			Message: what + origin(f, l) + " is sent to the client by " + l.Sink.Name,
			Fix:     "Log " + l.Name + " with an identifier, and give " + l.Sink.Name + " that identifier and a general sentence."})
	}
	if !bad && (len(r.Sinks) > 0 || len(r.Handlers) > 0) {
		p.OK(checks.Subject{Kind: "file", Name: f.Path})
	}
	return nil
}
