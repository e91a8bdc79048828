package headers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// pasted are the checks whose missing headers every product is told to send.
func pasted() []engine.Job {
	var jobs []engine.Job
	for _, c := range Checks() {
		switch c.ID {
		case "headers/hsts", "headers/csp", "headers/framing", "headers/nosniff", "headers/referrer-policy", "headers/permissions-policy", "headers/cross-origin":
			values := c.Defaults()
			if _, ok := values["require"]; ok {
				values["require"] = true
			}
			jobs = append(jobs, engine.Job{Check: c, Values: values})
		}
	}
	return jobs
}

// bare is a server or framework that sends none of the headers, with a place where snippets are pasted.
type bare struct {
	start func(t *testing.T, files map[string]string) *realserver.Server
	files map[string]string
	into  string // the file with PASTE in it
	// skip are headers for which the installed version has no such setting.
	skip []string
	// live is set where the product shows in its answers; else the tree has to be audited with the site.
	live bool
}

func bares(cert, key string) map[string]bare {
	out := map[string]bare{}
	for _, name := range []string{"nginx", "apache", "caddy"} {
		s := realServers[name]
		out[name] = bare{into: s.file, live: true, files: map[string]string{s.file: s.before + "PASTE\n" + s.after, "www/index.html": "<title>Shop</title>"},
			start: func(t *testing.T, files map[string]string) *realserver.Server {
				return realserver.Start(t, files, s.args[0], s.args[1:]...)
			}}
	}
	python := func(module string) func(*testing.T, map[string]string) *realserver.Server {
		return func(t *testing.T, files map[string]string) *realserver.Server {
			return realserver.Start(t, files, "gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--certfile", "{dir}/cert.pem", "--keyfile", "{dir}/key.pem", module)
		}
	}
	docker := map[string]string{"Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"app:app\"]\n"}
	out["flask"] = bare{into: "app.py", start: python("app:app"), files: with(docker, "app.py",
		"from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route(\"/\")\ndef page():\n    return \"<title>Shop</title>\"\n\n\nPASTE\n")}
	out["fastapi"] = bare{into: "app.py", live: true, files: with(docker, "app.py",
		"from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\n\napp = FastAPI()\n\n\n@app.get(\"/\", response_class=HTMLResponse)\n"+
			"async def page():\n    return \"<title>Shop</title>\"\n\n\nPASTE\n"),
		start: func(t *testing.T, files map[string]string) *realserver.Server {
			s := realServers["uvicorn"]
			return realserver.Start(t, files, s.args[0], s.args[1:]...)
		}}
	out["django"] = bare{into: "shop/settings.py", start: python("shop.wsgi:application"), skip: []string{cspHeader, coopHeader}, files: map[string]string{
		"Dockerfile":      "FROM python:3.13\nCMD [\"gunicorn\", \"shop.wsgi:application\"]\n",
		"shop/headers.py": "MODULE\n", "shop/urls.py": "from django.http import HttpResponse\nfrom django.urls import path\n\nurlpatterns = [path(\"\", lambda request: HttpResponse(\"<title>Shop</title>\"))]\n",
		"shop/wsgi.py":     "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ[\"DJANGO_SETTINGS_MODULE\"] = \"shop.settings\"\napplication = get_wsgi_application()\n",
		"shop/settings.py": "import os\n\nSECRET_KEY = os.urandom(32).hex()\nALLOWED_HOSTS = [\"example.com\", \"127.0.0.1\"]\nROOT_URLCONF = \"shop.urls\"\nMIDDLEWARE = [\"django.middleware.common.CommonMiddleware\"]\nPASTE\n"}}
	for _, b := range out {
		b.files["cert.pem"], b.files["key.pem"] = cert, key
	}
	return out
}

func with(files map[string]string, name, text string) map[string]string {
	out := map[string]string{name: text}
	maps.Copy(out, files)
	return out
}

