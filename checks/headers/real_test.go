package headers

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// line is one header line of a configuration.
type line struct{ name, value string }

// configurations are sets of header lines that every server is made to send.
var configurations = map[string][]line{
	"none": nil,
	"good": {
		{stsHeader, "max-age=31536000; includeSubDomains"}, {cspHeader, "default-src 'self'; object-src 'none'"}, {xfoHeader, "DENY"},
		{nosniffHeader, "nosniff"}, {referrerHeader, "no-referrer"}, {permissionsHeader, "camera=(), microphone=()"}, {coopHeader, "same-origin"},
	},
	"wrong": {
		{stsHeader, "max-age=banana"}, {cspHeader, "default-src 'self' 'unsafe-inline' https:"}, {xfoHeader, "ALLOW-FROM https://partner.example"},
		{nosniffHeader, "no-sniff"}, {referrerHeader, "unsafe-url"}, {permissionsHeader, "camera 'none'"}, {coopHeader, "Same-Origin"},
		{acaoHeader, "null"}, {acacHeader, "true"},
	},
	"twice": {
		{stsHeader, "max-age=60"}, {stsHeader, "max-age=31536000"}, {cspHeader, "default-src *"}, {cspHeader, "script-src 'self'; object-src 'none'"},
		{xfoHeader, "DENY"}, {xfoHeader, "SAMEORIGIN"}, {nosniffHeader, "nosniff"}, {nosniffHeader, "nosniff"},
		{referrerHeader, "no-referrer"}, {referrerHeader, "unsafe-url"}, {corpHeader, "same-origin"}, {corpHeader, "same-origin"},
	},
}

// realServer renders header lines as its configuration.
type realServer struct {
	file   string
	before string
	line   string // with %[1]s and %[2]s for name and value
	after  string
	more   map[string]string
	args   []string
}

var realServers = map[string]realServer{
	"nginx": {file: "nginx.conf", args: []string{"nginx", "-p", "{dir}", "-c", "{dir}/nginx.conf", "-g", "daemon off;"},
		before: `pid {dir}/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
types { text/html html; }
server { listen 127.0.0.1:{port} ssl; server_name example.com; ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem; root {dir}/www;
`, line: "add_header %[1]s \"%[2]s\" always;\n", after: "} }\n"},
	"apache": {file: "httpd.conf", args: []string{"apache2", "-f", "{dir}/httpd.conf", "-DFOREGROUND"},
		before: `ServerRoot {dir}
ServerName localhost
PidFile {dir}/pid
ErrorLog {dir}/error.log
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
TypesConfig /etc/mime.types
<VirtualHost *:{port}>
ServerName example.com
DocumentRoot {dir}/www
SSLEngine on
SSLCertificateFile {dir}/cert.pem
SSLCertificateKeyFile {dir}/key.pem
`, line: "Header always add %[1]s \"%[2]s\"\n", after: "</VirtualHost>\n"},
	"caddy": {file: "Caddyfile", args: []string{"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile"},
		before: "{\n\tadmin off\n\tauto_https disable_redirects\n}\nhttps://example.com:{port} {\n\ttls {dir}/cert.pem {dir}/key.pem\n\troot * {dir}/www\n\tfile_server\n",
		line:   "\theader +%[1]s \"%[2]s\"\n", after: "}\n"},
	"uvicorn": {file: "app.py", args: []string{"uvicorn", "app:app", "--app-dir", "{dir}", "--port", "{port}", "--ssl-certfile", "{dir}/cert.pem", "--ssl-keyfile", "{dir}/key.pem"},
		before: `from fastapi import FastAPI
from fastapi.responses import HTMLResponse
app = FastAPI()
@app.get("/", response_class=HTMLResponse)
async def index():
    return "<title>Shop</title>"
@app.middleware("http")
async def secure(request, call_next):
    response = await call_next(request)
`, line: "    response.headers.append(\"%[1]s\", \"%[2]s\")\n", after: "    return response\n",
		more: map[string]string{"Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"app:app\"]\n"}},
}

