package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCaddyScopes(t *testing.T) {
	tests := []struct {
		name, archive string
		names         []string
		want          map[string][]string
	}{
		{"snippets with arguments, global options", `
-- Caddyfile --
{
	debug
	servers {
		log_credentials
		max_header_size 16KiB
	}
}
(sec) {
	header {
		X-Frame-Options {args[0]}
		-Server
		?X-Default 1
		+Vary Origin
		>X-Late 2
	}
	header_up Host {args.0}
}
shop.example, www.shop.example {
	import sec DENY
	log {
		output file /var/log/shop.log
	}
}
plain.example {
	respond ok
}
`, []string{"header", "debug", "log", "log_credentials", "log.output", "servers.max_header_size", "respond", "address"}, map[string][]string{
			"global": {"debug=true", "servers.max_header_size=16384", "log_credentials=true"},
			"site shop.example, www.shop.example": {"debug=true (inherited)", "log_credentials=true (inherited)",
				"address=shop.example", "address=www.shop.example",
				"log=true", "log.output=file /var/log/shop.log",
				"header Vary=Origin[append defer]", "header X-Frame-Options=DENY[defer]", "header X-Default=1[if-missing]",
				"header X-Late=2[defer]", "header Server=<nil>[remove defer]"},
			"site plain.example": {"debug=true (inherited)", "log_credentials=true (inherited)", "address=plain.example",
				"respond=ok", "log=false (default)"},
		}},
		{"routes", `
-- Caddyfile --
a.example {
	header X-Frame-Options DENY
	header /static/* Cache-Control public
	header {
		X-Image 1
		match status 2xx
	}
	request_body {
		max_size 10MB
	}
	handle /up/* {
		request_body {
			max_size 1GB
		}
		header X-Frame-Options SAMEORIGIN
		reverse_proxy b:80 {
			header_down -X-Powered-By
		}
	}
	handle {
		request_body {
			max_size 1MiB
		}
		file_server browse
	}
}`, []string{"header", "request_body.max_size", "reverse_proxy", "header_down", "file_server.browse"}, map[string][]string{
			"site a.example": {"request_body.max_size=10000000", "header Cache-Control=public[conditional path=/static/*]", "header X-Frame-Options=DENY",
				"header X-Image=1[conditional]"},
			"site a.example / handle /up/*": {"request_body.max_size=10000000 (inherited)", "reverse_proxy=b:80", "header_down X-Powered-By=<nil>[remove]",
				"header Cache-Control=public[conditional path=/static/*] (inherited)", "header X-Image=1[conditional] (inherited)",
				"header X-Frame-Options=SAMEORIGIN"},
			"site a.example / handle": {"request_body.max_size=1048576", "file_server.browse=true", "header Cache-Control=public[conditional path=/static/*] (inherited)",
				"header X-Frame-Options=DENY (inherited)", "header X-Image=1[conditional] (inherited)"},
		}},
		{"imported files, environment", `
-- caddy/Caddyfile --
import sites/*.caddy
-- caddy/sites/b.caddy --
{$HOST} {
	import ../common
	import /etc/elsewhere
	header X-Id {http.request.uuid}
	request_body {
		max_size {$LIMIT}
	}
}
-- caddy/common --
header X-Content-Type-Options nosniff
header {
	Referrer-Policy no-referrer
}
`, []string{"header", "request_body.max_size", "address", "import"}, map[string][]string{
			"site {$HOST}": {"address~{$HOST}", "import~/etc/elsewhere", "request_body.max_size~{$LIMIT}", "header X-Content-Type-Options=nosniff",
				"header Referrer-Policy=no-referrer", "header X-Id~{http.request.uuid}"},
		}},
		{"import loop", `
-- Caddyfile --
(a) {
	import b
	header A 1
}
(b) {
	import a
}
x.example {
	import a
}
`, []string{"header"}, map[string][]string{"site x.example": {"header A=1"}}},
		{"imports with a block", `
-- Caddyfile --
(site) {
	https://{args[0]} {
		header X-Frame-Options {args[1]}
		{block}
	}
}
(inner) {
	handle /x {
		{block}
	}
}
import site a.example DENY {
	import inner {
		header A 1
	}
}
`, []string{"header"}, map[string][]string{
			"site https://a.example":             {"header X-Frame-Options=DENY"},
			"site https://a.example / handle /x": {"header X-Frame-Options=DENY (inherited)", "header A=1"},
		}},
		{"one site without braces", `
-- Caddyfile --
localhost

log
`, []string{"log"}, map[string][]string{"site localhost": {"log=true"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tell(scopesOf(t, caddyReader(), tt.archive), tt.names...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCaddySize(t *testing.T) {
	for text, want := range map[string]int64{"10MB": 1e7, "10MiB": 10 << 20, "1.5 kb": 1500, "100": 100, "0": 0} {
		if got, ok := caddySize(text); !ok || got != want {
			t.Errorf("caddySize(%q) = %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "10XB", "99999999TB", "{$A}"} {
		if got, ok := caddySize(text); ok {
			t.Errorf("caddySize(%q) = %d, want none", text, got)
		}
	}
}
