package secrets

import (
	"bytes"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/scan"
)

func frameworkKeys() *checks.Check {
	return &checks.Check{
		ID:         "secrets/framework-keys",
		Title:      "Signing keys of frameworks come from outside the code",
		Why:        "Whoever knows the key signs sessions, password resets and tokens as any user; with some serializers that runs code.",
		Fix:        "Generate a new key (50 random characters or more), and read it from the environment or a secret store, without a default.",
		Expected:   "SECRET_KEY, secret_key_base, APP_KEY and JWT secrets are not literals",
		Rollback:   "Sessions signed with the old key end; add it to the framework's list of old keys for one session lifetime if that hurts.",
		Absent:     "No signing key of a framework was found",
		References: []string{"CWE-321", "CWE-798", "https://docs.djangoproject.com/en/stable/ref/settings/#secret-key"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "django-secret-key", Title: "Django's SECRET_KEY is a literal", Severity: checks.High},
			{ID: "django-insecure", Title: "Django's SECRET_KEY is the one startproject generated", Severity: checks.High},
			{ID: "flask-secret-key", Title: "Flask's secret key is a literal", Severity: checks.High},
			{ID: "rails-secret-key-base", Title: "Rails' secret_key_base is a literal", Severity: checks.High},
			{ID: "laravel-app-key", Title: "Laravel's APP_KEY is a literal", Severity: checks.High},
			{ID: "jwt-secret", Title: "The secret that signs JSON Web Tokens is a literal", Severity: checks.High},
			{ID: "session-secret", Title: "The secret that signs sessions or cookies is a literal", Severity: checks.High},
			{ID: "guessable", Title: "A signing key is a word that anyone would try", Severity: checks.High},
		},
		Wants:  hasBytes,
		File:   inFile,
		Stream: true,
		Part:   true,
	}
}

// frameworkKey names the rule of a normalised name, or "".
func frameworkKey(normal string) string {
	last := normal
	switch {
	case strings.HasSuffix(last, "secretkeybase"):
		return "rails-secret-key-base"
	case last == "secretkey", last == "appsecretkey", last == "djangosecretkey", last == "selfsecretkey", last == "settingssecretkey":
		return "django-secret-key"
	case last == "flasksecretkey", last == "appconfigsecretkey":
		return "flask-secret-key"
	case last == "appkey":
		return "laravel-app-key"
	case strings.HasSuffix(last, "jwtsecret"), strings.HasSuffix(last, "jwtsecretkey"), strings.HasSuffix(last, "jwtkey"), strings.HasSuffix(last, "jwtsigningkey"):
		return "jwt-secret"
	case strings.HasSuffix(last, "sessionsecret"), strings.HasSuffix(last, "cookiesecret"), strings.HasSuffix(last, "securitypasswordsalt"), strings.HasSuffix(last, "csrfsecretkey"):
		return "session-secret"
	}
	return ""
}

func frameworkKeysIn(t *text, in *inspection, fail func(checks.Finding, span)) {
	if len(in.named) == 0 || !configures(t) {
		return
	}
	for _, n := range in.named {
		value := string(t.data[n.start:n.end])
		if rule := frameworkRule(t, n, value); rule != "" && t.owns(n.end) {
			fail(frameworkFinding(t, n, rule, value), n.span)
		}
	}
}

// configures reports whether the text is code or configuration in use, not a document, data or an example.
func configures(t *text) bool {
	return !t.binary && t.kind != machine && t.kind != prose && !t.example()
}

func namesFrameworkKey(t *text, in *inspection) bool { return in.framework && configures(t) }

// frameworkNames are the names by which frameworks know their signing keys: a file that sets or reads one was
// examined for it.
var frameworkNames = []string{"SECRET_KEY", "secret_key", "APP_KEY", "JWT_SECRET", "jwtSecret", "SESSION_SECRET", "COOKIE_SECRET"}

