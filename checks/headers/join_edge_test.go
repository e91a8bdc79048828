package headers

import (
	"strings"
	"testing"

	"hardcheck/checks"
)

// TestEdgeChoosesTheScope: which scope of products in front answers a URL, by its X-Robots-Tag; "" where it cannot be told.
func TestEdgeChoosesTheScope(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		want  map[string]string // URL: values of the origins, likeliest first
	}{
		"haproxy": {map[string]string{"haproxy.cfg": `defaults
  mode http
frontend plain
  bind :80
  default_backend app
  http-response set-header X-Robots-Tag plain
frontend secure
  bind :443 ssl crt /etc/ssl/shop.pem
  default_backend app
  http-response set-header X-Robots-Tag secure
backend app
  server a 127.0.0.1:8000
`}, map[string]string{"http://shop.example/": "plain", "https://shop.example/": "secure"}},
		"traefik": {map[string]string{"docker-compose.yml": `services:
  shop:
    image: shop
    labels:
      - traefik.enable=true
      - "traefik.http.routers.shop.rule=Host(` + "`shop.example`" + `)"
      - traefik.http.routers.shop.tls=true
      - traefik.http.routers.shop.middlewares=shop
      - traefik.http.middlewares.shop.headers.customresponseheaders.X-Robots-Tag=shop
      - "traefik.http.routers.api.rule=Host(` + "`shop.example`" + `) && PathPrefix(` + "`/api`" + `)"
      - traefik.http.routers.api.tls=true
      - traefik.http.routers.api.middlewares=api
      - traefik.http.middlewares.api.headers.customresponseheaders.X-Robots-Tag=api
`}, map[string]string{"https://shop.example/": "shop", "https://shop.example/api/x": "api", "https://other.example/": ""}},
		"_headers": {map[string]string{"netlify.toml": "[build]\n", "_headers": "/*\n  X-Robots-Tag: all\n/app/*\n  X-Robots-Tag: app\n"},
			map[string]string{"https://shop.example/": "all", "https://shop.example/app/x": "app all"}},
		"caddy": {map[string]string{"Caddyfile": "shop.example {\n\theader X-Robots-Tag shop\n\trespond ok\n}\n*.shop.example {\n\theader X-Robots-Tag wild\n\trespond ok\n}\n"},
			map[string]string{"https://shop.example/": "shop", "https://a.shop.example/": "wild", "https://other.test/": ""}},
		"apache": {map[string]string{"httpd.conf": "Listen 443\n<VirtualHost *:443>\nSSLEngine on\nServerName https://shop.example:443\nServerAlias *.shop.example\nDocumentRoot /srv\nHeader always set X-Robots-Tag shop\n</VirtualHost>\n" +
			"<VirtualHost *:443>\nSSLEngine on\nServerName api.example\nDocumentRoot /srv/api\nHeader always set X-Robots-Tag api\n</VirtualHost>\n"},
			map[string]string{"https://shop.example/": "shop", "https://www.shop.example/": "shop", "https://api.example/": "api", "https://other.test/": ""}},
		"two applications": {map[string]string{"Dockerfile": "CMD [\"flask\", \"run\"]\n", "a.py": flaskApp(line{"X-Robots-Tag", "a"}), "b.py": flaskApp(line{"X-Robots-Tag", "b"})},
			map[string]string{"https://shop.example/": "a b"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree := treePass(t, tt.files)
			for url, want := range tt.want {
				at, ok := askedOf(&checks.Exchange{URL: url, Status: 200})
				if !ok {
					t.Fatal(url)
				}
				origins, why := originsOf(tree, at)
				var got []string
				for _, o := range origins {
					for _, f := range o.all("X-Robots-Tag") {
						got = append(got, f.value)
					}
				}
				if strings.Join(got, " ") != want || (want == "") != (why != "") {
					t.Errorf("%s: %q, want %q (%s)", url, got, want, why)
				}
			}
		})
	}
}
