package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlask(t *testing.T) {
	archive := `
-- shop/app.py --
from flask import Flask, request
from flask_cors import CORS
from flask_talisman import Talisman

talisman = Talisman()
app = Flask(__name__)
app.config.from_object("shop.config.ProductionConfig")
app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
app.config.update(SESSION_COOKIE_SECURE=True, JSON_SORT_KEYS=False)
app.secret_key = "0123<+>456789"
CORS(app, resources={r"/api/*": {"origins": "*"}}, supports_credentials=True)
talisman.init_app(app, force_https=False, content_security_policy={"default-src": ["'self'", "cdn.example"], "object-src": "'none'"})

HEADERS = {"x-frame-options": "DENY", "Referrer-Policy": referrer()}

@app.after_request
def harden(response):
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=" + str(31536000))
    for name, value in HEADERS.items():
        response.headers[name] = value
    del response.headers["Server"]
    request.headers["X-Ignored"] = "1"
    return response

if __name__ == "__main__":
    app.run("0.0.0.0", debug=True)
-- shop/config.py --
import os
class Config:
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    DEBUG = True
class ProductionConfig(Config):
    DEBUG = False
    SECRET_KEY = os.environ["SECRET_KEY"]
-- factory.py --
import flask
def create_app(config):
    app = flask.Flask(__name__)
    app.config.from_object(config)
    app.config["SESSION_COOKIE_SECURE"] = True
    configure(app)
    return app
-- single.py --
from flask import Flask
DEBUG = True
app = Flask(__name__)
app.config.from_object(__name__)
-- notflask.py --
class Flask: pass
x = "Flask("
`
	got := tell(scopesOf(t, flaskReader(), strings.ReplaceAll(archive, "<+>", "")), "DEBUG", "SECRET_KEY", "MAX_CONTENT_LENGTH", "SESSION_COOKIE_SECURE",
		"SESSION_COOKIE_SAMESITE", "run.host", "run.debug", "CORS.origins", "CORS.supports_credentials", "Talisman.force_https",
		"Talisman.frame_options", "Talisman.content_security_policy", "header")
	want := map[string][]string{
		"app @shop/app.py:6": {
			"DEBUG=true", // of the base class; the last one counts
			"SESSION_COOKIE_SAMESITE=Lax",
			"SESSION_COOKIE_SECURE=false",
			"DEBUG=false",
			"SECRET_KEY~(secret, from SECRET_KEY)",
			"MAX_CONTENT_LENGTH=16777216",
			"SESSION_COOKIE_SECURE=true",
			"SECRET_KEY=(secret, 10 characters)",
			"CORS.origins=*",
			"CORS.supports_credentials=true",
			"Talisman.force_https=false",
			"Talisman.content_security_policy=default-src 'self' cdn.example; object-src 'none'",
			"Talisman.frame_options=SAMEORIGIN (default)",
			"SESSION_COOKIE_SECURE=true",
			"SESSION_COOKIE_SAMESITE=Lax",
			"run.host=0.0.0.0",
			"run.debug=true",
			"header X-Content-Type-Options=nosniff",
			"header Strict-Transport-Security=max-age=31536000[if-missing conditional]",
			"header X-Frame-Options=DENY",
			"header Referrer-Policy~referrer()",
			"header Server=<nil>[remove]",
		},
		"app": {
			"SESSION_COOKIE_SECURE=true",
			"DEBUG~app.config.from_object(config) (False unless it is set there)",
			"SECRET_KEY~app.config.from_object(config) (None unless it is set there)",
			"SESSION_COOKIE_SAMESITE~app.config.from_object(config) (None unless it is set there)",
			"MAX_CONTENT_LENGTH~app.config.from_object(config) (None unless it is set there)",
		},
		"app @single.py:3": {
			"DEBUG=true",
			"SECRET_KEY=<nil> (default)",
			"SESSION_COOKIE_SECURE=false (default)",
			"SESSION_COOKIE_SAMESITE=<nil> (default)",
			"MAX_CONTENT_LENGTH=<nil> (default)",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlaskChosenConfig(t *testing.T) {
	archive := `
-- config.py --
import os
class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY") or "hard to guess"
    SESSION_COOKIE_SECURE = False
class DevelopmentConfig(Config):
    DEBUG = True
class ProductionConfig(Config):
    MAX_CONTENT_LENGTH = 1 << 20
config = {"development": DevelopmentConfig, "production": ProductionConfig, "default": DevelopmentConfig}
-- app/__init__.py --
from flask import Flask
from config import config
def create_app(config_name):
    app = Flask(__name__)
    app.config.from_object(config[config_name])
    return app
`
	got := tell(scopesOf(t, flaskReader(), archive), "DEBUG", "SECRET_KEY", "SESSION_COOKIE_SECURE", "MAX_CONTENT_LENGTH")
	want := map[string][]string{"app (production)": {
		"SECRET_KEY~(secret, from SECRET_KEY)",
		"SESSION_COOKIE_SECURE=false",
		"MAX_CONTENT_LENGTH=1048576",
		"DEBUG=false (default)",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlaskModuleAsConfig(t *testing.T) {
	archive := `
-- settings.py --
MAX_AGE = 5
DEBUG = False
-- app.py --
from flask import Flask
import settings
def create(test_config=None):
    app = Flask(__name__)
    app.config.from_object(settings)
    if test_config:
        app.config.update(test_config)
    return app
`
	got := tell(scopesOf(t, flaskReader(), archive), "DEBUG", "MAX_AGE", "SESSION_COOKIE_SECURE")
	want := map[string][]string{"app": {"DEBUG=false", "MAX_AGE=5", "SESSION_COOKIE_SECURE=false (default)"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlaskRunElsewhere(t *testing.T) {
	archive := `
-- shop/__init__.py --
from flask import Flask
def create_app():
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1024
    app.config["MAX_CONTENT_LENGTH"] *= 1024
    app.config |= {"SESSION_COOKIE_SECURE": True}
    return app
-- wsgi.py --
from shop import create_app
app = create_app()
if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=True)
-- other.py --
from somewhere import app
app.run(debug=True)
-- one/site.py --
from flask import Flask
app = Flask(__name__)
-- one/start.py --
from .site import app
app.run("::")
`
	got := tell(scopesOf(t, flaskReader(), archive), "MAX_CONTENT_LENGTH", "SESSION_COOKIE_SECURE", "run.host", "run.debug")
	want := map[string][]string{
		"app @shop/__init__.py:3": {
			"MAX_CONTENT_LENGTH=1024",
			"MAX_CONTENT_LENGTH~1024",
			"SESSION_COOKIE_SECURE=true",
			"run.host=0.0.0.0",
			"run.debug=true",
		},
		"app": {
			"run.host=::",
			"run.debug=<nil> (default)",
			"SESSION_COOKIE_SECURE=false (default)",
			"MAX_CONTENT_LENGTH=<nil> (default)",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlaskUnderConditions(t *testing.T) {
	archive := `
-- app.py --
import os
from flask import Flask
def create_app(test_config=None):
    app = Flask(__name__)
    if test_config is None:
        app.config["MAX_CONTENT_LENGTH"] = 1024
    if os.environ.get("DEV"):
        app.config["DEBUG"] = True
        app.config["SESSION_COOKIE_SECURE"] = False
    else:
        app.config.update(SESSION_COOKIE_SECURE=True)
    if app.debug:
        app.config["PREFERRED_URL_SCHEME"] = "http"
    return app
if __name__ == "__main__":
    create_app().run()
    app.run(debug=True)
`
	got := tell(scopesOf(t, flaskReader(), archive), "MAX_CONTENT_LENGTH", "SESSION_COOKIE_SECURE", "DEBUG", "run.debug", "PREFERRED_URL_SCHEME")
	want := map[string][]string{"app": {
		"MAX_CONTENT_LENGTH=1024",
		"DEBUG~True (under a condition)",
		"SESSION_COOKIE_SECURE~False (under a condition)",
		"SESSION_COOKIE_SECURE~True (under a condition)",
		`PREFERRED_URL_SCHEME~"http" (under a condition)`,
		"run.debug=true",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