// frameworkRule judges the value of a framework's key; "" where it is none, or no fault.
func frameworkRule(t *text, n credential, value string) string {
	rule := frameworkKey(n.normal)
	if rule == "" && embeddedKey(t, n) {
		rule = "session-secret"
	}
	if rule == "" || illustrates(t, n) || inComment(t.data, n.start) || scan.Template(value) || reference(value, true) || len(value) < 3 {
		return ""
	}
	switch {
	case rule == "laravel-app-key" && !strings.HasPrefix(value, "base64:") && !scan.Random(value) && !guessable(value):
		return ""
	case rule == "django-secret-key":
		var ok bool
		if rule, ok = pythonRule(t, n); !ok {
			return ""
		}
	}
	if strings.HasPrefix(value, "django-insecure-") {
		rule = "django-insecure"
	} else if guessable(value) {
		rule = "guessable"
	} else if len(value) < 16 && !scan.Random(value) && identifier(value) && !n.fallback {
		return "" // a name, such as the key under which it is stored
	}
	if t.privateEnv() && rule != "guessable" {
		return "" // an environment file outside git is where such a key belongs
	}
	return rule
}

// embeddedKey knows keys by where they stand: Express' session({secret: ...}), and WordPress' AUTH_KEY in PHP.
func embeddedKey(t *text, n credential) bool {
	switch t.Ext() {
	case ".js", ".ts", ".mjs", ".cjs":
		const near = 160
		before := t.data[max(0, n.start-near):n.start]
		call := max(bytes.LastIndex(before, []byte("session(")), bytes.LastIndex(before, []byte("Session(")))
		return n.normal == "secret" && call >= 0 && bytes.IndexByte(before[call:], ')') < 0
	case ".php":
		return n.normal == "authkey" || n.normal == "secureauthkey"
	}
	return false
}

// contextual are names whose value is a framework's key in some places only.
var contextual = []string{"secret", "authkey", "secureauthkey"}

// privateEnv reports whether the file is an environment file that git does not track.
func (t *text) privateEnv() bool { return isDotenv(t.Name()) && !t.Tracked }

// pythonRule tells Django's SECRET_KEY from Flask's; other files' secret keys are somebody else's.
func pythonRule(t *text, n credential) (string, bool) {
	if t.Ext() != ".py" && !isDotenv(t.Name()) {
		return "", n.name == "SECRET_KEY"
	}
	if strings.HasPrefix(n.name, "app.") || pythonOf(t).flask {
		return "flask-secret-key", true
	}
	if isDotenv(t.Name()) || strings.HasPrefix(n.name, "DJANGO") {
		return "django-secret-key", true
	}
	return "django-secret-key", n.name == "SECRET_KEY" && djangoSettings(t)
}

// djangoSettings reports whether the Python file configures Django, by its name or by what else it sets.
func djangoSettings(t *text) bool {
	if strings.Contains(t.Path, "settings") || strings.Contains(t.Name(), "config") {
		return true
	}
	return pythonOf(t).django
}

// weakKeys are the values that tutorials use and attackers try first.
var weakKeys = []string{"secret", "secretkey", "secret-key", "secret_key", "mysecret", "supersecret", "super-secret", "super secret", "super secret key", "topsecret", "dev", "devkey",
	"development", "key", "test", "testing", "password", "changeme", "default", "keyboard cat", "shhh", "shhhhh", "s3cr3t", "jwt", "jwtsecret", "jwt-secret", "jwt_secret", "insecure",
	"very secret", "verysecret", "hard to guess string", "you-will-never-guess", "a-very-secret-key", "this-is-secret", "mykey", "my-key", "thisissecret", "notsecret", "not-secret", "not-so-secret", "put your unique phrase here"}

func guessable(value string) bool {
	if value == strings.ToUpper(value) && strings.Contains(value, "_") {
		return false // the name of a variable
	}
	lower := strings.ToLower(value)
	return slices.Contains(weakKeys, lower) || scan.Placeholder(value) || len(value) < 32 && strings.Contains(lower, "secret") && !scan.Random(value)
}

func frameworkFinding(t *text, n credential, rule, value string) checks.Finding {
	f := checks.Finding{
		Rule: rule, Place: t.place(n.start, n.end), Attribute: printable(n.name),
		Expected: "a key from the environment or a secret store", Actual: redact(value), ContentKey: value,
		Message: printable(n.name) + " is written into the file: everyone with a copy can sign as the application",
	}
	switch {
	case rule == "guessable":
		f.Message = printable(n.name) + " is a word that anyone would try: sessions and tokens can be forged"
	case rule == "django-insecure":
		f.Message = printable(n.name) + " is the key that startproject generated and marked as insecure"
	}
	if n.fallback {
		f.Message += "; it is used where the environment sets none"
	}
	return f
}