// TestRealServers compares what the configuration is judged to give with what the server really gives.
func TestRealServers(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, s := range realServers {
		for set, lines := range configurations {
			if name == "uvicorn" && set == "none" {
				continue // of an application without any header nothing is known but that it answers
			}
			t.Run(name+"/"+set, func(t *testing.T) {
				t.Parallel()
				files := map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "<title>Shop</title>", s.file: s.configuration(lines)}
				for file, text := range s.more {
					files[file] = text
				}
				srv := realserver.Start(t, files, s.args[0], s.args[1:]...)
				live := judgeLive(t, srv, ca, "/")
				if diff := cmp.Diff(live, judgeStatic(t, srv.Dir)); diff != "" {
					t.Errorf("(-the server's answer +the configuration):\n%s", diff)
				}
				if set == "good" && len(live) > 0 {
					t.Errorf("a good configuration fails: %q", live)
				}
			})
		}
	}
}

func (s realServer) configuration(lines []line) string {
	var b strings.Builder
	b.WriteString(s.before)
	for _, l := range lines {
		fmt.Fprintf(&b, s.line, l.name, l.value)
	}
	return b.String() + s.after
}

// TestNginxInheritance compares both verdicts where an inner block drops the headers of the outer one.
func TestNginxInheritance(t *testing.T) {
	cert, key, ca := certificate(t)
	s := realServers["nginx"]
	s.after = "location / { }\nlocation /app/ { add_header Cache-Control no-store; }\n" + s.after
	files := map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "a", "www/app/index.html": "b", s.file: s.configuration(configurations["good"])}
	srv := realserver.Start(t, files, s.args[0], s.args[1:]...)
	if live := judgeLive(t, srv, ca, "/"); len(live) > 0 {
		t.Errorf("/ fails: %q", live)
	}
	live := judgeLive(t, srv, ca, "/app/")
	if len(live) == 0 {
		t.Error("/app/ does not fail")
	}
	if diff := cmp.Diff(live, judgeStatic(t, srv.Dir)); diff != "" {
		t.Errorf("(-the server's answer +the configuration):\n%s", diff)
	}
}

// TestCORSMiddleware: Starlette repeats any Origin to a request with a cookie.
func TestCORSMiddleware(t *testing.T) {
	cert, key, ca := certificate(t)
	s := realServers["uvicorn"]
	s.before = `from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
app = FastAPI()
@app.get("/")
async def index():
    return {}
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
`
	s.after = ""
	srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, s.file: s.before}, s.args[0], s.args[1:]...)
	const want = "headers/cors any-origin-credentials"
	if live, static := judgeLive(t, srv, ca, "/"), judgeStatic(t, srv.Dir); !slices.Contains(live, want) || !slices.Contains(static, want) {
		t.Errorf("live %q, static %q; both expected to hold %q", live, static, want)
	}
}

// TestSessionMiddleware: Starlette's session cookie is Secure only with https_only.
func TestSessionMiddleware(t *testing.T) {
	cert, key, ca := certificate(t)
	for _, secure := range []string{"False", "True"} {
		app := `from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware
app = FastAPI()
@app.get("/")
async def index(request: Request):
    request.session["user"] = "ada"
    return {}
app.add_middleware(SessionMiddleware, secret_key="` + "not" + `-a-secret", https_only=` + secure + ")\n"
		s := realServers["uvicorn"]
		srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": app, "Dockerfile": s.more["Dockerfile"]}, s.args[0], s.args[1:]...)
		site := openSite(t, srv, target.SiteOptions{CAFile: ca}, "/")
		live := verdicts(t, one(cookies()), engine.RunSite(t.Context(), site, one(cookies()), engine.Options{}))
		if diff := cmp.Diff(live, judgeTree(t, one(cookies()), srv.Dir)); diff != "" || (len(live) > 0) != (secure == "False") {
			t.Errorf("https_only=%s: live %q (-live +static):\n%s", secure, live, diff)
		}
	}
}

