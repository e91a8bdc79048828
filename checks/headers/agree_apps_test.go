package headers

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// appWatched are the headers of applications that are compared, line by line.
var appWatched = []string{cspHeader, cspHeader + "-Report-Only", stsHeader, xfoHeader, nosniffHeader, referrerHeader, permissionsHeader, "Feature-Policy", coopHeader, coepHeader,
	corpHeader, "Origin-Agent-Cluster", "X-Xss-Protection", "X-Dns-Prefetch-Control", "X-Download-Options", "X-Permitted-Cross-Domain-Policies", "X-Powered-By", "X-Custom"}

// corsWatched are compared too where the framework's reader tells what they are.
var corsWatched = []string{acaoHeader, acacHeader}

// servedApp is an application to start, and the layer that reads it.
type servedApp struct {
	layer string
	start func(t *testing.T) *realserver.Server
}

// compareApp asks the application for its page, over what it takes for https and as a page of a foreign origin, and
// compares headers and cookies with what its source says.
func compareApp(t *testing.T, app servedApp) {
	t.Helper()
	srv := app.start(t)
	watch := appWatched
	if app.layer == "express" {
		watch = slices.Concat(watch, corsWatched)
	}
	req, err := http.NewRequest(http.MethodGet, srv.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Origin": {probeOrigin}, "X-Forwarded-Proto": {"https"}}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatalf("%v; the server said:\n%s", err, srv.Output())
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Fatalf("status %d; the server said:\n%s", resp.StatusCode, srv.Output())
	}
	scope, r := readApp(t, srv.Dir, app.layer)
	live, said := map[string][]string{}, map[string][]string{}
	for _, name := range watch {
		lines := r.all(name)
		if slices.ContainsFunc(lines, func(f field) bool { return f.dynamic }) {
			continue
		}
		for _, f := range lines {
			said[name] = append(said[name], plainly(f.value))
		}
		for _, v := range resp.Header[http.CanonicalHeaderKey(name)] {
			live[name] = append(live[name], plainly(v))
		}
	}
	live["Set-Cookie"], said["Set-Cookie"] = cookieShapes(resp.Header["Set-Cookie"]), saidCookies(scope)
	if diff := cmp.Diff(live, said); diff != "" {
		t.Errorf("(-the server's answer +the source):\n%s", diff)
	}
	compared := 0
	for _, lines := range live {
		compared += len(lines)
	}
	t.Logf("%d lines compared", compared)
}

