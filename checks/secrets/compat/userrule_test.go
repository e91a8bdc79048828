package compat

import (
	"strings"
	"testing"

	"hardcheck/checks"
)

func shopRule() UserRule {
	return UserRule{ID: "shop-token", Title: "shop token", Pattern: `\bshop_([a-z0-9]{12})\b`, Keywords: []string{"Shop_"}, Entropy: 2,
		Severity: checks.High, Paths: []string{"**/*.env", "config/**"}, Examples: []string{"t=shop_a1b2<+>c3d4e5f6"}, NearMisses: []string{"shop_aaaaaaaaaaaa", "shop_a1b2"}}
}

func TestUserRules(t *testing.T) {
	c, err := NewRules([]UserRule{shopRule()})
	if err != nil {
		t.Fatal(err)
	}
	text := "t=shop_" + "a1b2c3d4e5f6"
	for path, want := range map[string]string{"a/b.env": "shop-token:" + "a1b2c3d4e5f6", "x.env": "shop-token:" + "a1b2c3d4e5f6", "config/x": "shop-token:" + "a1b2c3d4e5f6", "src/a.py": ""} {
		if got := scanned(c, path, text); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	if r := c.Rules()[0]; r.Severity != checks.High || r.Description != "shop token" {
		t.Errorf("%+v", r)
	}
}

func TestUserRuleRefused(t *testing.T) {
	cases := []struct {
		change func(*UserRule)
		want   string
	}{
		{func(u *UserRule) { u.ID = "Shop Token" }, "an id of lower-case words"},
		{func(u *UserRule) { u.ID = "" }, "an id of lower-case words"},
		{func(u *UserRule) { u.Title = " " }, "a title"},
		{func(u *UserRule) { u.Pattern = "(" }, "a pattern in RE2 syntax"},
		{func(u *UserRule) { u.Pattern = `(?!x)y` }, "a pattern in RE2 syntax"},
		{func(u *UserRule) { u.Pattern = "[a-z]*" }, "a pattern that needs text"},
		{func(u *UserRule) { u.Pattern = "" }, "a pattern that needs text"},
		{func(u *UserRule) { u.SecretGroup = 2 }, "a secret_group from 0 to 1"},
		{func(u *UserRule) { u.Entropy = 8 }, "an entropy"},
		{func(u *UserRule) { u.Severity = 0 }, "a severity: info, low"},
		{func(u *UserRule) { u.Keywords = []string{""} }, "keywords that are words"},
		{func(u *UserRule) { u.Paths = []string{"[a"} }, "paths that are globs"},
		{func(u *UserRule) { u.Examples = nil }, "an example that the rule must find"},
		{func(u *UserRule) { u.Examples = append(u.Examples, "shop_") }, "to find examples[1], found nothing there"},
		{func(u *UserRule) { u.Entropy = 7 }, "to find examples[0]"},
		{func(u *UserRule) { u.Keywords = []string{"other"} }, "to find examples[0]"},
		{func(u *UserRule) { u.NearMisses = []string{"shop_z9y8<+>x7w6v5u4"} }, "to find nothing in near_misses[0]"},
	}
	for _, c := range cases {
		u := shopRule()
		c.change(&u)
		_, err := NewRules([]UserRule{u})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "rules[0]") {
			t.Errorf("%q: %v", c.want, err)
		}
	}
	if _, err := NewRules([]UserRule{shopRule(), shopRule()}); err == nil || !strings.Contains(err.Error(), "another id") {
		t.Errorf("the same id twice: %v", err)
	}
}
