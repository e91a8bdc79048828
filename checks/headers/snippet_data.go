package headers

// recommended are the values to begin with. They hold back what a page rarely needs; hints say what to try first.
var recommended = map[string]string{
	stsHeader:         "max-age=31536000; includeSubDomains",
	cspHeader:         "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
	xfoHeader:         "SAMEORIGIN",
	nosniffHeader:     "nosniff",
	referrerHeader:    "strict-origin-when-cross-origin",
	permissionsHeader: "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
	coopHeader:        "same-origin",
	coepHeader:        "require-corp",
	corpHeader:        "same-origin",

	"Origin-Agent-Cluster": "?1",
	"Cache-Control":        "no-store",
	"Clear-Site-Data":      `"cache", "cookies", "storage"`,
	"Integrity-Policy":     "blocked-destinations=(script)",
}

// hints say how a value that may break a page is tried first.
var hints = map[string]string{
	stsHeader:         "try it with max-age=300 first, and leave includeSubDomains out while a subdomain has no https: browsers do not forget",
	cspHeader:         "try it as Content-Security-Policy-Report-Only first: it then blocks nothing, and the browser's console shows what it would",
	permissionsHeader: "leave out the features that the page itself uses",
	coopHeader:        "same-origin-allow-popups where the page opens windows that sign the user in or take a payment",
	coepHeader:        "try it as Cross-Origin-Embedder-Policy-Report-Only first: foreign images and scripts that do not allow it are blocked",
	corpHeader:        "cross-origin for files that other sites may embed",
	xfoHeader:         "DENY where not even the site itself frames the page",

	"Integrity-Policy": "try it as Integrity-Policy-Report-Only first: scripts without integrity are blocked",
	"Cache-Control":    "on answers that are made for one user only",
	"Clear-Site-Data":  "on the answer that ends the session only",
}

// plainHTTP shows the header itself, where the product is not known.
var plainHTTP = product{set: "{header}: {value}", own: map[string]string{
	locationHeader: "Location: https://HOST/PATH",
	acaoHeader:     "Access-Control-Allow-Origin: https://app.example\nVary: Origin",
}}

// products are the servers and frameworks, by name.
var products = map[string]product{
	"nginx": {comment: "#", set: `add_header {header} {quoted} always;`, remove: "proxy_hide_header {header};",
		replace: "proxy_hide_header {header};\nadd_header {header} {quoted} always;",
		own: map[string]string{
			"Server":       "server_tokens off;",
			locationHeader: "return 301 https://$host$request_uri;",
			acaoHeader: "map $http_origin $allowed_origin {  # beside the server block\n    https://app.example $http_origin;\n    default \"\";\n}\n" +
				"add_header Access-Control-Allow-Origin $allowed_origin always;\nadd_header Vary Origin always;",
		}},
	"apache": {comment: "#", set: `Header always set {header} {quoted}`, remove: "Header unset {header}\nHeader always unset {header}",
		replace: "Header unset {header}\nHeader always set {header} {quoted}",
		own: map[string]string{
			"Server":       "ServerTokens Prod",
			locationHeader: "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
			acaoHeader: "SetEnvIf Origin \"^https://app\\.example$\" ALLOWED_ORIGIN=$0\n" +
				"Header always set Access-Control-Allow-Origin %{ALLOWED_ORIGIN}e env=ALLOWED_ORIGIN\nHeader always merge Vary Origin",
		}},
	"caddy": {comment: "#", set: `header {header} {quoted}`, replace: "header {\n    {header} {quoted}\n    defer\n}", remove: "header -{header}",
		own: map[string]string{
			locationHeader: "redir https://{host}{uri} permanent",
			acaoHeader: "@partner header Origin https://app.example\nheader @partner Access-Control-Allow-Origin https://app.example\n" +
				"header +Vary Origin",
		}},
	"haproxy": {comment: "#", set: `http-response set-header {header} {quoted}`, remove: "http-response del-header {header}",
		own: map[string]string{
			locationHeader: "http-request redirect scheme https code 301 unless { ssl_fc }",
		}},
	"traefik": {comment: "#", set: "http:\n  middlewares:\n    security-headers:\n      headers:\n        customResponseHeaders:\n          {header}: {quoted}",
		remove: "http:\n  middlewares:\n    security-headers:\n      headers:\n        customResponseHeaders:\n          {header}: \"\"",
		own: map[string]string{
			stsHeader:      "http:\n  middlewares:\n    security-headers:\n      headers:\n        stsSeconds: 31536000\n        stsIncludeSubdomains: true",
			locationHeader: "entryPoints:\n  web:\n    http:\n      redirections:\n        entryPoint: {to: websecure, scheme: https, permanent: true}",
		}},
	"ingress-nginx": {comment: "#", set: "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_set_headers {line};",
		remove: "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_clear_headers \"{header}\";",
		own: map[string]string{
			locationHeader: "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/ssl-redirect: \"true\"",
		}},
	"netlify":      {comment: "#", set: "[[headers]]\n  for = \"/*\"\n  [headers.values]\n    {header} = {quoted}"},
	"_headers":     {comment: "#", set: "/*\n  {header}: {value}"},
	"vercel":       {set: "\"headers\": [{\"source\": \"/(.*)\", \"headers\": [{\"key\": \"{header}\", \"value\": {quoted}}]}]"},
	"firebase":     {set: "\"headers\": [{\"source\": \"**\", \"headers\": [{\"key\": \"{header}\", \"value\": {quoted}}]}]"},
	"staticwebapp": {set: "\"globalHeaders\": {\"{header}\": {quoted}}"},
	"gateway": {comment: "#", set: "filters:\n  - type: ResponseHeaderModifier\n    responseHeaderModifier:\n      set:\n        - {name: {header}, value: {quoted}}",
		remove: "filters:\n  - type: ResponseHeaderModifier\n    responseHeaderModifier:\n      remove: [{header}]"},
	"iis": {set: "<httpProtocol>\n  <customHeaders>\n    <add name=\"{header}\" value=\"{escaped}\" />\n  </customHeaders>\n</httpProtocol>",
		remove: "<httpProtocol>\n  <customHeaders>\n    <remove name=\"{header}\" />\n  </customHeaders>\n</httpProtocol>",
		own: map[string]string{
			"Server": "<security>\n  <requestFiltering removeServerHeader=\"true\" />\n</security>",
		}},
}
