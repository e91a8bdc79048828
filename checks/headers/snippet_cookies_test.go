package headers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const sessionValue = "8f0c2ab94d17e6aa93c1d2"

// badCookies are what an application sets, each at a path of its own, and the rules that are broken. more is sent beside.
var badCookies = []struct{ line, more, rules string }{
	{"session=" + sessionValue + "; Path=/", "", "session-not-httponly session-not-secure"},
	{"session=" + sessionValue + "; Secure", "", "session-not-httponly"},
	{"theme=dark", "", "not-secure"},
	{"connect.sid=" + sessionValue + "; SameSite=None", "", "samesite-none session-not-httponly"},
	{"sid=" + sessionValue + "; Secure; HttpOnly; SameSite=None", "", "samesite-off"},
	{"sid=" + sessionValue + "; Secure; HttpOnly; SameSite=Sure", "", "samesite-invalid"},
	{"__Host-session=" + sessionValue + "; Secure; Path=/app; Domain=.Example.com", "", "broken-prefix"},
	{"__Secure-session=" + sessionValue + "; HttpOnly; Domain=www.example.com", "", "broken-prefix"},
	{"sid=" + sessionValue + "; Secure; HttpOnly; Domain=example.com; Path=/", "", "wide-domain"},
	{"sid=" + sessionValue + "; Domain=other.test; Secure; HttpOnly", "", "refused"},
	{"embed=1; Partitioned", "", "refused"},
	{"session=" + sessionValue + "; Secure; HttpOnly", "Cache-Control: public, max-age=60", "shared-cache"},
	{"sid=; Max-Age=0; SameSite=None", "", "samesite-none"},
}

// cookieApplication serves them.
func cookieApplication() realserver.Product {
	var b strings.Builder
	for _, c := range badCookies {
		name, value, _ := strings.Cut(c.more, ": ")
		fmt.Fprintf(&b, "    (%q, %q, %q),\n", c.line, name, value)
	}
	return realserver.Python(`from http.server import BaseHTTPRequestHandler, HTTPServer
COOKIES = [
` + b.String() + `]
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if self.path[1:].isdigit():
            cookie, name, value = COOKIES[int(self.path[1:])]
            self.send_header("Set-Cookie", cookie)
            if name:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"<title>Shop</title>")
    def log_message(self, *args):
        pass
HTTPServer(("127.0.0.1", {port}), H).serve_forever()
`)
}

