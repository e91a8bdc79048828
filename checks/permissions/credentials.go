package permissions

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
)

func credentialFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/credential-files",
		Title: "Files that hold passwords are closed to other users",
		Why: "Programs keep passwords and tokens in files of well-known names. Where others may read them, any account on the machine, " +
			"also that of a hacked service, takes them and goes on to the database, the registry or the cloud.",
		Fix:        "chmod 600 PATH. Replace the credentials in it if other accounts could read them.",
		Expected:   "No credential file can be read or changed by others",
		Rollback:   "Give a service that can no longer read its file the file's group, not everyone",
		Absent:     "No credential file (.env, .netrc, .pgpass, .aws/credentials, etc/shadow, ...) was found on disk",
		References: []string{"CWE-732", "CWE-522", "CIS Debian 12 7.2.10", "ASVS 13.3.2"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "readable-by-others", Title: "Every user of the machine can read the credentials", Severity: checks.High},
			{ID: "writable-by-others", Title: "Every user of the machine can change the credentials", Severity: checks.High},
			{ID: "ssh-writable", Title: "Others can change what decides who may log in", Severity: checks.High},
		},
		NoSettings: true,

		Entry:   reachEntry,
		Wants:   func(e *checks.Entry) bool { return e.Mode.IsRegular() && credentialKind(e.Path) != nil },
		File:    credentialFile,
		Ignored: true,
		Tree:    judgeReach,
	}
}

// credential is a kind of file that holds secrets. The suffix is matched against whole path elements.
type credential struct {
	suffix   string
	what     string
	contains *regexp.Regexp // what makes it hold one; nil where its very existence does
	severity checks.Severity
}

var (
	yamlToken = regexp.MustCompile(`(?m)^\s*(- )?(token|password|client-key-data|oauth_token|secret)\s*:\s*\S`)
	shadowed  = regexp.MustCompile(`(?m)^[a-z_][^:\s]*:!?(\$[0-9a-zA-Z]+\$[^:\n]+|[./A-Za-z0-9]{13}):`)
	hashed    = regexp.MustCompile(`(?m)^[^:#\s]+:(\$|\{SHA\}|[./a-zA-Z0-9]{13}$)`)
	iniSecret = regexp.MustCompile(`(?mi)^\s*(password|passwd|secret|token|aws_secret_access_key)\s*[=:]\s*\S`)
	// dotenvSecret is a variable that is named as a secret is and has a value of six
	// characters or more, not all digits, or a URL with a password in it.
	dotenvSecret = regexp.MustCompile(`(?mi)^\s*(export\s+)?([A-Z0-9_]*(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)[A-Z0-9_]*\s*=\s*["']?([^\s"'#$<{]*[A-Z][^\s"'#$<{]{5,}|[^\s"'#$<{]{5,}[A-Z])|[A-Z0-9_]+\s*=\s*["']?[a-z][a-z0-9+.-]*://[^\s:/@]*:[^\s:/@$<{]+@)`)
)

var credentialFilesKnown = []credential{
	{".netrc", "passwords of servers", regexp.MustCompile(`\bpassword\s+\S`), 0},
	{"_netrc", "passwords of servers", regexp.MustCompile(`\bpassword\s+\S`), 0},
	{".pgpass", "PostgreSQL passwords", regexp.MustCompile(`(?m)^[^#\n]*:[^:\n]*:[^:\n]*:[^:\n]*:\S`), 0},
	{".my.cnf", "a MySQL password", iniSecret, 0},
	{".mylogin.cnf", "a MySQL password", nil, 0},
	{"etc/mysql/debian.cnf", "a MySQL password", iniSecret, 0},
	{".aws/credentials", "AWS access keys", iniSecret, 0},
	{".docker/config.json", "registry passwords", regexp.MustCompile(`"(auth|identitytoken|password)"\s*:\s*"[^"]{4,}`), 0},
	{".dockercfg", "registry passwords", regexp.MustCompile(`"auth"\s*:\s*"[^"]{4,}`), 0},
	{"containers/auth.json", "registry passwords", regexp.MustCompile(`"auth"\s*:\s*"[^"]{4,}`), 0},
	{".kube/config", "a Kubernetes login", yamlToken, 0},
	{"etc/kubernetes/admin.conf", "the cluster administrator's login", yamlToken, 0},
	{"etc/rancher/k3s/k3s.yaml", "the cluster administrator's login", yamlToken, 0},
	{".npmrc", "a registry token", regexp.MustCompile(`(?m)^[^#;\n]*(_authToken|_auth|_password)\s*=\s*[^\s$]`), 0},
	{".yarnrc.yml", "a registry token", regexp.MustCompile(`(?m)npmAuth(Token|Ident)\s*:\s*["']?[^\s"'$]`), 0},
	{".pypirc", "a registry password", iniSecret, 0},
	{".gem/credentials", "a registry key", nil, 0},
	{".cargo/credentials", "a registry token", iniSecret, 0},
	{".cargo/credentials.toml", "a registry token", iniSecret, 0},
	{".composer/auth.json", "registry passwords", nil, 0},
	{".git-credentials", "git passwords", regexp.MustCompile(`://[^\s:/@]+:[^\s@]+@`), 0},
	{".config/git/credentials", "git passwords", regexp.MustCompile(`://[^\s:/@]+:[^\s@]+@`), 0},
	{".config/gh/hosts.yml", "a GitHub token", yamlToken, 0},
	{".config/gcloud/credentials.db", "Google Cloud logins", nil, 0},
	{".config/gcloud/application_default_credentials.json", "a Google Cloud login", nil, 0},
	{".azure/msal_token_cache.json", "Azure tokens", nil, 0},
	{".vault-token", "a Vault token", nil, 0},
	{".terraform.d/credentials.tfrc.json", "a Terraform token", nil, 0},
	{".s3cfg", "S3 keys", regexp.MustCompile(`(?m)^secret_key\s*=\s*\S`), 0},
	{".boto", "cloud keys", regexp.MustCompile(`(?m)^\w*secret\w*\s*=\s*\S`), 0},
	{".htpasswd", "password hashes", hashed, checks.Medium},
	{"htpasswd", "password hashes", hashed, checks.Medium},
	{".ssh/authorized_keys", "the keys that may log in", nil, 0},
	{".ssh/config", "the user's SSH settings", nil, 0},
	{"etc/shadow", "password hashes", nil, 0},
	{"etc/shadow-", "password hashes", nil, 0},
	{"etc/gshadow", "group password hashes", nil, 0},
	{"etc/gshadow-", "group password hashes", nil, 0},
	{"shadow", "password hashes", shadowed, 0}, // of a tree that begins below etc
	{"gshadow", "group password hashes", shadowed, 0},
	{"etc/security/opasswd", "old password hashes", nil, 0},
	{"etc/krb5.keytab", "the machine's Kerberos key", nil, 0},
	{".rhosts", "who may log in without a password", nil, 0},
}

