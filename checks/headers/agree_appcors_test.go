package headers

import (
	"slices"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// TestCORSMiddlewareAgrees: what the source of three frameworks' CORS middleware lets in is what their servers let in.
func TestCORSMiddlewareAgrees(t *testing.T) {
	fastapi := func(options string) string {
		return "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\n@app.get(\"/\")\nasync def index():\n    return {}\napp.add_middleware(CORSMiddleware, " + options + ")\n"
	}
	flask := func(call string) string {
		return "from flask import Flask, jsonify\nfrom flask_cors import CORS\napp = Flask(__name__)\n@app.get(\"/\")\ndef index():\n    return jsonify({})\n" + call + "\n"
	}
	django := func(settings string) map[string]string {
		return map[string]string{"app.py": "import os\nos.environ[\"DJANGO_SETTINGS_MODULE\"] = \"shop.settings\"\nfrom django.core.wsgi import get_wsgi_application\napp = get_wsgi_application()\n",
			"shop/__init__.py": "", "shop/urls.py": "from django.http import JsonResponse\nfrom django.urls import path\nurlpatterns = [path(\"\", lambda request: JsonResponse({}))]\n",
			"shop/settings.py": "SECRET_KEY = \"x\"\nALLOWED_HOSTS = [\"*\"]\nROOT_URLCONF = \"shop.urls\"\nINSTALLED_APPS = [\"corsheaders\"]\nMIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\"]\n" + settings}
	}
	const any, close = "any-origin-credentials", "lookalike-origin"
	cases := map[string]struct {
		files map[string]string
		args  []string
		want  string
	}{
		"fastapi star":                {map[string]string{"app.py": fastapi(`allow_origins=["*"]`)}, uvicornTLS, ""},
		"fastapi star, credentials":   {map[string]string{"app.py": fastapi(`allow_origins=["*"], allow_credentials=True`)}, uvicornTLS, any},
		"fastapi named":               {map[string]string{"app.py": fastapi(`allow_origins=["https://app.example.com"], allow_credentials=True`)}, uvicornTLS, ""},
		"fastapi pattern":             {map[string]string{"app.py": fastapi(`allow_origin_regex=r"https://([a-z]+\.)?example\.com", allow_credentials=True`)}, uvicornTLS, ""},
		"fastapi open pattern":        {map[string]string{"app.py": fastapi(`allow_origin_regex=r"https://.*example\.com", allow_credentials=True`)}, uvicornTLS, close},
		"fastapi pattern of all":      {map[string]string{"app.py": fastapi(`allow_origin_regex=".*", allow_credentials=True`)}, uvicornTLS, any},
		"flask by itself":             {map[string]string{"app.py": flask(`CORS(app)`)}, gunicornTLS, ""},
		"flask credentials":           {map[string]string{"app.py": flask(`CORS(app, supports_credentials=True)`)}, gunicornTLS, any},
		"flask named":                 {map[string]string{"app.py": flask(`CORS(app, origins=["https://app.example.com"], supports_credentials=True)`)}, gunicornTLS, ""},
		"flask resources":             {map[string]string{"app.py": flask(`CORS(app, resources={r"/*": {"origins": "*", "supports_credentials": True}})`)}, gunicornTLS, any},
		"flask init_app":              {map[string]string{"app.py": flask("cors = CORS(supports_credentials=True)\ncors.init_app(app)")}, gunicornTLS, any},
		"django all":                  {django("CORS_ALLOW_ALL_ORIGINS = True\n"), gunicornTLS, ""},
		"django all, credentials":     {django("CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n"), gunicornTLS, any},
		"django named":                {django("CORS_ALLOWED_ORIGINS = [\"https://app.example.com\"]\nCORS_ALLOW_CREDENTIALS = True\n"), gunicornTLS, ""},
		"django pattern without end":  {django("CORS_ALLOWED_ORIGIN_REGEXES = [r\"^https://example\\.com\"]\nCORS_ALLOW_CREDENTIALS = True\n"), gunicornTLS, close},
		"django pattern with its end": {django("CORS_ALLOWED_ORIGIN_REGEXES = [r\"^https://example\\.com$\"]\nCORS_ALLOW_CREDENTIALS = True\n"), gunicornTLS, ""},
	}
	cert, key, ca := certificate(t)
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.files["cert.pem"], tt.files["key.pem"], tt.files["Dockerfile"] = cert, key, "CMD [\"gunicorn\", \"app:app\"]\n"
			srv := realserver.Start(t, tt.files, tt.args[0], tt.args[1:]...)
			site := openSite(t, srv, target.SiteOptions{CAFile: ca}, "/")
			live := rulesFound(t, cors(), site)
			var static []string
			for _, v := range judgeTree(t, one(cors()), srv.Dir) {
				static = append(static, strings.TrimPrefix(v, "headers/cors "))
			}
			for _, found := range []struct {
				where string
				rules []string
			}{{"the server", live}, {"the source", static}} {
				rules := slices.DeleteFunc(slices.Clone(found.rules), func(r string) bool { return r != any && r != close })
				if got := strings.Join(rules, " "); got != tt.want {
					t.Errorf("%s: %q, expected %q", found.where, got, tt.want)
				}
			}
			t.Logf("live %q, static %q", live, static)
		})
	}
}
