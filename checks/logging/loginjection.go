package logging

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/source"
	"hardcheck/checks/logging/flow"
)

func logInjection() *checks.Check {
	return &checks.Check{
		ID:    "logging/log-injection",
		Title: "No client can write a line of the log",
		Why: "A line end in what a client sends begins a new line of the log, which looks like any other: whoever attacks writes " +
			"false entries, hides true ones, or reaches the program that reads the log.",
		Fix:        "Quote the value, or take line ends out of it, before it is logged; or let the formatter encode every value, as one for JSON does.",
		Expected:   "What a client sent is logged quoted, without line ends, or through a formatter that encodes it",
		Rollback:   "Log the value as it was; the log then holds what the client wrote, byte by byte",
		Absent:     "No log call was found in source code outside tests",
		References: []string{"CWE-117", "ASVS 16.4.1", "https://owasp.org/www-community/attacks/Log_Injection"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "client-text", Title: "A client's text is logged as it came", Severity: checks.Medium},
			{ID: "client-text-printed", Title: "A client's text is printed as it came, into what the service manager logs", Severity: checks.Low},
			{ID: "client-text-encoded", Title: "A client's text is logged by a formatter that encodes it", Severity: checks.Info, Precision: checks.PrecisionMedium},
		},
		Wants: wantsCode,
		File:  logInjectionFile,
	}
}

func logInjectionFile(p *checks.Pass, f *checks.File) error {
	r := followed(f)
	if r == nil {
		return nil
	}
	bad, secret := map[int]bool{}, map[int]bool{}
	for i := range r.Leaks { // what must not be logged at all needs no quoting
		if l := &r.Leaks[i]; l.Kind&(flow.Credential|flow.Whole) != 0 {
			secret[l.Arg.Start] = true
		}
	}
	for i := range r.Leaks {
		l := &r.Leaks[i]
		if l.Kind != flow.Input || l.Sink.To == flow.ToClient || secret[l.Arg.Start] {
			continue
		}
		bad[l.Sink.At] = true
		out := checks.Finding{
			Rule: "client-text", Subject: callSubject(f, l.Sink.At, l.Sink.End), Place: f.Place(l.Arg.Start, l.Arg.End), Attribute: l.Name,
			Expected: "a quoted value, or one without line ends", Actual: written(f, l) + " in " + l.Sink.Name + "(...)",
			Message: l.Name + origin(f, l) + " is what a client sent, and is logged as it came by " + l.Sink.Name,
			Fix:     neutralised(f, l),
		}
		switch {
		case l.Sink.JSON:
			out.Rule = "client-text-encoded"
			out.Message = l.Name + origin(f, l) + " is what a client sent; the formatter of " + l.Sink.Name + " has to encode it"
		case l.Sink.To == flow.ToStream:
			out.Rule = "client-text-printed"
		}
		p.Fail(out)
	}
	for _, s := range r.Sinks {
		if !bad[s.At] {
			p.OK(callSubject(f, s.At, s.End))
		}
	}
	return nil
}

// neutralisers are how each language writes a text that may hold line ends; % stands for the value.
var neutralisers = map[*source.Language]string{
	source.Python:     `log it by %r in place of %s, or write repr(%)`,
	source.JavaScript: `write JSON.stringify(%), or %.replace(/[\r\n]/g, "")`,
	source.Go:         `log it by %q in place of %s, or write strconv.Quote(%)`,
	source.Java:       `write %.replaceAll("[\\r\\n]", "_")`,
	source.Kotlin:     `write %.replace(Regex("[\\r\\n]"), "_")`,
	source.CSharp:     `write %.ReplaceLineEndings("_")`,
	source.Ruby:       `write %.inspect, or %.gsub(/[\r\n]/, "")`,
	source.PHP:        `write json_encode(%), or str_replace(["\r", "\n"], "", %)`,
}

// neutralised says what to write instead.
func neutralised(f *checks.File, l *flow.Leak) string {
	name := written(f, l)
	if strings.ContainsAny(name, "`\"' ") {
		name = l.Name
	}
	advice := neutralisers[codeLanguages[path.Ext(f.Path)]]
	var b strings.Builder
	for i := 0; i < len(advice); i++ {
		if advice[i] == '%' && (i+1 >= len(advice) || !strings.ContainsRune("rsq", rune(advice[i+1])) || strings.HasPrefix(advice[i:], "%.r")) {
			b.WriteString(name)
			continue
		}
		b.WriteByte(advice[i])
	}
	return "In " + l.Sink.Name + "(...): " + b.String() + "."
}
