package headers

// appProducts are the frameworks. What their own settings send comes before a header written by hand.
var appProducts = map[string]product{
	"django": {comment: "#", set: "MIDDLEWARE.insert(0, \"shop.headers.{snake}\")  # in the settings\n\n" +
		"def {snake}(get_response):  # in the module shop/headers.py\n    def middleware(request):\n        response = get_response(request)\n" +
		"        response.headers[\"{header}\"] = {quoted}\n        return response\n    return middleware",
		own: map[string]string{
			stsHeader: "MIDDLEWARE.insert(0, \"django.middleware.security.SecurityMiddleware\")  # if it is not there\n" +
				"SECURE_HSTS_SECONDS = 31536000\nSECURE_HSTS_INCLUDE_SUBDOMAINS = True",
			xfoHeader:      "MIDDLEWARE.append(\"django.middleware.clickjacking.XFrameOptionsMiddleware\")  # if it is not there\nX_FRAME_OPTIONS = \"SAMEORIGIN\"",
			nosniffHeader:  "MIDDLEWARE.insert(0, \"django.middleware.security.SecurityMiddleware\")  # if it is not there\nSECURE_CONTENT_TYPE_NOSNIFF = True",
			referrerHeader: "MIDDLEWARE.insert(0, \"django.middleware.security.SecurityMiddleware\")  # if it is not there\nSECURE_REFERRER_POLICY = \"strict-origin-when-cross-origin\"",
			coopHeader:     "MIDDLEWARE.insert(0, \"django.middleware.security.SecurityMiddleware\")  # if it is not there\nSECURE_CROSS_ORIGIN_OPENER_POLICY = \"same-origin\"",
			cspHeader: "# Django 6; before it the same directives in CONTENT_SECURITY_POLICY[\"DIRECTIVES\"] of django-csp 4\n" +
				"MIDDLEWARE.append(\"django.middleware.csp.ContentSecurityPolicyMiddleware\")\nSECURE_CSP = {\n    \"default-src\": [\"'self'\"],\n" +
				"    \"object-src\": [\"'none'\"],\n    \"base-uri\": [\"'none'\"],\n    \"form-action\": [\"'self'\"],\n    \"frame-ancestors\": [\"'self'\"],\n}",
			locationHeader: "SECURE_SSL_REDIRECT = True\nSECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\")  # if a proxy that sets it ends TLS",
			acaoHeader:     "CORS_ALLOWED_ORIGINS = [\"https://app.example\"]",
		}},
	"flask": {comment: "#", set: "@app.after_request\ndef {snake}(response):\n    response.headers[\"{header}\"] = {quoted}\n    return response",
		own: map[string]string{
			locationHeader: "from flask_talisman import Talisman\nTalisman(app, force_https=True)",
			acaoHeader:     "CORS(app, origins=[\"https://app.example\"], supports_credentials=True)",
		}},
	"fastapi": {comment: "#", set: "@app.middleware(\"http\")\nasync def {snake}(request, call_next):\n    response = await call_next(request)\n" +
		"    response.headers[\"{header}\"] = {quoted}\n    return response",
		own: map[string]string{
			"Server":       "uvicorn app:app --no-server-header",
			locationHeader: "from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware\napp.add_middleware(HTTPSRedirectMiddleware)",
			acaoHeader:     "app.add_middleware(CORSMiddleware, allow_origins=[\"https://app.example\"], allow_credentials=True)",
		}},
	"express": {comment: "//", set: "app.use((req, res, next) => {  // before the routes\n  res.setHeader(\"{header}\", {quoted});\n  next();\n});",
		remove: "app.use((req, res, next) => {\n  res.removeHeader(\"{header}\");\n  next();\n});",
		own: map[string]string{
			"X-Powered-By": "app.disable(\"x-powered-by\");",
			acaoHeader:     "app.use(cors({origin: [\"https://app.example\"], credentials: true}));",
		}},
	"next": {comment: "//", set: "async headers() {\n  return [{source: \"/:path*\", headers: [{key: \"{header}\", value: {quoted}}]}];\n},",
		own: map[string]string{"X-Powered-By": "poweredByHeader: false,"}},
	"spring": {comment: "//", set: "http.headers(h -> h.addHeaderWriter(new StaticHeadersWriter(\"{header}\", {quoted})));",
		own: map[string]string{
			stsHeader:         "http.headers(h -> h.httpStrictTransportSecurity(s -> s.maxAgeInSeconds(31536000).includeSubDomains(true)));",
			xfoHeader:         "http.headers(h -> h.frameOptions(f -> f.sameOrigin()));",
			nosniffHeader:     "http.headers(h -> h.contentTypeOptions(Customizer.withDefaults()));",
			cspHeader:         "http.headers(h -> h.contentSecurityPolicy(c -> c.policyDirectives({quoted})));",
			permissionsHeader: "http.headers(h -> h.permissionsPolicyHeader(p -> p.policy({quoted})));",
			locationHeader:    "http.redirectToHttps(Customizer.withDefaults());",
			acaoHeader:        "configuration.setAllowedOrigins(List.of(\"https://app.example\"));",
		}},
	"rails": {comment: "#", set: "config.action_dispatch.default_headers[\"{header}\"] = {quoted}",
		own: map[string]string{
			stsHeader:      "config.force_ssl = true",
			locationHeader: "config.force_ssl = true",
		}},
	"aspnet": {comment: "//", set: "app.Use(async (context, next) =>\n{\n    context.Response.Headers[\"{header}\"] = {quoted};\n    await next();\n});",
		own: map[string]string{
			stsHeader:      "builder.Services.AddHsts(o => { o.MaxAge = TimeSpan.FromDays(365); o.IncludeSubDomains = true; });  // before builder.Build()\napp.UseHsts();  // after it",
			"Server":       "builder.WebHost.ConfigureKestrel(o => o.AddServerHeader = false);",
			locationHeader: "app.UseHttpsRedirection();",
			acaoHeader:     "policy.WithOrigins(\"https://app.example\").AllowCredentials();",
		}},
}