// dotenvFile is a service's file of variables; samples without secrets are public.
var dotenvFile = credential{what: "secrets of the service", contains: dotenvSecret, severity: checks.Medium}

var dotenvSamples = set(".example .sample .template .dist .defaults .tpl .md .j2 .tmpl .schema .vault .enc .encrypted .age .gpg")

// shadowCopy is a copy that somebody made of the password file.
var shadowCopy = regexp.MustCompile(`^g?shadow([~_-]|[.~_-](bak|old|orig|save|backup|copy|\d+))$`)

// credentialsByName are they by the last element of their paths: it is asked for every file of a machine.
var credentialsByName = func() map[string][]*credential {
	out := map[string][]*credential{}
	for i := range credentialFilesKnown {
		c := &credentialFilesKnown[i]
		out[path.Base(c.suffix)] = append(out[path.Base(c.suffix)], c)
	}
	return out
}()

func credentialKind(name string) *credential {
	base := path.Base(name)
	for _, c := range credentialsByName[base] {
		if before, ok := strings.CutSuffix(name, c.suffix); ok && (before == "" || before[len(before)-1] == '/') {
			return c
		}
	}
	if base == ".env" || strings.HasPrefix(base, ".env.") && !dotenvSamples[path.Ext(base)] {
		return &dotenvFile
	}
	if strings.Contains(base, "shadow") && shadowCopy.MatchString(base) {
		return &credential{what: "password hashes", contains: shadowed}
	}
	return nil
}

func credentialFile(p *checks.Pass, f *checks.File) error {
	if !onDisk(p, f.Entry) {
		return nil
	}
	kind := credentialKind(f.Path)
	if f.Tracked {
		return nil // the secrets chapter judges what git tracks; a checkout's mode is only the umask's
	}
	if kind.contains != nil && !kind.contains.MatchString(f.Text()) {
		return nil
	}
	finding := checks.Finding{
		Fix:     fmt.Sprintf("chmod 600 %[1]s (back: chmod %[2]s %[1]s), and replace the credentials if others could read them", shellName(f.Path), octal(f.Entry)),
		Subject: checks.Subject{Kind: "credential file", Name: f.Path}, Place: checks.Place{Path: f.Path}, Attribute: path.Base(f.Path),
		Expected: "mode 0600 or 0640", Actual: modeText(f.Entry), Severity: kind.severity,
	}
	perm := f.Mode.Perm()
	public := strings.Contains(f.Path, ".ssh/") || path.Base(f.Path) == ".rhosts" // its content is no secret, who may change it matters
	switch {
	case public && perm&0o022 != 0:
		finding.Rule, finding.Expected = "ssh-writable", "write permission for the owner only"
		finding.Fix = fmt.Sprintf("chmod go-w %[1]s (back: chmod %[2]s %[1]s)", shellName(f.Path), octal(f.Entry))
		finding.Message = "Others can change " + kind.what + ", and so become this user"
	case perm&0o004 != 0 && !public:
		finding.Rule, finding.Message = "readable-by-others", "Every user of the machine can read this file, which holds "+kind.what
	case perm&0o002 != 0:
		finding.Rule, finding.Message = "writable-by-others", "Every user of the machine can change this file, which holds "+kind.what
	default:
		p.OK(finding.Subject)
		return nil
	}
	if testPath(f.Path) {
		finding.Severity = checks.Low
	}
	p.Keep(f.Path, suspect(finding))
	return nil
}