// pasteInto returns the files with the lines pasted. What a snippet says belongs into another module goes there.
func (b bare) pasteInto(snippets []string) map[string]string {
	files := maps.Clone(b.files)
	module := ""
	for i, s := range snippets {
		if settings, rest, ok := strings.Cut(s, "\n\ndef "); ok && b.into == "shop/settings.py" {
			snippets[i], module = settings, module+"def "+rest+"\n\n\n"
		}
	}
	files[b.into] = strings.Replace(files[b.into], "PASTE", strings.Join(snippets, "\n\n"), 1)
	if files["shop/headers.py"] != "" {
		files["shop/headers.py"] = module
	}
	return files
}

// TestSnippetsMend pastes what the findings say into real servers and audits them again, live and as a tree.
func TestSnippetsMend(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, b := range bares(cert, key) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := b.start(t, b.pasteInto(nil))
			found := missingLive(t, srv, ca, !b.live)
			var snippets []string
			for _, f := range found {
				if f.Snippet == "" {
					t.Errorf("%s %s: nothing to paste", f.Rule, f.Attribute)
				}
				if !slices.Contains(snippets, f.Snippet) && !slices.Contains(b.skip, f.Attribute) {
					snippets = append(snippets, f.Snippet)
				}
			}
			if len(snippets) < 4 {
				t.Fatalf("only %d snippets: %+v", len(snippets), found)
			}
			srv = b.start(t, b.pasteInto(snippets))
			for _, f := range missingLive(t, srv, ca, false) {
				if !slices.Contains(b.skip, f.Attribute) {
					t.Errorf("live, still %s %s: %s\npasted:\n%s", f.Rule, f.Attribute, f.Message, strings.Join(snippets, "\n"))
				}
			}
			for _, f := range missingStatic(t, srv.Dir) {
				if !slices.Contains(b.skip, f.Attribute) && b.into != "shop/settings.py" { // a middleware of one's own is not read
					t.Errorf("in the tree, still %s %s: %s", f.Rule, f.Attribute, f.Message)
				}
			}
		})
	}
}

// missingLive are the findings of headers that an answer lacks; joined audits the server's own files with it.
func missingLive(t *testing.T, srv *realserver.Server, ca string, joined bool) []checks.Finding {
	t.Helper()
	var o engine.Options
	if joined {
		o.Trees = []engine.Result{treeOf(t, srv.Dir)}
	}
	return missingIn(engine.RunSite(t.Context(), openSite(t, srv, target.SiteOptions{CAFile: ca}, "/"), pasted(), o))
}

func missingStatic(t *testing.T, dir string) []checks.Finding { return missingIn(treeOf(t, dir)) }

func treeOf(t *testing.T, dir string) engine.Result {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return engine.RunTree(t.Context(), tree, pasted(), engine.Options{})
}

func missingIn(result engine.Result) (out []checks.Finding) {
	for _, o := range result.Observations {
		for _, f := range o.Findings {
			if f.Rule == "missing" {
				out = append(out, f)
			}
		}
	}
	return out
}

