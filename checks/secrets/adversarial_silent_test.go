package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// TestLookAlikesStaySilent writes what only resembles a secret. Nothing of it may gate: no finding, or one of low
// precision.
func TestLookAlikesStaySilent(t *testing.T) {
	real := token(20000)
	wrong := real[:len(real)-1] + string('a'+(real[len(real)-1]+1)%26)
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	files := map[string]string{
		"checksum.txt":          "token " + wrong + "\n",
		"inside-a-word.txt":     "x" + real + "\n",
		"longer.txt":            real + "abcdef\n",
		"shorter.txt":           real[:30] + "\n",
		"example-key.txt":       "AKIA" + "IOSFODNN7EXAMPLE\n",
		"example-pair.ini":      "aws_secret_access_key = wJalrX" + "UtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
		"variable.sh":           "export DB_PASSWORD=\"$PASSWORD\"\nTOKEN=${TOKEN:?}\n",
		"template.yaml":         "password: {{ .Values.password }}\nsecret: {{ secret }}\n",
		"angle.ini":             "password = <your password>\n",
		"env.py":                "password = os.environ['DB_PASSWORD']\ntoken = settings.TOKEN\n",
		"call.js":               "const password = getPassword(user);\nlet token = await fetchToken();\n",
		"stars.ini":             "password = ********\n",
		"same.ini":              "password = password\n",
		"changeme.ini":          "api_key = your-api-key-here\n",
		"null.yaml":             "password: null\ntoken: ~\nsecret: \"\"\n",
		"path.yaml":             "password_file: /run/secrets/db_password\ntoken_path: /var/run/token\n",
		"type.ts":               "interface A { password: string; token?: string }\n",
		"label.html":            "<label>Password</label><input type=\"password\" name=\"password\" placeholder=\"Your password\">\n",
		"prose.md":              "The password: it must have ten characters. The token = what the server gives.\n",
		"po.po":                 "msgid \"Password\"\nmsgstr \"Passwort\"\n",
		"hash.lock":             "integrity sha512-" + strings.Repeat("Ab3d", 21) + "+A==\n",
		"go.sum":                "golang.org/x/net v0.1.0 h1:" + std(strings.Repeat("q7Zx0VbN", 4)) + "\n",
		"uuid.json":             `{"request": "0c9f8b1e-52d4-4c0d-9d3a-2f6f8a1b7c55", "keyId": "0c9f8b1e-52d4-4c0d-9d3a-2f6f8a1b7c55"}` + "\n",
		"public.pem":            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA\n6SFs38GecTyudlHz6xvCdz8qkNMu1hcD3q0n0K3oWQ==\n-----END PUBLIC KEY-----\n",
		"header-only.go":        "const begin = \"-----BEGIN PRIVATE " + "KEY-----\"\nconst end = \"-----END PRIVATE " + "KEY-----\"\n",
		"anchor.txt":            "It begins with -----BEGIN RSA PRIVATE " + "KEY----- and then ...\n",
		"url-no-password.txt":   "https://shop.example/a@b postgres://db.shop.example/shop ssh://git@shop.example/a\n",
		"url-variable.yaml":     "url: postgres://shop:${DB_PASSWORD}@db/shop\nb: redis://:%s@cache\nc: https://user:<password>@shop.example\n",
		"port.txt":              "http://[::1]:8080/ http://shop.example:8080/path@2x.png\n",
		"css.css":               "a{background:url(data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7)}\n",
		"jwt.md":                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ" + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c\n",
		"hex.txt":               "commit " + hex.EncodeToString([]byte(strings.Repeat("q7Zx0", 4))) + "\nsha1: da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
		"alphabet.go":           "const letters = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\"\n",
		"zeros.txt":             "ghp_" + strings.Repeat("0", 36) + " AKIA" + strings.Repeat("A", 16) + " sk_live_" + strings.Repeat("x", 24) + "\n",
		"ellipsis.md":           "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk_live_... AKIA...\n",
		"base64.txt":            "x: " + std(strings.Repeat("Lorem ipsum dolor sit amet. ", 20)) + "\n",
		"base64-picture.txt":    "x: " + std(pngOf(packed{"IDAT", strings.Repeat("\x01\x92\xf3", 50)})) + "\n",
		"percent.txt":           "https://shop.example/?q=%70%61%73%73%77%6f%72%64%3dpassword\n",
		"reset.html":            "<a href=\"/password/reset?token=\">Reset password</a>\n",
		"error.go":              "return errors.New(\"password: too short\")\nreturn fmt.Errorf(\"token=%s\", t)\n",
		"regexp.py":             "re.compile(r'ghp_[A-Za-z0-9]{36}')\nre.compile('AKIA[0-9A-Z]{16}')\n",
		"placeholders.env.dist": "APP_KEY=\nDB_PASSWORD=secret\nTOKEN=changeme\n",
	}
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, _ := auditTree(t, dir, target.TreeOptions{})
	low := 0
	for check, list := range found {
		for _, f := range list {
			if precisionOf(check, f) == checks.PrecisionLow {
				low++
				continue
			}
			t.Errorf("%s %s at %s: %s", check, f.Rule, f.Place, f.Message)
		}
	}
	t.Logf("%d files, %d findings of low precision", len(files), low)
}

// precisionOf is the precision that a report gives the finding: its own, else its rule's.
func precisionOf(check string, f checks.Finding) checks.Precision {
	if f.Precision != checks.PrecisionHigh {
		return f.Precision
	}
	for _, c := range Checks() {
		if c.ID == check {
			return c.Rule(f.Rule).Precision
		}
	}
	return f.Precision
}
