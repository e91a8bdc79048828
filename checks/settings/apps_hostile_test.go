package settings

import (
	"fmt"
	"strings"
	"testing"
)

// TestHostileApps reads sources built to multiply: it ends, and keeps little.
func TestHostileApps(t *testing.T) {
	double := func(line string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line+"\n", i+1, i)
		}
		return b.String()
	}
	express := "const app = require('express')();\nconst v0 = ['a'];\n"
	for name, tt := range map[string]struct {
		reader reader
		file   string
		text   string
	}{
		"lists that double":     {expressReader(), "a.js", express + double("const v%d = [...v%[2]d, ...v%[2]d];", 200) + "app.use(require('cors')({ origin: v199 }));"},
		"objects that double":   {expressReader(), "a.js", express + "const o0 = { a: 1 };" + double("const o%d = { ...o%[2]d, b: o%[2]d, ...o%[2]d };", 200) + "app.use(require('helmet')(o199));"},
		"texts that double":     {expressReader(), "a.js", express + "const t0 = 'abc';" + double("const t%d = `${t%[2]d}${t%[2]d}`;", 200) + "app.use((req, res) => res.set('A', t199));"},
		"middleware used often": {expressReader(), "a.js", express + "const f = (req, res) => {" + strings.Repeat("res.set('A', 'b');", 5000) + "};\n" + strings.Repeat("app.use(f);", 5000)},
		"functions in a circle": {expressReader(), "a.js", express + "function f(app) { g(app); g(app); }\nfunction g(app) { f(app); f(app); }\nf(app);"},
		"variables in a circle": {expressReader(), "a.js", express + "const a = b; const b = c || a; const c = [a, b, c];\napp.use(a); app.use(require('helmet')(c));"},
		"rules":                 {nextReader(), "next.config.js", "module.exports = { async headers() { return [" + strings.Repeat("{ source: '/:a*', headers: [{ key: 'A', value: 'b' }] },", 6000) + "] } }"},
		"one long line":         {railsReader(), "config/application.rb", "class A < Rails::Application; " + strings.Repeat("if a; end; ", 30000)},
		"chains":                {springReader(), "A.java", "class A { C c(HttpSecurity http) { http" + strings.Repeat(".headers(h -> h.frameOptions(f -> f.deny()))", 9000) + "; } }"},
		"chains of filters":     {springReader(), "A.java", "class A {" + strings.Repeat("C c(HttpSecurity http) { http.build(); }\n", 9000) + "}"},
		"web.config, deep":      {aspnetReader(), "web.config", strings.Repeat("<customHeaders>", 20000)},
		"web.config, many":      {aspnetReader(), "web.config", "<system.web>" + strings.Repeat("<httpCookies requireSSL='true'/>", 15000)},
		"program":               {aspnetReader(), "Program.cs", "var app = WebApplication.Create();" + strings.Repeat("app.UseHsts(); app.Use((c, n) => { c.Response.Headers[\"A\"] = \"b\"; });", 5000)},
	} {
		t.Run(name, func(t *testing.T) {
			if total := keptOf(tt.reader, fileOf(tt.file, []byte(tt.text))); total > 20000+springChainsKept {
				t.Errorf("%d settings are kept", total)
			}
		})
	}
}

// springChainsKept is what the bound of chains leaves, each with its defaults.
const springChainsKept = maxSpringChains * 10
