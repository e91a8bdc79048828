package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNginxScopes(t *testing.T) {
	tests := []struct {
		name, archive string
		names         []string
		want          map[string][]string
	}{
		{"add_header is dropped where the inner level has one", `
-- nginx.conf --
events {}
http {
  add_header X-Frame-Options DENY always;
  server {
    server_name a.example;
    location / { root /srv; }
    location /api { add_header Cache-Control no-store; }
  }
}`, []string{"add_header"}, map[string][]string{
			"http":                             {"add_header X-Frame-Options=DENY[always]"},
			"server a.example":                 {"add_header X-Frame-Options=DENY[always] (inherited)"},
			"server a.example / location /":    {"add_header X-Frame-Options=DENY[always] (inherited)"},
			"server a.example / location /api": {"add_header Cache-Control=no-store"},
		}},
		{"sizes and times", `
-- nginx.conf --
http {
  client_max_body_size 8M;
  client_body_timeout 1m30s;
  send_timeout 1m 30s;
  server { server_name s; client_max_body_size 0k; client_body_timeout 500ms; location /x { client_max_body_size 1.5g; } }
}`, []string{"client_max_body_size", "client_body_timeout", "send_timeout"}, map[string][]string{
			"http":     {"client_max_body_size=8388608", "client_body_timeout=90", "send_timeout~1m 30s"},
			"server s": {"send_timeout~1m 30s (inherited)", "client_max_body_size=0", "client_body_timeout=1"},
			"server s / location /x": {"client_body_timeout=1 (inherited)", "send_timeout~1m 30s (inherited)",
				"client_max_body_size~1.5g"},
		}},
		// Debian's nginx lacks this directive: the order is that of ngx_http_headers_merge_conf in nginx 1.29.3.
		{"add_header_inherit merge and off", `
-- nginx.conf --
http {
  add_header A 1;
  server { server_name m; add_header_inherit merge; add_header B 2; location /x { add_header C 3; } }
  server { server_name o; add_header_inherit off; location / { } }
}`, []string{"add_header"}, map[string][]string{
			"http":                   {"add_header A=1"},
			"server m":               {"add_header B=2", "add_header A=1 (inherited)"},
			"server m / location /x": {"add_header C=3", "add_header B=2 (inherited)", "add_header A=1 (inherited)"},
			"server o":               nil,
			"server o / location /":  nil,
		}},
		{"an empty add_header ends the inheritance", `
-- nginx.conf --
http { add_header A 1; server { server_name s; add_header B ""; } }`, []string{"add_header"}, map[string][]string{
			"http": {"add_header A=1"}, "server s": nil,
		}},
		{"body limits, sizes and defaults", `
-- nginx.conf --
http {
  server { server_name d; location /up { client_max_body_size 2g; } location /off { client_max_body_size 0; } }
  server { server_name k; client_max_body_size 512K; }
  server { server_name t; client_max_body_size ${MAX}; }
  server { server_name bad; client_max_body_size 10mb; }
}`, []string{"client_max_body_size"}, map[string][]string{
			"http":                     {"client_max_body_size=1048576 (default)"},
			"server d":                 {"client_max_body_size=1048576 (default)"},
			"server d / location /up":  {"client_max_body_size=2147483648"},
			"server d / location /off": {"client_max_body_size=0"},
			"server k":                 {"client_max_body_size=524288"},
			"server t":                 {"client_max_body_size~${MAX}"},
			"server bad":               {"client_max_body_size~10mb"},
		}},
		{"includes by suffix, with inheritance from the nginx.conf", `
-- deploy/nginx/nginx.conf --
user www-data;
http {
  server_tokens off;
  include /etc/nginx/mime.types;
  include /etc/nginx/conf.d/*.conf;
}
-- deploy/nginx/conf.d/shop.conf --
server { listen 80; server_name shop.example; include snippets/headers.conf; }
-- deploy/nginx/snippets/headers.conf --
add_header X-Content-Type-Options nosniff always;
`, []string{"server_tokens", "add_header", "user"}, map[string][]string{
			"http":                {"user=www-data (inherited)", "server_tokens=false"},
			"server shop.example": {"server_tokens=false (inherited)", "user=www-data (inherited)", "add_header X-Content-Type-Options=nosniff[always]"},
		}},
		{"a fragment without its nginx.conf", `
-- conf.d/default.conf --
server_tokens off;
server { listen 80; location / { proxy_pass http://app; } }
`, []string{"server_tokens", "proxy_pass"}, map[string][]string{
			"http":                   {"server_tokens=false"},
			"server 80":              {"server_tokens=false (inherited)"},
			"server 80 / location /": {"server_tokens=false (inherited)", "proxy_pass=http://app"},
		}},
		{"files of one conf.d belong together", `
-- nginx/conf.d/00-http.conf --
client_max_body_size 20m;
-- nginx/conf.d/site.conf --
server { server_name s; }
`, []string{"client_max_body_size"}, map[string][]string{
			"http": {"client_max_body_size=20971520"}, "server s": {"client_max_body_size=20971520 (inherited)"},
		}},
		{"a fragment beside an nginx.conf whose include finds nothing", `
-- docker/nginx.conf --
http { server_tokens off; include /etc/nginx/conf.d/*.conf; }
-- docker/site.conf --
server { server_name s; }
`, []string{"server_tokens"}, map[string][]string{
			"http": {"server_tokens=false"}, "server s": {"server_tokens=false (inherited)"},
		}},
		{"an include that is not in the tree", `
-- nginx.conf --
http { server { server_name s; include /opt/secure.conf; location / { } } }
`, []string{"include"}, map[string][]string{
			"http": nil, "server s": {"include~/opt/secure.conf"}, "server s / location /": {"include~/opt/secure.conf (inherited)"},
		}},
		{"include loop", `
-- nginx.conf --
http { include a.conf; }
-- a.conf --
server_tokens off; include a.conf; include nginx.conf;
`, []string{"server_tokens"}, map[string][]string{"http": {"server_tokens=false"}}},
		{"templates", `
-- nginx.conf.j2 --
http {
  server {
    server_name {{ host }};
    server_tokens {{ tokens }};
    {% if tls %}
    add_header Strict-Transport-Security "max-age=63072000" always;
    {% endif %}
    add_header X-Request-Id $request_id;
  }
}`, []string{"server_tokens", "add_header"}, map[string][]string{
			"http":              {"server_tokens=true (default)"},
			"server {{ host }}": {"server_tokens~{{ tokens }}", "add_header Strict-Transport-Security~max-age=63072000[always]", "add_header X-Request-Id~$request_id"},
		}},
		{"logs, formats, handlers and returns", `
-- nginx.conf --
error_log /var/log/e.log warn;
http {
  log_format main escape=json '$remote_addr '
    '"$request"';
  access_log /var/log/a.log main;
  server {
    server_name s;
    access_log off;
    return 301 https://$host$request_uri;
    location / { proxy_pass http://x; location /in { } if ($a) { return 403; } }
  }
}`, []string{"log_format", "access_log", "error_log", "return", "proxy_pass"}, map[string][]string{
			"http": {"error_log=/var/log/e.log warn (inherited)", `log_format main=$remote_addr "$request"[escape=json]`,
				"access_log=/var/log/a.log main"},
			"server s": {"error_log=/var/log/e.log warn (inherited)", "access_log=off", "return=301 https://$host$request_uri"},
			"server s / location /": {"access_log=off (inherited)", "error_log=/var/log/e.log warn (inherited)",
				"return=301 https://$host$request_uri (inherited)", "proxy_pass=http://x"},
			"server s / location / / location /in": {"access_log=off (inherited)", "error_log=/var/log/e.log warn (inherited)"},
			"server s / location / / if ($a)": {"access_log=off (inherited)", "error_log=/var/log/e.log warn (inherited)",
				"proxy_pass=http://x (inherited)", "return=403"},
		}},
		{"headers-more accumulates, proxy_hide_header does not", `
-- nginx.conf --
http {
  more_set_headers "A: 1" "Server:";
  proxy_hide_header X-Powered-By;
  server { server_name s; more_clear_headers X-B; proxy_hide_header X-C; }
}`, []string{"more_set_headers", "more_clear_headers", "proxy_hide_header"}, map[string][]string{
			"http": {"more_set_headers A=1[always]", "more_set_headers Server=<nil>[remove always]", "proxy_hide_header X-Powered-By=<nil>[remove]"},
			"server s": {"more_set_headers A=1[always] (inherited)", "more_set_headers Server=<nil>[remove always] (inherited)",
				"more_clear_headers X-B=<nil>[remove always]", "proxy_hide_header X-C=<nil>[remove]"},
		}},
		{"variables with a text of their own", `
-- nginx.conf --
http {
  server {
    server_name s;
    set $csp "default-src 'self'";
    set $csp "${csp}; frame-ancestors 'none'";
    set $maybe a;
    if ($arg_a) { set $maybe b; }
    add_header Content-Security-Policy $csp always;
    add_header X-Maybe $maybe;
    location / { add_header Content-Security-Policy "$csp; base-uri 'none'"; add_header X-Id $request_id; }
  }
}`, []string{"add_header"}, map[string][]string{
			"http":                   nil,
			"server s":               {"add_header Content-Security-Policy=default-src 'self'; frame-ancestors 'none'[always]", "add_header X-Maybe~$maybe"},
			"server s / if ($arg_a)": {"add_header Content-Security-Policy=default-src 'self'; frame-ancestors 'none'[always] (inherited)", "add_header X-Maybe=b (inherited)"},
			"server s / location /":  {"add_header Content-Security-Policy=default-src 'self'; frame-ancestors 'none'; base-uri 'none'", "add_header X-Id~$request_id"},
		}},
		{"other programs' files", `
-- haproxy.conf --
global
  daemon
-- named.conf --
options { directory "/var"; };
server 192.0.2.1 { bogus yes; };
-- consul.conf --
server { enabled = true
 port = 80 }
-- logrotate.conf --
/var/log/x { rotate 4
 daily }
-- etc/dhcp/dhclient.conf --
send host-name = gethostname();
-- rsyslog.conf --
module(load="imuxsock")
`, nil, map[string][]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tell(scopesOf(t, nginxReader(), tt.archive), tt.names...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
