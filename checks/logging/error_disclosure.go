package logging

import (
	"net/http"
	"strconv"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func errorDisclosure() *checks.Check {
	return &checks.Check{
		ID:    "logging/error-disclosure",
		Title: "Error answers show no stack trace or debug page",
		Why: "A stack trace tells an attacker the framework, its version, the paths and often the values of local " +
			"variables; a debug page shows the settings too, and some run code. Errors belong in the log, not in the answer.",
		Fix: "Turn debug mode off where the site runs (Django `DEBUG = False`, Flask without `--debug`, FastAPI without " +
			"`debug=True`, Express with NODE_ENV=production, PHP `display_errors = Off`) and answer errors with a page that says nothing.",
		Expected:   "A missing page, a malformed request and the audited pages are answered without internals.",
		Rollback:   "Turn debug mode on again on a machine that only developers reach.",
		Absent:     "No live site was audited",
		References: []string{"CWE-209", "CWE-489", "CWE-215", "ASVS 16.5.1", "OWASP A05:2021"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "werkzeug-debugger", Title: "The Werkzeug debugger answers", Precision: checks.PrecisionVeryHigh,
				Fix: "Turn Flask's debug mode off: the debugger runs Python code for whoever knows or guesses its PIN."},
			{ID: "django-debug-page", Title: "Django's debug page answers", Precision: checks.PrecisionVeryHigh, Fix: "Set DEBUG = False."},
			{ID: "starlette-debug-page", Title: "Starlette's debug page answers", Precision: checks.PrecisionVeryHigh,
				Fix: "Create the application without debug=True."},
			{ID: "rails-debug-page", Title: "Rails' debug page answers", Precision: checks.PrecisionVeryHigh,
				Fix: "Set config.consider_all_requests_local = false."},
			{ID: "php-debug-page", Title: "A PHP framework's debug page answers", Precision: checks.PrecisionVeryHigh,
				Fix: "Set APP_DEBUG=false (Laravel) or APP_ENV=prod (Symfony)."},
			{ID: "aspnet-debug-page", Title: "ASP.NET's developer page answers", Precision: checks.PrecisionVeryHigh,
				Fix: "Set customErrors mode=\"On\" (ASP.NET), or leave out UseDeveloperExceptionPage (ASP.NET Core)."},
			{ID: "php-error", Title: "A PHP error shows a path", Severity: checks.Medium},
			{ID: "python-traceback", Title: "A Python traceback is shown", Severity: checks.Medium},
			{ID: "node-stack", Title: "A JavaScript stack trace is shown", Severity: checks.Medium},
			{ID: "java-stack", Title: "A Java stack trace is shown", Severity: checks.Medium},
			{ID: "dotnet-stack", Title: "A .NET stack trace is shown", Severity: checks.Medium},
			{ID: "ruby-stack", Title: "A Ruby backtrace is shown", Severity: checks.Medium},
			{ID: "go-panic", Title: "A Go panic is shown", Severity: checks.Medium},
		},
		Site: disclosureOnSite,
	}
}

// disclosureOnSite looks at the audited pages, at a path that does not exist and at a malformed request.
func disclosureOnSite(p *checks.Pass) error {
	for _, path := range p.Site().Paths() {
		x, err := p.Site().Page(p.Context(), path)
		if err != nil {
			continue // the path that does not exist tells whether the site can be reached at all
		}
		if !reportDisclosure(p, "page "+path, x) && x.Doubt == nil {
			p.OK(checks.Subject{Kind: "answer", Name: "page " + path})
		}
	}
	if err := missingAnswer(p); err != nil {
		return err
	}
	return malformedAnswer(p)
}

// missingAnswer judges the answer for a path that does not exist. A wall in front of it hides the application's.
func missingAnswer(p *checks.Pass) error {
	const subject = "missing page"
	x, err := probe.Missing(p)
	if err != nil {
		return probe.Blind(p, err)
	}
	doubt := notTheApplication(x)
	switch {
	case reportDisclosure(p, subject, x):
	case doubt != nil:
		return probe.Blind(p, doubt)
	default:
		p.OK(checks.Subject{Kind: "answer", Name: subject})
	}
	return nil
}

// notTheApplication says why an error answer is not the application's own. A 500 may well be.
func notTheApplication(x *checks.Exchange) error {
	switch x.Status {
	case http.StatusInternalServerError:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &checks.Problem{Op: "judge the error answer of", Where: x.URL, Expected: "the application's own answer to a missing page",
			Actual: "status " + strconv.Itoa(x.Status), Retry: checks.RetrySafe}
	}
	if x.Doubt != nil {
		return x.Doubt
	}
	return nil
}

// malformedAnswer judges the answer for a path that is not UTF-8 with a body that is not JSON. Servers that drop
// such a request show nothing.
func malformedAnswer(p *checks.Pass) error {
	const subject = "malformed request"
	x, err := p.Site().Do(p.Context(), checks.Request{Path: probe.MissingPath(p.Site().URL()) + "/%c0%ae",
		Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"hardcheck":`})
	if p.Context().Err() != nil {
		return err
	}
	if err == nil && !reportDisclosure(p, subject, x) {
		p.OK(checks.Subject{Kind: "answer", Name: subject})
	}
	return nil
}

// reportDisclosure reports whether the answer shows internals.
func reportDisclosure(p *checks.Pass, subject string, x *checks.Exchange) bool {
	doc := readDocument(x)
	for _, d := range disclosures {
		if x.Status < 400 && !d.anyStatus {
			continue // a page about errors may quote one
		}
		shown := d.find(doc)
		if shown == "" {
			continue
		}
		p.Fail(checks.Finding{Rule: d.rule, Subject: checks.Subject{Kind: "answer", Name: subject}, Place: checks.Place{URL: x.URL},
			Attribute: subject, Expected: "an answer without internals", Actual: "status " + strconv.Itoa(x.Status) + ": " + shown,
			Message: "The answer to a " + subject + " shows " + d.what})
		return true
	}
	return false
}
