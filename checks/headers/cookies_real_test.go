package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// cookieApps are applications whose frameworks set their own cookies. {options} is filled in from the cases.
var cookieApps = map[string]struct {
	program string
	args    []string
	cases   map[string]string // what is written for {options}, and the rules that must be broken
}{
	"flask": {`from flask import Flask, session
app = Flask(__name__)
app.secret_key = "x" * 40
app.config.update({options})
@app.route("/")
def index():
    session["user"] = "ada"
    return "<title>Shop</title>"
`, gunicornTLS, map[string]string{
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE='Lax'": "",
		"SESSION_COOKIE_SECURE=True":                                "",
		"":                                                          "session-not-secure",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=False":                                       "session-not-httponly",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE='None'":                                      "samesite-off",
		"SESSION_COOKIE_SAMESITE='None'":                                                                  "samesite-none",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME='__Host-s'":                                      "",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME='__Host-s', SESSION_COOKIE_PATH='/app'":          "broken-prefix",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME='__Host-s', SESSION_COOKIE_DOMAIN='example.com'": "broken-prefix",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME='s'":                                             "",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME='s', SESSION_COOKIE_HTTPONLY=False":              "session-not-httponly",
		"SESSION_COOKIE_SECURE=True, SESSION_COOKIE_DOMAIN='other.test'":                                  "refused",
	}},
	"django": {`import django
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="x" * 40, ROOT_URLCONF=__name__, SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    **dict({options}))
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
def index(request):
    request.session["user"] = "ada"
    get_token(request)
    return HttpResponse("<title>Shop</title>")
urlpatterns = [path("", index)]
app = get_wsgi_application()
`, gunicornTLS, map[string]string{
		"SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True": "",
		"": "not-secure session-not-secure",
		"SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=False":    "session-not-httponly",
		"SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE='None'":   "samesite-off",
		"SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, CSRF_COOKIE_NAME='__Secure-csrf'": "",
		"SESSION_COOKIE_SECURE=True, CSRF_COOKIE_NAME='__Secure-csrf'":                          "broken-prefix",
		"SECURE_HSTS_SECONDS=31536000, CSRF_COOKIE_SECURE=True":                                 "session-not-secure",
	}},
}

// TestCookiesOfFrameworks judges the cookies that two frameworks make of their settings.
func TestCookiesOfFrameworks(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, app := range cookieApps {
		for options, want := range app.cases {
			t.Run(name+"/"+options, func(t *testing.T) {
				t.Parallel()
				program := strings.Replace(app.program, "{options}", options, 1)
				srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": program,
					"Dockerfile": "FROM python:3.13\nCMD [\"gunicorn\", \"app:app\"]\n"}, app.args[0], app.args[1:]...)
				if got := strings.Join(rulesFound(t, cookies(), openSite(t, srv, target.SiteOptions{CAFile: ca}, "/")), " "); got != want {
					t.Errorf("%q, expected %q", got, want)
				}
				if said := strings.Join(judgeTree(t, one(cookies()), srv.Dir), " "); name == "flask" && !strings.Contains(options, "other.test") &&
					strings.ReplaceAll(said, "headers/cookies ", "") != want {
					t.Errorf("the configuration is said to break %q, the server breaks %q", said, want)
				}
			})
		}
	}
}

// setCookies are ways to set a cookie with FastAPI, and the rules that must be broken.
var setCookies = []struct{ code, want string }{
	{`r.set_cookie("access_token", "Bearer x", secure=True, httponly=True)`, ""},
	{`r.set_cookie("access_token", "Bearer x")`, "session-not-httponly session-not-secure"},
	{`r.set_cookie("theme", "dark")`, "not-secure"},
	{`r.set_cookie("theme", "dark", secure=True)`, ""},
	{`r.delete_cookie("access_token")`, ""},
	{`r.delete_cookie("__Host-session")`, "broken-prefix"},
	{`r.set_cookie("sid", "x", secure=True, httponly=True, samesite="none")`, "samesite-off"},
	{`r.set_cookie("sid", "x", secure=True, httponly=True); r.headers["Cache-Control"] = "public, max-age=60"`, "shared-cache"},
	{`r.headers.append("Set-Cookie", "a=b; SameSite=Yes; Secure")`, "samesite-invalid"},
	{`r.headers.append("Set-Cookie", "c=" + "x" * 5000 + "; Secure")`, "refused"},
}

// TestSetCookies judges the cookies that one FastAPI application really sets, each at a path of its own.
func TestSetCookies(t *testing.T) {
	cert, key, ca := certificate(t)
	program := "from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\napp = FastAPI()\n"
	for i, c := range setCookies {
		program += fmt.Sprintf("@app.get(\"/%d\")\nasync def answer%d():\n    r = HTMLResponse(\"<title>Shop</title>\")\n    %s\n    return r\n", i, i, c.code)
	}
	srv := realserver.Start(t, map[string]string{"cert.pem": cert, "key.pem": key, "app.py": program}, uvicornTLS[0], uvicornTLS[1:]...)
	for i, c := range setCookies {
		if got := strings.Join(rulesFound(t, cookies(), openSite(t, srv, target.SiteOptions{CAFile: ca}, fmt.Sprintf("/%d", i))), " "); got != c.want {
			t.Errorf("%s: %q, expected %q", c.code, got, c.want)
		}
	}
}
