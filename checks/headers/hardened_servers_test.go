package headers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hardenedLines are what a hardened site sends with every page.
var hardenedLines = []line{
	{stsHeader, "max-age=63072000; includeSubDomains"},
	{cspHeader, "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
	{xfoHeader, "DENY"}, {nosniffHeader, "nosniff"}, {referrerHeader, "strict-origin-when-cross-origin"},
	{permissionsHeader, "camera=(), geolocation=(), microphone=()"}, {coopHeader, "same-origin"}, {corpHeader, "same-origin"},
}

// hardenedServers are whole configurations by file name; LINES stands for the lines of headers, each as the format
// below it writes one.
var hardenedServers = map[string]struct{ file, format, text string }{
	"nginx": {"nginx/nginx.conf", "add_header %s \"%s\" always;\n", `
http {
  server_tokens off;
  server { listen 80; server_name shop.example; return 301 https://shop.example$request_uri; }
  server {
    listen 443 ssl; server_name shop.example; root /srv/shop;
    LINES
    location / { try_files $uri $uri/ =404; }
    location /static/ { expires 30d; }
    location /api/ { proxy_pass http://127.0.0.1:8000; proxy_hide_header X-Powered-By; }
  }
}`},
	"apache": {"apache2/apache2.conf", "Header always set %s \"%s\"\n", `
ServerTokens Prod
ServerSignature Off
TraceEnable Off
<VirtualHost *:80>
  ServerName shop.example
  Redirect permanent / https://shop.example/
</VirtualHost>
<VirtualHost *:443>
  ServerName shop.example
  SSLEngine on
  DocumentRoot /srv/shop
  <IfModule mod_headers.c>
  LINES
  </IfModule>
  <Directory /srv/shop>
    AllowOverride None
    Require all granted
  </Directory>
</VirtualHost>`},
	"caddy": {"Caddyfile", "%s \"%s\"\n", `
(secure) {
  header {
    LINES
    -Server
  }
}
shop.example {
  import secure
  root * /srv/shop
  handle /api/* {
    reverse_proxy 127.0.0.1:8000
  }
  handle {
    file_server
  }
}`},
	"haproxy": {"haproxy/haproxy.cfg", "http-after-response set-header %s \"%s\"\n", `
defaults
  mode http
  timeout client 30s
frontend www
  bind :80
  bind :443 ssl crt /etc/ssl/shop.pem
  http-request redirect scheme https code 301 unless { ssl_fc }
  http-response del-header Server
  LINES
  default_backend app
backend app
  server app 127.0.0.1:8000 check`},
	"traefik": {"traefik/dynamic.yml", "          %s: \"%s\"\n", `
http:
  routers:
    shop:
      rule: Host(` + "`shop.example`" + `)
      entryPoints: [websecure]
      tls: {}
      middlewares: [secure]
      service: shop
    plain:
      rule: Host(` + "`shop.example`" + `)
      entryPoints: [web]
      middlewares: [https]
      service: shop
  middlewares:
    https: {redirectScheme: {scheme: https, permanent: true}}
    secure:
      headers:
        customResponseHeaders:
LINES
  services:
    shop: {loadBalancer: {servers: [{url: "http://shop:8000"}]}}`},
	"ingress-nginx": {"k8s/ingress.yaml", "      more_set_headers \"%s: %s\";\n", `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
LINES
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example], secretName: shop}]`},
	"gateway": {"k8s/route.yaml", "              - {name: %s, value: \"%s\"}\n", `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge}
spec: {listeners: [{name: https, protocol: HTTPS, port: 443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
    - filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier:
            set:
LINES
      backendRefs: [{name: shop, port: 80}]`},
	"netlify":      {"public/_headers", "  %s: %s\n", "/*\nLINES\n/static/*\n  Cache-Control: max-age=31536000\n"},
	"vercel":       {"vercel.json", "{\"key\": \"%s\", \"value\": \"%s\"},\n", `{"headers": [{"source": "/(.*)", "headers": [LINES {"key": "X-Robots-Tag", "value": "all"}]}]}`},
	"firebase":     {"firebase.json", "{\"key\": \"%s\", \"value\": \"%s\"},\n", `{"hosting": {"headers": [{"source": "**", "headers": [LINES {"key": "X-Robots-Tag", "value": "all"}]}]}}`},
	"staticwebapp": {"staticwebapp.config.json", "\"%s\": \"%s\",\n", `{"globalHeaders": {LINES "X-Robots-Tag": "all"}}`},
	"iis": {"web.config", "<add name=\"%s\" value=\"%s\" />\n", `<configuration><system.webServer>
<httpProtocol><customHeaders><remove name="X-Powered-By" />
LINES</customHeaders></httpProtocol>
<security><requestFiltering removeServerHeader="true" /></security>
</system.webServer></configuration>`},
}

// TestHardenedServers: a hardened configuration of any server gives no finding, and one without its headers gives some,
// so that the silence means something.
func TestHardenedServers(t *testing.T) {
	for name, s := range hardenedServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := judgeFile(t, s.file, strings.Replace(s.text, "LINES", hardenedText(s.format, hardenedLines), 1)); len(found) > 0 {
				t.Errorf("a hardened configuration fails: %q", found)
			}
			if found := judgeFile(t, s.file, strings.Replace(s.text, "LINES", hardenedText(s.format, hardenedLines[len(hardenedLines)-1:]), 1)); len(found) < 2 {
				t.Errorf("without its headers it gives %q only", found)
			}
		})
	}
}

func hardenedText(format string, lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, format, l.name, l.value)
	}
	return b.String()
}

// judgeFile lists what every check finds in a tree of one file.
func judgeFile(t *testing.T, name, text string) []string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range Checks() {
		if c.OnTree() {
			out = append(out, judgeTree(t, one(c), dir)...)
		}
	}
	return out
}
