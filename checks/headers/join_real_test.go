package headers

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// joinedAudit is what a tree and a site that are audited together show.
type joinedAudit struct{ live, joint map[string][]checks.Finding }

// says reports whether a finding of the check and rule has a message with the text.
func says(findings map[string][]checks.Finding, check, rule, text string) bool {
	return slices.ContainsFunc(findings[check], func(f checks.Finding) bool {
		return f.Rule == rule && strings.Contains(f.Message, text)
	})
}

// auditTogether writes the tree and audits it with the site.
func auditTogether(t *testing.T, files map[string]string, site checks.Site) joinedAudit {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), writeTree(t, files), target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range Checks() {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	seen := engine.RunTree(t.Context(), tree, jobs, engine.Options{})
	out := joinedAudit{live: map[string][]checks.Finding{}, joint: map[string][]checks.Finding{}}
	for i, o := range engine.RunSite(t.Context(), site, jobs, engine.Options{Trees: []engine.Result{seen}}).Observations {
		out.live[jobs[i].Check.ID] = o.Findings
	}
	for i, o := range engine.RunJoint(t.Context(), seen, site, "site", jobs, engine.Options{}).Observations {
		if jobs[i].Check.Joint == nil {
			continue
		}
		out.joint[jobs[i].Check.ID] = o.Findings
		if o.Examined == 0 {
			t.Errorf("%s compared nothing: %s", jobs[i].Check.ID, o.Reason)
		}
	}
	return out
}

func writeTree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// nginxWith starts nginx over TLS for example.com with these directives in its server block.
func nginxWith(t *testing.T, server, cert, key string) *realserver.Server {
	t.Helper()
	return realserver.Nginx(tlsServer("{dir}", "{port}", server)).Start(t, map[string]string{"cert.pem": cert, "key.pem": key,
		"www/index.html": "<title>Shop</title>", "www/app/index.html": "<title>App</title>", "www/app/x.css": "a {}"})
}

func tlsServer(dir, port, directives string) string {
	return fmt.Sprintf("server {\nlisten 127.0.0.1:%s ssl;\nserver_name example.com;\nssl_certificate %s/cert.pem;\nssl_certificate_key %s/key.pem;\nroot %s/www;\n%s\n}\n",
		port, dir, dir, dir, directives)
}

// fastapiApp is an application whose pages carry these lines, and flaskApp another.
func fastapiApp(lines ...line) string {
	app := "from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\n\napp = FastAPI()\n\n\n" +
		"@app.get(\"/{path:path}\", response_class=HTMLResponse)\nasync def page(path):\n    return \"<title>Shop</title>\"\n\n\n" +
		"@app.middleware(\"http\")\nasync def secure(request, call_next):\n    response = await call_next(request)\n"
	for _, l := range lines {
		app += fmt.Sprintf("    response.headers[%q] = %q\n", l.name, l.value)
	}
	return app + "    return response\n"
}

func flaskApp(lines ...line) string {
	app := "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route(\"/\")\ndef page():\n    return \"<title>Shop</title>\"\n\n\n" +
		"@app.after_request\ndef secure(response):\n"
	for _, l := range lines {
		app += fmt.Sprintf("    response.headers[%q] = %q\n", l.name, l.value)
	}
	return app + "    return response\n"
}

// sessionApp sends a session cookie without Secure.
const sessionApp = `from flask import Flask, session

app = Flask(__name__)
app.config.update(SESSION_COOKIE_SECURE=False, SECRET_KEY="not" + "-a-key")


@app.route("/")
def page():
    session["user"] = "ada"
    return "<title>Shop</title>"
`

