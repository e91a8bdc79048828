package logging

import (
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const flaskApp = `from flask import Flask
app = Flask(__name__)
@app.route("/boom")
def boom():
    return 1 / 0
if __name__ == "__main__":
    app.run(port={port}, debug=True, use_reloader=False)
`

const fastapiApp = `from fastapi import FastAPI
app = FastAPI(debug=DEBUG)
@app.get("/boom")
def boom():
    return 1 / 0
`

func TestErrorDisclosureOnRealServers(t *testing.T) {
	for name, tt := range map[string]struct {
		product realserver.Product
		rule    string // expected on /boom; "" for none
	}{
		"flask debug":   {realserver.Python(flaskApp), "werkzeug-debugger"},
		"gunicorn":      {realserver.Gunicorn(flaskApp), ""},
		"fastapi debug": {realserver.Uvicorn(strings.Replace(fastapiApp, "DEBUG", "True", 1)), "starlette-debug-page"},
		"fastapi":       {realserver.Uvicorn(strings.Replace(fastapiApp, "DEBUG", "False", 1)), ""},
		"nginx":         {realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}; location = /boom { return 500; } }"), ""},
		"http.server":   {realserver.PythonFiles(""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := tt.product.Start(t, nil)
			o := probetest.Audit(t, errorDisclosure(), srv.URL, target.SiteOptions{Paths: []string{"/boom"}})
			rule := ""
			if len(o.Findings) > 0 {
				rule = o.Findings[0].Rule
			}
			if rule != tt.rule || len(o.Findings) > 1 || len(o.Problems) > 0 || o.Examined < 2 {
				t.Errorf("findings %+v, problems %v, examined %d; want %q", o.Findings, o.Problems, o.Examined, tt.rule)
			}
		})
	}
}

func FuzzDisclosures(f *testing.F) {
	f.Add("text/html", []byte("<title>x // Werkzeug Debugger</title><script>EVALEX</script><div class=debugger>"))
	f.Add("application/json", []byte(`{"trace":"\tat a.b.C.d(C.java:1)\n\tat a.b.C.d(C.java:1)"}`))
	f.Add("text/plain", []byte("goroutine 1 [running]:\n\t/a/b.go:1\nTraceback (most recent call last)\n  File \"x\", line 1, in y"))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		d := readDocument(&checks.Exchange{Header: map[string][]string{"Content-Type": {media}}, Body: body})
		for _, detector := range disclosures {
			if shown := detector.find(d); strings.ContainsAny(shown, "\n\r\x1b") {
				t.Errorf("%s shows a control character: %q", detector.rule, shown)
			}
		}
	})
}