// readApp is the one application that a directory holds, and its answer.
func readApp(t *testing.T, dir, layer string) (*checks.Scope, *response) {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	scopes := engine.RunTree(t.Context(), tree, nil, engine.Options{}).Scopes
	check := hsts()
	pass := checks.NewPass(t.Context(), check, &checks.World{Scopes: scopes}, check.Defaults())
	var found []*checks.Scope
	for _, s := range scopes {
		if s.Layer == layer && s.Kind != "routes" {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d scopes of %s", len(found), layer)
	}
	for _, l := range appLayers(pass) {
		if l.layer == layer {
			return found[0], l.response(found[0])
		}
	}
	t.Fatalf("no layer %s", layer)
	return nil, nil
}

var anyNonce = regexp.MustCompile(`'nonce-[^']+'`)

// plainly writes a policy's directives in one order and every nonce as one; the parts of other values without blanks.
func plainly(value string) string {
	parts := strings.Split(anyNonce.ReplaceAllString(value, "'nonce'"), ";")
	for i := range parts {
		parts[i] = strings.Join(strings.Fields(parts[i]), " ")
	}
	slices.Sort(parts)
	return strings.Join(parts, ";")
}

// cookieShapes are cookies without their values and ages.
func cookieShapes(lines []string) []string {
	out := []string{}
	for _, line := range lines {
		c, _ := parseCookie(line, time.Now())
		out = append(out, fmt.Sprintf("%s secure=%t httponly=%t samesite=%s path=%s domain=%s", c.name, c.secure, c.httpOnly, c.sameSite, c.path, c.domain))
	}
	slices.Sort(out)
	return out
}

// saidCookies are those that the source sets, and those of the frameworks' own settings.
func saidCookies(s *checks.Scope) []string {
	var lines []string
	for _, set := range s.Settings {
		if set.Header == "Set-Cookie" {
			lines = append(lines, set.Text())
		}
	}
	own := map[string][][2]string{"flask": {{"session", "SESSION_COOKIE_"}}, "django": {{"sessionid", "SESSION_COOKIE_"}, {"csrftoken", "CSRF_COOKIE_"}},
		"fastapi": {{"session", "SessionMiddleware."}}}
	for _, c := range own[s.Layer] {
		line := c[0] + "=x; Path=/"
		get := func(names ...string) checks.Setting {
			for _, n := range names {
				if set, ok := s.Get(c[1] + n); ok {
					return set
				}
			}
			return checks.Setting{}
		}
		if s.Layer == "fastapi" {
			if get("secret_key").Name == "" {
				continue
			}
			line += "; HttpOnly"
		}
		if isTrue(get("SECURE", "https_only")) {
			line += "; Secure"
		}
		if isTrue(get("HTTPONLY")) {
			line += "; HttpOnly"
		}
		if same := get("SAMESITE", "same_site"); same.Text() != "" {
			line += "; SameSite=" + same.Text()
		}
		lines = append(lines, line)
	}
	return cookieShapes(lines)
}

// TestDjangoAgrees runs generated settings under gunicorn.
func TestDjangoAgrees(t *testing.T) {
	version, err := exec.Command(realserver.Require(t, "/usr/bin/python3"), "-c", "import django; print(django.__version__)").Output()
	if err != nil {
		t.Fatal(err)
	}
	const urls = `from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
def index(request):
    request.session["user"] = "ada"
    get_token(request)
    response = HttpResponse("<title>x</title>")
    response.set_cookie("theme", "dark", secure=True, samesite="Strict")
    return response
urlpatterns = [path("", index)]
`
	const own = `class Harden:
    def __init__(self, get_response):
        self.get_response = get_response
    def __call__(self, request):
        response = self.get_response(request)
        response["X-Frame-Options"] = "DENY"
        response.headers["Permissions-Policy"] = "camera=()"
        return response

def last(get_response):
    def middleware(request):
        response = get_response(request)
        response["Referrer-Policy"] = "origin"
        return response
    return middleware
`
	base := `SECRET_KEY = "x"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MIDDLEWARE = ["%s"]
%s`
	const plain = `django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware`
	const security, frames = `django.middleware.security.SecurityMiddleware", "`, `", "django.middleware.clickjacking.XFrameOptionsMiddleware`
	for name, tt := range map[string]struct{ middleware, settings string }{
		"nothing":          {plain, ""},
		"defaults":         {security + plain + frames, ""},
		"deploy":           {security + plain + frames, "SECURE_HSTS_SECONDS = 31536000\nSECURE_HSTS_INCLUDE_SUBDOMAINS = True\nSECURE_HSTS_PRELOAD = True\nSESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True\nX_FRAME_OPTIONS = \"sameorigin\"\n"},
		"referrers":        {security + plain, "SECURE_REFERRER_POLICY = [\"no-referrer\", \"same-origin\"]\nSECURE_CONTENT_TYPE_NOSNIFF = False\nSESSION_COOKIE_HTTPONLY = False\nSESSION_COOKIE_SAMESITE = \"None\"\nCSRF_COOKIE_HTTPONLY = True\n"},
		"own outermost":    {"shop.own.last\", \"shop.own.Harden\", \"" + security + plain + frames, ""},
		"own innermost":    {security + plain + frames + "\", \"shop.own.Harden\", \"shop.own.last", "X_FRAME_OPTIONS = \"SAMEORIGIN\"\n"},
		"csp by itself":    {"csp.middleware.CSPMiddleware\", \"" + security + plain, ""},
		"csp":              {"csp.middleware.CSPMiddleware\", \"" + plain, "CSP_DEFAULT_SRC = [\"'none'\"]\nCSP_SCRIPT_SRC = (\"'self'\", \"https://cdn.example\")\nCSP_UPGRADE_INSECURE_REQUESTS = True\nCSP_BLOCK_ALL_MIXED_CONTENT = False\nCSP_STYLE_SRC = None\n"},
		"csp reports only": {"csp.middleware.CSPMiddleware\", \"" + plain, "CSP_REPORT_ONLY = True\nCSP_IMG_SRC = \"'self'\"\nCSP_FRAME_ANCESTORS = [\"'none'\"]\n"},
		"under debug":      {security + plain + frames, "DEBUG = False\nif DEBUG:\n    X_FRAME_OPTIONS = \"SAMEORIGIN\"\nelse:\n    SECURE_HSTS_SECONDS = 60 * 60\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareApp(t, servedApp{"django", func(t *testing.T) *realserver.Server {
				return realserver.Gunicorn("import os\nos.environ[\"DJANGO_SETTINGS_MODULE\"] = \"shop.settings\"\nfrom django.core.wsgi import get_wsgi_application\napp = get_wsgi_application()\n").
					Start(t, map[string]string{"shop/__init__.py": "", "shop/settings.py": fmt.Sprintf(base, tt.middleware, tt.settings), "shop/urls.py": urls, "shop/own.py": own,
						"requirements.txt": "Django==" + string(version)})
			}})
		})
	}
}

