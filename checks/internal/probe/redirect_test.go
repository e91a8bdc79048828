package probe

import (
	"net/http"
	"testing"

	"hardcheck/checks"
)

func TestElsewhere(t *testing.T) {
	for _, tt := range []struct {
		from     string
		status   int
		location string
		want     string
	}{
		{"https://shop.example/a", 301, "https://www.shop.example/a", "https://www.shop.example"},
		{"https://shop.example/a", 302, "//login.example/", "https://login.example"},
		{"https://shop.example/a", 307, "https://shop.example:8443/a", "https://shop.example:8443"},
		{"http://shop.example/a", 301, "https://shop.example/a", ""},
		{"http://shop.example:8080/a", 301, "https://shop.example:8443/a", ""},
		{"https://shop.example/a", 301, "https://SHOP.example/b", ""},
		{"https://shop.example/a", 301, "/b", ""},
		{"https://shop.example/a", 301, "", ""},
		{"https://shop.example/a", 301, "javascript:alert(1)", ""},
		{"https://shop.example/a", 301, "https://%zz/", ""},
		{"https://shop.example/a", 200, "https://www.shop.example/a", ""},
		{"https://shop.example/a", 404, "https://www.shop.example/a", ""},
	} {
		x := &checks.Exchange{URL: tt.from, Status: tt.status, Header: http.Header{"Location": {tt.location}}}
		if got := Elsewhere(x); got != tt.want {
			t.Errorf("%s, %d to %s: %q, want %q", tt.from, tt.status, tt.location, got, tt.want)
		}
	}
}
