package settings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTraefikScopes(t *testing.T) {
	names := []string{"tls", "import", "redirectscheme", "redirections", "plain entrypoints", "stsseconds", "framedeny", "customframeoptionsvalue", "contenttypenosniff",
		"customresponseheaders", "accesscontrolalloworiginlist", "contentsecuritypolicy"}
	tests := []struct {
		name, archive string
		want          map[string][]string
	}{
		{"files: entry points, chains, order, development", `
-- traefik/traefik.yml --
entryPoints:
  web:
    address: ":80"
    http:
      redirections: {entryPoint: {to: websecure}}
  websecure:
    address: ":443"
    http:
      middlewares: [base@file]
      tls: {}
-- traefik/dynamic.yml --
http:
  routers:
    shop:
      rule: Host(` + "`shop.example`" + `)
      entryPoints: [websecure]
      middlewares: [all]
      service: shop
    plain:
      rule: Host(` + "`plain.example`" + `)
      entryPoints: [web]
      middlewares: [away, elsewhere@docker]
      service: shop
  middlewares:
    all:
      chain: {middlewares: [secure, extra]}
    secure:
      headers:
        stsSeconds: 31536000
        stsIncludeSubdomains: true
        stsPreload: true
        frameDeny: true
        customFrameOptionsValue: SAMEORIGIN
        contentTypeNosniff: true
    extra:
      headers:
        stsSeconds: 60
        isDevelopment: true
        customResponseHeaders:
          X-Frame-Options: ""
          X-Extra: "1"
        accessControlAllowOriginList: [https://a.example, https://b.example]
    base:
      headers:
        contentSecurityPolicy: default-src 'self'
    away:
      redirectScheme: {scheme: https}
    nobody:
      headers: {frameDeny: true, contentTypeNosniff: false}
`, map[string][]string{
			"router shop@file": {"tls=true", "accesscontrolalloworiginlist Access-Control-Allow-Origin~https://a.example,https://b.example (inherited)",
				"customresponseheaders X-Frame-Options=<nil>[remove] (inherited)", "customresponseheaders X-Extra=1 (inherited)",
				"customframeoptionsvalue X-Frame-Options=SAMEORIGIN (inherited)", "contenttypenosniff X-Content-Type-Options=nosniff (inherited)",
				"stsseconds Strict-Transport-Security=max-age=31536000; includeSubdomains; preload[tls] (inherited)",
				"contentsecuritypolicy Content-Security-Policy=default-src 'self' (inherited)"},
			"router plain@file":      {"tls=false", "import~middleware elsewhere@docker", "redirectscheme=https://{host}"},
			"entrypoint web":         {"redirections=https://{host}[permanent]"},
			"middleware nobody@file": {"framedeny X-Frame-Options=DENY[unattached]"},
		}},
		{"labels, TOML", `
-- compose.yml --
services:
  app:
    labels:
      - "traefik.http.routers.app.rule=Host(` + "`${HOST}`" + `)"
      - traefik.http.routers.app.tls=true
      - traefik.http.routers.app.middlewares=sec,fromfile@file
      - traefik.http.middlewares.sec.headers.customResponseHeaders.X-Dollar=a$$b
      - traefik.http.middlewares.sec.headers.frameDeny=${DENY}
  other:
    labels:
      traefik.http.routers.other.rule: Host(` + "`o.example`" + `)
-- traefik/file.toml --
[http.middlewares.fromfile.headers]
  forceSTSHeader = true
  stsSeconds = 100
  contentTypeNosniff = true
`, map[string][]string{
			"router app@docker": {"tls=true", "contenttypenosniff X-Content-Type-Options=nosniff (inherited)",
				"stsseconds Strict-Transport-Security=max-age=100 (inherited)", "framedeny X-Frame-Options~${DENY} (inherited)",
				"customresponseheaders X-Dollar=a$b (inherited)"},
			"router other@docker": {"tls=false"},
		}},
		{"Kubernetes", `
-- k8s/all.yaml --
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: sec, namespace: shop}
spec:
  headers:
    frameDeny: true
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: web, namespace: shop}
spec:
  entryPoints: [websecure]
  routes:
    - match: Host(` + "`shop.example`" + `)
      kind: Rule
      middlewares: [{name: sec}]
    - match: PathPrefix(` + "`/api`" + `)
      kind: Rule
  tls: {}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: old
  namespace: shop
  annotations:
    traefik.ingress.kubernetes.io/router.middlewares: shop-sec@kubernetescrd
`, map[string][]string{
			"router shop-web-0@kubernetescrd": {"tls=true", "framedeny X-Frame-Options=DENY (inherited)"},
			"router shop-web-1@kubernetescrd": {"tls=true"},
			"router shop-old@kubernetescrd":   {"tls=false", "framedeny X-Frame-Options=DENY (inherited)"},
		}},
		{"a chain of itself, other programs", `
-- dynamic.yml --
http:
  routers: {a: {rule: x, middlewares: [loop]}}
  middlewares: {loop: {chain: {middlewares: [loop]}}}
-- config.yml --
http: {port: 80}
middlewares: [a, b]
`, map[string][]string{"router a@file": {"tls=false", "import~middleware loop@file"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tell(scopesOf(t, traefikReader(), tt.archive), names...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTraefikAliases holds both readers to what a few lines of aliases of aliases spread to: each level has the one below it
// ten times, so that the last of them stands for 10^12 options.
func TestTraefikAliases(t *testing.T) {
	var b strings.Builder
	b.WriteString("x0: &a0 {level: DEBUG, k: v}\n")
	for level := 1; level <= 12; level++ {
		fmt.Fprintf(&b, "x%d: &a%d {", level, level)
		for i := range 10 {
			fmt.Fprintf(&b, "k%d: *a%d, ", i, level-1)
		}
		b.WriteString("}\n")
	}
	b.WriteString("entryPoints: *a12\nhttp: {routers: *a12, middlewares: *a12}\naccessLog: *a12\nlog: *a12\napi: *a12\n")
	for _, r := range []reader{traefikReader(), traefikLogReader()} {
		if _, problems := r.read(fileOf("traefik.yml", []byte(b.String()))); len(problems) != 1 || !strings.Contains(problems[0].Where, "traefik.yml") {
			t.Errorf("%s: problems %v, expected one that names the file", r.layer, problems)
		}
	}
}

func FuzzTraefik(f *testing.F) {
	f.Add("http:\n  routers: {a: {rule: x, middlewares: [b]}}\n  middlewares: {b: {headers: {stsSeconds: 1}}}\nentryPoints: {x: {http: {middlewares: [b@file]}}}\n")
	f.Add("services: {a: {labels: [traefik.http.routers.a.rule=x, traefik.http.middlewares.b.headers.customresponseheaders.X=y]}}")
	f.Add("kind: IngressRoute\nmetadata: {name: a}\nspec: {routes: [{match: x, middlewares: [{name: traefik}]}]}")
	f.Fuzz(func(t *testing.T, text string) { sound(t, traefikReader(), "traefik.yml", text) })
}
