package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

var (
	haproxyFrontLines = map[string]string{
		"nothing": "",
		"set":     "http-response set-header X-Frame-Options DENY",
		"after":   "http-after-response set-header X-Frame-Options DENY\n  http-after-response add-header X-Extra after",
		"status":  "http-response set-header X-If good if { status 200 }\n  acl bad status 400:599\n  http-response set-header X-If bad if bad\n  http-response set-header X-Mapped plain unless { ssl_fc }",
		"missing": "http-response set-header X-Frame-Options IFMISSING if !{ res.hdr(X-Frame-Options) -m found }\n  http-response set-header Referrer-Policy no-referrer if TRUE !{ res.hdr(Referrer-Policy) -m found }",
		"wipe":    "http-response del-header X- -m beg\n  http-response set-header X-Mapped \"50%% 'quoted' \\\"twice\\\"\"",
	}
	haproxyBackLines = map[string]string{
		"nothing": "",
		"set":     "http-response set-header X-Frame-Options BACK\n  http-response set-header X-Extra single\\ escaped",
		"add":     "http-response add-header X-Frame-Options BACK",
		"del":     "http-response del-header X-Frame-Options\n  http-response del-header x-extra",
		"replace": "http-response replace-header X-Frame-Options (AL)LOW(.*) \\1-\\2\n  http-response replace-header X-Extra p P",
		"after":   "http-after-response set-header X-Frame-Options BACKAFTER",
	}
)

const haproxyTop = `
global
  log stderr local0 alert
defaults base
  mode http
  timeout client 5s
  http-response set-header X-Content-Type-Options nosniff
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend app
  bind unix@{dir}/app.sock mode 666
  http-request return status 404 content-type text/html string gone hdr X-Frame-Options ALLOWALL hdr X-Extra app if { path /gone }
  http-request return status 500 content-type text/html string fault hdr X-Frame-Options ALLOWALL hdr X-Extra app if { path /fault }
  http-request return status 200 content-type text/html string fine hdr X-Frame-Options ALLOWALL hdr X-Extra app
`

var haproxyUpstreamSends = []field{{name: xfoHeader, value: "ALLOWALL"}, {name: "X-Extra", value: "app"}}

// TestHaproxyAgrees compares the header lines of HAProxy with those that its configuration is judged to give. Every
// frontend has a socket of its own, and one frontend on the port chooses among them by the host.
func TestHaproxyAgrees(t *testing.T) {
	t.Parallel()
	var conf, entry strings.Builder
	entry.WriteString("listen entry\n  mode tcp\n  bind 127.0.0.1:{port}\n  tcp-request inspect-delay 5s\n  tcp-request content accept if HTTP\n")
	conf.WriteString(haproxyTop)
	var all []answer
	n := 0
	for front, lines := range haproxyFrontLines {
		for back, inner := range haproxyBackLines {
			n++
			host := fmt.Sprintf("%s-%s.example", front, back)
			fmt.Fprintf(&conf, "frontend f%[1]d from base\n  bind unix@{dir}/f%[1]d.sock mode 666\n  http-request redirect location /elsewhere if { path /moved }\n  http-request deny if { path /denied }\n  %[2]s\n  default_backend b%[1]d\n", n, lines)
			fmt.Fprintf(&conf, "backend b%[1]d\n  %[2]s\n  server app unix@{dir}/app.sock\n", n, inner)
			fmt.Fprintf(&entry, "  use-server s%[1]d if { req.hdr(host) -i %[2]s }\n  server s%[1]d unix@{dir}/f%[1]d.sock weight 0\n", n, host)
			scope := fmt.Sprintf("frontend f%d / backend b%d", n, n)
			all = append(all,
				answer{host: host, path: "/", scope: scope, status: 200, upstream: haproxyUpstreamSends},
				answer{host: host, path: "/gone", scope: scope, status: 404, upstream: haproxyUpstreamSends},
				answer{host: host, path: "/fault", scope: scope, status: 500, upstream: haproxyUpstreamSends},
				answer{host: host, path: "/moved", scope: fmt.Sprintf("frontend f%d", n), status: 302, made: true},
				answer{host: host, path: "/denied", scope: fmt.Sprintf("frontend f%d", n), status: 403, made: true})
		}
	}
	srv := realserver.HAProxy(conf.String()+entry.String()).Start(t, nil)
	agree(t, srv, haproxyFront(), all)
}