// TestJoinedWithRealServers audits trees with what really answers: nginx alone and in front of uvicorn and gunicorn.
func TestJoinedWithRealServers(t *testing.T) {
	cert, key, ca := certificate(t)
	const headers = "add_header X-Frame-Options DENY always;\nadd_header X-Content-Type-Options nosniff;\n"
	uvicorn := realserver.Uvicorn(fastapiApp(line{xfoHeader, "SAMEORIGIN"}, line{"X-Powered-By", "Shop/1.2.3"})).Start(t, nil)
	withSession := realserver.Gunicorn(sessionApp).Start(t, nil)
	gunicorn := realserver.Gunicorn(flaskApp(line{xfoHeader, "SAMEORIGIN"})).Start(t, nil)
	proxy := func(to *realserver.Server, more string) string {
		return "location / {\nproxy_pass " + to.URL + ";\n" + more + "}\n"
	}
	for name, tt := range map[string]struct {
		tree, running string // the server block's directives
		app           string
		path          string
		live, joint   string // "check|rule|text in its message"
	}{
		"set":             {tree: headers},
		"not on errors":   {tree: headers, live: "headers/consistent-pages|missing-on-errors|set at nginx/shop.conf:8 without always, so not on this status"},
		"set without app": {tree: headers + "location / {}"},
		"dropped": {tree: headers + "location /app/ {\nadd_header Cache-Control no-store;\n}\n", path: "/app/",
			live: "headers/framing|missing|set at nginx/shop.conf:7; dropped by add_header at nginx/shop.conf:10"},
		"bad value": {tree: "add_header X-Frame-Options ALLOWALL always;", live: "headers/framing|ignored-value|set at nginx/shop.conf:7"},
		"not deployed": {tree: headers, running: "add_header X-Content-Type-Options nosniff;",
			live:  "headers/framing|missing|set at nginx/shop.conf:7, missing in the answer",
			joint: "headers/deployed|not-deployed|Set in nginx/shop.conf:7, missing at https://example.com"},
		"another value": {tree: headers, running: strings.Replace(headers, "DENY", "SAMEORIGIN", 1),
			joint: "headers/deployed|other-value|Set in nginx/shop.conf:7, another value at https://example.com"},
		"twice": {tree: proxy(uvicorn, headers), app: fastapiApp(line{xfoHeader, "SAMEORIGIN"}),
			live:  "headers/framing|conflict|set at nginx/shop.conf:9",
			joint: "headers/deployed|sent-twice|Set in nginx/shop.conf:9 and again at app/main.py:15 (application)"},
		"twice with flask": {tree: proxy(gunicorn, headers), app: flaskApp(line{xfoHeader, "SAMEORIGIN"}),
			joint: "headers/deployed|sent-twice|Set in nginx/shop.conf:9 and again at app/main.py:13 (application)"},
		"twice, application elsewhere": {tree: proxy(gunicorn, headers),
			joint: "headers/deployed|sent-twice|Set in nginx/shop.conf:9 and once more where the tree does not show it"},
		"application's alone": {tree: proxy(gunicorn, ""), app: flaskApp(line{xfoHeader, "SAMEORIGIN"})},
		"hidden":              {tree: proxy(gunicorn, "proxy_hide_header X-Frame-Options;\n"+headers), app: flaskApp(line{xfoHeader, "SAMEORIGIN"})},
		"hidden and gone": {tree: proxy(gunicorn, "proxy_hide_header X-Frame-Options;\n"), app: flaskApp(line{xfoHeader, "SAMEORIGIN"}),
			live: "headers/framing|missing|set at app/main.py:13 (application); dropped by proxy_hide_header at nginx/shop.conf:9"},
		"hidden, not deployed": {tree: proxy(uvicorn, "proxy_hide_header X-Powered-By;\n"), running: proxy(uvicorn, ""), app: fastapiApp(line{xfoHeader, "SAMEORIGIN"}),
			joint: "headers/deployed|still-sent|Taken out by proxy_hide_header X-Powered-By in nginx/shop.conf:9"},
		"application behind another front": {tree: proxy(gunicorn, ""), running: proxy(gunicorn, "proxy_hide_header X-Frame-Options;\n"),
			app:   flaskApp(line{xfoHeader, "SAMEORIGIN"}),
			joint: "headers/deployed|not-deployed|overridden by nginx in front of it (nginx/shop.conf:7"},
		"cookie": {tree: proxy(withSession, headers), app: sessionApp,
			live: "headers/cookies|session-not-secure|SESSION_COOKIE_SECURE is set at app/main.py:4"},
		"tokens": {tree: "server_tokens off;\n" + headers, running: headers, joint: "headers/deployed|still-sent|Taken out by server_tokens in nginx/shop.conf:7"},
		"exact location": {tree: "location = / { add_header X-Frame-Options DENY; }\nlocation / { add_header X-Robots-Tag none; }\n",
			live: "headers/nosniff|missing|no line of the tree sets it for nginx/shop.conf:7 server example.com / location = /"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			running := tt.running
			if running == "" {
				running = tt.tree
			}
			path := tt.path
			if path == "" {
				path = "/"
			}
			srv := nginxWith(t, running, cert, key)
			files := map[string]string{"nginx/shop.conf": tlsServer("/etc/ssl", fmt.Sprint(srv.Port), tt.tree)}
			if tt.app != "" {
				files["app/main.py"] = tt.app
			}
			got := auditTogether(t, files, openSite(t, srv, target.SiteOptions{CAFile: ca}, path))
			expect(t, "live", got.live, tt.live)
			expect(t, "joint", got.joint, tt.joint)
			if tt.joint == "" && len(got.joint["headers/deployed"]) > 0 {
				t.Errorf("the configuration is what runs, and differs: %+v", got.joint["headers/deployed"])
			}
		})
	}
}

