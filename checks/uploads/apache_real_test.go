package uploads

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

const apacheProxyConf = `DocumentRoot {dir}
User www-data
Group www-data
LimitRequestBody 100000
ProxyPass /pass BACKEND
<Location /handler>
  LimitRequestBody 100000
  SetHandler "proxy:BACKEND"
</Location>
RewriteEngine On
RewriteRule ^/rewrite BACKEND [P]
`

// TestApacheDoesNotLimitWhatItProxies holds the rule not-for-proxied to the real server.
func TestApacheDoesNotLimitWhatItProxies(t *testing.T) {
	realserver.Require(t, "apache2")
	if _, err := os.Stat("/usr/lib/apache2/modules/mod_proxy.so"); err != nil {
		t.Skipf("NOT TESTED AGAINST THE REAL SERVER: its modules are elsewhere: %v", err)
	}
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		if n != 1<<20 {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer backend.Close()
	conf := strings.ReplaceAll(apacheProxyConf, "BACKEND", backend.URL+"/")
	srv := realserver.Apache(conf, "proxy", "proxy_http", "proxy_fcgi", "rewrite").Start(t, map[string]string{"index.html": "hello"})
	for path, want := range map[string]int{
		"/index.html": http.StatusRequestEntityTooLarge, "/pass": http.StatusOK, "/handler": http.StatusOK, "/rewrite": http.StatusOK,
	} {
		resp, err := http.Post(srv.URL+path, "application/octet-stream", strings.NewReader(strings.Repeat("x", 1<<20)))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: a body of 1 MiB over a limit of 100000 is answered %d, expected %d", path, resp.StatusCode, want)
		}
	}
}
