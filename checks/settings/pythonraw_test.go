package settings

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks/internal/parse/python"
)

// TestPythonKeepsSecrets looks for every literal credential in everything that the readers return.
func TestPythonKeepsSecrets(t *testing.T) {
	const secret = "s3cr3t" + "Value"
	django := strings.ReplaceAll(`
-- settings.py --
import os
MIDDLEWARE = []
ROOT_URLCONF = "x"
ALLOWED_HOSTS = []
SECRET_KEY = "VALUE"
SECRET_KEY_FALLBACKS = ["VALUE", os.environ.get("A", "VALUE")]
DATABASES = {"default": {"PASSWORD": "VALUE", "OPTIONS": {"password": f"VALUE{x}"}, "URL": "postgres://u:VALUE@db/x"}}
DATABASES["other"] = dict(PASSWORD="VALUE")
DATABASES_EXTRA = [{"PASSWORD": "VALUE"}]
SESSION_ENGINE = make(password="VALUE", token=["VALUE"])
STORAGES = getattr(local, "STORAGES", {"default": {"SECRET_KEY": "VALUE"}})
AUTH_PASSWORD_X = os.environ.get("PASSWORD", "VALUE")
SENTRY_X = env("API_TOKEN", default="VALUE")
CORS_X = f"https://u:VALUE@shop.example/{x}"
`, "VALUE", secret)
	apps := strings.ReplaceAll(`
-- app.py --
import os, uvicorn
from flask import Flask
from fastapi import FastAPI
from starlette.middleware import Middleware
app = Flask(__name__)
app.config["SECRET_KEY"] = os.getenv("SECRET_KEY", "VALUE")
app.config.update(JWT_SECRET_KEY="VALUE")
app.config.from_mapping(load(password="VALUE"), **{"X": 1})
app.secret_key = "VALUE"
api = FastAPI(extra=client(token="VALUE"), middleware=[Middleware(SessionMiddleware, secret_key="VALUE")])
api.add_middleware(SessionMiddleware, secret_key="VALUE")
uvicorn.run(api, ssl_keyfile_password="VALUE", **load(password="VALUE"))
`, "VALUE", secret)
	for name, text := range map[string]string{
		"django":  fmt.Sprintf("%+v", settingsOf(t, djangoReader(), django)),
		"flask":   fmt.Sprintf("%+v", settingsOf(t, flaskReader(), apps)),
		"fastapi": fmt.Sprintf("%+v", settingsOf(t, fastapiReader(), apps)),
		"uvicorn": fmt.Sprintf("%+v", settingsOf(t, uvicornModuleReader(), apps)),
	} {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s: ...%s", name, text[max(0, at-200):at+len(secret)])
		}
		if len(text) < 100 {
			t.Errorf("%s: nothing was read: %s", name, text)
		}
	}
}

func TestPythonRaw(t *testing.T) {
	for src, want := range map[string]string{
		`f(secret_key=os.environ["KEY"])`:               `f(secret_key=os.environ["KEY"])`,
		`f(secret_key=os.environ.get("KEY", "abc"))`:    `f(secret_key=os.environ.get("KEY", (secret)))`,
		`f(name="n", token="a" "b", x=1)`:               `f(name="n", token=(secret), x=1)`,
		`{"password": "abc", "user": "u"}`:              `{"password": (secret), "user": "u"}`,
		`env("API_TOKEN", default="abc")`:               `env("API_TOKEN", default=(secret))`,
		`env("DEBUG", default="abc")`:                   `env("DEBUG", default="abc")`,
		`[{"client_secret": base64("abc")}, "visible"]`: `[{"client_secret": base64((secret))}, "visible"]`,
	} {
		m := python.Parse(src)
		if got := pythonRaw(python.NewScope(m, nil), m.Body[0].(*python.ExprStmt).X); got != want {
			t.Errorf("%s\ngives %s", src, got)
		}
	}
}

func settingsOf(t *testing.T, r reader, archive string) []any {
	var out []any
	for _, s := range scopesOf(t, r, archive) {
		for _, set := range s.Settings {
			out = append(out, set)
		}
	}
	return out
}
