//go:build unix

package uploads

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/settings"
)

// chainsIn are the chains of these files.
func chainsIn(t *testing.T, files map[string]string) []chain {
	t.Helper()
	c := settings.NewCollector()
	for name, text := range files {
		e := &checks.Entry{Path: name, Mode: fs.FileMode(0o644), Size: int64(len(text))}
		if c.Wants(e) {
			c.Read(&checks.File{Entry: e, Data: []byte(text), Line: 1, Whole: true})
		}
	}
	scopes, problems := c.Scopes()
	for _, p := range problems {
		t.Errorf("problem: %v", &p)
	}
	return chainsOf(checks.NewPass(context.Background(), layerChain(), &checks.World{Scopes: scopes}, nil))
}

// reader answers 200 when it has read the whole body.
func reader(t *testing.T) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

// smallChunks hands out a few bytes at a time: each becomes a chunk. Its size is not known to the client. HAProxy takes the
// size of a first chunk for that of the body where it has seen it.
type smallChunks struct{ r io.Reader }

func (s smallChunks) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 4096)]) }

// post sends a body of n bytes, in chunks or with its size declared. taken reports an answer other than those that refuse
// a body.
func post(url, host string, n int64, chunked bool) (taken bool, got string) {
	var body io.Reader = bytes.NewReader(make([]byte, n))
	if chunked {
		body = smallChunks{body}
	}
	req, err := http.NewRequest(http.MethodPost, url, body)
	if err != nil {
		return false, err.Error()
	}
	req.Host, req.Close = host, true
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false, "no answer"
	}
	resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusRequestEntityTooLarge, http.StatusBadRequest, http.StatusBadGateway:
		return false, resp.Status
	}
	return true, resp.Status
}

// much is what is sent where no limit is predicted.
const much = 3 << 20

// agree holds what a chain says of a path to what the server does at the limit and one byte over it, for declared sizes and
// for chunks. It returns how many answers it compared.
func agree(t *testing.T, c *chain, url, host string) int {
	t.Helper()
	n := 0
	for _, chunked := range []bool{false, true} {
		limit, by := c.effective(coversAll, chunked)
		try := func(size int64, want bool) {
			n++
			if taken, got := post(url, host, size, chunked); taken != want {
				t.Errorf("%s%s: %d bytes, chunked=%v: %s, the chain says taken=%v\n%s", host, strings.TrimPrefix(url, "http://"), size, chunked, got, want, c)
			}
		}
		if by == nil {
			try(much, true)
			continue
		}
		try(limit.bytes, true)
		try(limit.bytes+1, false)
	}
	return n
}

// chainOf is the only chain whose first layer is the scope of that name.
func chainOf(t *testing.T, chains []chain, name string) *chain {
	t.Helper()
	var out *chain
	for i := range chains {
		if chains[i].layers[0].scope.Name == name {
			if out != nil {
				t.Fatalf("two chains begin with %s", name)
			}
			out = &chains[i]
		}
	}
	if out == nil {
		t.Fatalf("no chain begins with %s", name)
	}
	return out
}

// TestNginxChains sets limits at each level of nginx, in every combination.
func TestNginxChains(t *testing.T) {
	backend := reader(t)
	compared := 0
	for _, outer := range []string{"", "client_max_body_size 30k;"} {
		var conf strings.Builder
		conf.WriteString(outer + "\n")
		host := 0
		for _, server := range []string{"", "client_max_body_size 0;", "client_max_body_size 40960;"} {
			for _, location := range []string{"", "client_max_body_size 20K;", "client_max_body_size 0;", `client_max_body_size "1m";`} {
				for _, buffering := range []string{"", "proxy_request_buffering off;"} {
					fmt.Fprintf(&conf, `server { listen 127.0.0.1:{port}; server_name h%d.example; root {dir}/www; %s
	location /pass { %s %s proxy_http_version 1.1; proxy_pass %s/; location /pass/in { proxy_pass %s/; } }
	location /return { %s return 200; }
	location /static { %s }
	location /front { try_files $uri @app; %s }
	location @app { proxy_pass %s; }
}
`, host, server, location, buffering, backend.URL, backend.URL, location, location, location, backend.URL)
					host++
				}
			}
		}
		conf.WriteString("server { listen 127.0.0.1:{port}; server_name early.example; client_max_body_size 10k; return 200; }\n")
		product := realserver.Nginx(conf.String())
		srv := product.Start(t, map[string]string{"www/static/a.html": "a"})
		chains := chainsIn(t, map[string]string{"nginx.conf": "events {}\nhttp {\n" + conf.String() + "}\n"})
		for i := range host {
			name := fmt.Sprintf("h%d.example", i)
			for path, scope := range map[string]string{"/pass/x": "location /pass", "/pass/in/x": "location /pass / location /pass/in",
				"/return": "location /return", "/static/a.html": "location /static", "/front/x": "location /front"} {
				compared += agree(t, chainOf(t, chains, "server "+name+" / "+scope), srv.URL+path, name)
			}
		}
		compared += agree(t, chainOf(t, chains, "server early.example"), srv.URL+"/x", "early.example")
	}
	t.Logf("%d answers of nginx are as the chains say", compared)
}
