//go:build unix

package prober

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

const mib = 1 << 20

// start starts a set-up and returns its address.
type start func(t testing.TB) string

func product(p realserver.Product, files map[string]string) start {
	return func(t testing.TB) string { return p.Start(t, files).URL }
}

// reading is an application on Go's net/http: it reads the body and says how long it was.
func reading(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	io.WriteString(w, "len="+strconv.FormatInt(n, 10))
}

func onGo(h http.Handler) start {
	return func(t testing.TB) string {
		mux := http.NewServeMux()
		mux.Handle("/upload", h)
		srv := httptest.NewServer(mux)
		t.Cleanup(srv.Close)
		return srv.URL
	}
}

// before is a proxy in front of an application: BACKEND in its configuration is the application's host and port.
func before(behind start, proxy func(backend string) realserver.Product) start {
	return func(t testing.TB) string {
		return proxy(strings.TrimPrefix(behind(t), "http://")).Start(t, map[string]string{"www/index.html": "hello"}).URL
	}
}

func nginx(server string) start { return nginxBefore(onGo(http.HandlerFunc(reading)), server) }

func nginxBefore(behind start, server string) start {
	return before(behind, func(backend string) realserver.Product {
		return realserver.Nginx("proxy_request_buffering on; server { listen 127.0.0.1:{port}; root {dir}/www;\n" + strings.ReplaceAll(server, "BACKEND", backend) + "\n}")
	})
}

const passAll = "location / { proxy_pass http://BACKEND; }"

func apache(config string, modules ...string) start {
	return before(onGo(http.HandlerFunc(reading)), func(backend string) realserver.Product {
		return realserver.Apache("User www-data\nGroup www-data\nDocumentRoot {dir}/www\n"+strings.ReplaceAll(config, "BACKEND", backend), modules...)
	})
}

func apacheCGI(config string) start {
	return product(realserver.Apache("User www-data\nGroup www-data\nDocumentRoot {dir}\nScriptSock {dir}/cgid\nScriptAlias /upload {dir}/cgi.py\n<Directory {dir}>\nOptions +ExecCGI\nRequire all granted\n</Directory>\n"+config, "alias", "cgid", "env"),
		map[string]string{"cgi.py": "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nwc -c\n"})
}

func caddy(site string) start {
	return before(onGo(http.HandlerFunc(reading)), func(backend string) realserver.Product {
		return realserver.Caddy("http://127.0.0.1:{port} {\n" + strings.ReplaceAll(site, "BACKEND", backend) + "\n}\n")
	})
}

func haproxy(rules string) start {
	return before(onGo(http.HandlerFunc(reading)), func(backend string) realserver.Product {
		return realserver.HAProxy("defaults\n  mode http\n  timeout connect 5s\n  timeout client 50s\n  timeout server 50s\nfrontend f\n  bind 127.0.0.1:{port}\n" + rules + "\n  default_backend b\nbackend b\n  server s " + backend + "\n")
	})
}

func lighttpd(config string) start {
	return before(onGo(http.HandlerFunc(reading)), func(backend string) realserver.Product {
		host, port, _ := strings.Cut(backend, ":")
		return realserver.Lighttpd("server.modules = (\"mod_proxy\")\nserver.document-root = \"{dir}\"\nserver.upload-dirs = (\"{dir}\")\n" + config +
			"\nproxy.server = (\"\" => ((\"host\" => \"" + host + "\", \"port\" => " + port + ")))\n")
	})
}

const fastAPI = `from fastapi import FastAPI, Request
from starlette.responses import Response
app = FastAPI()

@app.post("/upload")
async def upload(request: Request):
    n = 0
    async for piece in request.stream():
        n += len(piece)
    return {"len": n}
`

const fastAPILengthOnly = fastAPI + `
@app.middleware("http")
async def limit(request: Request, call_next):
    if int(request.headers.get("content-length", 0)) > 1048576:
        return Response(status_code=413)
    return await call_next(request)
`

const fastAPICounts = fastAPI + `
class TooLarge(Exception):
    pass

class Limit:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if int(dict(scope["headers"]).get(b"content-length", b"0")) > 1048576:
            return await Response(status_code=413)(scope, receive, send)
        seen = 0
        async def counted():
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > 1048576:
                raise TooLarge()
            return message
        try:
            await self.app(scope, counted, send)
        except TooLarge:
            await Response(status_code=413)(scope, receive, send)

app = Limit(app)
`

func flask(config, read string) start {
	return product(realserver.Gunicorn("from flask import Flask, request\napp = Flask(__name__)\n"+config+"\n@app.post('/upload')\ndef upload():\n    return 'len=%d' % "+read+"\n"), nil)
}

