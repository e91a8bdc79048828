package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDjango(t *testing.T) {
	archive := `
-- shop/settings/base.py --
import os
from datetime import timedelta
import environ
env = environ.Env(DEBUG=(bool, False))
DEBUG = env("DEBUG")
SECRET_KEY = env("SECRET_KEY", default="django-inse<+>cure-0123456789")
INSTALLED_APPS = ["django.contrib.admin"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
]
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "x", "PASSWORD": "hun<+>ter2hunter2"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
SESSION_COOKIE_AGE = int(timedelta(days=2).total_seconds())
LOGGING = {"version": 1, "root": {"level": env("LOG_LEVEL", default="INFO"), "handlers": ["console"]}}
if DEBUG:
    MIDDLEWARE += ["debug_toolbar.middleware.DebugToolbarMiddleware"]
else:
    SECURE_SSL_REDIRECT = True
-- shop/settings/production.py --
from .base import *
DEBUG = False
ALLOWED_HOSTS = os.environ["HOSTS"].split(",")
MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
X_FRAME_OPTIONS: str = "SAMEORIGIN"
try:
    from .local import *
except ImportError:
    pass
-- shop/settings/development.py --
from shop.settings.base import *
DEBUG = True
if unknown():
    MIDDLEWARE += ["a.B"]
-- shop/views.py --
DEBUG = True
SECRET_KEY = "x"
-- flaskapp/config.py --
DEBUG = True
SECRET_KEY = "abc"
SESSION_COOKIE_SECURE = False
`
	got := tell(scopesOf(t, djangoReader(), strings.ReplaceAll(archive, "<+>", "")), "DEBUG", "SECRET_KEY", "MIDDLEWARE", "DATA_UPLOAD_MAX_MEMORY_SIZE", "SECURE_HSTS_SECONDS",
		"SESSION_COOKIE_SECURE", "SESSION_COOKIE_AGE", "SECURE_SSL_REDIRECT", "X_FRAME_OPTIONS", "LOGGING.root.level", "LOGGING.root.handlers",
		"DATABASES.default.PASSWORD", "ALLOWED_HOSTS", "SECURE_CONTENT_TYPE_NOSNIFF")
	want := map[string][]string{
		"shop.settings.development": {
			"DATABASES.default.PASSWORD=(secret, 14 characters) (inherited)",
			"DATA_UPLOAD_MAX_MEMORY_SIZE=10485760 (inherited)",
			"DEBUG=true",
			"LOGGING.root.level~env(\"LOG_LEVEL\", default=\"INFO\") (\"INFO\" unless LOG_LEVEL is set) (inherited)",
			"LOGGING.root.handlers=[console] (inherited)",
			`MIDDLEWARE~["django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware"]`,
			"SECRET_KEY~(secret, from SECRET_KEY) (inherited)",
			"SECURE_SSL_REDIRECT~True (True unless DEBUG is set) (inherited)",
			"SESSION_COOKIE_AGE=172800 (inherited)",
			"ALLOWED_HOSTS=[] (default)",
			"X_FRAME_OPTIONS=DENY (default)",
			"SECURE_HSTS_SECONDS=0 (default)",
			"SECURE_CONTENT_TYPE_NOSNIFF=true (default)",
			"SESSION_COOKIE_SECURE=false (default)",
		},
		"shop.settings.production": {
			"ALLOWED_HOSTS~os.environ[\"HOSTS\"].split(\",\")",
			"DATABASES.default.PASSWORD=(secret, 14 characters) (inherited)",
			"DATA_UPLOAD_MAX_MEMORY_SIZE=10485760 (inherited)",
			"DEBUG=false",
			"LOGGING.root.level~env(\"LOG_LEVEL\", default=\"INFO\") (\"INFO\" unless LOG_LEVEL is set) (inherited)",
			"LOGGING.root.handlers=[console] (inherited)",
			`MIDDLEWARE~["corsheaders.middleware.CorsMiddleware", "django.middleware.security.SecurityMiddleware", ` +
				`"django.contrib.sessions.middleware.SessionMiddleware"]`,
			"SECRET_KEY~(secret, from SECRET_KEY) (inherited)",
			"SECURE_HSTS_SECONDS=31536000",
			"SECURE_SSL_REDIRECT~True (True unless DEBUG is set) (inherited)",
			"SESSION_COOKIE_AGE=172800 (inherited)",
			"SESSION_COOKIE_SECURE=true",
			"X_FRAME_OPTIONS=SAMEORIGIN",
			"SECURE_CONTENT_TYPE_NOSNIFF=true (default)",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDjangoUnreadLine(t *testing.T) {
	archive := `
-- settings.py --
MIDDLEWARE = []
ROOT_URLCONF = "x"
DEBUG = True
{% if x %}
ALLOWED_HOSTS = ["{{ host }}"]
`
	scopes, problems := djangoReader().resolve(docsOf(djangoReader(), archive))
	if len(scopes) != 1 || len(problems) != 1 || problems[0].Where != "settings.py" {
		t.Errorf("%d scopes, problems %v", len(scopes), problems)
	}
}
