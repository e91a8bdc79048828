package headers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const flaskPages = `import json
from flask import Flask, jsonify, make_response, request, session
app = Flask(__name__)
app.secret_key = "x" * 16
PAGE = "<!doctype html><title>Shop</title>"
@app.get("/")
def start():
    return PAGE
@app.get("/text")
def text():
    return json.dumps({"name": request.args.get("name", "")})
@app.get("/json")
def as_json():
    return jsonify(name="ana")
@app.get("/login")
def login():
    return PAGE + "<form><input type=password></form>"
@app.get("/account")
def account():
    answer = make_response(PAGE + request.headers.get("Authorization", ""))
    if request.args.get("cache"):
        answer.headers["Cache-Control"] = request.args["cache"]
    return answer
@app.get("/logout")
def logout():
    answer = make_response("", 302)
    answer.headers["Location"] = "/"
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer
`

const djangoPages = `import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x" * 50, DEBUG=False,
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware"])
PAGE = "<!doctype html><title>Shop</title>"
urlpatterns = [
    path("", lambda request: HttpResponse(PAGE)),
    path("json", lambda request: JsonResponse({"name": "ana"})),
    path("login", never_cache(lambda request: HttpResponse(PAGE + "<form><input type=password></form>"))),
    path("account", lambda request: HttpResponse(PAGE + request.headers.get("Authorization", ""))),
]
app = get_wsgi_application()
`

const fastapiPages = `from fastapi import FastAPI, Header
from fastapi.responses import HTMLResponse
app = FastAPI(openapi_url=None)
PAGE = "<!doctype html><title>Shop</title>"
@app.get("/", response_class=HTMLResponse)
def start():
    return PAGE
@app.get("/json")
def as_json():
    return {"name": "ana"}
@app.get("/account")
def account(authorization: str = Header("")):
    return {"user": authorization}
`

// TestContentOnRealServers judges what servers and frameworks really declare about their answers.
func TestContentOnRealServers(t *testing.T) {
	const page = "<title>Shop</title><p>caf\xc3\xa9"
	files := map[string]string{"www/index.html": page, "www/meta.html": "<!doctype html><meta charset=utf-8>" + page, "www/app.js": "let a"}
	for name, tt := range map[string]struct {
		product realserver.Product
		paths   []string
		want    []string
	}{
		"nginx": {realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; }"), nil,
			[]string{"headers/content-type no-charset", "headers/information-leak version"}},
		"nginx charset":  {realserver.Nginx("server_tokens off; charset utf-8; server { listen 127.0.0.1:{port}; root {dir}/www; }"), []string{"/meta.html"}, nil},
		"nginx script":   {realserver.Nginx("server_tokens off; charset utf-8; server { listen 127.0.0.1:{port}; root {dir}/www; }"), []string{"/app.js"}, []string{"headers/content-type wrong-type"}},
		"apache":         {realserver.Apache("ServerTokens Prod\nDocumentRoot {dir}/www\n"), []string{"/meta.html", "/app.js"}, []string{"headers/content-type no-charset"}},
		"apache charset": {realserver.Apache("ServerTokens Prod\nServerSignature On\nAddDefaultCharset utf-8\nDocumentRoot {dir}/www\n"), nil, nil},
		"caddy":          {realserver.Caddy("http://127.0.0.1:{port} {\n\troot * {dir}/www\n\tfile_server\n}\n"), []string{"/app.js"}, nil},
		"caddy cached":   {realserver.Caddy("http://127.0.0.1:{port} {\n\theader X-Cache HIT\n\trespond `{http.request.header.Authorization}` 200\n}\n"), []string{"authenticated=/a"}, []string{"headers/cache served-from-cache", "headers/cache shared-cache"}},
		"flask": {realserver.Gunicorn(flaskPages), []string{"/json", "login=/login", "authenticated=/account?cache=no-store", "authenticated=/account?cache=private,no-cache", "logout=/logout"},
			[]string{"headers/cache login-stored"}},
		"flask text":      {realserver.Gunicorn(flaskPages), []string{"/text"}, []string{"headers/content-type json-as-html"}},
		"flask account":   {realserver.Gunicorn(flaskPages), []string{"authenticated=/account"}, []string{"headers/cache shared-cache"}},
		"flask slip":      {realserver.Gunicorn(flaskPages), []string{"authenticated=/account?cache=no-store;private"}, []string{"headers/cache ignored-value"}},
		"django":          {realserver.Gunicorn(djangoPages), []string{"/json", "login=/login"}, nil},
		"django account":  {realserver.Gunicorn(djangoPages), []string{"authenticated=/account"}, []string{"headers/cache shared-cache"}},
		"fastapi":         {realserver.Uvicorn(fastapiPages), []string{"/json"}, nil},
		"fastapi account": {realserver.Uvicorn(fastapiPages), []string{"authenticated=/account"}, []string{"headers/cache shared-cache"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := tt.product.Start(t, files)
			site, err := target.OpenSite(srv.URL, target.SiteOptions{Paths: tt.paths, SignedIn: []string{"Authorization: Bearer ana"}})
			if err != nil {
				t.Fatal(err)
			}
			var jobs []engine.Job
			for _, c := range Checks() {
				if strings.Contains(" headers/content-type headers/cache headers/information-leak headers/clear-site-data headers/deprecated "+
					"headers/subresource-integrity headers/mixed-content headers/well-formed ", " "+c.ID+" ") {
					jobs = append(jobs, one(c)...)
				}
			}
			if diff := cmp.Diff(tt.want, verdicts(t, jobs, engine.RunSite(t.Context(), site, jobs, engine.Options{}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
