package settings

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIngressScopes(t *testing.T) {
	got := tell(scopesOf(t, ingressReader(), `
-- k8s/ingress.yaml --
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: web
  annotations:
    nginx.ingress.kubernetes.io/server-snippet: |
      add_header X-Server dropped;
    nginx.ingress.kubernetes.io/configuration-snippet: |
      # of the location
      add_header X-Own yes always;
      more_set_headers "X-Frame-Options: DENY";
    nginx.ingress.kubernetes.io/custom-headers: web/headers
    nginx.ingress.kubernetes.io/enable-cors: "true"
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: other}
spec: {ingressClassName: traefik}
-- k8s/config.yaml --
kind: ConfigMap
metadata: {name: headers, namespace: web}
data:
  X-Content-Type-Options: nosniff
  X-Id: $req_id
---
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  hsts-max-age: "100"
  hsts-include-subdomains: "false"
  add-headers: nowhere/else
`), "tls", "hsts", "add_header", "more_set_headers", "include", "cors-allow-origin", "cors-allow-credentials")
	want := map[string][]string{"ingress web/shop": {
		"tls=true", "hsts Strict-Transport-Security=max-age=100[always]", "include~ConfigMap nowhere/else",
		"more_set_headers X-Content-Type-Options=nosniff[always] (inherited)", "more_set_headers X-Id~$req_id[always] (inherited)",
		"cors-allow-origin Access-Control-Allow-Origin=*[always] (default)", "cors-allow-credentials Access-Control-Allow-Credentials=true[always] (default)",
		"add_header X-Own=yes[always]", "more_set_headers X-Frame-Options=DENY[always]",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestIngressPlace: a directive in a block of an annotation is found on its own line.
func TestIngressPlace(t *testing.T) {
	scopes := scopesOf(t, ingressReader(), `
-- i.yaml --
kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
      expires off;
      more_set_headers "X-Frame-Options: DENY";
`)
	set, _ := scopes[0].Get("more_set_headers X-Frame-Options")
	if set.Place.String() != "i.yaml:7" {
		t.Errorf("the place is %s, want i.yaml:7", set.Place)
	}
}

func TestGatewayScopes(t *testing.T) {
	got := tell(scopesOf(t, gatewayReader(), `
-- route.yaml --
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  rules:
    - matches: [{path: {type: PathPrefix, value: /}}]
      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier:
            remove: [Server]
            set: [{name: x-frame-options, value: DENY}]
            add: [{name: X-Extra, value: "{{ .x }}"}]
    - filters: [{type: RequestRedirect}]
---
kind: VirtualService
metadata: {name: old}
spec:
  http:
    - match: [{uri: {prefix: /api}}]
      headers: {response: {set: {X-Frame-Options: SAMEORIGIN}, remove: [Server]}}
-- gateway.yaml --
kind: Gateway
spec: {listeners: [{protocol: HTTPS}]}
`), "path", "set", "add", "remove", "tls", "RequestRedirect")
	want := map[string][]string{
		"route shop / rule 0":         {"path=/", "set X-Frame-Options=DENY", "add X-Extra~{{ .x }}[append]", "remove Server=<nil>[remove]", "tls=true"},
		"route shop / rule 1":         {"RequestRedirect={scheme}://{host}", "tls=true"},
		"virtualservice old / rule 0": {"path=/api", "set X-Frame-Options=SAMEORIGIN", "remove Server=<nil>[remove]", "tls=true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzKube(f *testing.F) {
	f.Add("kind: Ingress\nmetadata: {name: a, annotations: {nginx.ingress.kubernetes.io/configuration-snippet: 'add_header A b;'}}")
	f.Add("kind: ConfigMap\ndata: {hsts-max-age: x, http-snippet: 'more_set_headers -s 4 \"A: $b\";'}\n---\nkind: HTTPRoute\nspec: {rules: [{filters: [{responseHeaderModifier: {set: [a, {name: b}]}}]}]}")
	f.Fuzz(func(t *testing.T, text string) {
		sound(t, ingressReader(), "a.yaml", text)
		sound(t, gatewayReader(), "a.yaml", text)
	})
}

// TestHostileGateways reads files of gateways and hosts built to multiply: it ends, and keeps little.
func TestHostileGateways(t *testing.T) {
	var chain, labels, proxies, rules strings.Builder
	chain.WriteString("http:\n  routers: {r: {rule: x, middlewares: [m0]}}\n  middlewares:\n")
	for i := range 300 { // every chain names the next one twice
		fmt.Fprintf(&chain, "    m%d: {chain: {middlewares: [m%d, m%d]}}\n", i, i+1, i+1)
	}
	labels.WriteString("services:\n")
	for i := range 2000 {
		fmt.Fprintf(&labels, "  s%d: {labels: [traefik.http.routers.r%d.middlewares=a]}\n", i, i)
	}
	proxies.WriteString("defaults\n mode http\n")
	for i := range 2000 { // every frontend uses every backend
		fmt.Fprintf(&proxies, "backend b%d\n http-response set-header X-%d 1\nfrontend f%d\n", i, i, i)
		for j := range 100 {
			fmt.Fprintf(&proxies, " use_backend b%d if x\n", j)
		}
	}
	rules.WriteString(`{"headers": [`)
	for i := range 3000 {
		fmt.Fprintf(&rules, `{"source": "/%d", "headers": [{"key": "X-%d", "value": "1"}]},`, i, i)
	}
	rules.WriteString(`{"source": "/(.*)", "headers": []}]}`)
	for name, text := range map[string]string{
		"traefik.yml": chain.String(), "compose.yml": labels.String(), "haproxy.cfg": proxies.String(), "vercel.json": rules.String(),
		"deep.yaml":        "kind: Ingress\nhttp: " + strings.Repeat("{a: ", 5000),
		"web.config":       strings.Repeat("<location path='a'><httpProtocol><customHeaders>", 5000) + strings.Repeat("<add name='a' value='b'/>", 50000),
		"lighttpd.conf":    strings.Repeat(`$HTTP["url"] =~ "a" { setenv.set-response-header = ( "A" => "b" ) `, 20000),
		"haproxy/acls.cfg": "frontend a\n" + strings.Repeat(" acl x path /\n http-response set-header A b if y\n", 40000),
		"snippets.yaml": "kind: ConfigMap\ndata:\n  http-snippet: '" + strings.Repeat("add_header A b;", 50000) + "'\n" +
			strings.Repeat("---\nkind: Ingress\nspec: {ingressClassName: nginx}\n", 1500),
		"configmap.yaml": "kind: ConfigMap\nmetadata: {name: c}\ndata:\n" + strings.Repeat("  a: b\n", 20000) +
			"---\nkind: Ingress\nspec: {ingressClassName: nginx}\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(name, []byte(text))
			for _, r := range []reader{traefikReader(), haproxyReader(), ingressReader(), gatewayReader(), vercelReader(), iisReader(), lighttpdReader()} {
				if total := keptOf(r, f); total > maxSettings+maxOwn {
					t.Errorf("%s keeps %d settings of %s", r.layer, total, name)
				}
			}
		})
	}
}
