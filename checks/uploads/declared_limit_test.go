package uploads

import (
	"strings"
	"testing"
	"time"

	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

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
	nginx := func(directives string) realserver.Product {
		return realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}; " + directives + " }")
	}
	for name, tt := range map[string]struct {
		product realserver.Product
		rule    string // expected; "" for a pass
		actual  string // in the finding or the problem
		problem bool
	}{
		"nginx default":    {nginx(""), "", "", false},
		"nginx 20m":        {nginx("client_max_body_size 20m;"), "", "", false},
		"nginx off":        {nginx("client_max_body_size 0;"), "no-declared-limit", "10 GiB declared", false},
		"nginx 200m":       {nginx("client_max_body_size 200m;"), "limit-too-high", "a limit of 200 MiB", false},
		"nginx return":     {nginx("return 301 https://shop.example/;"), "", "before any limit", true},
		"nginx 403":        {nginx("return 403;"), "", "refuses this client", true},
		"apache 10m":       {realserver.Apache("DocumentRoot {dir}\nLimitRequestBody 10485760\n"), "", "", false},
		"apache default":   {realserver.Apache("DocumentRoot {dir}\n"), "limit-too-high", "a limit of 1 GiB", false},
		"caddy files":      {realserver.Caddy("http://127.0.0.1:{port} {\n\tfile_server\n}\n"), "", "Caddy counts bytes", true},
		"uvicorn":          {realserver.Uvicorn(fastapiApp), "no-declared-limit", "status 404", false},
		"uvicorn limited":  {realserver.Uvicorn(fastapiApp + limitMiddleware), "", "", false},
		"http.server":      {realserver.PythonFiles(""), "", "status 501", true},
		"gunicorn (Flask)": {realserver.Gunicorn("from flask import Flask\napp = Flask(__name__)\n"), "no-declared-limit", "404", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := tt.product.Start(t, nil)
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
