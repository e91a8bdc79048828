package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSites(t *testing.T) {
	p := load(t, `version: 1
defaults: {owner: shop}
items: [{check: headers/hsts}]
sites:
  - paths: [/status]
    auth_header_env: ANY_HEADER
  - url: https://Staging.shop.example:443/ignored
    paths: [login=/login, authenticated=/account, /status]
    auth_header_env: STAGING_HEADER
`)
	for url, want := range map[string]Site{
		"https://staging.shop.example/shop": {Paths: []string{"/status", "login=/login", "authenticated=/account"}, AuthHeaderEnv: "STAGING_HEADER"},
		"http://staging.shop.example/":      {Paths: []string{"/status"}, AuthHeaderEnv: "ANY_HEADER"},
	} {
		want.URL = url
		if diff := cmp.Diff(want, p.SiteFor(url)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
	}
	if n := len(load(t, "version: 1\ndefaults: {owner: shop}\nitems: [{check: headers/hsts}]\n").SiteFor("https://shop.example").Paths); n != 0 {
		t.Errorf("%d pages without a section", n)
	}
}

func TestSiteMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ entry, want string }{
		"role":       {"{paths: [admin=/admin]}", `sites[0].paths[0]: "admin=/admin": expected a path, or a role`},
		"relative":   {"{paths: [login]}", `expected a path that begins with "/"`},
		"url":        {"{url: shop.example, paths: [/]}", "sites[0].url: expected a URL"},
		"credential": {`{paths: [/], auth_header_env: "Cookie: sid=s3same"}`, "the name of an environment variable"},
		"nothing":    {"{url: https://shop.example}", `needs "paths" or "auth_header_env"`},
		"unknown":    {"{path: [/]}", `unknown field "path"; did you mean "paths"?`},
	} {
		_, err := loadText(t, "version: 1\ndefaults: {owner: shop}\nitems: [{check: headers/hsts}]\nsites:\n  - "+tt.entry+"\n", "")
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "s3same") {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
