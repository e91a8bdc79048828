package secrets

import (
	"encoding/base64"
	"strings"
	"testing"

	"hardcheck/checks"
)

// tierOf is the precision of the only credential in the file's text: "" for none.
func tierOf(t *testing.T, path, data string) string {
	t.Helper()
	f := &checks.File{Entry: &checks.Entry{Path: path, Size: int64(len(data))}, Data: []byte(data), Line: 1, Whole: true}
	own := ownText(f)
	var tiers []string
	credentialsIn(own, inspect(own.data, own.kind), func(f checks.Finding, _ span) { tiers = append(tiers, f.Precision.String()) })
	if len(tiers) > 1 {
		t.Errorf("%s: %q gives %d findings", path, data, len(tiers))
	}
	return strings.Join(tiers, " ")
}

func TestConfidence(t *testing.T) {
	const random = "9f8a7c6d5e4b" + "3a29f8d1c0e7"
	for _, c := range []struct{ path, text, tier string }{
		// The name and the value together.
		{"app.py", `password = "` + random + `"`, "high"},
		{"app.py", `password = "Tr0ub4` + `dor&3x"`, "high"},
		{"app.py", `password = "winter2019"`, "low"},
		{"app.py", `password = "xkqwzjvf"`, "low"},
		{"app.py", `password = "letmein"`, ""},
		{"app.py", `password = "Please enter your password"`, ""},
		{"app.py", `password = "sum9 kvx4 wuq7"`, "low"},
		{"app.py", `api_token = "` + random + `"`, "high"},
		{"app.py", `api_token = "winter2019"`, ""},
		{"app.py", `api_key = "1c7a` + `9b52-35ee-438e-b3da-0b813f4ab9f1"`, "medium"},
		{"api.yaml", `SecretID: "fq3jvhwnb27zds` + `41k6wn93lr8"`, "low"},
		{"api.yaml", `SecretID: "1c7a` + `9b52-35ee-438e-b3da-0b813f4ab9f1"`, "high"},
		{"shop.js", `debug("mpu: init","key:",e);const i=new A;` + strings.Repeat("var h4=q7.kQ(z9,X2);", 12) + `debug("mpu: read")`, ""},
		{"shop.js", `api_key = "` + strings.Repeat("b(x9;Q);v", 5) + `q7Zx0VbN2mKf"`, "high"},
		{"shop.js", `{"uid":"shop-2014","auth":["aws.auth#sigv4"]}`, ""},
		{"settings.yml", `auth: aws.auth#k9Xv2qZ7`, "low"},
		{"app.py", `object_id = "1c7a9b52-35ee-438e-b3da-0b813f4ab9f1"`, ""},
		{"app.py", `session_salt = "q7Zx0VbN` + `2mKf8RtY4LpW"`, "low"},
		{"app.py", `cache_key = "q7Zx0VbN` + `2mKf8RtY4LpW"`, ""},
		{"app.py", `password_hash_size = "q7Zx0VbN` + `2mKf8RtY4LpW"`, ""},
		// The file.
		{"settings.yml", `password: winter2019`, "medium"},
		{"settings.yml", `password: xkqwzjvf`, "medium"},
		{"db.ini", `password = aB3(x]9|z`, "high"},
		{"db.ini", `password = read(file)`, ""},
		{"config.json", `{"password": "winter2019"}`, "medium"},
		{"locales/de.json", `{"password": "winter2019"}`, ""},
		{"tests/app_test.py", `password = "` + random + `"`, "low"},
		{"tests/app_test.py", `password = "winter2019"`, ""},
		{"README.md", `password = "` + random + `"`, "low"},
		{"README.md", `password = "winter2019"`, ""},
		{"README.md", `password = "xkqwzjvf"`, "low"},
		{"tests/app_test.py", `nonce = "` + random + `"`, ""},
		{"trace.log", `password="` + random + `"`, "low"},
		{"notes", `password = ` + random, "medium"},
		{".env", `DB_PASSWORD=horse`, "medium"},
		{"wp-config.php", `define('DB_PASSWORD', 'horse');`, "low"},
		{"notes", `see also password: ` + random, "low"},
		{"notes.txt", `password: ` + random, "low"},
		{"notes", `the password = secret of a sentence`, ""},
		{"app.yml.j2", `password: winter2019`, "medium"},
		{"app.yml.example", `password: ` + random, "low"},
		{"a.ipynb", `"source": ["password = \"winter2019\"\n"]`, "low"},
		{"tests/app_test.py", `jwt_secret = "` + random + `"`, "low"},
		{"client.py", `headers = {"Authorization": "Basic kT9zQx2VbN7m` + `Kf8RtY4LpWcD6s"}`, "low"},
		{"client.py", `headers = {"Authorization": "Basic authentication"}`, ""},
		// What no context hides, and what it does: the name of a provider, or of several words, with a key's form.
		{"notes.txt", "mailgun_token = " + random, "low"},
		{"samples/notes.txt", "mailgun_token = " + random, "low"},
		{"samples/notes.txt", "widget_token = " + random, ""},
		{"samples/notes.txt", "token = " + random, ""},
		{"samples/notes.txt", "mailgun_token = winter2019", ""},
		{"app.py", "deploy_token: " + random, "low"},
		{"app.py", "token: " + random, ""},
		{"app.py", "deploy_token = getDeployTokenFromVault()", ""},
		// In none of the provider's formats.
		{"app.py", `gitea_token = "` + random + `"`, "low"},
		{"app.py", `widget_token = "` + random + `"`, "high"},
		{"app.py", `gitea_webhook_secret = "` + random + `"`, "high"},
		{"app.py", `shop_token = "sk_` + `live_9f8a7c"`, "low"},
		{"app.py", `shop_token = "glpat-` + `9f8a7c6d5e4b3a29f8d1c0"`, "low"},
		// Made up, counted up, of digits alone.
		{"app.py", `shop_token = "1234` + `5678-abcd-abcd-abcd-1234567890ab"`, "low"},
		{"app.py", `shop_token = "<12345678-abcd-abcd-abcd-1234567890ab>"`, ""},
		{"app.py", `shop_token = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"`, ""},
		{"app.py", `shop_token = "your-token-12345678-abcd-abcd"`, ""},
		{"app.py", `shop_token = "abababababababababababababab"`, ""},
		{"app.py", `shop_token = "3318470962573` + `5190846372915"`, "low"},
		{"app.py", `shop_token = "1700000000000000000000000000"`, ""},
		{"app.py", `shop_token = "33184709"`, ""},
		// Escaped in its syntax, and what escapes too.
		{"client.js", `shop_token = "9f8a7c6d5e4b\/` + `3a29f8d1c0e7Kq"`, "high"},
		{"app.py", `shop_token = "C:\Users\Ada7\AppData2\9f8a"`, ""},
		{"app.py", `shop_token = "[a-f0-9]\d+\w{12}"`, ""},
		// Header fields that a program is given.
		{"notes.txt", `curl -H "X-Shop-ApiKey: 1c7a` + `9b52-35ee-438e-b3da-0b813f4ab9f1" https://shop.de`, "low"},
		{"tests/vectors.json", `{"nonce": "` + random + `"}`, ""},
		// NuGet's own name for it, whatever it looks like.
		{"nuget.config", `<add key="ClearTextPassword" value="TestSourcePassword" />`, "medium"},
		{"lib/feeds.xml", `<add key="Password" value="TestSourcePassword" />`, ""},
		{"nuget.config", `<add key="ClearTextPassword" value="%NUGET_PASSWORD%" />`, ""},
		{"nuget.config", `<add key="ClearTextPassword" value="your-password" />`, ""},
		{"nuget.config", `<add key="ClearTextPassword" value="abc" />`, ""},
		// Of which only the beginning is shown.
		{"app.yml", "shop_token: " + random + "...", ""},
		{"app.yml", "shop_token: " + random + ".", "high"},
		// The report of a test.
		{"summary", "PASS: tools/copy4-main", ""},
		// The place.
		{"app.py", `# password = "` + random + `"`, "low"},
		{"app.py", `if password == "` + random + `":`, "low"},
		{"app.py", `password_mysql = "` + random + `"`, "low"},
		{"app.go", `password := ` + random, ""},
	} {
		if got := tierOf(t, c.path, c.text); got != c.tier {
			t.Errorf("%s: %q is %q, expected %q", c.path, c.text, got, c.tier)
		}
	}
}

