package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// corsPolicies are how applications decide on an Origin, in Python: the parameter is origin, the result what they allow
// and whether with credentials; None sends nothing.
var corsPolicies = map[string]struct{ decide, want string }{
	"list":       {`(origin, True) if origin in ("https://example.com", "https://partner.test") else None`, ""},
	"silent":     {`None`, ""},
	"public":     {`("*", False)`, ""},
	"reflect":    {`(origin, True) if origin else None`, "any-origin-credentials"},
	"open":       {`(origin, False) if origin else None`, ""},
	"null":       {`(origin, True) if origin in ("null", "https://example.com") else None`, "null-origin"},
	"prefix":     {`(origin, True) if origin.startswith("https://example.com") else None`, "lookalike-origin"},
	"suffix":     {`(origin, True) if origin.endswith("example.com") else None`, "lookalike-origin"},
	"contains":   {`(origin, True) if "example.com" in origin else None`, "lookalike-origin"},
	"unescaped":  {`(origin, True) if re.fullmatch(r"https://(www.)?example.com", origin) else None`, "lookalike-origin"},
	"unanchored": {`(origin, True) if re.match(r"https://example\.com", origin) else None`, "lookalike-origin"},
	"glued":      {`(origin, True) if re.fullmatch(r"https://\w*example\.com", origin) else None`, "lookalike-origin"},
	"http":       {`(origin, True) if re.fullmatch(r"https?://example\.com", origin) else None`, "http-origin"},
	"below":      {`(origin, True) if re.fullmatch(r"https://([\w-]+\.)?example\.com", origin) else None`, "any-subdomain"},
	"star":       {`("*", True)`, "star-credentials"},
	"several":    {`("https://a.test, https://b.test", False)`, "ignored-value"},
	"python":     {`(origin, "True") if origin else None`, "ignored-value"},
	"preflight":  {`(origin, True) if origin and method == "OPTIONS" else None`, "any-origin-credentials"},
	"get":        {`(origin, True) if origin and method == "GET" else None`, "any-origin-credentials"},
	"cookie":     {`(origin, True) if origin and cookie else ("*", True)`, "any-origin-credentials"},
}

// corsModule is the part that the applications share.
func corsModule() string {
	var b strings.Builder
	b.WriteString("import re\n\ndef allow(name, method, origin, cookie):\n    origin = origin or ''\n    answer = {\n")
	for name, p := range corsPolicies {
		fmt.Fprintf(&b, "        %q: lambda: %s,\n", name, p.decide)
	}
	return b.String() + `    }[name]()
    if answer is None:
        return {}
    headers = {"Access-Control-Allow-Origin": answer[0], "Vary": "Origin"}
    if answer[1]:
        headers["Access-Control-Allow-Credentials"] = "true" if answer[1] is True else answer[1]
    return headers
`
}

// frameworks serve the policies, each at a path of its own: /list, /reflect, ...
var frameworks = map[string]struct {
	program string
	args    []string
}{
	"fastapi": {`from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from policies import allow
app = FastAPI()
@app.api_route("/{name}", methods=["GET", "OPTIONS"])
async def answer(name: str, request: Request):
    h = request.headers
    return JSONResponse({}, headers=allow(name, request.method, h.get("origin"), h.get("cookie")))
`, uvicornTLS},
	"flask": {`from flask import Flask, request, jsonify
from policies import allow
app = Flask(__name__)
@app.route("/<name>", methods=["GET", "OPTIONS"])
def answer(name):
    h = request.headers
    return jsonify({}), 200, allow(name, request.method, h.get("Origin"), h.get("Cookie"))
`, gunicornTLS},
	"django": {`import django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x" * 40, ROOT_URLCONF=__name__, MIDDLEWARE=[])
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
from policies import allow
def answer(request, name):
    h = request.headers
    return JsonResponse({}, headers=allow(name, request.method, h.get("Origin"), h.get("Cookie")))
urlpatterns = [path("<str:name>", answer)]
app = get_wsgi_application()
`, gunicornTLS},
}

var (
	uvicornTLS  = []string{"uvicorn", "app:app", "--app-dir", "{dir}", "--port", "{port}", "--ssl-certfile", "{dir}/cert.pem", "--ssl-keyfile", "{dir}/key.pem"}
	gunicornTLS = []string{"gunicorn", "app:app", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--certfile", "{dir}/cert.pem", "--keyfile", "{dir}/key.pem"}
)

// TestCORSPolicies probes what three frameworks really answer under twenty policies.
func TestCORSPolicies(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, f := range frameworks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": f.program, "policies.py": corsModule()}, f.args[0], f.args[1:]...)
			for policy, p := range corsPolicies {
				site := openSite(t, srv, target.SiteOptions{CAFile: ca}, "/"+policy)
				got := strings.Join(rulesFound(t, cors(), site), " ")
				if got != p.want {
					t.Errorf("%s: %q, expected %q", policy, got, p.want)
				}
				if n := site.Requests(); n > 10 {
					t.Errorf("%s: %d requests", policy, n)
				}
			}
		})
	}
}

// rulesFound lists the rules that a check finds broken on a site, each once.
func rulesFound(t *testing.T, c *checks.Check, site checks.Site) []string {
	t.Helper()
	var out []string
	for _, v := range verdicts(t, one(c), engine.RunSite(t.Context(), site, one(c), engine.Options{})) {
		out = append(out, strings.TrimPrefix(v, c.ID+" "))
	}
	return out
}
