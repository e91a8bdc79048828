package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

// TestImportedMiddleware: the headers of a class are read in the file that defines it, which may be longer or shorter.
func TestImportedMiddleware(t *testing.T) {
	archive := `
-- svc/headers.py --
from starlette.middleware.base import BaseHTTPMiddleware

# What stands before the class makes this file longer than the one that imports it, so that no place of this file is
# one of that file too.
POLICY = "default-src 'self'"

class Harden(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response
-- svc/main.py --
from fastapi import FastAPI
from svc.headers import Harden
app = FastAPI()
app.add_middleware(Harden)
`
	scopes := scopesOf(t, fastapiReader(), archive)
	if len(scopes) != 1 {
		t.Fatalf("%d applications", len(scopes))
	}
	set, ok := scopes[0].Get("header Content-Security-Policy")
	if !ok || set.Text() != "default-src 'self'" || set.Place.Path != "svc/headers.py" || set.Place.Line != 10 || set.Raw != "POLICY" {
		t.Errorf("found %+v", set)
	}
}

// TestFaultOfReader: a reader that panics is a problem, and the others go on.
func TestFaultOfReader(t *testing.T) {
	r := reader{layer: "made up", resolve: func([]document) ([]*checks.Scope, []checks.Problem) { panic("boom") }}
	scopes, problems := r.join(nil)
	if scopes != nil || len(problems) != 1 || !problems[0].Blind || problems[0].Where != "made up" {
		t.Errorf("%v, %+v", scopes, problems)
	}
}

