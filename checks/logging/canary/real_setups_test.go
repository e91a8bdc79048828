//go:build unix

package canary

import (
	"maps"
	"time"
)

// setups are those of which each product's default, or a common configuration, is known to log, leak or forge something.
var setups = func() map[string]setup {
	all := map[string]setup{}
	for _, group := range []map[string]setup{proxySetups, pythonSetups, nodeSetups, mended} {
		maps.Copy(all, group)
	}
	return all
}()

func nginx(http, want string, logs ...string) setup {
	return setup{program: "nginx", args: []string{"-c", "{dir}/nginx.conf"}, logs: logs, want: want, files: map[string]string{"page/index.html": "shop",
		"nginx.conf": "daemon off; pid {dir}/pid; error_log {dir}/error.log; events {}\nhttp {\nclient_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3; uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;\n" + http + "\n}\n"}}
}

const nginxServer = "server { listen 127.0.0.1:{port}; root {dir}/page; location = /boom { return 500; } location = /login { return 401; } }"

func apache(config, want string, modules []string, logs ...string) setup {
	load := ""
	for _, m := range append([]string{"mpm_event", "authz_core", "dir", "mime", "alias"}, modules...) {
		load += "LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n"
	}
	return setup{program: "apache2", args: []string{"-f", "{dir}/httpd.conf", "-D", "FOREGROUND"}, logs: logs, want: want, files: map[string]string{"page/index.html": "shop",
		"httpd.conf": "ServerRoot {dir}\nServerName localhost\nPidFile {dir}/pid\nErrorLog {dir}/error.log\nListen 127.0.0.1:{port}\n" + load +
			"TypesConfig /etc/mime.types\nDocumentRoot {dir}/page\nDirectoryIndex index.html\nRedirect 401 /login\nRedirect 500 /boom\n" + config}}
}

const apacheCombined = `LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined` + "\nCustomLog {dir}/access.log combined\n"

func caddy(site, want string) setup {
	return setup{program: "caddy", args: []string{"run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile"}, logs: []string{"output"}, want: want,
		files: map[string]string{"Caddyfile": "{\n\tadmin off\n\tauto_https off\n}\nhttp://127.0.0.1:{port} {\n\trespond /boom 500\n\trespond /login 401\n\trespond / shop\n\trespond 404\n" + site + "\n}\n"}}
}

func haproxy(frontend, want string) setup {
	return setup{program: "haproxy", args: []string{"-db", "-f", "{dir}/haproxy.cfg"}, logs: []string{"output"}, want: want, files: map[string]string{
		"haproxy.cfg": "global\n  log stdout format raw local0\ndefaults\n  mode http\n  log global\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n" +
			"frontend web\n  bind 127.0.0.1:{port}\n" + frontend +
			"  http-request return status 500 if { path /boom }\n  http-request return status 403 if { path /login }\n  http-request return status 404 if !{ path / }\n  http-request return status 200 content-type text/plain string shop\n"}}
}

