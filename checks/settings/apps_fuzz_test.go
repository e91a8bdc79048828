package settings

import (
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzAppReaders feeds one text to each framework's reader, as the files that it reads.
func FuzzAppReaders(f *testing.F) {
	for _, s := range []string{
		"const app = require('express')(), helmet = require('helmet'); app.use(helmet({ contentSecurityPolicy: { directives: { a: [b, `c ${d}`] } } }), require('cors')({ origin: [/e/] })); app.use((req, res) => { res.set({ F: 'g' }); });",
		"export default { async headers() { return [{ source: '/((?!a|b).*):c*', headers: [{ key: 'D', value: 'e' }] }] } }; export function middleware(r) { r.headers.set('A', `'nonce-${b}'`) }",
		"import { NestFactory } from '@nestjs/core'; async function b() { const app = await NestFactory.create(A); app.enableCors({ origin: true }); res.cookie('a', b, { secure: c }) }",
		"@SpringBootApplication class A { SecurityFilterChain c(HttpSecurity http) { return http.headers(h -> h.frameOptions(f -> f.disable()).contentSecurityPolicy(p -> p.policyDirectives(X + \"y\"))).build(); } @CrossOrigin(origins = {\"*\"}) void d() { Cookie e = new Cookie(\"f\", g); e.setSecure(true); } }",
		"fun a(http: HttpSecurity) { http { headers { contentSecurityPolicy { policyDirectives = \"b\" } } } }\nval c = CorsConfiguration()\nc.allowedOrigins = listOf(\"*\")",
		"class A < Rails::Application\n config.force_ssl = true\n config.ssl_options = { hsts: { expires: 1.year } }\n config.content_security_policy do |p|\n p.script_src :self, *X\n end\n allow do\n origins '*'\n resource '*', credentials: true\n end\nend",
		"var app = WebApplication.CreateBuilder(args).Build(); app.UseHsts(); app.Use(async (c, n) => { c.Response.Headers[\"A\"] = \"b\"; }); x.AddCors(o => o.AddPolicy(\"y\", p => p.SetIsOriginAllowed(_ => true).AllowCredentials()));",
		"<configuration><system.webServer><httpProtocol><customHeaders><add name=\"A\" value=\"b\"/><remove name=\"C\"/></customHeaders></httpProtocol></system.webServer></configuration>",
		"server:\n  servlet:\n    session:\n      cookie: {secure: true, same-site: none}\n---\nspring.config.activate.on-profile: dev",
		"MIDDLEWARE = ['a.b']\nROOT_URLCONF = 'x'\nDEBUG = 1\ndef b(get_response):\n  response['X'] = 'y'\n  response.set_cookie('a', **b)\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')",
	} {
		f.Add(s)
	}
	files := map[string][]string{
		"express": {"package.json", "server.ts", "lib/a.js"}, "next": {"next.config.mjs", "middleware.ts"},
		"spring": {"src/main/java/A.java", "src/main/kotlin/B.kt", "src/main/resources/application.yml", "src/main/resources/application.properties", "pom.xml"},
		"rails":  {"config/application.rb", "config/environments/production.rb", "config/initializers/a.rb"}, "aspnet": {"Program.cs", "web.config"},
		"django": {"a/settings.py", "a/__init__.py", "requirements.txt"}, "flask": {"app.py"}, "fastapi": {"main.py"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range []reader{expressReader(), nextReader(), springReader(), railsReader(), aspnetReader(), djangoReader(), flaskReader(), fastapiReader()} {
			var a txtar.Archive
			for _, name := range files[r.layer] {
				a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
			}
			scopes, _ := r.resolve(docsOf(r, string(txtar.Format(&a))))
			for _, s := range scopes {
				for _, set := range s.Settings {
					list, isList := set.Value.([]any)
					if set.Dynamic() && set.Value != nil && !(isList && list != nil) || set.Name == "" || set.Layer != r.layer {
						t.Fatalf("%s: bad setting %+v", s.Name, set)
					}
				}
			}
		}
	})
}
