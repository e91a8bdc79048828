//go:build unix

package uploads

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

// sized are bodies of exactly n bytes, by what a parser takes; of a form with a file it is the file that has n.
var sized = map[string]func(n int64) (body []byte, contentType string){
	"json": func(n int64) ([]byte, string) {
		return []byte(`{"a":"` + strings.Repeat("x", int(max(n-8, 0))) + `"}`), "application/json"
	},
	"form": func(n int64) ([]byte, string) {
		return []byte("a=" + strings.Repeat("x", int(max(n-2, 0)))), "application/x-www-form-urlencoded"
	},
	"raw": func(n int64) ([]byte, string) { return make([]byte, n), "application/octet-stream" },
	"file": func(n int64) ([]byte, string) {
		return []byte("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("x", int(n)) + "\r\n--b--\r\n"),
			"multipart/form-data; boundary=b"
	},
}

// takes reports whether a route answers 200 to a body of n bytes.
func takes(t *testing.T, url, kind string, n int64, chunked bool) bool {
	t.Helper()
	body, contentType := sized[kind](n)
	var r io.Reader = bytes.NewReader(body)
	if chunked {
		r = smallChunks{r}
	}
	req, err := http.NewRequest(http.MethodPost, url, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false // the server closes before it has read all
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// kindCovers are the bodies of the kinds of sized, as limits are about them.
var kindCovers = map[string]string{"json": coversJSON, "form": coversFields, "raw": coversAll, "file": coversFiles}

// toldFor are the largest bodies of a kind that the chains of a route let through, declared and in chunks.
func toldFor(t *testing.T, chains []chain, route, kind string) (declared, chunked limit) {
	t.Helper()
	out := [2]limit{{size: unlimited}, {size: unlimited}}
	found := false
	for _, name := range []string{route, ""} {
		if found {
			break
		}
		for i := range chains {
			if chains[i].route != name {
				continue
			}
			found = true
			if l := chains[i].last().limit; !l.known {
				t.Errorf("%s: the limit is not known: %s", route, &chains[i])
			}
			for way, inChunks := range []bool{false, true} {
				if l, by := chains[i].effective(kindCovers[kind], inChunks); by != nil && (out[way].unlimited || l.bytes < out[way].bytes) {
					out[way] = l
				}
			}
		}
	}
	if !found {
		t.Errorf("%s: no chain", route)
	}
	return out[0], out[1]
}

// agrees holds what the rows say of each route of a program to the server: N bytes are taken and N+1 are not, with a
// declared size and in chunks; where no limit is told, 3 MiB are taken. kinds are what the routes take.
func agrees(t *testing.T, product realserver.Product, files map[string]string, kinds map[string]string) {
	t.Helper()
	agreesOn(t, product.Start(t, nil), files, kinds)
}

func agreesOn(t *testing.T, srv *realserver.Server, files map[string]string, kinds map[string]string) {
	t.Helper()
	chains := chainsIn(t, files)
	compared := 0
	for route, kind := range kinds {
		declared, chunked := toldFor(t, chains, route, kind)
		for inChunks, l := range map[bool]limit{false: declared, true: chunked} {
			sizes := map[int64]bool{much: true}
			if !l.unlimited {
				sizes = map[int64]bool{l.bytes: true, l.bytes + 1: false}
			}
			for n, want := range sizes {
				if n < 8 {
					continue
				}
				compared++
				if got := takes(t, srv.URL+route, kind, n, inChunks); got != want {
					t.Errorf("%s: %d bytes of %s, chunked %t: taken %t, told %t (%+v)\n%s", route, n, kind, inChunks, got, want, l, srv.Output())
				}
			}
		}
	}
	t.Logf("%d answers agree", compared)
}

// bodyParserLimits are limits as people write them, and some that the package bytes reads in its own way.
var bodyParserLimits = []string{"1000", `"1kb"`, `"1.5kb"`, `"2 KB"`, `"50m"`, `"3000"`, `" 40kb"`, `"0.01MB"`, `"900b"`, "Infinity", `"64kib"`, "undefined", "10 * 1024"}

func TestExpressTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "node")
	realserver.RequirePackages(t, "express", "multer")
	var b strings.Builder
	b.WriteString("const express = require('express');\nconst multer = require('multer');\nconst app = express();\nconst ok = (req, res) => res.end('ok');\n")
	kinds := map[string]string{}
	add := func(kind, parser string) {
		route := fmt.Sprintf("/r%d", len(kinds))
		kinds[route] = kind
		fmt.Fprintf(&b, "app.post(%q, %s, ok);\n", route, parser)
	}
	for _, l := range bodyParserLimits {
		add("json", "express.json({ limit: "+l+" })")
		add("form", "express.urlencoded({ extended: true, limit: "+l+" })")
		add("raw", "express.raw({ limit: "+l+" })")
	}
	add("json", "express.json()")
	for _, l := range []string{"1000", "64 * 1024", "Infinity", "undefined", "0.5 * 1024"} {
		add("file", "multer({ limits: { fileSize: "+l+" } }).single('f')")
	}
	add("file", "multer().single('f')")
	b.WriteString("app.use((err, req, res, next) => res.status(413).end());\napp.listen({port}, '127.0.0.1');\n")
	agrees(t, realserver.Node(b.String()), map[string]string{"server.js": b.String()}, kinds)
}

func TestFastifyTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "node")
	realserver.RequirePackages(t, "fastify")
	for i, options := range []string{"", "{ bodyLimit: 2048 }", "{ bodyLimit: 10 * 1024, logger: false }"} {
		source := "const app = require('fastify')(" + options + ");\napp.post('/a', async () => 'ok');\napp.post('/b', { bodyLimit: 500 }, async () => 'ok');\n" +
			"app.listen({ port: {port}, host: '127.0.0.1' });\n"
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			agrees(t, realserver.Node(source), map[string]string{"server.js": source}, map[string]string{"/a": "json", "/b": "json"})
		})
	}
}