var proxySetups = map[string]setup{
	"nginx combined": nginx("access_log {dir}/access.log;\n"+nginxServer, `leaks into access.log: query token, Referer token
forged in error.log: encoded line break in the path
raw in error.log: escape sequence in Referer "\x1b"`, "access.log", "error.log"),
	"nginx buffered": func() setup {
		s := nginx("access_log {dir}/access.log combined buffer=32k flush=2s;\n"+nginxServer, "leaks into access.log: query token, Referer token", "access.log")
		s.wait = 6 * time.Second
		return s
	}(),
	"nginx scrubbed, upstream gone": nginx(`log_format scrubbed '$remote_addr [$time_iso8601] "$request_method $uri $server_protocol" $status $request_id';
access_log {dir}/access.log scrubbed;
server { listen 127.0.0.1:{port}; location / { proxy_pass http://127.0.0.1:1; } }`, `leaks into error.log: query token, Referer token
raw in error.log: escape sequence in Referer "\x1b"`, "access.log", "error.log"),
	"nginx unescaped with headers": nginx(`log_format all escape=none '$remote_addr [$time_local] "$request" $status "$http_authorization" "$http_cookie" "$http_x_api_key" "$http_user_agent"';
access_log {dir}/access.log all;`+"\n"+nginxServer, `leaks into access.log: basic password (base64), Authorization bearer, Cookie, X-Api-Key, query token
raw in access.log: escape sequence in User-Agent "\x1b", quotation mark in User-Agent "\" \"", Unicode controls in User-Agent "\u0085\u2028\u202e"`, "access.log"),
	"apache combined": apache(apacheCombined, "leaks into access.log: query token, Referer token", nil, "access.log", "error.log"),
	"apache scrubbed": apache(`CustomLog {dir}/access.log "%h %t \"%m %U %H\" %>s"`, "", nil, "access.log"),
	"apache forensic": apache("ForensicLog {dir}/forensic.log", `unlogged: malformed request
without: time, time zone, client, status
leaks into forensic.log: basic password (base64), Authorization bearer, Cookie, X-Api-Key, query token, Referer token`, []string{"log_forensic"}, "forensic.log"),
	"apache, upstream gone": apache(`ProxyPass / http://127.0.0.1:1/`, `unlogged: missing page
without: time zone, method, status
leaks into error.log: Referer token`, []string{"proxy", "proxy_http"}, "error.log"),
	"caddy without log": caddy("", "nothing seen"),
	"caddy": caddy("\tlog", `unlogged: malformed request
leaks into output: X-Api-Key, query token, Referer token
raw in output: Unicode controls in User-Agent "\u0085\u2028\u202e"`),
	"caddy with credentials": func() setup {
		s := caddy("\tlog", `unlogged: malformed request
leaks into output: basic password (base64), Authorization bearer, Cookie, X-Api-Key, query token, Referer token
raw in output: Unicode controls in User-Agent "\u0085\u2028\u202e"`)
		s.files = map[string]string{"Caddyfile": "{\n\tservers {\n\t\tlog_credentials\n\t}" + s.files["Caddyfile"][1:]}
		return s
	}(),
	"haproxy without httplog": haproxy("", "nothing seen"),
	"haproxy httplog": haproxy("  option httplog\n", `without: time zone
leaks into output: query token`),
	"haproxy capture": haproxy("  option httplog\n  capture request header Authorization len 80\n  capture request header Cookie len 80\n", `without: time zone
leaks into output: basic password (base64), Authorization bearer, Cookie, query token`),
}

func python(application string, args []string, want string) setup {
	return setup{program: args[0], args: args[1:], logs: []string{"output"}, want: want, files: map[string]string{"served.py": application}}
}

const flaskApp = `from flask import Flask, request
app = Flask(__name__)
@app.route("/")
def page(): return "shop"
@app.route("/login", methods=["POST"])
def login():
    return "no", 401
@app.route("/boom")
def boom(): return 1 / 0
if __name__ == "__main__":
    app.run(port={port}, use_reloader=False)
`

const fastapiApp = `from fastapi import FastAPI
from pydantic import BaseModel
class Login(BaseModel):
    user: str
    secret: int
app = FastAPI()
@app.get("/")
def page(): return "shop"
@app.post("/login")
def login(l: Login): return "no"
@app.get("/boom")
def boom(): return 1 / 0
`

const djangoApp = `import sys
from django.conf import settings
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="not-a-secret-of-anyone")
from django.http import HttpResponse
from django.urls import path
def page(request): return HttpResponse("shop")
def login(request): return HttpResponse("no", status=401)
def boom(request): return 1 / 0
urlpatterns = [path("", page), path("login", login), path("boom", boom)]
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "runserver", "--noreload", "127.0.0.1:{port}"])
`

