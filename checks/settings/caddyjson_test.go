package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const caddyJSONText = `{
	"admin": {"disabled": true},
	"logging": {"logs": {
		"default": {"level": "DEBUG"},
		"shop": {"writer": {"output": "file", "filename": "/var/log/shop.log"}, "encoder": {"format": "json"}, "include": ["http.log.access.shop"]}
	}},
	"apps": {"http": {"servers": {
		"edge": {
			"listen": [":443"],
			"max_header_bytes": 65536,
			"logs": {"logger_names": {"shop.example": "shop"}, "skip_unmapped_hosts": true, "should_log_credentials": true},
			"routes": [
				{"match": [{"host": ["shop.example"]}], "handle": [{"handler": "subroute", "routes": [
					{"handle": [{"handler": "request_body", "max_size": 10000000}]},
					{"handle": [{"handler": "headers", "response": {"set": {"X-Frame-Options": ["{env.FRAMES}"], "Vary": ["Origin", "Accept"]}}}]},
					{"match": [{"path": ["/a/*"], "method": ["GET"]}], "handle": [{"handler": "static_response", "status_code": 302, "headers": {"Location": ["/b"]}}]},
					{"group": "g", "match": [{"path": ["/files/*"]}], "handle": [{"handler": "subroute", "routes": [
						{"handle": [{"handler": "rewrite", "strip_path_prefix": "/files"}]},
						{"handle": [{"handler": "file_server", "browse": {}}]}
					]}]},
					{"handle": [{"handler": "reverse_proxy", "upstreams": [{"dial": "app:8000"}], "headers": {"response": {"delete": ["Server"]}}}]}
				]}]},
				{"match": [{"host": ["quiet.example"]}], "handle": [{"handler": "file_server"}]}
			]
		},
		"inner": {"listen": ["127.0.0.1:8080"], "routes": [{"handle": [{"handler": "static_response", "body": "fine"}]}]}
	}}}
}`

func TestCaddyJSON(t *testing.T) {
	got := tell(scopesOf(t, caddyReader(), "-- caddy.json --\n"+caddyJSONText+"\n-- other/package.json --\n{}\n-- caddy/other.json --\n{\"apps\": 1}\n"), "admin", "debug", "log_credentials",
		"servers.max_header_size", "log", "log.output", "log.format", "request_body.max_size", "header", "header_down", "redir", "file_server.browse", "reverse_proxy", "respond", "address")
	want := map[string][]string{
		"global": {"admin=off", "debug=true", "servers.max_header_size=65536", "log_credentials=true"},
		"site shop.example": {"debug=true (inherited)", "log_credentials=true (inherited)", "address=shop.example", "log=true", "log.output=file /var/log/shop.log", "log.format=json", "request_body.max_size=10000000",
			"redir=@1 /b 302[conditional]", "reverse_proxy=app:8000", "header_down Server=<nil>[remove]", "header X-Frame-Options~{env.FRAMES}", "header Vary=Origin", "header Vary=Accept[append]"},
		"site shop.example / handle_path /files/*": {"debug=true (inherited)", "log_credentials=true (inherited)", "address=shop.example (inherited)", "log=true (inherited)", "log.output=file /var/log/shop.log (inherited)",
			"log.format=json (inherited)", "request_body.max_size=10000000 (inherited)", "file_server.browse=true", "header X-Frame-Options~{env.FRAMES} (inherited)",
			"header Vary=Origin (inherited)", "header Vary=Accept[append] (inherited)"},
		"site quiet.example": {"debug=true (inherited)", "log_credentials=true (inherited)", "address=quiet.example", "file_server.browse=false", "log=false (default)", "request_body.max_size=0 (default)"},
		"site :8080":         {"debug=true (inherited)", "log_credentials=true (inherited)", "address=:8080", "respond=fine", "log=false (default)", "request_body.max_size=0 (default)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzCaddyJSON(f *testing.F) {
	f.Add(caddyJSONText)
	f.Add(`{"apps":{"http":{"servers":{"a":{"routes":[{"handle":[{"handler":"subroute","routes":[{"handle":[{"handler":"headers","response":{"require":{"headers":{"A":null}},"set":{"A":["b"]}}}]}]}]}]}}}}}`)
	f.Fuzz(func(t *testing.T, text string) { sound(t, caddyReader(), "caddy.json", text) })
}
