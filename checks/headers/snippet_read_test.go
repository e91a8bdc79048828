package headers

import (
	"strings"
	"testing"

	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

const (
	ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec:\n  ingressClassName: nginx\n  tls: [{hosts: [shop.example]}]\n" +
		"  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]\n"
	route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec:\n  parentRefs: [{name: edge}]\n  rules:\n" +
		"    - matches: [{path: {type: PathPrefix, value: /}}]\nPASTE\n      backendRefs: [{name: shop, port: 80}]\n"
)

// unread are trees of products whose servers are not at hand: before, and after with PASTE where the snippet goes.
var unread = map[string]struct {
	file, before, after string
	more                map[string]string
	least               int                         // headers that the product is found to miss
	shape               func(snippet string) string // fits it into what is there
}{
	"express": {"app.js", "const express = require(\"express\");\nconst app = express();\napp.disable(\"x-powered-by\");\nPASTE\napp.get(\"/\", (req, res) => res.send(\"<title>Shop</title>\"));\napp.listen(3000);\n", "",
		map[string]string{"package.json": `{"name": "shop", "scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.19.0"}}`, "Dockerfile": "FROM node:22\nCMD [\"node\", \"app.js\"]\n"}, 4, nil},
	"next": {"next.config.js", "const nextConfig = {\n  poweredByHeader: false,\n  PASTE\n};\nmodule.exports = nextConfig;\n", "",
		map[string]string{"package.json": `{"name": "shop", "scripts": {"start": "next start"}, "dependencies": {"next": "^15.0.0"}}`}, 4, nil},
	"spring": {"src/main/java/shop/SecurityConfig.java", "package shop;\n\n@Configuration\n@EnableWebSecurity\npublic class SecurityConfig {\n    @Bean\n    SecurityFilterChain chain(HttpSecurity http) throws Exception {\n        http.authorizeHttpRequests(a -> a.anyRequest().authenticated());\n        PASTE\n        return http.build();\n    }\n}\n", "", nil, 1, nil},
	"rails":  {"config/environments/production.rb", "require \"active_support/core_ext/integer/time\"\n\nRails.application.configure do\n  config.eager_load = true\n  config.force_ssl = false\n  PASTE\nend\n", "", map[string]string{"config/application.rb": "require \"rails/all\"\n\nmodule Shop\n  class Application < Rails::Application\n    config.load_defaults 7.1\n  end\nend\n", "Gemfile": "gem \"rails\", \"~> 7.1\"\n"}, 1, nil},
	"aspnet": {"Program.cs", "var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\napp.UseHttpsRedirection();\napp.Use(async (context, next) =>\n{\n    context.Response.Headers[\"X-Robots-Tag\"] = \"none\";\n    await next();\n});\nPASTE\napp.MapGet(\"/\", () => \"Shop\");\napp.Run();\n", "", map[string]string{"Shop.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>\n"}, 3, nil},
	"vercel": {"vercel.json", `{"headers": [{"source": "/(.*)", "headers": [{"key": "X-Robots-Tag", "value": "none"}]}]}`, "{PASTE}", nil, 4, nil},
	"firebase": {"firebase.json", `{"hosting": {"public": "out", "headers": [{"source": "**", "headers": [{"key": "X-Robots-Tag", "value": "none"}]}]}}`,
		`{"hosting": {"public": "out", PASTE}}`, nil, 4, nil},
	"staticwebapp": {"staticwebapp.config.json", `{"globalHeaders": {"X-Robots-Tag": "none"}}`, "{PASTE}", nil, 4, nil},
	"netlify":      {"netlify.toml", "[[headers]]\n  for = \"/*\"\n  [headers.values]\n    X-Robots-Tag = \"none\"\nPASTE\n", "", nil, 4, nil},
	"_headers":     {"public/_headers", "/*\n  X-Robots-Tag: none\nPASTE\n", "", map[string]string{"netlify.toml": "[build]\n  publish = \"public\"\n"}, 4, nil},
	"traefik": {"traefik/dynamic.yml", "http:\n  routers:\n    shop:\n      rule: Host(`shop.example`)\n      service: shop\n      middlewares: [security-headers]\n      tls: {}\n  middlewares:\n    security-headers:\n      headers:\n        customResponseHeaders:\n          X-Robots-Tag: none\n  services:\n    shop:\n      loadBalancer:\n        servers: [{url: \"http://127.0.0.1:8000\"}]\n",
		"http:\n  routers:\n    shop:\n      rule: Host(`shop.example`)\n      service: shop\n      middlewares: [security-headers]\n      tls: {}\nPASTE\n", nil, 4,
		func(text string) string { return strings.Replace(text, "\nhttp:\n", "\n", 1) }},
	"ingress-nginx": {"deploy/ingress.yaml", ingress + "metadata:\n  name: shop\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_set_headers \"X-Robots-Tag: none\";\n",
		ingress + "PASTE\n", nil, 3, func(text string) string { return strings.Replace(text, "metadata:\n", "metadata:\n  name: shop\n", 1) }},
	"gateway": {"deploy/route.yaml", strings.Replace(route, "PASTE\n", "      filters:\n        - type: ResponseHeaderModifier\n          responseHeaderModifier:\n            set:\n              - {name: X-Robots-Tag, value: none}\n", 1),
		route, nil, 3, func(text string) string { return "      " + strings.ReplaceAll(text, "\n", "\n      ") }},
	"iis": {"web.config", "<configuration><system.webServer><httpProtocol><customHeaders><add name=\"X-Robots-Tag\" value=\"none\" /></customHeaders></httpProtocol></system.webServer></configuration>",
		"<configuration><system.webServer>PASTE</system.webServer></configuration>", nil, 4, nil},
}

// TestSnippetsAreRead: what is pasted for products that no test runs is read back as the header that it sets.
func TestSnippetsAreRead(t *testing.T) {
	for name, tt := range unread {
		t.Run(name, func(t *testing.T) {
			after := tt.after
			if after == "" {
				after = tt.before
			}
			audit := func(text string) engine.Result {
				tree, err := target.OpenTree(t.Context(), writeTree(t, with(tt.more, tt.file, text)), target.TreeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				defer tree.Close()
				return engine.RunTree(t.Context(), tree, pasted(), engine.Options{})
			}
			found := missingIn(audit(strings.Replace(tt.before, "PASTE", "", 1)))
			if len(found) < tt.least {
				t.Errorf("%d headers are missing, want %d at least: %+v", len(found), tt.least, found)
			}
			for _, f := range found {
				text := f.Snippet
				if tt.shape != nil {
					text = tt.shape(text)
				}
				for _, left := range missingIn(audit(strings.Replace(after, "PASTE", text, 1))) {
					if left.Attribute == f.Attribute && left.Place.Path == f.Place.Path {
						t.Errorf("still missing %s: %s\n%s", left.Attribute, left.Message, strings.Replace(after, "PASTE", text, 1))
					}
				}
			}
		})
	}
}
