//go:build unix

package uploads

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
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

// agrees holds what the rows say of each route of a program to the server: N bytes are taken and N+1 are not, with a
// declared size and in chunks; where no limit is told, 300 KiB are taken. kinds are what the routes take.
func agrees(t *testing.T, product realserver.Product, files map[string]string, kinds map[string]string) {
	t.Helper()
	told := map[string]limit{}
	for _, c := range chainsIn(t, files) {
		last := c.last()
		told[c.route] = last.limit
	}
	srv := product.Start(t, nil)
	compared := 0
	for route, kind := range kinds {
		l, ok := told[route]
		if !ok {
			l, ok = told[""]
		}
		if !ok || !l.known {
			t.Errorf("%s: no limit is told: %+v", route, l)
			continue
		}
		sizes := map[int64]bool{300 << 10: true}
		if !l.unlimited {
			sizes = map[int64]bool{l.bytes: true, l.bytes + 1: false}
		}
		for n, want := range sizes {
			for _, chunked := range []bool{false, true} {
				if n < 8 {
					continue
				}
				compared++
				if got := takes(t, srv.URL+route, kind, n, chunked); got != want && (l.countsChunked || !chunked) {
					t.Errorf("%s: %d bytes of %s, chunked %t: taken %t, told %t (%+v)\n%s", route, n, kind, chunked, got, want, l, srv.Output())
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