// TestFlaskAgrees runs generated applications under gunicorn.
func TestFlaskAgrees(t *testing.T) {
	const index = `
@app.get("/")
def index():
    session["user"] = "ada"
    response = make_response("<title>x</title>")
    response.set_cookie("theme", "dark", httponly=True, samesite="Lax")
    return response
`
	const hook = `
@app.after_request
def harden(response):
    response.headers["X-Frame-Options"] = "DENY"
    response.headers.setdefault("Referrer-Policy", "origin")
    response.headers.update({"X-Custom": "1"})
    return response

@app.after_request
def earlier(response):
    response.headers["X-Custom"] = "2"
    response.headers["Permissions-Policy"] = "camera=()"
    return response
`
	const talismanOn = "from flask_talisman import Talisman\n"
	for name, code := range map[string]string{
		"nothing":            "",
		"session":            "app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE=\"Lax\")\napp.config[\"SESSION_COOKIE_HTTPONLY\"] = False\n",
		"class":              "class Config:\n    SESSION_COOKIE_SECURE = True\nclass Production(Config):\n    SESSION_COOKIE_SAMESITE = \"Strict\"\napp.config.from_object(Production)\n",
		"hooks":              hook,
		"hooks, conditional": hook + "\n@app.after_request\ndef some(response):\n    if response.mimetype == \"text/html\":\n        return response\n    response.headers[\"X-Frame-Options\"] = \"SAMEORIGIN\"\n    return response\n",
		"talisman":           talismanOn + "Talisman(app)\n",
		"talisman then hook": talismanOn + "Talisman(app)\n" + hook,
		"hook then talisman": hook + talismanOn + "Talisman(app)\n",
		"talisman, policy":   talismanOn + "Talisman(app, content_security_policy={\"default-src\": \"'self'\", \"img-src\": [\"*\", \"data:\"]}, frame_options=\"DENY\", strict_transport_security_preload=True, strict_transport_security_max_age=100)\n",
		"talisman, off":      talismanOn + "Talisman(app, content_security_policy=None, force_https=False, strict_transport_security=False, session_cookie_secure=False, frame_options=None)\n",
		"talisman, nonce":    talismanOn + "Talisman(app, content_security_policy=\"default-src 'self'; script-src 'self'\", content_security_policy_nonce_in=[\"script-src\"], permissions_policy={\"camera\": \"()\"})\n",
		"talisman, init_app": talismanOn + "talisman = Talisman()\ntalisman.init_app(app, content_security_policy=\"default-src 'none'\", content_security_policy_report_only=True, content_security_policy_report_uri=\"/csp\", referrer_policy=\"no-referrer\")\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareApp(t, servedApp{"flask", func(t *testing.T) *realserver.Server {
				return realserver.Gunicorn("from flask import Flask, make_response, session\napp = Flask(__name__)\napp.config[\"SECRET_KEY\"] = \"x\"\n"+code+index).Start(t, nil)
			}})
		})
	}
}

// TestFastAPIAgrees runs generated applications under uvicorn.
func TestFastAPIAgrees(t *testing.T) {
	const index = `
@app.get("/", response_class=HTMLResponse)
async def index(request: Request, response: Response):
    response.set_cookie("theme", "dark", secure=True)
    if "session" in request.scope:
        request.session["user"] = "ada"
    return "<title>x</title>"
`
	const class = `
class Harden(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["X-Custom"] = "class"
        return response
`
	const function = `
@app.middleware("http")
async def more(request, call_next):
    response = await call_next(request)
    response.headers["X-Custom"] = "function"
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    return response
`
	for name, code := range map[string]string{
		"nothing":             "app = FastAPI()\n",
		"function":            "app = FastAPI()\n" + function,
		"class":               class + "app = FastAPI()\napp.add_middleware(Harden)\n",
		"list":                class + "app = FastAPI(middleware=[Middleware(Harden), Middleware(SessionMiddleware, secret_key=\"x\", https_only=True, same_site=\"strict\")])\n",
		"class then function": class + "app = FastAPI()\napp.add_middleware(Harden)\n" + function,
		"function then class": class + "app = FastAPI()\n" + function + "app.add_middleware(Harden)\n",
		"session":             "app = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=\"x\")\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareApp(t, servedApp{"fastapi", func(t *testing.T) *realserver.Server {
				return realserver.Uvicorn(`from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.sessions import SessionMiddleware
`+code+index).Start(t, nil)
			}})
		})
	}
}