// TestManifests reads Secrets of Kubernetes wherever they are written.
func TestManifests(t *testing.T) {
	login := base64.StdEncoding.EncodeToString([]byte(`{"auths":{"https://example/v1/":{"auth":"opensesame"}}}`))
	standIn := base64.StdEncoding.EncodeToString([]byte("example"))
	manifest := func(kind, value string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: pull\ndata:\n  .dockercfg: |\n    " + value + "\n"
	}
	for _, c := range []struct{ path, text, tier string }{
		{"pull.yaml", manifest("Secret", login), "medium"},
		{"deploy.conf", manifest("Secret", login), "medium"},
		{"notes.txt", manifest("Secret", login), "low"},
		{"pull.yaml", manifest("Secret", standIn), ""},
		{"pull.yaml", manifest("ConfigMap", login), ""},
		{"pull.yaml", strings.Replace(manifest("Secret", login), "apiVersion", "schema", 1), ""},
	} {
		if got := tierOf(t, c.path, c.text); got != c.tier {
			t.Errorf("%s: %q is %q, expected %q", c.path, c.text, got, c.tier)
		}
	}
}

func TestClassify(t *testing.T) {
	for value, want := range map[string]valueClass{
		"abc": noValue, "${PW}": noValue, "<password>": noValue, "********": noValue, "xxxx-xxxx": noValue, "changeme": noValue, "string": noValue,
		"/etc/ssl/key": noValue, "https://shop.de/x1": noValue, "config.password": noValue, "scram-sha-256": noValue, "user_password_2": noValue, "your-password": noValue,
		"shop": wordValue, "letmein": stockValue, "password": stockValue, "admin": stockValue, "20461357": numberValue, "1234": noValue,
		"winter2019": plainValue, "xkqwzjvf": rareValue, "Tr0ub4dor&3x": randomValue, "kq7xzw9v": complexValue,
		"00000000-0000-0000-0000-000000000000": noValue, "1c7a9b52-35ee-438e-b3da-0b813f4ab9f1": uuidValue,
		"zxcvbn": stockValue, "q7Zx0VbN2mKf8RtY" + "4LpWfakecD6s": randomValue, "9f8a7c6d5e4b" + "3a29f8d1c0e7": randomValue,
		"Enter a new one": noValue, "sum9 kvx4 wuq7": plainValue, "purple monkey": phraseValue, "DOC_Vector_5_32": noValue, "jjwt-jackson-0.11.2": noValue,
	} {
		if got := classify(value, "secret", true); got != want {
			t.Errorf("%q is of class %d, expected %d", value, got, want)
		}
	}
}

