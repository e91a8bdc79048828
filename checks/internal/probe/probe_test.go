package probe

import (
	"net/url"
	"testing"
)

func TestMissingPath(t *testing.T) {
	for base, want := range map[string]string{
		"https://shop.example":            "/hardcheck-0ab83ca2561a",
		"https://shop.example/":           "/hardcheck-0ab83ca2561a",
		"https://shop.example/app/x?y=%2": "/app/hardcheck-0ab83ca2561a",
		"https://shop.example/app/":       "/app/hardcheck-0ab83ca2561a",
		"https://shop.example/a%20b/c":    "/a%20b/hardcheck-0ab83ca2561a",
	} {
		u, _ := url.Parse(base)
		if got := MissingPath(u); got != want {
			t.Errorf("MissingPath(%s) = %s, want %s", base, got, want)
		}
	}
}
