package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCanaryFlags(t *testing.T) {
	const site = "https://shop.example"
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"no log":         {[]string{"--active", "canary", site}, "expected a log of the site"},
		"no canary":      {[]string{"--log", "x", site}, "expected --active canary"},
		"no site":        {[]string{"--active", "canary", "--log", "x", "."}, "expected a URL"},
		"two sites":      {[]string{"--active", "canary", "--log", "x", site, "https://b.example"}, "exactly one URL"},
		"empty log":      {[]string{"--active", "canary", "--log", "", site}, "empty text"},
		"an option":      {[]string{"--active", "canary", "--log-unit", "--file=x", site}, "name of a systemd unit"},
		"relative error": {[]string{"--active", "canary", "--log", "x", "--provoke-error", "boom", site}, `begins with "/"`},
		"a line break":   {[]string{"--active", "canary", "--log", "x", "--provoke-error", "/a\r\nb: c", site}, "percent-encoded"},
		"endless":        {[]string{"--active", "canary", "--log", "x", "--log-wait", "1h", site}, "up to 5m0s"},
		"not my own":     {[]string{"--active", "canary", "--log", "x", "--module", "logging", "--resolve", "shop.example:443:8.8.8.8", site}, "--i-own-this-target"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"audit"}, tt.args...), &out, &errs); code == exitPass || !strings.Contains(out.String()+errs.String(), tt.want) {
			t.Errorf("%s: exit %d, %s%s, want %q", name, code, out.String(), errs.String(), tt.want)
		}
	}
}

// TestCanaryRun audits a site with its log and reads what is printed.
func TestCanaryRun(t *testing.T) {
	log, err := os.Create(filepath.Join(t.TempDir(), "shop.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(log, r.Method, r.URL)
	}))
	t.Cleanup(server.Close)
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"audit", "--active", "canary", "--module", "logging", "--log", log.Name(), "--log-wait", "1s", server.URL}, &out, &errs)
	for _, want := range []string{"The query token of a request stands in", "query-token-logged"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q (exit %d):\n%s", want, code, out.String())
		}
	}
	for _, want := range []string{"10 marked requests will be sent", "LEAKED, as it is", "were written by this audit"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("standard error does not say %q:\n%s", want, errs.String())
		}
	}
}
