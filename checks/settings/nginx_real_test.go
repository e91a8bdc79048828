package settings

import (
	"net/http"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/realserver"
)

const nginxRealConf = `
pid {dir}/nginx.pid;
error_log stderr;
events {}
http {
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  access_log off;
  add_header X-Http yes always;
  include {dir}/conf.d/*.conf;
}`

const nginxRealSite = `
server {
  listen 127.0.0.1:{port};
  server_name shop.example;
  root {dir};
  client_max_body_size 5k;
  include snippets/security.conf;
  location /kept { try_files /none =404; }
  location /dropped { add_header Cache-Control "no-store"; try_files /none =404; }
  location /empty { add_header X-None ""; try_files /none =404; }
  location /outer {
    add_header X-Outer "a b" always;
    location /outer/inner { client_max_body_size 1m; try_files /none =404; }
    if ($arg_if) { add_header X-If yes always; }
    try_files /none =404;
  }
  set $site "a";
  set $site "${site} b";
  location /variable { add_header X-Site "$site c" always; try_files /none =404; }
  location /unlimited { client_max_body_size 0; server_tokens off; try_files /none =404; }
}`

// TestNginxAgainstTheServer compares the headers of errors and the body limit in each location with the scopes.
func TestNginxAgainstTheServer(t *testing.T) {
	files := map[string]string{
		"nginx.conf":             nginxRealConf,
		"conf.d/site.conf":       nginxRealSite,
		"snippets/security.conf": "add_header X-Frame-Options DENY always;\nadd_header X-Plain only-on-success;\n",
	}
	srv := realserver.Start(t, files, "nginx", "-p", "{dir}", "-c", "{dir}/nginx.conf", "-g", "daemon off;")
	var archive strings.Builder
	fill := strings.NewReplacer("{dir}", "/etc/nginx", "{port}", "80")
	for name, content := range files {
		archive.WriteString("-- nginx/" + name + " --\n" + fill.Replace(content) + "\n")
	}
	scopes := map[string]*checks.Scope{}
	for _, s := range scopesOf(t, nginxReader(), archive.String()) {
		scopes[s.Name] = s
	}
	for path, name := range map[string]string{
		"/kept":            "location /kept",
		"/dropped":         "location /dropped",
		"/empty":           "location /empty",
		"/outer":           "location /outer",
		"/outer/inner":     "location /outer / location /outer/inner",
		"/outer?if=1":      "location /outer / if ($arg_if)",
		"/unlimited":       "location /unlimited",
		"/variable":        "location /variable",
		"/anything/at/all": "",
	} {
		full := strings.TrimSuffix("server shop.example / "+name, " / ")
		scope := scopes[full]
		if scope == nil {
			t.Errorf("no scope %q", full)
			continue
		}
		compareHeaders(t, path, srv.Get(t, path), scope, "add_header ")
		if name != "" && !strings.Contains(name, "if (") {
			compareLimit(t, srv, path, scope, "client_max_body_size")
		}
		tokens, _ := scope.Get("server_tokens")
		if shown := strings.Contains(srv.Get(t, path).Header.Get("Server"), "/"); tokens.Value != shown {
			t.Errorf("%s: server_tokens %v, but the version is shown: %v", path, tokens.Value, shown)
		}
	}
}

// compareHeaders checks that an error answer carries exactly the scope's "always" headers among those that the
// scopes know of.
func compareHeaders(t *testing.T, path string, resp *http.Response, scope *checks.Scope, prefix string) {
	t.Helper()
	want := map[string]string{}
	for _, s := range scope.Settings {
		if strings.HasPrefix(s.Name, prefix) && s.Has("always") && !s.Has("remove") {
			want[s.Header] = s.Text()
		}
	}
	for _, h := range []string{"X-Http", "X-Frame-Options", "X-Plain", "Cache-Control", "X-Outer", "X-If", "X-None", "X-Set", "X-Site"} {
		if got := resp.Header.Get(h); got != want[h] {
			t.Errorf("%s answers %d with %s %q, the reader says %q", path, resp.StatusCode, h, got, want[h])
		}
	}
}

// compareLimit declares a body of exactly the limit and one byte more.
func compareLimit(t *testing.T, srv *realserver.Server, path string, scope *checks.Scope, name string) {
	t.Helper()
	set, _ := scope.Get(name)
	limit, ok := set.Int()
	if !ok {
		t.Errorf("%s: no %s in the scope", path, name)
		return
	}
	if limit == 0 {
		if got := srv.Declare(t, path, 1<<40); got == http.StatusRequestEntityTooLarge {
			t.Errorf("%s: 1 TiB is refused, the reader says unlimited", path)
		}
		return
	}
	if got := srv.Declare(t, path, limit); got == http.StatusRequestEntityTooLarge {
		t.Errorf("%s: a body of %d bytes is refused, the reader says that is the limit", path, limit)
	}
	if got := srv.Declare(t, path, limit+1); got != http.StatusRequestEntityTooLarge {
		t.Errorf("%s: a body of %d bytes gets status %d, want 413: the reader says the limit is %d", path, limit+1, got, limit)
	}
}
