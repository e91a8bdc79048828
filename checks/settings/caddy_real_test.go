package settings

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/realserver"
)

const caddyReal = `
{
	admin off
	auto_https off
	http_port {port}
}
(sec) {
	header {
		X-Frame-Options {args.0}
		-Server
	}
}
http://127.0.0.1:{port} {
	import sec DENY
	header X-Site yes
	header ?X-Plain default
	request_body {
		max_size 5KB
	}
	handle /smaller {
		request_body {
			max_size 3KB
		}
		reverse_proxy {backend}
	}
	handle /larger {
		request_body {
			max_size 9KB
		}
		header X-Site inner
		header X-Frame-Options SAMEORIGIN
		header {
			X-Outer late
			defer
		}
		reverse_proxy {backend}
	}
	handle {
		header -X-Site
		reverse_proxy {backend}
	}
}
`

// TestCaddyAgainstTheServer compares headers and body limits in each route with the scopes.
func TestCaddyAgainstTheServer(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			w.WriteHeader(http.StatusOK)
		}
	}))
	defer backend.Close()
	conf := strings.ReplaceAll(caddyReal, "{backend}", backend.URL)
	srv := realserver.Start(t, map[string]string{"Caddyfile": conf}, "caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile")
	scopes := map[string]*checks.Scope{}
	for _, s := range scopesOf(t, caddyReader(), "-- Caddyfile --\n"+strings.ReplaceAll(conf, "{port}", "80")) {
		scopes[s.Name] = s
	}
	for path, name := range map[string]string{"/smaller": "handle /smaller", "/larger": "handle /larger", "/other": "handle"} {
		scope := scopes["site http://127.0.0.1:80 / "+name]
		if scope == nil {
			t.Errorf("no scope for %s in %v", name, scopes)
			continue
		}
		resp := srv.Get(t, path)
		for _, h := range []string{"X-Frame-Options", "X-Site", "X-Outer", "X-Plain"} {
			set, _ := scope.Get("header " + h)
			if got := resp.Header.Get(h); got != set.Text() {
				t.Errorf("%s answers with %s %q, the reader says %q", path, h, got, set.Text())
			}
		}
		set, _ := scope.Get("request_body.max_size")
		limit, _ := set.Int()
		for size, refused := range map[int64]bool{limit: false, limit + 1: true} {
			resp, err := http.Post(srv.URL+path, "text/plain", bytes.NewReader(make([]byte, size)))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.StatusCode != http.StatusOK; got != refused {
				t.Errorf("%s: a body of %d bytes gets %d, the reader says the limit is %d", path, size, resp.StatusCode, limit)
			}
		}
	}
}
