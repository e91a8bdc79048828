package permissions

import "hardcheck/checks"

func keyFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/key-files",
		Title: "Private key files are closed to other users",
		Why: "Who reads a private key is the server, the user or the signer that it stands for, from then on and unseen. A key file " +
			"that any account may read, or that a repository carries, is read by the first intruder.",
		Fix:        "chmod 600 PATH, or 640 with a group of the services that need it. Replace a key that others could read.",
		Expected:   "No private key file can be read or changed by others, and git tracks none",
		Rollback:   "Give a service that can no longer read its key the file's group, not everyone",
		Absent:     "No file that is a private key by its bytes was found",
		References: []string{"CWE-732", "CWE-522", "CIS Debian 12 5.1.2"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "readable-by-others", Title: "Every user of the machine can read the private key", Severity: checks.High},
			{ID: "writable-by-others", Title: "Every user of the machine can replace the private key", Severity: checks.High},
			{ID: "tracked", Title: "git tracks the private key, and cannot store a closed mode for it", Severity: checks.High,
				Fix: "Take the file out of the repository, replace the key, and put the new one in place at deployment with mode 0600."},
		},
		Entry:   reachEntry,
		Wants:   func(e *checks.Entry) bool { return e.Mode.IsRegular() && e.Size >= 64 && e.Size <= maxKeyFile },
		File:    keyFile,
		Ignored: true,
		Tree:    judgeReach,
	}
}

// maxKeyFile is more than any key file or key store is long.
const maxKeyFile = 1 << 20

func keyFile(p *checks.Pass, f *checks.File) error {
	kind, locked := keyKind(f.Path, f.Data)
	if kind == "" {
		return nil
	}
	finding := checks.Finding{
		Subject: checks.Subject{Kind: "key file", Name: f.Path}, Place: checks.Place{Path: f.Path, Line: 1}, Attribute: kind,
		Severity: keySeverity(f.Path, locked), Actual: modeText(f.Entry),
	}
	what := "private key (" + kind + ")"
	if locked {
		what = "pass-phrase-protected " + what
	}
	perm := f.Mode.Perm()
	switch {
	case f.Tracked:
		finding.Rule, finding.Expected = "tracked", "no private key in the repository"
		finding.Message = "git tracks this " + what + ": every clone has it, readable by others because git stores no such mode bits"
		finding.Actual = "tracked by git"
		p.Fail(finding)
	case perm&0o004 != 0:
		finding.Rule, finding.Expected = "readable-by-others", "mode 0600 or 0640"
		finding.Message = "Every user of the machine can read this " + what
		p.Keep(f.Path, suspect(finding))
	case perm&0o002 != 0:
		finding.Rule, finding.Expected = "writable-by-others", "mode 0600 or 0640"
		finding.Message = "Every user of the machine can replace this " + what
		p.Keep(f.Path, suspect(finding))
	default:
		p.OK(finding.Subject)
	}
	return nil
}

// keySeverity is lower for keys that need a pass phrase, and low for those of tests and examples, which are public.
func keySeverity(name string, locked bool) checks.Severity {
	switch {
	case testPath(name):
		return checks.Low
	case locked:
		return checks.Medium
	}
	return checks.High
}