func TestPythonServersTakeWhatIsTold(t *testing.T) {
	realserver.Require(t, "python3")
	version, err := exec.Command("/usr/bin/python3", "-c", "import aiohttp, tornado, flask, importlib.metadata as m; print(m.version('werkzeug'))").Output()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("aiohttp, Tornado and Flask of the distribution are not installed: CI has to run this test against them")
		}
		t.Skip("NOT TESTED AGAINST THE REAL SERVER: aiohttp, Tornado or Flask of the distribution is not installed")
	}
	const aiohttp = "from aiohttp import web\nasync def h(request):\n    await request.read()\n    return web.Response()\napp = web.Application(%s)\n" +
		"app.router.add_post('/', h)\nweb.run_app(app, host='127.0.0.1', port={port})\n"
	const tornado = "import tornado.web, tornado.ioloop\nclass H(tornado.web.RequestHandler):\n    def post(self):\n        self.write('ok')\n" +
		"app = tornado.web.Application([('/', H)])\napp.listen({port}, address='127.0.0.1'%s)\ntornado.ioloop.IOLoop.current().start()\n"
	const flask = "from flask import Flask, request\napp = Flask(__name__)\n%s\n@app.post('/')\ndef h():\n    request.form\n    return 'ok'\napp.run(host='127.0.0.1', port={port})\n"
	for _, tt := range []struct{ name, source, options, kind string }{
		{"aiohttp", aiohttp, "", "raw"}, {"aiohttp", aiohttp, "client_max_size=5000", "raw"}, {"aiohttp", aiohttp, "client_max_size=0", "raw"},
		{"tornado", tornado, ", max_body_size=5000", "raw"}, {"tornado", tornado, ", max_buffer_size=200000", "raw"},
		{"flask", flask, "", "form"}, {"flask", flask, "app.config['MAX_CONTENT_LENGTH'] = 5000", "form"}, {"flask", flask, "app.config.update(MAX_CONTENT_LENGTH=64 * 1024)", "form"},
	} {
		t.Run(tt.name+" "+tt.options, func(t *testing.T) {
			source := fmt.Sprintf(tt.source, tt.options)
			files := map[string]string{"program.py": source, "requirements.txt": "Werkzeug==" + strings.TrimSpace(string(version)) + "\n"}
			agrees(t, realserver.Python(source), files, map[string]string{"/": tt.kind})
		})
	}
}

func TestHapiTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "node")
	realserver.RequirePackages(t, "@hapi/hapi")
	for i, options := range []string{"", ", routes: { payload: { maxBytes: 5000 } }", ", routes: { payload: { maxBytes: 64 * 1024 } }"} {
		source := "const Hapi = require('@hapi/hapi');\nconst server = Hapi.server({ port: {port}, host: '127.0.0.1'" + options + " });\n" +
			"server.route({ method: 'POST', path: '/a', handler: () => 'ok' });\n" +
			"server.route({ method: 'POST', path: '/b', options: { payload: { maxBytes: 700 } }, handler: () => 'ok' });\nserver.start();\n"
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			agrees(t, realserver.Node(source), map[string]string{"server.js": source}, map[string]string{"/a": "json", "/b": "json"})
		})
	}
}

func TestKoaTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "node")
	realserver.RequirePackages(t, "koa", "koa-bodyparser")
	for i, options := range []string{"", "{ jsonLimit: '2mb', formLimit: '5kb' }", "{ jsonLimit: 3000 }", "{ formLimit: '1.5kb' }"} {
		source := "const Koa = require('koa');\nconst bodyParser = require('koa-bodyparser');\nconst app = new Koa();\napp.use(bodyParser(" + options + "));\n" +
			"app.use(async (ctx) => { ctx.body = 'ok'; });\napp.listen({port}, '127.0.0.1');\n"
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			agrees(t, realserver.Node(source), map[string]string{"server.js": source}, map[string]string{"/json": "json", "/form": "form"})
		})
	}
}

const djangoURLs = `from django.http import HttpResponse
from django.urls import path
def form(request):
    return HttpResponse(len(request.POST))
def body(request):
    return HttpResponse(len(request.body))
def file(request):
    return HttpResponse(len(request.FILES))
urlpatterns = [path("form", form), path("body", body), path("file", file)]
`

// TestDjangoTakesWhatIsTold runs Django in gunicorn and in uvicorn. A body in chunks is empty for the one and not bounded by
// the other.
func TestDjangoTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "gunicorn")
	realserver.Require(t, "uvicorn")
	for i, size := range []string{"", "DATA_UPLOAD_MAX_MEMORY_SIZE = 5000\n", "DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024\n", "DATA_UPLOAD_MAX_MEMORY_SIZE = None\n"} {
		settings := "import os\nSECRET_KEY = 'test'\nROOT_URLCONF = 'shop.urls'\nALLOWED_HOSTS = ['*']\nMIDDLEWARE = []\nINSTALLED_APPS = []\n" + size
		for kind, product := range map[string]func(string) realserver.Product{"wsgi": realserver.Gunicorn, "asgi": realserver.Uvicorn} {
			t.Run(fmt.Sprint(i, kind), func(t *testing.T) {
				app := "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'\nfrom django.core." + kind + " import get_" + kind + "_application\napp = get_" + kind + "_application()\n"
				if kind == "wsgi" {
					app += "\ndjango = app\ndef app(environ, start_response):\n    answer = django(environ, start_response)\n    environ['wsgi.input'].read()  # what is left unread resets the connection, and the answer is lost\n    return answer\n"
				}
				srv := product(app).Start(t, map[string]string{"shop/__init__.py": "", "shop/settings.py": settings, "shop/urls.py": djangoURLs})
				agreesOn(t, srv, map[string]string{"shop/settings.py": settings, "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"}, map[string]string{"/form": "form", "/body": "json", "/file": "file"})
			})
		}
	}
}

func TestFastAPITakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "uvicorn")
	const app = "from fastapi import FastAPI, Request\nfrom starlette.responses import Response\napp = FastAPI()\n\n@app.post('/upload')\nasync def upload(request: Request):\n    return len(await request.body())\n"
	const lengthOnly = "\n@app.middleware('http')\nasync def limit(request: Request, call_next):\n    if int(request.headers.get('content-length', 0)) > %s:\n        return Response(status_code=413)\n    return await call_next(request)\n"
	for i, source := range []string{app, app + fmt.Sprintf(lengthOnly, "5000"), app + fmt.Sprintf(lengthOnly, "64 * 1024"), app + "MAX = 2 * 1024\n" + fmt.Sprintf(lengthOnly, "MAX")} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			agrees(t, realserver.Uvicorn(source), map[string]string{"main.py": source}, map[string]string{"/upload": "raw"})
		})
	}
}

const goProgram = `package main

import (
	"io"
	"net/http"
	"os"
)

const limit = 64 << 10

func upload(w http.ResponseWriter, r *http.Request) {
	BODY
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/upload", upload)
	http.ListenAndServe("127.0.0.1:"+os.Args[1], HANDLER)
}
`

func TestGoTakesWhatIsTold(t *testing.T) {
	realserver.Require(t, "go")
	for i, tt := range []struct{ body, handler string }{
		{"", "mux"}, {"r.Body = http.MaxBytesReader(w, r.Body, limit)", "mux"},
		{"", "http.MaxBytesHandler(mux, 3*limit)"},
	} {
		source := strings.NewReplacer("BODY", tt.body, "HANDLER", tt.handler).Replace(goProgram)
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dir := written(t, map[string]string{"main.go": source})
			program := filepath.Join(dir, "program")
			if out, err := exec.Command("go", "build", "-o", program, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			srv := realserver.Start(t, nil, program, "{port}")
			agreesOn(t, srv, map[string]string{"main.go": source}, map[string]string{"/upload": "raw"})
		})
	}
}