func TestFastAPI(t *testing.T) {
	archive := `
-- app/main.py --
import os
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from app.middleware import SecurityHeaders

DEBUG = os.getenv("DEBUG", "0") == "1"
ORIGINS = ["https://shop.example"]

def create():
    app = FastAPI(
        title="Shop",
        debug=DEBUG,
        docs_url=None if not DEBUG else "/docs",
        max_request_size=10_000_000,
        middleware=[Middleware(SessionMiddleware, secret_key=os.environ["KEY"], https_only=True)],
    )
    app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True, allow_methods=["*"])
    app.add_middleware(SecurityHeaders, hsts=True)
    app.add_middleware(Pure)

    @app.middleware("http")
    async def more(request, call_next):
        response = await call_next(request)
        response.headers.update({"X-Frame-Options": "DENY", "X-Request-ID": request.state.id})
        return response
    return app
-- app/middleware.py --
from starlette.middleware.base import BaseHTTPMiddleware

class SecurityHeaders(BaseHTTPMiddleware):
    POLICY = "default-src 'self'"

    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'; " \
            "object-src 'none'"
        response.headers["Strict-Transport-Security"] = f"max-age={365 * 86400}"
        return response

class Pure:
    async def __call__(self, scope, receive, send):
        async def more(message):
            message["headers"].append((b"referrer-policy", b"no-referrer"))
            MutableHeaders(scope=message)["X-Ignored"] = "1"
            await send(message)
        await self.app(scope, receive, more)
-- app/extra.py --
def setup(application):
    application.add_middleware(TrustedHostMiddleware, allowed_hosts=["shop.example"])
`
	scopes := scopesOf(t, fastapiReader(), archive)
	got := tell(scopes, "debug", "docs_url", "redoc_url", "openapi_url", "unknown.max_request_size", "middleware.SessionMiddleware", "middleware.more",
		"middleware.SecurityHeaders", "middleware.TrustedHostMiddleware", "TrustedHostMiddleware.allowed_hosts", "CORSMiddleware.allow_origins",
		"CORSMiddleware.allow_credentials", "CORSMiddleware.allow_origin_regex", "SessionMiddleware.secret_key", "SessionMiddleware.https_only",
		"SessionMiddleware.same_site", "header")
	want := map[string][]string{"app": {
		"CORSMiddleware.allow_origins=[https://shop.example]",
		"CORSMiddleware.allow_credentials=true",
		"CORSMiddleware.allow_origin_regex=<nil> (default)",
		"middleware.SecurityHeaders=true",
		"header Content-Security-Policy=default-src 'self'; object-src 'none'",
		"header Strict-Transport-Security=max-age=31536000",
		"header Referrer-Policy=no-referrer[append]",
		"middleware.more=true",
		"header X-Frame-Options=DENY",
		"header X-Request-Id~request.state.id",
		"middleware.TrustedHostMiddleware=true",
		"TrustedHostMiddleware.allowed_hosts=[shop.example]",
		"debug~DEBUG (False unless DEBUG is set)",
		"docs_url~None if not DEBUG else \"/docs\" (None unless DEBUG is set)",
		"unknown.max_request_size=10000000",
		"middleware.SessionMiddleware=true",
		"SessionMiddleware.secret_key~(secret, from KEY)",
		"SessionMiddleware.https_only=true",
		"SessionMiddleware.same_site=lax (default)",
		"redoc_url=/redoc (default)",
		"openapi_url=/openapi.json (default)",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if scopes[0].Place.Line != 12 {
		t.Errorf("the application is at %s", scopes[0].Place)
	}
}

func TestStarlette(t *testing.T) {
	archive := `
-- main.py --
from starlette.applications import Starlette
app = Starlette(debug=True, extra=1)
other = Starlette()
other.add_middleware(GZipMiddleware)
`
	got := tell(scopesOf(t, fastapiReader(), archive), "debug", "docs_url", "unknown.extra", "middleware.GZipMiddleware")
	want := map[string][]string{"app": {"debug=true"}, "other": {"middleware.GZipMiddleware=true", "debug=false (default)"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsObject(t *testing.T) {
	archive := `
-- app/core/config.py --
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    debug: bool = True
    cors_origins: list[str] = ["*"]

settings = Settings()
-- app/main.py --
from fastapi import FastAPI
from app.core.config import settings
from app.core import config
app = FastAPI(debug=settings.debug, docs_url=config.settings.docs)
app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True)
`
	got := tell(scopesOf(t, fastapiReader(), archive), "debug", "docs_url", "CORSMiddleware.allow_origins")
	want := map[string][]string{"app": {
		`CORSMiddleware.allow_origins~settings.cors_origins (["*"] unless CORS_ORIGINS is set)`,
		"debug~settings.debug (True unless DEBUG is set)",
		"docs_url~config.settings.docs",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUvicornModule(t *testing.T) {
	archive := `
-- main.py --
import uvicorn
PORT = 8000
if __name__ == "__main__":
    uvicorn.run("main:app", host="0.0.0.0", port=PORT, reload=True, log_level="debug", forwarded_allow_ips=trusted())
-- other.py --
from uvicorn import run
run(app, **settings)
-- nothing.py --
uvicorn = 1
print("uvicorn.run")
`
	got := tell(scopesOf(t, uvicornModuleReader(), archive), "host", "port", "reload", "log_level", "access_log", "forwarded_allow_ips")
	want := map[string][]string{
		"uvicorn.run": {"host=0.0.0.0", "port=8000", "reload=true", "log_level=debug", "forwarded_allow_ips~trusted()", "access_log=true (default)"},
		"uvicorn.run @other.py:2": {"host~**settings (\"127.0.0.1\" unless it is set there)", "port~**settings (8000 unless it is set there)",
			"reload~**settings (False unless it is set there)", "log_level~**settings (\"info\" unless it is set there)",
			"access_log~**settings (True unless it is set there)", "forwarded_allow_ips~**settings (\"127.0.0.1\" unless it is set there)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGunicornModule(t *testing.T) {
	archive := `
-- deploy/gunicorn.conf.py --
import multiprocessing, os
bind = "0.0.0.0:" + os.environ.get("PORT", "8000")
workers = multiprocessing.cpu_count() * 2 + 1
accesslog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")
limit_request_line = 0
def on_starting(server):
    pass
-- gunicorn_helpers.py --
x = 1
`
	got := tell(scopesOf(t, gunicornModuleReader(), archive), "bind", "workers", "accesslog", "loglevel", "limit_request_line", "timeout")
	want := map[string][]string{"deploy.gunicorn.conf": {
		"accesslog=-",
		`bind~"0.0.0.0:" + os.environ.get("PORT", "8000") ("0.0.0.0:8000" unless PORT is set)`,
		"limit_request_line=0",
		`loglevel~os.environ.get("LOG_LEVEL", "info") ("info" unless LOG_LEVEL is set)`,
		"workers~multiprocessing.cpu_count() * 2 + 1",
		"timeout=30 (default)",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