// TestRedirects compares the verdicts on what nginx answers over http beside https.
func TestRedirects(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, tt := range map[string]struct{ conf, want string }{
		"permanent":  {"return 301 https://$host$request_uri;", ""},
		"temporary":  {"return 302 https://$host$request_uri;", "headers/https-redirect temporary"},
		"content":    {"root {dir}/www;", "headers/https-redirect no-redirect"},
		"other host": {"return 301 https://shop.test$request_uri;", "headers/https-redirect other-host-first"},
		"over http":  {"return 301 http://shop.test$request_uri;", "headers/https-redirect over-http"},
		"location":   {"location /.well-known/acme-challenge/ { root {dir}; } location / { return 301 https://$host$request_uri; }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := realserver.FreePort(t)
			s := realServers["nginx"]
			conf := strings.Replace(s.before+s.after, "server {", fmt.Sprintf("server { listen 127.0.0.1:%d; server_name example.com; %s }\nserver {", port, tt.conf), 1)
			srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "a", s.file: conf}, s.args[0], s.args[1:]...)
			site := openSite(t, srv, target.SiteOptions{CAFile: ca, PlainPort: port, Resolve: []string{fmt.Sprintf("example.com:%d:127.0.0.1", port)}}, "/")
			jobs := one(httpsRedirect())
			live := verdicts(t, jobs, engine.RunSite(t.Context(), site, jobs, engine.Options{}))
			if got := strings.Join(live, " "); got != tt.want {
				t.Errorf("live: %q, expected %q", got, tt.want)
			}
			if diff := cmp.Diff(live, judgeTree(t, jobs, srv.Dir)); diff != "" {
				t.Errorf("(-the server's answer +the configuration):\n%s", diff)
			}
		})
	}
}

// certificate is a certificate for example.com that is its own authority: as PEM, and as a file.
func certificate(t *testing.T) (cert, key, file string) {
	t.Helper()
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	pair := srv.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte(cert), 0o600); err != nil {
		t.Fatal(err)
	}
	return cert, key, file
}

// compared are the checks that both kinds of target answer in the same words.
func compared() []engine.Job {
	var jobs []engine.Job
	for _, c := range Checks() {
		if c.OnTree() && c.OnSite() && c.ID != "headers/exposure" && c.ID != "headers/information-leak" && c.ID != "headers/https-redirect" && c.ID != "headers/cookies" {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	return jobs
}

func one(c *checks.Check) []engine.Job { return []engine.Job{{Check: c, Values: c.Defaults()}} }

func openSite(t *testing.T, srv *realserver.Server, o target.SiteOptions, path string) *target.Site {
	t.Helper()
	o.Resolve = append(o.Resolve, fmt.Sprintf("example.com:%d:127.0.0.1", srv.Port))
	site, err := target.OpenSite(fmt.Sprintf("https://example.com:%d%s", srv.Port, path), o)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func judgeLive(t *testing.T, srv *realserver.Server, ca, path string) []string {
	t.Helper()
	return verdicts(t, compared(), engine.RunSite(t.Context(), openSite(t, srv, target.SiteOptions{CAFile: ca}, path), compared(), engine.Options{}))
}

func judgeStatic(t *testing.T, dir string) []string {
	t.Helper()
	return judgeTree(t, compared(), dir)
}

func judgeTree(t *testing.T, jobs []engine.Job, dir string) []string {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return verdicts(t, jobs, engine.RunTree(t.Context(), tree, jobs, engine.Options{}))
}

// verdicts lists what fails, in words that do not tell the kinds of target apart.
func verdicts(t *testing.T, jobs []engine.Job, result engine.Result) []string {
	t.Helper()
	var out []string
	for i, o := range result.Observations {
		check := jobs[i].Check
		for _, p := range o.Problems {
			if p.Blind {
				t.Errorf("%s: %v", check.ID, &p)
			}
		}
		for _, f := range o.Findings {
			if f.Rule == ruleLost.ID {
				f.Rule = "missing"
			}
			out = append(out, check.ID+" "+f.Rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestRequests holds the module to its budget: the page, one that does not exist, the page as six other origins, a preflight and
// plain http.
func TestRequests(t *testing.T) {
	cert, key, ca := certificate(t)
	s := realServers["nginx"]
	srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "a", s.file: s.configuration(nil)}, s.args[0], s.args[1:]...)
	plain := realserver.FreePort(t)
	site := openSite(t, srv, target.SiteOptions{CAFile: ca, PlainPort: plain, Resolve: []string{fmt.Sprintf("example.com:%d:127.0.0.1", plain)}}, "/")
	var jobs []engine.Job
	for _, c := range Checks() {
		if c.ID != "headers/exposure" { // it asks for each address of its table once
			jobs = append(jobs, one(c)...)
		}
	}
	verdicts(t, jobs, engine.RunSite(t.Context(), site, jobs, engine.Options{}))
	if n := site.Requests(); n > 11 {
		t.Errorf("%d requests for one path, expected 11 at most", n)
	}
}
