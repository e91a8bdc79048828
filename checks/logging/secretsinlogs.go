package logging

import (
	"strings"

	"hardcheck/checks"
	py "hardcheck/checks/internal/parse/python"
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
		Absent:     "No Python log call was found outside tests",
		References: []string{"CWE-532", "ASVS 16.2.5", "https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "credential", Title: "A log call is given a credential", Severity: checks.High},
			{ID: "credential-printed", Title: "A credential is printed, which the service manager logs", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "whole-object", Title: "A log call is given all headers, form fields or environment variables", Severity: checks.High,
				Fix: "Log the fields that are needed, by name."},
		},
		Wants: wantsPython,
		File:  secretsInLogsFile,
	}
}

func secretsInLogsFile(p *checks.Pass, f *checks.File) error {
	if f.Binary() {
		return nil
	}
	m := py.Of(f)
	l := leaks{pass: p, file: f, module: m}
	var calls []*py.Call
	suspicious := false
	py.WalkAll(m.Body, func(n py.Node) bool {
		if call, ok := n.(*py.Call); ok {
			if to, _ := pythonSink(call); to != noSink {
				calls = append(calls, call)
				suspicious = suspicious || len(l.in(nil, call)) > 0
			}
		}
		return true
	})
	if !suspicious {
		for _, call := range calls {
			p.OK(l.subject(call))
		}
		return nil
	}
	py.NewScope(m, nil).Each(func(s *py.Scope, n py.Node) {
		if call, ok := n.(*py.Call); ok {
			if to, level := pythonSink(call); to != noSink {
				l.report(s, call, to, level)
			}
		}
	})
	return nil
}

// leaks looks for credentials in the log calls of one file.
type leaks struct {
	pass   *checks.Pass
	file   *checks.File
	module *py.Module
	known  *fileFacts // once asked for
}

func (l *leaks) subject(call *py.Call) checks.Subject {
	return checks.Subject{Kind: "log call", Name: l.file.Place(call.Span()).String()}
}

// report judges one call.
func (l *leaks) report(s *py.Scope, call *py.Call, to sink, level string) {
	subject := l.subject(call)
	found := l.in(s, call)
	start, _ := call.Span()
	if main := l.facts().main; len(found) == 0 || to == toStream && start >= main[0] && start < main[1] {
		l.pass.OK(subject)
		return
	}
	for _, leak := range found {
		f := checks.Finding{
			Rule: "credential", Subject: subject, Place: l.file.Place(leak.node.Span()), Attribute: leak.name,
			Expected: "no credential in the arguments of a log call", Actual: leak.text(l.module) + " in " + level + "(...)",
			Message: "The value of " + leak.name + " is written to the log",
		}
		switch {
		case leak.whole:
			f.Rule, f.Message = "whole-object", "All of "+leak.name+" is written to the log, credentials included"
		case to == toStream:
			f.Rule, f.Message = "credential-printed", "The value of "+leak.name+" is printed, and so logged where this runs as a service"
		}
		if level == "debug" || level == "trace" || leak.whole && to == toStream {
			f.Severity = checks.Medium
		}
		l.pass.Fail(f)
	}
}

// exposure is an expression that carries a credential.
type exposure struct {
	node  py.Node
	name  string
	whole bool
}

// text is the expression as written where it is short. A call is only named: its arguments may be credentials.
func (k exposure) text(m *py.Module) string {
	text := m.Text(k.node)
	if _, call := k.node.(*py.Call); call || len(text) > 60 {
		return k.name
	}
	return text
}

// in finds what the arguments of a call leak. A nil scope finds suspects, with a scope what is known to be harmless
// is left out.
func (l *leaks) in(s *py.Scope, call *py.Call) []exposure {
	v := leakFinder{leaks: l, scope: s}
	for _, a := range call.Args {
		switch a.Name {
		case "exc_info", "stack_info", "stacklevel", "file", "sep", "end", "flush", "level", "err", "nl", "category":
			continue
		}
		if !isLocals(a.Value) || !byNames(call) {
			v.named(a.Name, a.Value, maxLeakDepth)
		}
	}
	return v.found
}

// byNames reports a log call whose format takes only some entries of a dictionary: "%(name)s".
func byNames(call *py.Call) bool {
	format, ok := call.Args[0].Value.(*py.String)
	return ok && strings.Contains(format.Text, "%(")
}
