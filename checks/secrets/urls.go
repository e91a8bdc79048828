package secrets

import "hardcheck/checks"

func urlCredentials() *checks.Check {
	return &checks.Check{
		ID:         "secrets/url-credentials",
		Title:      "No URL carries a user and a password",
		Why:        "A password inside a URL is copied into logs, process lists, referrers and error reports, and opens the database or registry it points to.",
		Fix:        "Change the password, keep the URL without it, and pass user and password from a secret store or the environment.",
		Expected:   "No scheme://user:password@host with a real password",
		Rollback:   "Put the URL with the new password back into the secret store, not into the file.",
		Absent:     "No text was found",
		References: []string{"CWE-798", "CWE-522", "RFC 3986 section 3.2.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "url-password", Title: "A URL carries a password", Severity: checks.High},
		},
		Wants:  hasBytes,
		File:   inFile,
		Stream: true,
		Part:   true,
	}
}

func urlsIn(t *text, in *inspection, fail func(checks.Finding, span)) {
	if t.binary || len(in.urls) == 0 {
		return
	}
	shown := !configures(t) // as documentation and tests show URLs
	for _, u := range in.urls {
		if !t.owns(u.end) {
			continue
		}
		password := string(t.data[u.start:u.end])
		if shown && classify(password, "", true) < rareValue {
			continue
		}
		finding := checks.Finding{
			Rule: "url-password", Place: t.place(u.start, u.end),
			Attribute:  printable(u.scheme + "://" + u.host),
			Expected:   "a URL without a password",
			Actual:     redact(password),
			Message:    "The URL of " + printable(u.host) + " carries a password: whoever reads it signs in there",
			ContentKey: password,
		}
		if shown || u.doubtful || illustratesURL(t, u) {
			finding.Precision = checks.PrecisionLow
			finding.Message = "The URL of " + printable(u.host) + " carries what may be a password in use"
		}
		if t.Ignored {
			finding.Severity = checks.Medium
		}
		fail(finding, u.span)
	}
}

// illustratesURL reports whether the URL stands in a comment or a documentation string.
func illustratesURL(t *text, u urlCredential) bool { return illustrates(t, credential{span: u.span}) }
