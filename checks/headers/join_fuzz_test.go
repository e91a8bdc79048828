package headers

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// FuzzJoin joins whatever a configuration says with whatever an address says: no panic, and every origin names a scope.
func FuzzJoin(f *testing.F) {
	f.Add("server { listen 443 ssl; server_name ~^(a; location ~* \\.(css { add_header A b; } location = / { } }", "/a/../b%00", 200)
	f.Add("server { server_name *.x .y z.*; location ^~ /a { try_files $uri @b; } location @b { internal; } error_page 404 = @b; }", "//a//", 404)
	f.Add("location ~ x { location /y { if ($a) { add_header X-Frame-Options \"\"; } } }", "", 503)
	f.Fuzz(func(t *testing.T, text, path string, status int) {
		dir := t.TempDir()
		for _, name := range []string{"nginx.conf", "httpd.conf", "Caddyfile", "haproxy.cfg", "_headers"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var pass *checks.Pass
		seen := &checks.Check{ID: "headers/seen", Entry: seeEnabled, Tree: func(p *checks.Pass) error { pass = p; return nil }}
		tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		engine.RunTree(t.Context(), tree, []engine.Job{{Check: seen}}, engine.Options{})
		u := url.URL{Scheme: "https", Host: "shop.example", Path: path}
		at, ok := askedOf(&checks.Exchange{URL: u.String(), Status: status})
		if !ok {
			return
		}
		origins, why := originsOf(pass, at)
		if len(origins) == 0 && why == "" {
			t.Error("no origin, and no reason")
		}
		for _, o := range origins {
			if o.scope == nil {
				t.Error("an origin without a scope")
			}
			for _, name := range joined {
				o.compare(name, []string{"x"})
				o.dropped(name)
			}
		}
	})
}