// TestSnippetsMendWhatIsBehind: a proxy is told what to do about what the application sends.
func TestSnippetsMendWhatIsBehind(t *testing.T) {
	cert, key, ca := certificate(t)
	app := realserver.Python(`from http.server import BaseHTTPRequestHandler, HTTPServer
class H(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("X-Frame-Options", "ALLOWALL")
        self.send_header("X-Powered-By", "Shop/1.2.3")
        self.send_header("Set-Cookie", "session=8f0c2ab94d17e6aa93c1d2; Path=/")
        self.end_headers()
        self.wfile.write(b"<title>Shop</title>")
    def log_message(self, *args):
        pass
HTTPServer(("127.0.0.1", {port}), H).serve_forever()
`).Start(t, nil)
	jobs := []engine.Job{}
	for _, c := range Checks() {
		if slices.Contains([]string{"headers/framing", "headers/information-leak", "headers/cookies"}, c.ID) {
			jobs = append(jobs, one(c)...)
		}
	}
	proxies := map[string]string{
		"nginx":   "location / {\nproxy_pass " + app.URL + ";\nPASTE\n}\n",
		"apache":  "ProxyPass / " + app.URL + "/\nPASTE\n",
		"caddy":   "reverse_proxy " + strings.TrimPrefix(app.URL, "http://") + "\nPASTE\n",
		"haproxy": "PASTE\nbackend shop\n  server shop " + strings.TrimPrefix(app.URL, "http://") + "\n",
	}
	servers := maps.Clone(realServers)
	servers["haproxy"] = realServer{file: "haproxy.cfg", args: []string{"haproxy", "-db", "-f", "{dir}/haproxy.cfg"},
		before: "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n" +
			"frontend https\n  bind 127.0.0.1:{port} ssl crt {dir}/both.pem\n  default_backend shop\n"}
	for name, body := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := servers[name]
			start := func(paste string) *realserver.Server {
				conf := s.before + strings.Replace(body, "PASTE", paste, 1) + s.after
				conf = strings.Replace(conf, "LoadModule ssl_module", "LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so\nLoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so\nLoadModule ssl_module", 1)
				conf = strings.Replace(conf, "\n\troot * {dir}/www\n\tfile_server\n", "\n", 1)
				return realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "both.pem": cert + key, "www/index.html": "a", s.file: conf}, s.args[0], s.args[1:]...)
			}
			audit := func(srv *realserver.Server) (out []checks.Finding) {
				tree, err := target.OpenTree(t.Context(), srv.Dir, target.TreeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				defer tree.Close()
				o := engine.Options{Trees: []engine.Result{engine.RunTree(t.Context(), tree, jobs, engine.Options{})}}
				for _, seen := range engine.RunSite(t.Context(), openSite(t, srv, target.SiteOptions{CAFile: ca}, "/"), jobs, o).Observations {
					out = append(out, seen.Findings...)
				}
				return out
			}
			srv := start("")
			var snippets []string
			for _, f := range audit(srv) {
				if f.Snippet != "" && !slices.Contains(snippets, f.Snippet) && f.Attribute != "Server" {
					snippets = append(snippets, f.Snippet)
				}
			}
			if len(snippets) < 3 {
				t.Fatalf("%d snippets: %q", len(snippets), snippets)
			}
			for _, f := range audit(start(strings.Join(snippets, "\n"))) {
				if f.Attribute != "Server" {
					t.Errorf("still %s %s: %s (%s)\npasted:\n%s", f.Rule, f.Attribute, f.Message, f.Actual, strings.Join(snippets, "\n"))
				}
			}
		})
	}
}

// TestEveryProductHasASnippet: no template leaves a place unfilled, and every header has one for every product.
func TestEveryProductHasASnippet(t *testing.T) {
	all := maps.Clone(products)
	maps.Copy(all, appProducts)
	all[""] = plainHTTP
	for name, made := range all {
		if name == "" {
			name = "unheard-of"
		}
		for header := range recommended {
			r := &response{layer: name}
			got := snippet(nil, r, issue{rule: "missing", attribute: header})
			if !strings.Contains(got, firstOf(made, header)) || strings.Contains(got, "{value}") || strings.Contains(got, "{header}") || strings.Contains(got, "{quoted}") {
				t.Errorf("%s, %s: %q", name, header, got)
			}
			if made.comment == "" && strings.Contains(got, "try it") {
				t.Errorf("%s, %s: a comment in a format that has none: %q", name, header, got)
			}
		}
	}
}

// firstOf is a word that the snippet must hold.
func firstOf(made product, header string) string {
	if made.own[header] != "" {
		return strings.Fields(made.own[header])[0]
	}
	return fmt.Sprint(header)
}