// cookieFindings audits one page of a server as www.example.com, with its own tree if asked.
func cookieFindings(t *testing.T, srv *realserver.Server, ca, path string, joined bool) []checks.Finding {
	t.Helper()
	at := fmt.Sprintf("www.example.com:%d", srv.Port)
	site, err := target.OpenSite("https://"+at+path, target.SiteOptions{CAFile: ca, Resolve: []string{at + ":127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	var o engine.Options
	if joined {
		tree, err := target.OpenTree(t.Context(), srv.Dir, target.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		o.Trees = []engine.Result{engine.RunTree(t.Context(), tree, one(cookies()), engine.Options{})}
	}
	var out []checks.Finding
	for _, seen := range engine.RunSite(t.Context(), site, one(cookies()), o).Observations {
		for _, p := range seen.Problems {
			t.Errorf("%s: %v", path, &p)
		}
		out = append(out, seen.Findings...)
	}
	return out
}

func rulesOfFindings(found []checks.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// proxyFor is a server that passes requests on to the application at that address, with a place for what is pasted.
func proxyFor(name, app, cert, key string) (files func(paste string) map[string]string, args []string) {
	proxies := map[string]string{
		"nginx":   "location / {\nproxy_pass " + app + ";\nPASTE\n}\n",
		"apache":  "ProxyPass / " + app + "/\nPASTE\n",
		"caddy":   "reverse_proxy " + strings.TrimPrefix(app, "http://") + "\nPASTE\n",
		"haproxy": "PASTE\nbackend shop\n  server shop " + strings.TrimPrefix(app, "http://") + "\n",
	}
	s := realServers[name]
	if name == "haproxy" {
		s = realServer{file: "haproxy.cfg", args: []string{"haproxy", "-db", "-f", "{dir}/haproxy.cfg"},
			before: "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n" +
				"frontend https\n  bind 127.0.0.1:{port} ssl crt {dir}/both.pem\n  default_backend shop\n"}
	}
	return func(paste string) map[string]string {
		conf := s.before + strings.Replace(proxies[name], "PASTE", paste, 1) + s.after
		conf = strings.Replace(conf, "server_name example.com", "server_name www.example.com", 1)
		conf = strings.Replace(conf, "ServerName example.com", "ServerName www.example.com", 1)
		conf = strings.Replace(conf, "https://example.com:", "https://www.example.com:", 1)
		conf = strings.Replace(conf, "LoadModule ssl_module", "LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so\nLoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so\nLoadModule ssl_module", 1)
		conf = strings.Replace(conf, "\n\troot * {dir}/www\n\tfile_server\n", "\n", 1)
		return map[string]string{"cert.pem": cert, "key.pem": key, "both.pem": cert + key, "www/index.html": "a", s.file: conf}
	}, s.args
}

// TestCookieSnippetsMend pastes what the findings of each cookie say into a proxy in front of the application, and into
// one that has all of it: nothing is found any more.
func TestCookieSnippetsMend(t *testing.T) {
	cert, key, ca := certificate(t)
	app := cookieApplication().Start(t, nil)
	for _, name := range []string{"nginx", "apache", "caddy", "haproxy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, args := proxyFor(name, app.URL, cert, key)
			bare := realserver.Start(t, files(""), args[0], args[1:]...)
			for n, c := range badCookies {
				path := fmt.Sprintf("/%d", n)
				found := cookieFindings(t, bare, ca, path, true)
				if got := rulesOfFindings(found); got != c.rules {
					t.Errorf("%s: %q, expected %q", c.line, got, c.rules)
					continue
				}
				var snippets []string
				for _, f := range found {
					if f.Snippet == "" {
						t.Errorf("%s, %s: nothing to paste", c.line, f.Rule)
					} else if !slices.Contains(snippets, f.Snippet) {
						snippets = append(snippets, f.Snippet)
					}
				}
				if len(snippets) != 1 {
					t.Errorf("%s: %d snippets for one cookie: %q", c.line, len(snippets), snippets)
				}
				mended := realserver.Start(t, files(strings.Join(snippets, "\n")), args[0], args[1:]...)
				if left := cookieFindings(t, mended, ca, path, false); len(left) > 0 {
					t.Errorf("%s: still %s\n%s", c.line, rulesOfFindings(left), strings.Join(snippets, "\n"))
				}
			}
		})
	}
}

// TestCookieSettingsMend pastes the settings that findings name into two frameworks, and what they say of calls into a
// third.
func TestCookieSettingsMend(t *testing.T) {
	cert, key, ca := certificate(t)
	paste := map[string]func(program, lines string) string{
		"flask": func(program, lines string) string {
			return strings.Replace(program, "@app.route", lines+"\n@app.route", 1)
		},
		"django": func(program, lines string) string {
			var b strings.Builder
			for line := range strings.Lines(lines) {
				if !strings.HasPrefix(line, "#") {
					b.WriteString("settings." + strings.TrimSuffix(line, "\n") + "\n")
				}
			}
			return strings.Replace(program, "django.setup()", b.String()+"django.setup()", 1)
		},
	}
	for name, app := range cookieApps {
		for options, rules := range app.cases {
			if rules == "" || strings.Contains(options, "CSRF_COOKIE_NAME") { // without its names nothing in an answer tells Django
				continue
			}
			t.Run(name+"/"+options, func(t *testing.T) {
				t.Parallel()
				start := func(program string) *realserver.Server {
					return realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": program,
						"Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"app:app\"]\n"}, app.args[0], app.args[1:]...)
				}
				program := strings.Replace(app.program, "{options}", options, 1)
				srv := start(program)
				said := map[string][]checks.Finding{"live": cookieFindings(t, srv, ca, "/", true)}
				if name == "flask" { // Django's settings are read where they are a module
					tree, err := target.OpenTree(t.Context(), srv.Dir, target.TreeOptions{})
					if err != nil {
						t.Fatal(err)
					}
					defer tree.Close()
					said["tree"] = engine.RunTree(t.Context(), tree, one(cookies()), engine.Options{}).Observations[0].Findings
				}
				for kind, found := range said {
					var lines []string
					for _, f := range found {
						if text := strings.Replace(f.Snippet, "# flask\nresponse.", "", 1); f.Snippet != "" && !slices.Contains(lines, text) {
							lines = append(lines, text)
						}
					}
					if len(lines) == 0 && !(kind == "tree" && strings.Contains(options, "other.test")) {
						t.Errorf("%s: nothing to paste for %s", kind, rulesOfFindings(found))
						continue
					}
					if left := cookieFindings(t, start(paste[name](program, strings.Join(lines, "\n"))), ca, "/", false); len(left) > 0 && len(lines) > 0 {
						t.Errorf("%s: still %s\n%s", kind, rulesOfFindings(left), strings.Join(lines, "\n"))
					}
				}
			})
		}
	}
}

// TestCookieCallsMend: the call that a finding shows in place of one in FastAPI's source is one that browsers and
// reviewers take.
func TestCookieCallsMend(t *testing.T) {
	cert, key, ca := certificate(t)
	program := func(calls []string) string {
		text := "from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\napp = FastAPI()\nvalue = \"8f0c2ab94d17e6aa93c1d2\"\n"
		for i, call := range calls {
			text += fmt.Sprintf("@app.get(\"/%d\")\nasync def answer%d():\n    response = HTMLResponse(\"<title>Shop</title>\")\n    %s\n    return response\n", i, i, call)
		}
		return text
	}
	calls := []string{`response.set_cookie("access_token", value)`, `response.set_cookie("theme", "dark", samesite="strict")`, `response.set_cookie("sid", value, secure=True, samesite="none")`,
		`response.set_cookie("__Host-session", value, secure=True, httponly=True, path="/app", domain="example.com")`, `response.headers.append("Set-Cookie", "a=b; SameSite=Yes; Secure")`}
	start := func(calls []string) *realserver.Server {
		return realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": program(calls), "Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"app:app\"]\n"}, uvicornTLS[0], uvicornTLS[1:]...)
	}
	srv := start(calls)
	mended := slices.Clone(calls)
	for i, call := range calls {
		found := cookieFindings(t, srv, ca, fmt.Sprintf("/%d", i), false)
		if len(found) == 0 {
			t.Errorf("%s: nothing is found", call)
			continue
		}
		_, line, ok := strings.Cut(found[0].Snippet, "\n")
		if !ok {
			t.Fatalf("%s: the snippet is %q", call, found[0].Snippet)
		}
		mended[i] = line
	}
	srv = start(mended)
	for i, call := range mended {
		if left := cookieFindings(t, srv, ca, fmt.Sprintf("/%d", i), false); len(left) > 0 {
			t.Errorf("%s: still %s", call, rulesOfFindings(left))
		}
	}
	if !strings.Contains(mended[1], `samesite="Strict"`) {
		t.Errorf("%s: what the cookie has is lost", mended[1])
	}
}
