package secrets

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

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
		},
		Wants:  hasBytes,
		File:   inFile,
		Stream: true,
		Part:   true,
	}
}

// assignsValues chooses the texts in which a name may be given a value that is in use.
func assignsValues(t *text, _ *inspection) bool { return !t.Ignored && configures(t) }

func credentialsIn(t *text, in *inspection, fail func(checks.Finding)) {
	if !assignsValues(t, in) {
		return
	}
	for _, n := range in.named {
		value := string(t.data[n.start:n.end])
		if t.owns(n.end) && n.credible(value) && !illustrates(t, n) && frameworkRule(t, n, value) == "" {
			fail(credentialFinding(t, n, value))
		}
	}
}

func credentialFinding(t *text, n credential, value string) checks.Finding {
	f := checks.Finding{
		Rule: "key", Place: t.place(n.start, n.end), Attribute: printable(n.name),
		Expected: "a value from outside the file", Actual: redact(value),
		Message:    printable(n.name) + " is given a literal value: everyone with a copy of the file has it",
		ContentKey: value,
	}
	if n.noun == password {
		f.Rule = "password"
	}
	if t.privateEnv() {
		f.Severity = checks.Low
		f.Message = printable(n.name) + " stands in an environment file outside git: whoever reads the disk has it"
	}
	return f
}

// credible reports whether the value is likely to be in use: not a stand-in, not a name or a path, and for keys
// and tokens machine-made.
func (n credential) credible(value string) bool {
	if len(value) < 8 || len(value) > 512 || strings.ContainsAny(value, " \t\r\n") || scan.Placeholder(value) || reference(value) {
		return false
	}
	if strings.Contains(value, `\`) || strings.EqualFold(value, n.name) || strings.EqualFold(scan.NormalName(value), n.normal) {
		return false
	}
	if n.name == "Authorization" {
		return true // judged where it was read
	}
	if n.noun == key {
		return !strings.ContainsAny(value, "[]()<>{}|^*,\"'`?;") && scan.Random(value)
	}
	return crediblePassword(value, n.config)
}

// crediblePassword accepts what a person or a generator would choose, and refuses words, identifiers and codes. In a
// configuration file a word with a number is a password; in code it is as often a label.
func crediblePassword(value string, config bool) bool {
	lower := plainWord(value)
	if slices.Contains(stockWords, lower) || slices.ContainsFunc(saidWords, func(w string) bool { return strings.Contains(lower, w) }) {
		return scan.Random(value)
	}
	s := scan.ShapeOf(value)
	if s.Lower+s.Upper == 0 {
		return false
	}
	if identifier(value) {
		return scan.Random(value)
	}
	return s.Digits+s.Others > 0 && (s.Changes >= 2 || config)
}

// saidWords make a value a label, a translation or a stand-in.
var saidWords = []string{"password", "passwd", "passwort", "motdepasse", "contrase", "senha", "wachtwoord", "test"}

// identifier reports words joined by separators, such as db.password_hash, --flag, a/b and iso-8859-1.
func identifier(value string) bool {
	s := scan.ShapeOf(value)
	if strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:#") != "" {
		return false
	}
	return s.Others > 0 || s.Digits == 0
}

// reference reports values that say where the credential is: a path, a URL, a name in a secret store; and sealed ones.
func reference(value string) bool {
	for _, prefix := range []string{"/", "./", "../", "~/", "$", "ENC[", "ENC(", "arn:", "vault:", "op://", "ssm:", "kms:", "env:", "file:", "secret:", "projects/", "!", "@", "&", "*", "#", "0x", "--", "^", "urn:", "data:", "sha256:", "sha1:", "AgA", "AgB", "AgC", "AgD", "pbkdf2", "{SSHA}", "$2"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	if strings.Contains(value, "://") || strings.HasSuffix(value, "()") {
		return true
	}
	for _, suffix := range []string{".pem", ".key", ".txt", ".json", ".yml", ".yaml", ".crt", ".html", ".php", ".js", ".py", ".go", ".xml", ".conf"} {
		if strings.HasSuffix(value, suffix) {
			return true
		}
	}
	return false
}
