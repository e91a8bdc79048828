package secrets

import (
	"bytes"

	"hardcheck/checks"
)

func privateKeys() *checks.Check {
	return &checks.Check{
		ID:         "secrets/private-keys",
		Title:      "No private key stands in a readable file or page",
		Why:        "Whoever reads a private key is the server, the user or the signer that it belongs to, until the key is replaced everywhere.",
		Fix:        "Replace the key and its certificate, remove the file from the tree and its history, and mount the new key from a secret store.",
		Expected:   "No file and no response holds a private key",
		Rollback:   "Nothing to roll back: a key that was readable is replaced, never restored.",
		Absent:     "No file with readable bytes was found",
		References: []string{"CWE-321", "CWE-540", "RFC 7468"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "pem-private-key", Title: "A private key in PEM form is readable", Severity: checks.Critical},
			{ID: "openssh-private-key", Title: "An OpenSSH private key is readable", Severity: checks.Critical},
			{ID: "pgp-private-key", Title: "An OpenPGP private key is readable", Severity: checks.Critical},
			{ID: "putty-private-key", Title: "A PuTTY private key is readable", Severity: checks.Critical},
			{ID: "service-account-key", Title: "The key of a Google service account is readable", Severity: checks.Critical,
				Fix: "Delete the key in IAM, check the account's audit log, and use workload identity instead of a key file."},
			{ID: "encrypted-private-key", Title: "A private key is readable, locked with a passphrase", Severity: checks.Medium,
				Fix: "Keep the key out of the tree: a passphrase can be guessed without limit once the file is read."},
		},
		Wants:  hasBytes,
		File:   keyFile,
		Stream: true,
		Part:   true,
		Tree:   keyTree,
		Site: func(p *checks.Pass) error {
			return eachResponse(p, func(r response) bool { return keysInResponse(p, r) })
		},
	}
}

// keysIn looks into binary files too: a key inside an image or a program is as readable as in a text.
func keysIn(t *text, in *inspection, fail func(checks.Finding, span)) {
	for _, k := range in.keys {
		if !t.owns(k.end) {
			continue
		}
		finding := keyFinding(k)
		finding.Place = t.place(k.start, bodyEnd(t.data, k))
		if hidden(t.Entry) {
			finding.Severity = checks.Low
			finding.Message += " (outside git, and others cannot read it)"
		}
		if t.binary {
			finding.Severity, finding.Precision = checks.Low, checks.PrecisionMedium
			finding.Message += " (inside a binary file)"
		}
		if t.example() {
			finding.Severity = checks.Low
			finding.Message += " (in a test, an example or documentation)"
		}
		fail(finding, k.span)
	}
}

// bodyEnd is where a key's body ends, as far as that can be seen: a change of it changes the key.
func bodyEnd(data []byte, k keyBlock) int {
	after := data[k.end:min(len(data), k.end+keyProbe)]
	if i := bytes.Index(after, []byte("-----END")); i >= 0 {
		return k.end + i
	}
	return k.end
}

// hidden reports whether the file's mode is known to keep others out, and git has no copy of it.
func hidden(e *checks.Entry) bool {
	return e.From == checks.ModeDisk && !e.Tracked && e.Mode.Perm()&0o007 == 0
}

func keysInResponse(p *checks.Pass, r response) bool {
	found := discoverIn(p, r).found[p.Check.ID]
	for _, finding := range found {
		finding.Subject = r.subject
		p.Fail(finding)
	}
	return len(found) == 0
}

var keyNames = map[string]string{
	"pem-private-key": "A private key", "openssh-private-key": "An OpenSSH private key", "pgp-private-key": "An OpenPGP private key",
	"putty-private-key": "A PuTTY private key", "service-account-key": "The key of a Google service account",
}

func keyFinding(k keyBlock) checks.Finding {
	f := checks.Finding{
		Rule:       k.rule,
		Expected:   "no private key",
		Actual:     "a private key without a passphrase",
		Message:    keyNames[k.rule] + " that no passphrase locks: whoever reads it has the identity it proves",
		ContentKey: k.body,
	}
	if k.public.kind != "" {
		f.Actual += " (" + k.public.kind + ")"
	}
	if !k.parsed && !k.encrypted {
		f.Precision = checks.PrecisionLow
		f.Message = keyNames[k.rule] + " whose bytes do not read as one: cut short, or made up"
	}
	if k.encrypted {
		f.Rule = "encrypted-private-key"
		f.Actual = "a private key locked with a passphrase"
		f.Message = keyNames[k.rule] + " locked with a passphrase, which whoever reads the file can guess without limit"
	}
	return f
}
