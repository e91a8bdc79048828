package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// locations are patterns that overlap; each location names itself in X-Robots-Tag.
var locations = []string{"/", "= /", "/app", "/app/", "^~ /app/static/", "~ \\.css$", "~* \\.PNG$", "/app/static/deep/", "= /app/exact",
	"~ ^/app/[0-9]+", "^~ /files", "~ /files/.*\\.css$", "@named", "/b%20c"}

var requested = []string{"/", "/x", "/app", "/app/", "/app/x", "/app/static/x.css", "/app/static/deep/x.css", "/app/x.css", "/app/a.png", "/app/a.PNG",
	"/app/exact", "/app/exact/", "/app/12", "/application", "/files/x.css", "/filesx", "//app//exact", "/app/../x", "/x.css/", "/app/static", "/a%2ecss", "/b%20c", "/app/./12/x"}

// TestLocationIsNginxsChoice asks nginx for many paths and compares the location that answered with the one that the
// configuration is read to choose.
func TestLocationIsNginxsChoice(t *testing.T) {
	var body strings.Builder
	for i, l := range locations {
		fmt.Fprintf(&body, "location %s {\n\tadd_header X-Robots-Tag \"l%d\" always;\n\treturn 200 \"ok\";\n", l, i)
		if l == "/app/" {
			body.WriteString("\tlocation ~ \\.txt$ { add_header X-Robots-Tag nested always; return 200 ok; }\n")
		}
		body.WriteString("}\n")
	}
	server := "server { listen 127.0.0.1:{port}; server_name example.com;\n" + body.String() + "}\n"
	srv := realserver.Nginx(server).Start(t, nil)
	tree := treePass(t, map[string]string{"nginx/shop.conf": strings.ReplaceAll(server, "{port}", fmt.Sprint(srv.Port))})
	for _, path := range append(requested, "/app/x.txt", "/app/static/x.txt") {
		resp := srv.Get(t, path)
		x := &checks.Exchange{URL: fmt.Sprintf("http://example.com:%d%s", srv.Port, path), Status: resp.StatusCode}
		at, ok := askedOf(x)
		if !ok {
			t.Fatalf("%s: no URL", path)
		}
		origins, why := originsOf(tree, at)
		if len(origins) != 1 {
			t.Errorf("%s: %d origins, %s", path, len(origins), why)
			continue
		}
		got := ""
		for _, f := range origins[0].all("X-Robots-Tag") {
			got = f.value
		}
		if want := resp.Header.Get("X-Robots-Tag"); got != want {
			t.Errorf("%s: nginx answers from %q, read as %q", path, want, got)
		}
	}
}

// treePass is the pass of headers/deployed over a tree, after the walk.
func treePass(t testing.TB, files map[string]string) (pass *checks.Pass) {
	t.Helper()
	check := deployed()
	site := &checks.Check{ID: "headers/seen", Entry: seeEnabled, Tree: func(p *checks.Pass) error { pass = p; return nil }}
	tree, err := target.OpenTree(t.Context(), writeTree(t, files), target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	engine.RunTree(t.Context(), tree, []engine.Job{{Check: site, Values: check.Defaults()}}, engine.Options{})
	return pass
}

// TestServerIsNginxsChoice does the same for server names and listeners.
func TestServerIsNginxsChoice(t *testing.T) {
	names := []string{"example.com", "*.example.com", "www.example.*", "~^api[0-9]+\\.example\\.com$", ".shop.test", "_"}
	var body strings.Builder
	for i, n := range names {
		listen := "listen 127.0.0.1:{port};"
		if n == "_" {
			listen = "listen 127.0.0.1:{port} default_server;"
		}
		fmt.Fprintf(&body, "server { %s server_name %s; location / { add_header X-Robots-Tag \"s%d\"; return 200 ok; } }\n", listen, n, i)
	}
	srv := realserver.Nginx(body.String()).Start(t, nil)
	tree := treePass(t, map[string]string{"nginx/shop.conf": strings.ReplaceAll(body.String(), "{port}", fmt.Sprint(srv.Port))})
	for _, host := range []string{"example.com", "a.example.com", "www.example.com", "www.example.org", "api12.example.com", "api.example.com",
		"shop.test", "www.shop.test", "nothing.invalid", "www.EXAMPLE.org", "127.0.0.1"} {
		site, err := target.OpenSite(fmt.Sprintf("http://%s:%d/", host, srv.Port), target.SiteOptions{Resolve: []string{fmt.Sprintf("%s:%d:127.0.0.1", host, srv.Port)}})
		if err != nil {
			t.Fatal(err)
		}
		x, err := site.Page(t.Context(), "/")
		site.Close()
		if err != nil {
			t.Fatal(err)
		}
		at, _ := askedOf(x)
		origins, why := originsOf(tree, at)
		if len(origins) != 1 {
			t.Errorf("%s: %d origins, %s", host, len(origins), why)
			continue
		}
		if got, want := origins[0].all("X-Robots-Tag")[0].value, x.Header.Get("X-Robots-Tag"); got != want {
			t.Errorf("%s: nginx answers from %s, read as %s", host, want, got)
		}
	}
}
