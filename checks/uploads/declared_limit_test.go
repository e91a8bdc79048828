package uploads

import (
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const nginxHead = `daemon off; pid {dir}/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
server { listen 127.0.0.1:{port}; root {dir}; `

const apacheHead = `ServerRoot {dir}
ServerName localhost
PidFile {dir}/pid
ErrorLog {dir}/error.log
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot {dir}
`

const fastapiApp = `from fastapi import FastAPI, Request
from starlette.responses import Response
app = FastAPI()
`

const limitMiddleware = `
@app.middleware("http")
async def limit(request: Request, call_next):
    if int(request.headers.get("content-length", 0)) > 5 * 1024 * 1024:
        return Response(status_code=413)
    return await call_next(request)
`

func TestDeclaredLimitOnRealServers(t *testing.T) {
	nginx := []string{"nginx", "-c", "{dir}/conf"}
	apache := []string{"apache2", "-f", "{dir}/conf", "-D", "FOREGROUND"}
	caddy := []string{"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/conf"}
	uvicorn := []string{"uvicorn", "--app-dir", "{dir}", "--port", "{port}", "conf:app"}
	for name, tt := range map[string]struct {
		file, conf string
		args       []string
		rule       string // expected; "" for a pass
		actual     string // in the finding or the problem
		problem    bool
	}{
		"nginx default":    {"conf", nginxHead + "} }", nginx, "", "", false},
		"nginx 20m":        {"conf", nginxHead + "client_max_body_size 20m; } }", nginx, "", "", false},
		"nginx off":        {"conf", nginxHead + "client_max_body_size 0; } }", nginx, "no-declared-limit", "10 GiB declared", false},
		"nginx 200m":       {"conf", nginxHead + "client_max_body_size 200m; } }", nginx, "limit-too-high", "a limit from", false},
		"nginx return":     {"conf", nginxHead + "return 301 https://shop.example/; } }", nginx, "", "before any limit", true},
		"nginx 403":        {"conf", nginxHead + "return 403; } }", nginx, "", "refuses this client", true},
		"apache 10m":       {"conf", apacheHead + "LimitRequestBody 10485760\n", apache, "", "", false},
		"apache default":   {"conf", apacheHead, apache, "limit-too-high", "a limit of 1 GiB", false},
		"caddy files":      {"conf", "{\n\tadmin off\n}\nhttp://127.0.0.1:{port} {\n\tfile_server\n}\n", caddy, "", "Caddy counts bytes", true},
		"uvicorn":          {"conf.py", fastapiApp, uvicorn, "no-declared-limit", "status 404", false},
		"uvicorn limited":  {"conf.py", fastapiApp + limitMiddleware, uvicorn, "", "", false},
		"http.server":      {"conf", "", []string{"/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}"}, "", "status 501", true},
		"gunicorn (Flask)": {"conf.py", "from flask import Flask\napp = Flask(__name__)\n", []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "conf:app"}, "no-declared-limit", "404", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := realserver.Start(t, map[string]string{tt.file: tt.conf}, tt.args[0], tt.args[1:]...)
			o := probetest.Audit(t, declaredLimit(), srv.URL, target.SiteOptions{Active: []string{"declare"}, Bounds: target.SiteBounds{Gap: time.Millisecond}})
			switch {
			case tt.problem:
				if len(o.Problems) != 1 || !strings.Contains(o.Problems[0].Actual, tt.actual) || o.Examined != 0 {
					t.Errorf("problems %v, findings %v; want a problem with %q", o.Problems, o.Findings, tt.actual)
				}
			case tt.rule == "":
				if len(o.Findings)+len(o.Problems) > 0 || o.Examined != 1 {
					t.Errorf("findings %v, problems %v; want a pass", o.Findings, o.Problems)
				}
			case len(o.Findings) != 1 || o.Findings[0].Rule != tt.rule || !strings.Contains(o.Findings[0].Actual, tt.actual):
				t.Errorf("findings %+v, problems %v; want %s with %q", o.Findings, o.Problems, tt.rule, tt.actual)
			}
		})
	}
}

func FuzzReadReaction(f *testing.F) {
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Request Entity Too Large\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r := readReaction(&checks.RawExchange{Data: data}); r.status != 0 && (r.status < 101 || r.status > 599) {
			t.Errorf("status %d", r.status)
		}
	})
}
