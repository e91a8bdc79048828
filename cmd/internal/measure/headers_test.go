package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHeaders measures cases of every shape: a page, a chain of redirects, a refused certificate, CORS by origin and a
// case whose label is wrong.
func TestHeaders(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cases.jsonl")
	cases := `{"id": "nosniff", "test": "x-content-type-options", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"], ["x-content-type-options", "nosniff"]], "html": "<p>", "expected_pass": true}
{"id": "sniffed", "test": "x-content-type-options", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"]], "expected_pass": true, "expected_result": "fine"}
{"id": "straight", "test": "redirection", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"]], "http_chain": [{"url": "http://shop.example/", "status": 301}, {"url": "https://shop.example/", "status": 200}], "expected_pass": true}
{"id": "no-redirect", "test": "redirection", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"]], "http_chain": [{"url": "http://shop.example/", "status": 200}], "expected_pass": false}
{"id": "no-http", "test": "redirection", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"]], "no_http": true, "expected_pass": true}
{"id": "refused", "test": "strict-transport-security", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"], ["strict-transport-security", "max-age=31536000"]], "bad_cert": true, "expected_pass": false}
{"id": "reflected", "test": "cors", "site": "shop.example", "https": true, "status": 200, "headers": [["content-type", "text/html"]], "cors_headers": [["access-control-allow-origin", "https://any.example"], ["access-control-allow-credentials", "true"]], "cors_origin": "https://any.example", "expected_pass": false}
`
	if err := os.WriteFile(file, []byte(cases), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := headersMeasure(&out, []string{file}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"sniffed: agrees false; expected pass true (fine); found: medium missing X-Content-Type-Options\n",
		"all                                6 of   7 agree\n",
		"redirection                        3 of   3 agree\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	if err := os.WriteFile(file, []byte(`{"id": "x", "test": "unknown"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if headersMeasure(&out, []string{file}) == nil || headersMeasure(&out, nil) == nil {
		t.Error("an unknown test, or no file, is accepted")
	}
}
