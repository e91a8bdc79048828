package compat

import (
	"slices"
	"strings"
	"testing"
)

func TestInline(t *testing.T) {
	cases := []struct{ line, tool string }{
		{`key = "v" # gitleaks:allow`, "gitleaks"},
		{`key = "v" #gitleaks:allow`, "gitleaks"},
		{`key = "v"; // gitleaks:allow`, "gitleaks"},
		{`key = "v"; /* gitleaks:allow */ next()`, "gitleaks"},
		{`SELECT 'v' -- gitleaks:allow`, "gitleaks"},
		{`key = v ; gitleaks:allow`, "gitleaks"},
		{`<key>v</key> <!-- gitleaks:allow -->`, "gitleaks"},
		{`\def\key{v} % gitleaks:allow`, "gitleaks"},
		{`key = "v" # trufflehog:ignore`, "trufflehog"},
		{`key = "v" # betterleaks:allow`, "betterleaks"},
		{`key = "v" # gitleaks:allow a key of the documentation`, "gitleaks"},
		{`key = "v" # fake key, gitleaks:allow`, "gitleaks"},
		{`key = "v" # noqa: E501 # gitleaks:allow reason`, "gitleaks"},
		{`key = "v" # trufflehog:ignore gitleaks:allow`, "trufflehog"},
		{`key = "v" """gitleaks:allow"""`, "gitleaks"},
		{` * @key v gitleaks:allow`, "gitleaks"},
		{`REM gitleaks:allow`, "gitleaks"},
		{`key: v123 gitleaks:allow`, "gitleaks"},
		{`"key": "v", "comment": "gitleaks:allow"}`, "gitleaks"},
		{`"key": "it's", // gitleaks:allow`, "gitleaks"},
		{`don't = "v" # gitleaks:allow`, "gitleaks"},
		{"key = \"v\" # gitleaks:allow\r\n", "gitleaks"},
		{`{# gitleaks:allow #} {{ key }}`, "gitleaks"},

		{`To silence it, see gitleaks:allow in the docs`, ""},
		{`To silence it, write gitleaks:allow`, ""},
		{"Add `gitleaks:allow` to the line of v123", ""},
		{`key = "v" # see gitleaks:allow in the docs`, ""},
		{`key = "v" # see gitleaks:allow`, ""},
		{`key = "v" # we do not use "gitleaks:allow".`, ""},
		{`* gitleaks:allow is a comment that gitleaks reads`, ""},
		{`# How gitleaks:allow works`, ""},
		{`key = "v # gitleaks:allow"`, ""},
		{`url = "https://x.example/gitleaks:allow"`, ""},
		{`url = https://x.example/ gitleaks:allowed`, ""},
		{`key = "v" # gitleaks:allowlist`, ""},
		{`key = "v" # my-gitleaks:allow`, ""},
		{`if strings.Contains(line, "gitleaks:allow") && key == "v" {`, ""},
		{`run --gitleaks:allow=v123 now`, ""},
		{`key = "v"`, ""},
		{``, ""},
	}
	for _, c := range cases {
		got, ok := Inline([]byte(c.line))
		if got.Tool != c.tool || ok != (c.tool != "") || got.Problem != "" || got.NextLine || got.Rules != nil {
			t.Errorf("%q: %+v", c.line, got)
		}
	}
}

func TestInlineOwn(t *testing.T) {
	cases := []struct {
		line, rules, reason, problem string
		next                         bool
	}{
		{line: `k = "v" # hardcheck:allow aws-access-key-id a key of the documentation`, rules: "aws-access-key-id", reason: "a key of the documentation"},
		{line: `k = "v"; /* hardcheck:allow key,password sample data */`, rules: "key password", reason: "sample data"},
		{line: `// hardcheck:allow-next-line secrets/private-keys: made for tests`, rules: "", problem: "needs the rule", next: true},
		{line: `// hardcheck:allow-next-line secrets/private-keys made for tests`, rules: "secrets/private-keys", reason: "made for tests", next: true},
		{line: `<!-- hardcheck:allow-next-line key -- sample data -->`, rules: "key", reason: "sample data", next: true},
		{line: `  "//": "hardcheck:allow-next-line key sample data",`, rules: "key", reason: "sample data", next: true},
		{line: `hardcheck:allow-next-line key sample data`, rules: "key", reason: "sample data", next: true},
		{line: `k = "v" # hardcheck:allow key Beispiel für Müller`, rules: "key", reason: "Beispiel für Müller"},
		{line: `k = "v" # hardcheck:allow`, problem: "needs the rule it is for and a reason"},
		{line: `k = "v" # hardcheck:allow key`, rules: "key", problem: "hardcheck:allow key needs a reason"},
		{line: `k = "v" # hardcheck:allow key -->`, rules: "key", problem: "needs a reason"},
		{line: "\"\": \"hardcheck:allow-next-line key \xd6\xd6\xd6\"", rules: "key", problem: "needs a reason", next: true},
		{line: `k = "v" # hardcheck:allow This is fine`, problem: "needs the rule"},
	}
	for _, c := range cases {
		got, ok := Inline([]byte(c.line))
		if !ok || got.Tool != "hardcheck" || got.Reason != c.reason || got.NextLine != c.next || !strings.Contains(got.Problem, c.problem) ||
			(got.Problem == "") != (c.problem == "") || !slices.Equal(got.Rules, strings.Fields(c.rules)) && c.rules != "" {
			t.Errorf("%q: %+v", c.line, got)
		}
	}
	for _, line := range []string{`see hardcheck:allow in the docs`, `k = "v" # see hardcheck:allow key reason`, `k = v1 hardcheck:allow key reason`} {
		if got, ok := Inline([]byte(line)); ok {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

func FuzzInline(f *testing.F) {
	for _, line := range []string{`k = "v" # gitleaks:allow`, `"a": "hardcheck:allow-next-line key why",`, `/* x */ -- '"\" trufflehog:ignore */`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		got, ok := Inline(line)
		if ok != (got.Tool != "") || got.Problem == "" && ok && got.Tool == "hardcheck" && (got.Reason == "" || len(got.Rules) == 0) {
			t.Errorf("%q: %+v", line, got)
		}
		if ok && !strings.Contains(string(line), ":allow") && !strings.Contains(string(line), ":ignore") {
			t.Errorf("%q: %+v", line, got)
		}
	})
}
