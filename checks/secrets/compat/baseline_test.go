package compat

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const (
	oldSecret = "Zx81" + "-Qv7-plm-0042-Kd"
	newSecret = "Qv7" + "-Zx81-0042-plm-Kd"
	shortPass = "tiger7"
)

func baseline(t *testing.T, text string) *Baseline {
	t.Helper()
	b, err := LoadBaseline([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type coverage struct {
	name    string
	finding Finding
	want    string // part of the reason; "" for not covered
}

func expect(t *testing.T, b *Baseline, cases []coverage) {
	t.Helper()
	for _, c := range cases {
		reason, ok := b.Covers(c.finding)
		if ok != (c.want != "") || !strings.Contains(reason, c.want) {
			t.Errorf("%s: %v %q, want %q", c.name, ok, reason, c.want)
		}
		for _, secret := range []string{oldSecret, newSecret, shortPass} {
			if strings.Contains(reason, secret) {
				t.Errorf("%s: the reason shows the secret: %q", c.name, reason)
			}
		}
	}
}

func TestGitleaksBaseline(t *testing.T) {
	b := baseline(t, fmt.Sprintf(`[
		{"RuleID": "generic-api-key", "File": "src/a.py", "StartLine": 4, "Secret": %q, "Match": "key", "Tags": [], "Entropy": 3.5},
		{"RuleID": "generic-api-key", "File": "src/a.py", "StartLine": 5, "Secret": %q},
		{"RuleID": "github-pat", "File": "src\\b.py", "StartLine": 6, "Secret": "REDACTED", "Commit": "%s"},
		{"RuleID": "github-pat", "File": "/work/x/src/c.py", "StartLine": 7, "Secret": "Zx81..."}]`, oldSecret, shortPass, someCommit))
	expect(t, b, []coverage{
		{"the same", Finding{Path: "src/a.py", Rule: "key", Line: 4, Secret: oldSecret}, "the baseline of gitleaks knows this secret at src/a.py:4"},
		{"moved", Finding{Path: "lib/z.py", Rule: "password", Line: 40, Secret: oldSecret}, "this secret"},
		{"more of it", Finding{Path: "src/a.py", Rule: "key", Line: 9, Secret: "key=" + oldSecret}, "a part of it"},
		{"another in its place", Finding{Path: "src/a.py", Rule: "key", Line: 4, Secret: newSecret}, ""},
		{"short", Finding{Path: "src/a.py", Rule: "key", Line: 50, Secret: shortPass}, "this secret"},
		{"short, elsewhere", Finding{Path: "src/z.py", Rule: "key", Line: 5, Secret: shortPass}, ""},
		{"redacted", Finding{Path: "src/b.py", Rule: "github-personal-token", Line: 6, Secret: newSecret}, "told by its line alone"},
		{"redacted, other commit", Finding{Path: "src/b.py", Rule: "github-pat", Line: 6, Secret: newSecret, Commit: strings.Repeat("a", 40)}, ""},
		{"redacted, other line", Finding{Path: "src/b.py", Rule: "github-pat", Line: 7, Secret: newSecret}, ""},
		{"redacted, other rule", Finding{Path: "src/b.py", Rule: "jwt", Line: 6, Secret: newSecret}, ""},
		{"cut", Finding{Path: "src/c.py", Rule: "github-pat", Line: 7, Secret: oldSecret + "x"}, "a part of it"},
		{"cut, another", Finding{Path: "src/c.py", Rule: "github-pat", Line: 7, Secret: newSecret}, ""},
	})
}

func TestDetectSecretsBaseline(t *testing.T) {
	sum := sha1.Sum([]byte(oldSecret))
	short := sha1.Sum([]byte(shortPass))
	b := baseline(t, fmt.Sprintf(`{"version": "1.5.0", "plugins_used": [{"name": "KeywordDetector"}], "results": {"src\\a.py": [
		{"type": "Secret Keyword", "filename": "src\\a.py", "hashed_secret": %q, "is_verified": false, "line_number": 3},
		{"type": "Secret Keyword", "hashed_secret": %q, "line_number": 4}]}}`, hex.EncodeToString(sum[:]), hex.EncodeToString(short[:])))
	expect(t, b, []coverage{
		{"the same", Finding{Path: "src/a.py", Line: 3, Secret: oldSecret}, "the baseline of detect-secrets knows this secret at src/a.py:3"},
		{"moved", Finding{Path: "z.py", Line: 9, Secret: oldSecret}, "this secret"},
		{"another in its place", Finding{Path: "src/a.py", Line: 3, Secret: newSecret}, ""},
		{"short", Finding{Path: "src/a.py", Line: 9, Secret: shortPass}, "this secret"},
		{"short, elsewhere", Finding{Path: "z.py", Line: 4, Secret: shortPass}, ""},
	})
	if b := baseline(t, `{"results": {}}`); b.Format != "detect-secrets" {
		t.Errorf("an empty baseline is one of %s", b.Format)
	}
}

func TestTrufflehogBaseline(t *testing.T) {
	line := func(source, secret string) string {
		raw, _ := json.Marshal(secret)
		return `{"SourceMetadata":{"Data":{` + source + `}},"SourceName":"trufflehog","DetectorName":"Shop","Verified":false,"Raw":` + string(raw) + `,"RawV2":"","Redacted":""}` + "\n"
	}
	b := baseline(t, `{"level":"info-0","msg":"running source"}`+"\n"+line(`"Git":{"commit":"`+someCommit+`","file":"src/a.py","line":3}`, oldSecret)+
		line(`"Filesystem":{"file":"/srv/x/b.py","line":2}`, shortPass))
	expect(t, b, []coverage{
		{"the same", Finding{Path: "src/a.py", Line: 3, Secret: oldSecret}, "the baseline of trufflehog knows this secret at src/a.py:3"},
		{"moved", Finding{Path: "z.py", Line: 9, Secret: oldSecret}, "this secret"},
		{"another in its place", Finding{Path: "src/a.py", Line: 3, Secret: newSecret}, ""},
		{"short, path from the root", Finding{Path: "x/b.py", Line: 3, Secret: shortPass}, "this secret"},
		{"short, elsewhere", Finding{Path: "y.py", Line: 3, Secret: shortPass}, ""},
	})
}

func TestNoBaseline(t *testing.T) {
	for _, text := range []string{"", "x", "{", "[", "[1]", "[{}]", `{"a": 1}`, `{"results": {"a": [{}]}}`, `{"DetectorName": "x"} {`, `{"DetectorName": 1}`,
		`{"results": {"a": 1}}`, strings.Repeat("[", 100000)} {
		if _, err := LoadBaseline([]byte(text)); err == nil {
			t.Errorf("%.40q is read", text)
		}
	}
	if b := baseline(t, "[]"); b.Format != "gitleaks" {
		t.Errorf("an empty report is one of %s", b.Format)
	}
}

func FuzzLoadBaseline(f *testing.F) {
	f.Add([]byte(`[{"RuleID": "r", "File": "a", "StartLine": 4, "Secret": "abcdefgh"}]`))
	f.Add([]byte(`{"results": {"a": [{"hashed_secret": "` + someCommit + `", "line_number": 3}]}}`))
	f.Add([]byte(`{"SourceMetadata":{"Data":{"Git":{"file":"a","line":3}}},"DetectorName":"x","Raw":"abc"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := LoadBaseline(data)
		if (b == nil) == (err == nil) {
			t.Fatal(b, err)
		}
		if b == nil {
			return
		}
		for _, k := range b.secrets {
			if _, ok := b.Covers(Finding{Path: k.path, Rule: k.rule, Line: k.line, Secret: k.secret}); !ok {
				t.Errorf("%+v does not cover its own secret", k)
			}
		}
	})
}