func djangoModule(config, read, kind string) string {
	return `from django.conf import settings
settings.configure(SECRET_KEY="test", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], ` + config + `)
from django.http import HttpResponse
from django.urls import path
def upload(request):
    return HttpResponse("len=%d" % len(request.` + read + `))
urlpatterns = [path("upload", upload)]
from django.core.` + kind + ` import get_` + kind + `_application
app = get_` + kind + `_application()
`
}

func aiohttp(app, read string) start {
	return product(realserver.Python("from aiohttp import web\nasync def upload(request):\n    n = 0\n"+read+"\n    return web.Response(text='len=%d' % n)\n"+app+
		"\napp.router.add_post('/upload', upload)\nweb.run_app(app, host='127.0.0.1', port={port}, print=None)\n"), nil)
}

func tornado(options string) start {
	return product(realserver.Python("import tornado.ioloop, tornado.web\nclass Upload(tornado.web.RequestHandler):\n    def post(self):\n        self.write('len=%d' % len(self.request.body))\n"+
		"tornado.web.Application([('/upload', Upload)]).listen({port}, '127.0.0.1'"+options+")\ntornado.ioloop.IOLoop.current().start()\n"), nil)
}

func node(module, program string) start {
	return func(t testing.TB) string {
		realserver.RequirePackages(t, module)
		return realserver.Node(program).Start(t, nil).URL
	}
}

func express(parser string) start {
	return node("express", "const express = require('express'), app = express();\n"+parser+"\napp.post('/upload', (req, res) => res.send('len=' + (req.body && req.body.length)));\napp.listen({port}, '127.0.0.1');\n")
}

const streaming = "(req, res) => { let n = 0; req.on('data', (d) => n += d.length); req.on('end', () => res.end('len=' + n)); }"

func fastify(options string) start {
	return node("fastify", "const app = require('fastify')({"+options+"});\napp.addContentTypeParser('*', { parseAs: 'buffer' }, (req, body, done) => done(null, body));\n"+
		"app.post('/upload', async (req) => 'len=' + req.body.length);\napp.listen({ port: {port}, host: '127.0.0.1' });\n")
}

func hapi(payload string) start {
	return node("@hapi/hapi", "const server = require('@hapi/hapi').server({ port: {port}, host: '127.0.0.1' });\n"+
		"server.route({ method: 'POST', path: '/upload', options: { payload: { parse: false, output: 'data'"+payload+" } }, handler: (request) => 'len=' + request.payload.length });\nserver.start();\n")
}

func koaStreaming() start {
	return node("koa", "const Koa = require('koa'), app = new Koa();\napp.use(async (ctx) => { let n = 0; for await (const d of ctx.req) n += d.length; ctx.body = 'len=' + n; });\napp.listen({port}, '127.0.0.1');\n")
}

func koa(options string) start {
	return node("koa-bodyparser", "const Koa = require('koa'), app = new Koa();\napp.use(require('koa-bodyparser')({"+options+"}));\n"+
		"app.use((ctx) => { if (ctx.path === '/upload') ctx.body = 'ok'; });\napp.listen({port}, '127.0.0.1');\n")
}

const rackLimited = "run ->(env) { next [413, {}, []] if env['CONTENT_LENGTH'].to_i > 1_048_576; [200, {}, [env['rack.input'].read.bytesize.to_s]] }\n"

const rackApp = "run ->(env) { n = env['rack.input'].read.bytesize; [200, { 'Content-Type' => 'text/plain' }, [\"len=#{n}\"]] }\n"

// Scripts that say how much they got; one looks at the declared size first.
const (
	phpReading = "<?php echo 'len=', strlen(file_get_contents('php://input'));"
	phpLimited = "<?php if (($_SERVER['CONTENT_LENGTH'] ?? 0) > 1048576) { http_response_code(413); exit; } ?>" + phpReading
)

// php is PHP-FPM behind a server: SOCKET in its configuration is the pool's.
func php(script string, front func(socket string) realserver.Product) start {
	return func(t testing.TB) string {
		fpm := realserver.PHPFPM("php_admin_value[display_errors] = off\nphp_admin_value[post_max_size] = 1M\nphp_admin_value[upload_max_filesize] = 512K\n").Start(t, nil)
		return front(strings.TrimPrefix(fpm.URL, "http://")).Start(t, map[string]string{"www/upload.php": script}).URL
	}
}

func phpNginx(script, server string) start {
	return php(script, func(socket string) realserver.Product {
		return realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; " + server + "\n location ~ \\.php$ { fastcgi_pass " + socket +
			"; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_LENGTH $content_length; } }")
	})
}

func phpApache(script string) start {
	return php(script, func(socket string) realserver.Product {
		return realserver.Apache("User www-data\nGroup www-data\nDocumentRoot {dir}/www\nLimitRequestBody 1048576\n<FilesMatch \\.php$>\nSetHandler \"proxy:fcgi://"+socket+"\"\n</FilesMatch>\n", "proxy", "proxy_fcgi")
	})
}