func TestSense(t *testing.T) {
	for name, want := range map[string]struct {
		class nameClass
		inner bool
	}{
		"password": {passwordName, false}, "DB_PASSWORD": {passwordName, false}, "dbPass": {passwordName, false}, "PASSWORD_PROD": {passwordName, false},
		"password2": {passwordName, false}, "password_mysql": {passwordName, true}, "password_field": {otherName, false}, "bypass": {otherName, false},
		"api_token": {secretName, false}, "clientSecret": {secretName, false}, "tokenForTravis": {secretName, true}, "nextToken": {otherName, false}, "token_url": {otherName, false}, "SecretKeyFactory.getInstance": {otherName, false},
		"salt": {keyName, false}, "AUTH_KEY": {secretName, false}, "LOGGED_IN_KEY": {keyName, false}, "monkey": {otherName, false}, "primaryKey": {otherName, false}, "user": {otherName, false},
	} {
		class, inner := sense(name, strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)))
		if class != want.class || inner != want.inner {
			t.Errorf("%s: %d %v, expected %d %v", name, class, inner, want.class, want.inner)
		}
	}
}

func TestKeyStore(t *testing.T) {
	if got := tierOf(t, "keys.kdbx", "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\x00\x00\x00"); got != "low" {
		t.Errorf("a KeePass database is %q", got)
	}
	if got := tierOf(t, "java/cacerts", "\xfe\xed\xfe\xed\x00\x00\x00\x02"); got != "" {
		t.Errorf("a store of public certificates is %q", got)
	}
}
