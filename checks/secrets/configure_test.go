package secrets

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
)

// asideOf is why the only token in the text is set aside, under a policy with these inputs.
func asideOf(t *testing.T, in Inputs, path, data string) string {
	t.Helper()
	configuration, err := Configure(in)
	if err != nil {
		t.Fatal(err)
	}
	check := providerTokens()
	p := checks.NewPass(context.Background(), check, &checks.World{Configuration: map[checks.Module]any{checks.Secrets: configuration}}, check.Defaults())
	f := &checks.File{Entry: &checks.Entry{Path: path, Size: int64(len(data))}, Data: []byte(data), Line: 1, Whole: true}
	if err := check.File(p, f); err != nil {
		t.Fatal(err)
	}
	found := p.Observation().Findings
	if len(found) != 1 {
		t.Fatalf("%q: %d findings, expected one", data, len(found))
	}
	return found[0].Aside
}

func TestSetAside(t *testing.T) {
	const token = "npm" + "_q7Zx0VbN2mKf8RtY4LpWcD6sHjGu1EaOi9TB"
	dir := t.TempDir()
	file := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	report, err := json.Marshal([]map[string]any{{"RuleID": "npm-access-token", "File": "elsewhere.js", "Secret": token, "StartLine": 7}})
	if err != nil {
		t.Fatal(err)
	}
	line := "token = \"" + token + "\""
	comments := Inputs{IgnoreComments: true}
	for name, c := range map[string]struct {
		in   Inputs
		text string
		want string // a part of the reason; "" for a finding that counts
	}{
		"nothing":                     {comments, line, ""},
		"gitleaks's comment":          {comments, line + " # gitleaks:allow", "gitleaks"},
		"trufflehog's comment":        {comments, line + " # trufflehog:ignore", "trufflehog"},
		"our comment":                 {comments, line + " # hardcheck:allow npm-token made up for the test", "made up for the test"},
		"another rule's":              {comments, line + " # hardcheck:allow jwt made up for the test", ""},
		"without a reason":            {comments, line + " # hardcheck:allow npm-token", ""},
		"the line before":             {comments, "# hardcheck:allow-next-line npm-token made up\n" + line, "made up"},
		"two lines before":            {comments, "# hardcheck:allow-next-line npm-token made up\n\n" + line, ""},
		"prose":                       {comments, "see gitleaks:allow, " + line, ""},
		"comments do not count":       {Inputs{}, line + " # gitleaks:allow", ""},
		"gitleaks's ignore file":      {Inputs{GitleaksIgnore: file("ignore", "app.py:npm-token:1\n")}, line, "ignore"},
		"another line's fingerprint":  {Inputs{GitleaksIgnore: file("ignore2", "app.py:npm-token:2\n")}, line, ""},
		"a baseline with the secret":  {Inputs{Baselines: []string{file("report.json", string(report))}}, line, "gitleaks"},
		"trufflehog's paths":          {Inputs{ExcludePaths: file("paths", "^app[.]py$\n")}, line, "app"},
		"an allowlist of gitleaks":    {Inputs{GitleaksConfig: file("a.toml", "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^app[.]py$''']\n")}, line, "allow"},
		"a rule that is disabled":     {Inputs{GitleaksConfig: file("b.toml", "[extend]\nuseDefault = true\ndisabledRules = ['npm-access-token']\n")}, line, "npm-access-token"},
		"an allowlist of other paths": {Inputs{GitleaksConfig: file("c.toml", "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^lib/''']\n")}, line, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := asideOf(t, c.in, "app.py", c.text)
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("set aside because %q, expected %q", got, c.want)
			}
		})
	}
}

func TestConfigureRefuses(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	if err := os.WriteFile(bad, []byte("[[rules]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rule := houseRule
	rule.Examples = []string{"nothing of the kind"}
	for name, in := range map[string]Inputs{
		"a file that is not there":               {GitleaksConfig: filepath.Join(dir, "none")},
		"a directory":                            {Baselines: []string{dir}},
		"a configuration that is no TOML":        {GitleaksConfig: bad},
		"a baseline that is no JSON":             {Baselines: []string{bad}},
		"a rule that does not find its examples": {Rules: append(Inputs{}.Rules, rule)},
	} {
		if _, err := Configure(in); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
