package headers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const documented = `from fastapi import FastAPI
app = FastAPI(OPTIONS)
@app.get("/")
def start():
    return {}
`

// TestExposureOnRealServers compares what a server opens with what its configuration says of that.
func TestExposureOnRealServers(t *testing.T) {
	for name, tt := range map[string]struct {
		product realserver.Product
		live    []string
		static  []string
	}{
		"apache":           {realserver.Apache("DocumentRoot {dir}/www\n"), []string{"headers/exposure trace-method"}, []string{"headers/exposure trace-method"}},
		"apache off":       {realserver.Apache("DocumentRoot {dir}/www\nTraceEnable off\n"), nil, nil},
		"apache status":    {realserver.Apache("DocumentRoot {dir}/www\nTraceEnable off\n<Location /server-status>\nSetHandler server-status\n</Location>\n", "status"), []string{"headers/exposure status-page"}, nil},
		"nginx":            {realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; }"), nil, nil},
		"nginx status":     {realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; location = /nginx_status { stub_status; } }"), []string{"headers/exposure status-page"}, nil},
		"nginx every path": {realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; location / { try_files $uri /index.html; } }"), nil, nil},
		"caddy":            {realserver.Caddy("http://127.0.0.1:{port} {\n\troot * {dir}/www\n\tfile_server\n}\n"), nil, nil},
		"caddy metrics":    {realserver.Caddy("http://127.0.0.1:{port} {\n\tmetrics /metrics\n}\n"), []string{"headers/exposure metrics"}, nil},
		"fastapi":          {realserver.Uvicorn(strings.Replace(documented, "OPTIONS", "", 1)), []string{"headers/exposure api-docs"}, []string{"headers/exposure api-docs"}},
		"fastapi moved":    {realserver.Uvicorn(strings.Replace(documented, "OPTIONS", "docs_url=None, redoc_url=None, openapi_url='/openapi.json'", 1)), []string{"headers/exposure api-docs"}, []string{"headers/exposure api-docs"}},
		"fastapi shut":     {realserver.Uvicorn(strings.Replace(documented, "OPTIONS", "openapi_url=None", 1)), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := tt.product.Start(t, map[string]string{"www/index.html": "<!doctype html><title>Shop</title>", "Dockerfile": "FROM python:3.13\nCMD [\"uvicorn\", \"served:app\"]\n"})
			site, err := target.OpenSite(srv.URL, target.SiteOptions{})
			if err != nil {
				t.Fatal(err)
			}
			jobs := one(exposure())
			if diff := cmp.Diff(tt.live, verdicts(t, jobs, engine.RunSite(t.Context(), site, jobs, engine.Options{}))); diff != "" {
				t.Errorf("live (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.static, judgeTree(t, jobs, srv.Dir)); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzExposedPages(f *testing.F) {
	f.Add([]byte(`{"openapi":"3.1.0","paths":{"/a":{}}}`))
	f.Add([]byte("# TYPE a counter\na{b=\"c\"} 1\n"))
	f.Add([]byte(`{"_links":{"self":{"href":"x"},"env":{"href":"y"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, page := range exposedPages {
			if shown := oneLine(page.proof(body)); strings.Contains(shown, "\n") {
				t.Errorf("%s shows %q", page.path, shown)
			}
		}
	})
}

// FuzzPage reads any page with any content headers: the findings name a rule, and every address is one of the page.
func FuzzPage(f *testing.F) {
	f.Add("text/html", "no-store", `<base href=//cdn.example.net/><script src=a.js integrity="sha384-x"></script><form action=http://a/>`)
	f.Add("text/html; charset=utf-8", "private, max-age=\"1", "<template><link rel=stylesheet href='http://[::1'></template><input type=password>")
	f.Fuzz(func(t *testing.T, kind, value, body string) {
		x := &checks.Exchange{URL: "https://shop.example/a/", Status: 200, Role: checks.RoleAuthenticated, Body: []byte(body), TLS: &checks.TLSState{},
			Header: map[string][]string{typeHeader: {kind}, cacheHeader: {value}, clearHeader: {value}, "Reporting-Endpoints": {value},
				integrityHeader: {value}, "Nel": {value}, "Feature-Policy": {value}, "Accept-Ch": {value}, "Age": {value}, "Via": {value}}}
		for _, c := range []struct {
			check *checks.Check
			judge judge
		}{{contentType(), judgeContentType}, {cache(), judgeCache}, {clearSiteData(), judgeClear}, {integrity(), judgeIntegrity},
			{mixedContent(), judgeMixed}, {deprecated(), judgeDeprecated}, {wellFormed(), judgeWellFormed}, {informationLeak(), judgeLeak}} {
			p := checks.NewPass(t.Context(), c.check, &checks.World{}, c.check.Defaults())
			r := fetched(x)
			for _, i := range c.judge(p, r).issues {
				found := r.finding(i)
				if c.check.Rule(i.rule) == nil || found.Message == "" || found.Expected == "" || strings.Contains(found.Message+found.Actual, "\n") {
					t.Errorf("%s: unfinished finding %+v", c.check.ID, found)
				}
			}
		}
	})
}
