package compat

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// files opens the files of a map.
func files(m map[string]string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		text, ok := m[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}
}

func load(t *testing.T, text string) *Config {
	t.Helper()
	c, err := LoadConfig(".gitleaks.toml", files(map[string]string{".gitleaks.toml": text}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scanned lists what a configuration finds as "rule:secret", and " aside" after what it sets aside.
func scanned(c *Config, path, text string) string {
	var list []string
	c.Scan(Source{Path: path}, []byte(text), func(m Match) {
		s := m.Rule.ID + ":" + text[m.Start:m.End]
		if m.Aside != "" {
			s += " aside"
		}
		list = append(list, s)
	})
	return strings.Join(list, ", ")
}

// everything has each construct that gitleaks reads.
const everything = `
title = "all"
description = "each construct"
minVersion = "v8.25.0"

[extend]
useDefault = true
disabledRules = ["aws-access-token"]

[[rules]]
id = "shop-token"
description = "Shop token"
regex = '''shop_([a-z0-9]{8})(?:\s|$)'''
secretGroup = 1
entropy = 1.8
path = '''\.(?:env|txt)$'''
keywords = ["SHOP_"]
tags = ["shop", "token"]
[[rules.allowlists]]
description = "not in samples"
condition = "AND"
paths = ['''^samples/''']
stopwords = ["sample"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''^retired''']
[[rules.required]]
id = "shop-id"
withinLines = 2
withinColumns = 60

[[rules]]
id = "shop-id"
description = "Shop id"
regex = '''id=\d{4}'''
skipReport = true

[[rules]]
id = "keystore"
description = "A key store"
path = '''\.jks$'''

[[rules]]
id = "github-pat"
[rules.allowlist]
paths = ['''^samples/''']

[[allowlists]]
paths = ['''^vendor/''']
commits = ["ABCDEF0123"]
[[allowlists]]
targetRules = ["shop-token", "github-oauth"]
stopwords = ["zzzz"]
`

func TestScan(t *testing.T) {
	c := load(t, everything)
	if len(c.Problems) > 0 {
		t.Errorf("problems: %v", c.Problems)
	}
	cases := []struct{ path, text, want string }{
		{"a.env", "id=1234\nKEY=shop_a1b2c3d4\n", "shop-token:a1b2c3d4"},
		{"a.py", "id=1234\nKEY=shop_a1b2c3d4\n", ""},
		{"a.env", "KEY=shop_a1b2c3d4\n", ""},
		{"a.env", "id=1234\n\n\n\nKEY=shop_a1b2c3d4", ""},
		{"a.env", "id=1234" + strings.Repeat(" ", 70) + "KEY=shop_a1b2c3d4", ""},
		{"a.env", "id=1234 shop_aaaaaaaa", ""},
		{"a.env", "id=1234 shop_a1b2c3d4x", ""},
		{"a.env", "id=1234 shop_samplexy", "shop-token:samplexy"},
		{"samples/a.env", "id=1234 shop_samplexy", "shop-token:samplexy aside"},
		{"samples/a.env", "id=1234 shop_a1b2c3d4", "shop-token:a1b2c3d4"},
		{"a.env", "id=1234\nretired shop_a1b2c3d4", "shop-token:a1b2c3d4 aside"},
		{"a.env", "id=1234\nshop_abzzzz12", "shop-token:abzzzz12 aside"},
		{"vendor/a.env", "id=1234 shop_a1b2c3d4", "shop-token:a1b2c3d4 aside"},
		{"x/store.jks", "any", "keystore:"},
	}
	for _, k := range cases {
		if got := scanned(c, k.path, k.text); got != k.want {
			t.Errorf("%s %q: found %q, want %q", k.path, k.text, got, k.want)
		}
	}
}

func TestConfigAndBuiltinRules(t *testing.T) {
	c := load(t, everything)
	if c.Off["aws-access-key-id"] == "" || len(c.Off) != 1 {
		t.Errorf("off: %v", c.Off)
	}
	text := []byte("x = gh-zzzz-1")
	cases := []struct {
		src    Source
		rule   string
		want   string
		secret int
	}{
		{Source{Path: "samples/a.py"}, "github-personal-token", `allowlist at .gitleaks.toml:45:8: path "^samples/"`, 4},
		{Source{Path: "src/a.py"}, "github-personal-token", "", 4},
		{Source{Path: "src/a.py"}, "github-oauth-token", `allowlist at .gitleaks.toml:51:3: stopword "zzzz"`, 4},
		{Source{Path: "src/a.py"}, "slack-webhook", "", 4},
		{Source{Path: "vendor/a.py"}, "slack-webhook", `allowlist at .gitleaks.toml:48:3: path "^vendor/"`, 4},
		{Source{Path: "a.py", Commit: "abcdef0123"}, "slack-webhook", "allowlist at .gitleaks.toml:48:3: commit abcdef0123", 4},
		{Source{Path: ".gitleaks.toml"}, "slack-webhook", "it is the gitleaks configuration", 4},
	}
	for _, k := range cases {
		if got, ok := c.SetsAside(k.src, k.rule, text, k.secret, len(text)); got != k.want || ok != (k.want != "") {
			t.Errorf("%v %s: %q", k.src, k.rule, got)
		}
	}
	if r := c.Rules()[len(c.Rules())-1]; r.ID != "shop-token" || r.Description != "Shop token" || !slices.Equal(r.Tags, []string{"shop", "token"}) {
		t.Errorf("last rule: %+v", r)
	}
}

func TestProblems(t *testing.T) {
	const rule = "[[rules]]\nid = \"a\"\nregex = \"x\"\n"
	cases := []struct{ text, want string }{
		{rule + `secretgroup = 0`, ""},
		{rule + `secret_group = 1`, `:4:1: expected the keys that gitleaks 8.30 reads in a rule, found "secret_group", which has no effect; did you mean "secretGroup"?`},
		{rule + "[rules.whitelist]", `:4:8: expected the keys that gitleaks 8.30 reads in a rule, found "whitelist", which has no effect; version 8 calls it "allowlist"`},
		{"minVersion = \"v8.99.0\"", `v8.99.0: what is new there has no effect`},
		{"minVersion = \"new\"", `expected a version like v8.25.0`},
		{rule + rule, `:4:3: expected each rule id once, found "a" again`},
		{"[extend]\nuseDefault = true\ndisabledRules = [\"github-patt\"]", `:3:18: expected disabledRules that exist in what is extended, found "github-patt", and no built-in rule means the same; did you mean "github-pat"?`},
		{"[extend]\nuseDefault = true\ndisabledRules = [\"gitlab-pat\"]", `"gitlab-pat" without gitlab-pat-routable: the built-in rule "gitlab-personal-token" stays on`},
		{"[extend]\nuseDefault = true\n[[rules]]\nid = \"generic-api-key\"\nentropy = 4", `expected a regex beside entropy and secretGroup`},
		{"[extend]\nuseDefault = true\n[[rules]]\nid = \"mine\"", `:3:3: expected regex or path, or a rule of gitleaks's default configuration`},
		{rule + `keywords = [""]`, "an empty one, which has no effect"},
	}
	for _, k := range cases {
		c := load(t, k.text)
		got := ""
		for i := range c.Problems {
			got += c.Problems[i].Where + ": " + c.Problems[i].Error() + "\n"
		}
		if !strings.Contains(got, strings.TrimPrefix(k.want, "x")) || (k.want == "") != (got == "") {
			t.Errorf("%q: told %q, want %q", k.text, got, k.want)
		}
	}
}

func TestRefused(t *testing.T) {
	const rule = "[[rules]]\nid = \"a\"\nregex = \"x\"\n"
	cases := []struct{ text, want string }{
		{"a = ", `.gitleaks.toml:1:`},
		{"[[rules]]\nregex = \"x\"", "1:3: expected a rule with an id, found none"},
		{"[[rules]]\nid = \"a\"", "1:3: expected regex or path"},
		{"[[rules]]\nid = \"a\"\nregex = \"(\"", "3:9: expected a regular expression in Go's syntax"},
		{"[[rules]]\nid = \"a\"\nregex = \"(?=x)\"", "invalid or unsupported Perl syntax"},
		{rule + "secretGroup = 1", "a secretGroup of at most 0"},
		{rule + "keywords = 3", "4:12: expected a list of texts, found 3"},
		{rule + "entropy = \"high\"", `4:11: expected a number, found the text "high"`},
		{rule + "[[rules.allowlists]]\ndescription = \"none\"", "commits, paths, regexes or stopwords in rules.allowlists, found none"},
		{rule + "[[rules.allowlists]]\nstopwords = [\"x\"]\ncondition = \"XOR\"", `the condition "OR" or "AND", found "XOR"`},
		{rule + "[[rules.allowlists]]\nregexes = [\"x\"]\nregexTarget = \"lines\"", `did you mean "line"?`},
		{rule + "[[rules.allowlists]]\nregexes = [\"x\",\n \"[\"]", "6:2: expected a regular expression"},
		{rule + "[rules.allowlist]\nstopwords = [\"x\"]\n[[rules.allowlists]]\nstopwords = [\"x\"]", "expected allowlists alone"},
		{"[allowlist]\nstopwords = [\"x\"]\n[[allowlists]]\nstopwords = [\"x\"]", "expected allowlists alone"},
		{"[[allowlists]]\nstopwords = [\"x\"]\ntargetRules = [\"b\"]", `targetRules that exist, found "b"`},
		{rule + "[[rules.required]]\nid = \"b\"", `rules.required of the same file, found "b"`},
		{rule + "[[rules.required]]\nwithinLines = 2", "the id of a rule"},
		{"[extend]\nurl = \"https://x.example\"", "found extend.url, which gitleaks does not read either"},
		{"[extend]\nuseDefault = true\npath = \"b.toml\"", "one of extend.path and extend.useDefault"},
		{"[extend]\npath = \"b.toml\"", "b.toml: expected a readable file"},
		{"rules = 3", "a list of tables for rules"},
		{"[[rules]]\nid = \"a\"\nID = \"b\"\nregex = \"x\"", "in other capitals"},
	}
	for _, k := range cases {
		_, err := LoadConfig(".gitleaks.toml", files(map[string]string{".gitleaks.toml": k.text}))
		if err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%q: %v, want %q", k.text, err, k.want)
		}
	}
}

func TestExtend(t *testing.T) {
	rule := func(id, regex string) string { return fmt.Sprintf("[[rules]]\nid = %q\nregex = %q\n", id, regex) }
	c, err := LoadConfig("a.toml", files(map[string]string{
		"a.toml": "[extend]\npath = \"b.toml\"\ndisabledRules = [\"off\"]\n" + rule("own", "own_[0-9]+") +
			"[[rules]]\nid = \"both\"\nentropy = 1.5\nkeywords = [\"more\"]\n[[rules.allowlists]]\nstopwords = [\"22\"]\n",
		"b.toml": "[extend]\npath = \"c.toml\"\n" + rule("off", "off_[0-9]+") + rule("both", "both_[0-9]+") +
			"keywords = [\"both\"]\n[[rules.allowlists]]\nstopwords = [\"33\"]\n[[allowlists]]\nstopwords = [\"44\"]\n",
		"c.toml": "[extend]\npath = \"d.toml\"\n" + rule("third", "third_[0-9]+"),
		"d.toml": rule("fourth", "fourth_[0-9]+"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Problems) != 1 || !strings.Contains(c.Problems[0].Actual, "not followed") {
		t.Errorf("problems: %v", c.Problems)
	}
	text := "own_12 own_44 off_12 both_12 both_1111 both_221 both_331 third_12 fourth_12"
	want := "own:own_12, own:own_44 aside, both:both_12, both:both_1111, both:both_221 aside, both:both_331 aside, third:third_12"
	if got := scanned(c, "x", text); got != want {
		t.Errorf("found %q\nwant  %q", got, want)
	}
	if !slices.Equal(c.Files, []string{"a.toml", "b.toml", "c.toml"}) {
		t.Errorf("files: %q", c.Files)
	}
}

// TestGeneric holds a rule called generic to yield to another one for the same secret.
func TestGeneric(t *testing.T) {
	c := load(t, "[[rules]]\nid = \"generic-key\"\nregex = '''key=(\\w+)'''\n[[rules]]\nid = \"shop\"\nregex = '''shop_\\w+'''\n")
	if got, want := scanned(c, "x", "key=shop_12\nkey=other"), "generic-key:shop_12 aside, shop:shop_12, generic-key:other"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestJoinedFlags holds that a flag of one expression of a list reaches those after it, as in gitleaks.
func TestJoinedFlags(t *testing.T) {
	c := load(t, "[[rules]]\nid = \"a\"\nregex = '''k_\\w+'''\n[[rules.allowlists]]\nregexes = ['''(?i)zz''', '''qq''']\n")
	if got, want := scanned(c, "x", "k_QQ k_ZZ k_xx"), "a:k_QQ aside, a:k_ZZ aside, a:k_xx"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}