var pythonSetups = map[string]setup{
	"gunicorn": python(flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "served:app"}, "nothing seen"),
	"gunicorn with access log": python(flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--access-logfile", "-", "served:app"}, `unlogged: malformed request
leaks into output: query token, Referer token
forged in output: line break in the basic user name
raw in output: escape sequence in User-Agent "\x1b", escape sequence in Referer "\x1b", Unicode controls in User-Agent "\u0085"`),
	"gunicorn at debug": python(flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--log-level", "debug", "served:app"}, "without: client, status"),
	"gunicorn with UvicornWorker": python(fastapiApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--access-logfile", "-", "-k", "uvicorn.workers.UvicornWorker", "served:app"}, `without: time, time zone
spoofed
leaks into output: query token`),
	"uvicorn": python(fastapiApp, []string{"uvicorn", "--app-dir", "{dir}", "--port", "{port}", "served:app"}, `without: time, time zone
spoofed
leaks into output: query token`),
	"werkzeug": python(flaskApp, []string{"/usr/bin/python3", "{dir}/served.py"}, `without: time zone
leaks into output: query token`),
	"django": python(djangoApp, []string{"/usr/bin/python3", "-u", "{dir}/served.py"}, `without: time zone, client
leaks into output: query token`),
}

func node(program, want string, packages ...string) setup {
	return setup{program: "node", needs: packages, args: []string{"{dir}/server.js"}, logs: []string{"output"}, want: want, files: map[string]string{"server.js": program}}
}

func express(logger, want string, packages ...string) setup {
	return node(`const express = require('express');
const app = express();
`+logger+`
app.use(express.json());
app.use(express.urlencoded());
app.get('/', (req, res) => res.send('shop'));
app.post('/login', (req, res) => res.status(401).send('no'));
app.get('/boom', () => { throw new Error('boom'); });
app.listen({port}, '127.0.0.1');
`, want, append(packages, "express")...)
}

var nodeSetups = map[string]setup{
	"express": express("", "nothing seen"),
	"express morgan combined": express("app.use(require('morgan')('combined'));", `unlogged: malformed request
leaks into output: query token, Referer token`, "morgan"),
	"express morgan 1.10": express("app.use(require('morgan-1.10')('combined'));", `unlogged: malformed request
leaks into output: query token, Referer token
forged in output: line break in the basic user name
raw in output: quotation mark in User-Agent "\" \"", Unicode controls in User-Agent "\u0085"`, "morgan-1.10"),
	"express morgan dev": express("app.use(require('morgan')('dev'));", `unlogged: malformed request
without: time, time zone, client
leaks into output: query token`, "morgan"),
	"express pino-http": express("app.use(require('pino-http')());", `unlogged: malformed request
leaks into output: basic password (base64), Authorization bearer, Cookie, X-Api-Key, query token, Referer token
raw in output: Unicode controls in User-Agent "\u0085"`, "pino-http"),
	"express-winston": express(`const winston = require('winston');
app.use(require('express-winston').logger({ transports: [new winston.transports.Console()], format: winston.format.json() }));`, `unlogged: malformed request
without: time, time zone, client
leaks into output: basic password (base64), Authorization bearer, Cookie, X-Api-Key, query token, Referer token
raw in output: Unicode controls in User-Agent "\u0085"`, "express-winston", "winston"),
	"fastify": node(`const app = require('fastify')({ logger: true });
app.get('/', async () => 'shop');
app.post('/login', async (req, reply) => reply.code(401).send('no'));
app.get('/boom', async () => { throw new Error('boom'); });
app.listen({ port: {port}, host: '127.0.0.1' });
`, `unlogged: malformed request
leaks into output: query token`, "fastify"),
	"koa-logger": node(`const Koa = require('koa');
const app = new Koa();
app.use(require('koa-logger')());
app.use((ctx) => {
  if (ctx.path === '/boom') throw new Error('boom');
  if (ctx.path === '/login') ctx.status = 401;
  if (ctx.path === '/') ctx.body = 'shop';
});
app.listen({port}, '127.0.0.1');
`, `unlogged: malformed request
without: time, time zone, client
leaks into output: query token`, "koa", "koa-logger"),
}
