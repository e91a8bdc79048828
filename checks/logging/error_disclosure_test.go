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
	nginx := `daemon off; pid {dir}/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
server { listen 127.0.0.1:{port}; root {dir}; location = /boom { return 500; } } }`
	uvicorn := []string{"uvicorn", "--app-dir", "{dir}", "--port", "{port}", "conf:app"}
	for name, tt := range map[string]struct {
		conf string
		args []string
		rule string // expected on /boom; "" for none
	}{
		"flask debug":   {flaskApp, []string{"/usr/bin/python3", "{dir}/conf.py"}, "werkzeug-debugger"},
		"gunicorn":      {flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "conf:app"}, ""},
		"fastapi debug": {strings.Replace(fastapiApp, "DEBUG", "True", 1), uvicorn, "starlette-debug-page"},
		"fastapi":       {strings.Replace(fastapiApp, "DEBUG", "False", 1), uvicorn, ""},
		"nginx":         {nginx, []string{"nginx", "-c", "{dir}/conf.py"}, ""},
		"http.server":   {"", []string{"/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := realserver.Start(t, map[string]string{"conf.py": tt.conf}, tt.args[0], tt.args[1:]...)
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