// TestSnippetDropsNothing: what is pasted for a location goes to the block that its other headers come from.
func TestSnippetDropsNothing(t *testing.T) {
	cert, key, ca := certificate(t)
	const directives = "add_header X-Frame-Options DENY always;\nlocation / {\nlocation /app/ {\n}\n}\n"
	srv := nginxWith(t, directives, cert, key)
	got := auditTogether(t, map[string]string{"nginx/shop.conf": tlsServer("/etc/ssl", fmt.Sprint(srv.Port), directives)}, openSite(t, srv, target.SiteOptions{CAFile: ca}, "/app/"))
	for _, f := range got.live["headers/nosniff"] {
		if !strings.HasPrefix(f.Snippet, "# nginx, in nginx/shop.conf:1\n") {
			t.Errorf("pasted elsewhere than into the server block:\n%s", f.Snippet)
		}
	}
	if len(got.live["headers/nosniff"]) != 1 {
		t.Errorf("findings: %+v", got.live["headers/nosniff"])
	}
}

func expect(t *testing.T, kind string, findings map[string][]checks.Finding, want string) {
	t.Helper()
	if want == "" {
		return
	}
	part := strings.Split(want, "|")
	if !says(findings, part[0], part[1], part[2]) {
		t.Errorf("no %s finding %s; %s has:", kind, want, part[0])
		for _, f := range findings[part[0]] {
			t.Errorf("  %s at %s: %s", f.Rule, f.Place.Path, f.Message)
		}
	}
}

// TestJoinedRedirect: a redirect's finding names the directive that leads there.
func TestJoinedRedirect(t *testing.T) {
	cert, key, ca := certificate(t)
	plain := realserver.FreePort(t)
	redirect := fmt.Sprintf("server {\nlisten 127.0.0.1:%d;\nserver_name example.com;\nreturn 302 https://$host$request_uri;\n}\n", plain)
	srv := realserver.Nginx(redirect+tlsServer("{dir}", "{port}", "")).Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "<title>Shop</title>"})
	site := openSite(t, srv, target.SiteOptions{CAFile: ca, PlainPort: plain, Resolve: []string{fmt.Sprintf("example.com:%d:127.0.0.1", plain)}}, "/")
	got := auditTogether(t, map[string]string{"nginx/shop.conf": redirect + tlsServer("/etc/ssl", fmt.Sprint(srv.Port), "add_header X-Frame-Options DENY always;")}, site)
	expect(t, "live", got.live, "headers/https-redirect|temporary|return at nginx/shop.conf:4")
	for _, f := range got.live["headers/https-redirect"] {
		if !strings.Contains(f.Snippet, "return 301 https://$host$request_uri;") {
			t.Errorf("pasted: %q", f.Snippet)
		}
	}
}
