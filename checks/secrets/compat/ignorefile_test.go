package compat

import (
	"strings"
	"testing"
)

const someCommit = "0123456789abcdef0123456789abcdef01234567"

func TestIgnores(t *testing.T) {
	const pinned = "p4ss-of-shop"
	list, err := LoadIgnores(".gitleaksignore", []byte("\ufeff# comment\r\n\r\n"+
		"src/app.py:generic-api-key:12\r\n"+
		`src\win.py:github-pat:3`+"\n"+
		someCommit+":src/old.py:slack-bot-token:7\n"+
		`C:\repo\a.py:github-pat:3`+"\n"+
		PinComment(pinned)+"\nsrc/pin.py:password:1\n"+
		"./dot.py:shop-token:1\n"+
		"nothing\nsrc/app.py:rule:line\n::1\n"))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		finding Finding
		want    string
	}{
		{Finding{Path: "src/app.py", Rule: "key", Line: 12}, "ignored at .gitleaksignore:3, by its line alone"},
		{Finding{Path: "src/app.py", Rule: "generic-api-key", Line: 12, Commit: someCommit}, "ignored at .gitleaksignore:3, by its line alone"},
		{Finding{Path: "src/app.py", Rule: "key", Line: 13}, ""},
		{Finding{Path: "src/app.py", Rule: "slack-bot-token", Line: 12}, ""},
		{Finding{Path: "src/win.py", Rule: "github-personal-token", Line: 3}, "ignored at .gitleaksignore:4, by its line alone"},
		{Finding{Path: "src/old.py", Rule: "slack-bot-token", Line: 7, Commit: someCommit}, "ignored at .gitleaksignore:5, by its line alone"},
		{Finding{Path: "src/old.py", Rule: "slack-bot-token", Line: 7}, ""},
		{Finding{Path: "src/old.py", Rule: "slack-bot-token", Line: 7, Commit: strings.Repeat("f", 40)}, ""},
		{Finding{Path: "C:/repo/a.py", Rule: "github-pat", Line: 3}, "ignored at .gitleaksignore:6, by its line alone"},
		{Finding{Path: "src/pin.py", Rule: "password", Line: 1, Secret: "another"}, ""},
		{Finding{Path: "src/pin.py", Rule: "password", Line: 99, Secret: pinned}, "ignored at .gitleaksignore:8, by its secret"},
		{Finding{Path: "dot.py", Rule: "shop-token", Line: 1}, "ignored at .gitleaksignore:9, by its line alone"},
	}
	for _, c := range cases {
		entry, reason, ok := list.Covers(c.finding)
		if reason != c.want || ok != (c.want != "") || ok != (entry != nil) {
			t.Errorf("%+v: %q", c.finding, reason)
		}
	}
	if len(list.Problems) != 3 || list.Problems[0].Where != ".gitleaksignore:10" {
		t.Errorf("problems: %v", list.Problems)
	}
	if _, err := LoadIgnores("x", make([]byte, MaxIgnoreSize+1)); err == nil {
		t.Error("a file of any size is read")
	}
}

func TestPathFilter(t *testing.T) {
	f, err := LoadPathFilter("exclude.txt", []byte("# comment\n\n(^|/)vendor/\r\n\\.lock$\n(\n"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"vendor/a.go": "path (^|/)vendor/ is excluded at exclude.txt:3", "yarn.lock": `path \.lock$ is excluded at exclude.txt:4`, "src/vendors.go": "",
	} {
		if got, ok := f.Excludes(path); got != want || ok != (want != "") {
			t.Errorf("%s: %q", path, got)
		}
	}
	if len(f.Problems) != 1 || f.Problems[0].Where != "exclude.txt:5" {
		t.Errorf("problems: %v", f.Problems)
	}
}

func FuzzLoadIgnores(f *testing.F) {
	f.Add([]byte("a:b:1\n# c\n" + someCommit + ":a:b:2\nC:\\x:r:3\n" + PinComment("x") + "\na:b:3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := LoadIgnores("x", data)
		if err != nil {
			return
		}
		for _, e := range list.Entries {
			found := Finding{Path: e.Path, Rule: e.Rule, Line: e.Line, Commit: e.Commit}
			if _, _, ok := list.Covers(found); !ok && e.Pin == "" {
				t.Errorf("%+v does not cover its own place", e)
			}
		}
	})
}
