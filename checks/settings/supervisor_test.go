package settings

import (
	"strings"
	"testing"
)

const shopSupervisor = `-- etc/supervisor/conf.d/shop.conf --
[supervisord]
user = root
[program:web]
command = /srv/venv/bin/gunicorn shop.wsgi
  --bind 0.0.0.0:%(ENV_PORT)s ; behind nginx
  --access-logfile - --log-level debug
user: shop
environment = DEBUG="1,2",API_TOKEN="VALUE1",HOME="%(here)s",
  LANG=C
stdout_logfile = /var/log/shop.log
[program:api]
command = sh -c "exec uvicorn api:app --reload --port $PORT"
redirect_stderr = true
[program:%(name)s]
command = python3 manage.py runserver 0.0.0.0:8000
[eventlistener:x]
command = gunicorn not.me
[include]
files = *.conf
-- etc/shop.conf --
[server]
command = gunicorn not.me
`

func TestSupervisor(t *testing.T) {
	archive := strings.ReplaceAll(shopSupervisor, "VALUE1", "hunter"+"2hunter")
	compare(t, `
supervisor program: program web @etc/supervisor/conf.d/shop.conf:4
  command~/srv/venv/bin/gunicorn shop.wsgi --bind 0.0.0.0:%(ENV_PORT)s --access-logfile - --log-level debug @4
  user=shop @7
  stdout_logfile=/var/log/shop.log @10
  environment.DEBUG=1,2 @8
  environment.API_TOKEN=(secret, 13 characters) @8
  environment.HOME~%(here)s @8
  environment.LANG=C @8
supervisor program: program api @etc/supervisor/conf.d/shop.conf:12
  command=sh -c "exec uvicorn api:app --reload --port $PORT" @12
  redirect_stderr=true @13
supervisor program: program %(name)s @etc/supervisor/conf.d/shop.conf:15
  command=python3 manage.py runserver 0.0.0.0:8000 @15
`, lines(scopesOf(t, supervisorReader(), archive), false))
	compare(t, `
gunicorn command: gunicorn in program web @etc/supervisor/conf.d/shop.conf:4
  bind~--bind 0.0.0.0:... @4
  accesslog=- @4
  loglevel=debug @4
uvicorn command: uvicorn in program api @etc/supervisor/conf.d/shop.conf:12
  reload=true @12
  port~--port ... @12
runserver command: runserver in program %(name)s @etc/supervisor/conf.d/shop.conf:15
  development_server=true @15
`, lines(scopesOf(t, commandsReader(), archive), false))
}

func TestDevelopmentServers(t *testing.T) {
	compare(t, `
werkzeug command: werkzeug in process a @Procfile:1
  debug=true @1
  host=0.0.0.0 @1
  development_server=true @1
werkzeug command: werkzeug in process b @Procfile:2
  app=shop @2
  debug=true @2
  development_server=true @2
runserver command: runserver in process c @Procfile:3
  development_server=true @3
fastapi-cli command: fastapi-cli in process d @Procfile:4
  port=80 @4
  development_server=true @4
hypercorn command: hypercorn in process e @Procfile:5
  debug=true @5
  bind=0.0.0.0:80 @5
uwsgi command: uwsgi in process k @Procfile:11
  py-autoreload=true @11
  limit-post=10 @11
  disable-logging=true @11
uwsgi command: uwsgi in process l @Procfile:12
  py-autoreload=false @12
`, lines(scopesOf(t, commandsReader(), `-- Procfile --
a: flask run --debug -h 0.0.0.0
b: python -m flask --app shop --debug run
c: ./manage.py migrate && exec python manage.py runserver 80
d: uv run fastapi dev main.py --port 80
e: hypercorn --debug -b 0.0.0.0:80 app:app
f: fastapi run main.py
g: flask --app run db upgrade
h: python manage.py migrate runserver
i: flask $COMMAND run
j: flask --app
k: uwsgi --ini uwsgi.ini --py-autoreload 3 --limit-post=10 -L
l: uwsgi --py-autoreload=0
`), false))
}
