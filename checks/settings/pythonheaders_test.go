package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPythonCookies(t *testing.T) {
	for name, tt := range map[string]struct {
		reader  reader
		archive string
		want    []string
	}{
		"flask": {flaskReader(), `
-- app.py --
from flask import Flask, make_response
app = Flask(__name__)
FLAGS = {"secure": True}
@app.get("/")
def index():
    response = make_response("x")
    response.set_cookie("token", jwt, httponly=True)
    response.set_cookie("theme", "", max_age=3)
    response.set_cookie("old", "x", max_age=0)
    response.set_cookie("sid", value, 3600, None, "/", "example.com", True, True, "Strict")
    response.set_cookie("lang", value, secure=app.config["X"])
    response.set_cookie("many", value, **FLAGS)
    return response
`, []string{"set_cookie=token=(value); Path=/; HttpOnly[append]", "set_cookie=sid=(value); Domain=example.com; Path=/; HttpOnly; Secure; SameSite=Strict[append]",
			"set_cookie=lang=(value); Path=/; Secure[append]", "set_cookie~response.set_cookie(\"many\", value, **FLAGS)[append]"}},
		"fastapi": {fastapiReader(), `
-- main.py --
from fastapi import FastAPI
app = FastAPI()
-- login.py --
from fastapi import Response
def login(response: Response):
    response.set_cookie(key="session", value=token, httponly=True, secure=True)
-- other.py --
def login(response):
    response.set_cookie("unrelated", token)
`, []string{"set_cookie=session=(value); Path=/; HttpOnly; Secure; SameSite=Lax[append]"}},
	} {
		t.Run(name, func(t *testing.T) {
			scopes := scopesOf(t, tt.reader, tt.archive)
			if len(scopes) != 1 {
				t.Fatalf("%d applications", len(scopes))
			}
			if diff := cmp.Diff(tt.want, effect(scopes[0], "set_cookie")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDjangoParts(t *testing.T) {
	archive := `
-- requirements.txt --
Django==3.2.25
-- shop/settings/base.py --
import os
from csp.constants import NONCE, SELF
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "shop.middleware.Harden",
    "shop.middleware.harden_more",
    "vendor.security.Headers",
]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
-- shop/settings/production.py --
from .base import *
DEBUG = False
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": [SELF, NONCE], "upgrade-insecure-requests": True}}
-- shop/wsgi.py --
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")
-- shop/middleware.py --
class Harden:
    def __init__(self, get_response):
        self.get_response = get_response
    def __call__(self, request):
        response = self.get_response(request)
        response["X-Frame-Options"] = "DENY"
        if request.path == "/x":
            return response
        response.headers["Permissions-Policy"] = "camera=()"
        return response

def harden_more(get_response):
    def middleware(request):
        response = get_response(request)
        response["Referrer-Policy"] = "no-referrer"
        return response
    return middleware
`
	got := tell(scopesOf(t, djangoReader(), archive), "header", "use", "DJANGO_SETTINGS_MODULE", "CONTENT_SECURITY_POLICY.DIRECTIVES.script-src", "SECURE_CROSS_ORIGIN_OPENER_POLICY",
		"SECURE_REFERRER_POLICY")
	want := map[string][]string{"shop.settings.production": {
		"CONTENT_SECURITY_POLICY.DIRECTIVES.script-src=['self' 'nonce-differsInEveryAnswer']",
		"use vendor.security.Headers~vendor.security.Headers[unknown]",
		"header Referrer-Policy=no-referrer[in shop.middleware.harden_more]",
		"header X-Frame-Options=DENY[in shop.middleware.Harden]",
		"header Permissions-Policy=camera=()[conditional in shop.middleware.Harden]",
		"SECURE_REFERRER_POLICY=same-origin (default)",
		"SECURE_CROSS_ORIGIN_OPENER_POLICY=<nil> (default)",
		"DJANGO_SETTINGS_MODULE=shop.settings.production[wsgi.py]",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
