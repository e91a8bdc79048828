package secrets

import "hardcheck/checks"

func genericCredentials() *checks.Check {
	return &checks.Check{
		ID:         "secrets/generic-credentials",
		Title:      "No password, key or token is written into a file",
		Why:        "A credential in a file is known to everyone who ever had a copy of the tree, and cannot be changed without a release.",
		Fix:        "Change the credential, and read it from a secret store or the environment.",
		Expected:   "No name of a credential is given a literal value",
		Rollback:   "Put the new credential back into the secret store, not into the file.",
		Absent:     "No source or configuration file was found",
		References: []string{"CWE-798", "CWE-259", "ASVS 13.3.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "password", Title: "A password is written into the file", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "key", Title: "A key or token is written into the file", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "password-hash", Title: "A password's hash is written into the file", Severity: checks.Medium, Precision: checks.PrecisionMedium,
				Fix: "Change the password, and keep the hash where only the service reads it."},
			{ID: "key-store", Title: "A store of keys or passwords lies in the tree", Severity: checks.Medium, Precision: checks.PrecisionLow,
				Fix: "Move the store out of the tree, and change what it holds if its own password is weak."},
		},
		Wants:  hasBytes,
		File:   inFile,
		Stream: true,
		Part:   true,
	}
}

// assignsValues chooses the texts in which a name may be given a value that is in use.
func assignsValues(t *text, _ *inspection) bool { return !t.Ignored && configures(t) }

func credentialsIn(t *text, in *inspection, fail func(checks.Finding, span)) {
	if t.Ignored {
		return // a file that git ignores is where a credential may stand
	}
	read := structured(t, in)
	for _, c := range in.named {
		if within(read, c.span) || !t.owns(c.end) || configures(t) && frameworkRule(t, c, string(t.data[c.start:c.end])) != "" {
			continue
		}
		if precision, ok := confidence(t, c); ok {
			fail(credentialFinding(t, c, precision), c.span)
		}
	}
	for _, f := range read {
		if t.owns(f.End) {
			fail(f.finding(t), span{f.Start, f.End})
		}
	}
}

func credentialFinding(t *text, c credential, precision checks.Precision) checks.Finding {
	value := string(t.data[c.start:c.end])
	f := checks.Finding{
		Rule: "key", Place: t.place(c.start, c.end), Attribute: printable(c.name), Precision: precision,
		Expected: "a value from outside the file", Actual: redact(value),
		Message:    printable(c.name) + " is given a literal value: everyone with a copy of the file has it",
		ContentKey: value,
	}
	if c.class == passwordName {
		f.Rule = "password"
	}
	if precision == checks.PrecisionLow {
		f.Message = printable(c.name) + " is given what may be a credential: everyone with a copy of the file has it"
	}
	if t.privateEnv() {
		f.Severity = checks.Low
		f.Message = printable(c.name) + " stands in an environment file outside git: whoever reads the disk has it"
	}
	return f
}
