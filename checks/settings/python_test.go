package settings

import (
	"io/fs"
	"testing"

	"hardcheck/checks"
)

func FuzzPythonReaders(f *testing.F) {
	for _, seed := range []string{
		"from .base import *\nMIDDLEWARE += ['a']\nROOT_URLCONF = 'x'\nDEBUG = env.bool('DEBUG', default=True)\nLOGGING = {'root': {'level': 'INFO'}}\n",
		"from flask import Flask\napp = Flask(__name__)\napp.config.from_object('a.C')\nclass C(C): DEBUG = True\n@app.after_request\ndef f(r):\n  r.headers['X'] = 'y'\n",
		"from fastapi import FastAPI\napp = FastAPI(debug=s.d, **k)\napp.add_middleware(M, a=1)\nclass M(BaseHTTPMiddleware):\n  async def dispatch(self, r):\n    r.headers.update({'a': 'b'})\n",
		"import uvicorn\nuvicorn.run('a:b', reload=True, **x)\n",
		"from a import settings\nclass S(BaseSettings):\n  x: int = Field(1, env='X')\nsettings = S()\nFlask(settings.x)\n",
	} {
		f.Add(seed)
	}
	readers := []reader{djangoReader(), flaskReader(), fastapiReader(), uvicornModuleReader(), gunicornModuleReader()}
	f.Fuzz(func(t *testing.T, src string) {
		for _, r := range readers {
			var docs []document
			for _, name := range []string{"a.py", "base.py", "gunicorn.conf.py"} {
				file := &checks.File{Entry: &checks.Entry{Path: name, Mode: fs.FileMode(0o644), Size: int64(len(src))}, Data: []byte(src), Line: 1, Whole: true}
				if !r.wants(file.Entry) {
					continue
				}
				if value, _ := r.read(file); value != nil {
					docs = append(docs, document{name, value})
				}
			}
			scopes, _ := r.resolve(docs)
			for _, s := range scopes {
				for _, set := range s.Settings {
					if set.Name == "" || set.Place.Line < 1 || set.Scope != s.Name {
						t.Fatalf("%+v", set)
					}
				}
			}
		}
	})
}
