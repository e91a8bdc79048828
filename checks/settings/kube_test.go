package settings

import (
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
		"route shop / rule 1":         {"RequestRedirect=RequestRedirect", "tls=true"},
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
