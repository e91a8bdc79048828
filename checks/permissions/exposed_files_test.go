package permissions

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

func TestExposedFilesOnRealServers(t *testing.T) {
	files := map[string]string{
		"www/index.html":      "<title>Shop</title><script src='/js/app.js'></script>",
		"www/js/app.js":       "let a",
		"www/backup.sql":      "-- MySQL dump 10.13\nCREATE TABLE a (b int);\n",
		"www/.git/HEAD":       "ref: refs/heads/main\n",
		"www/.env":            "DB_PASSWORD=hun" + "ter2\n",
		"www/static/logo.svg": "<svg/>",
		"www/a b/c.txt":       "",
	}
	for name, product := range map[string]realserver.Product{
		"nginx":       realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; autoindex on; }"),
		"apache":      realserver.Apache("DocumentRoot {dir}/www\n<Directory {dir}/www>\nOptions +Indexes\n</Directory>\n", "autoindex"),
		"caddy":       realserver.Caddy("http://127.0.0.1:{port} {\n\troot * {dir}/www\n\tfile_server browse\n}\n"),
		"http.server": realserver.PythonFiles("www"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := product.Start(t, files)
			o := probetest.Audit(t, exposedFiles(), s.URL, target.SiteOptions{Paths: []string{"/static/", "/a%20b/"}})
			got := map[string]int{}
			for _, f := range o.Findings {
				got[f.Rule]++
			}
			want := map[string]int{"dotenv": 1, "git-directory": 1, "backup": 1, "directory-listing": 3}
			if diff := cmp.Diff(want, got); diff != "" || len(o.Problems) > 0 || o.Examined != 13 {
				t.Errorf("findings (-want +got):\n%s\nproblems %v, examined %d", diff, o.Problems, o.Examined)
			}
		})
	}
}

// TestExposedFilesBehindRedirects: a host that only leads to another one serves nothing, and files behind a redirect to
// https stand there.
func TestExposedFilesBehindRedirects(t *testing.T) {
	away := realserver.Nginx("server { listen 127.0.0.1:{port}; return 301 https://www.shop.example$request_uri; }").Start(t, nil)
	o := probetest.Audit(t, exposedFiles(), away.URL, target.SiteOptions{})
	if want := "every path redirects to https://www.shop.example: audit that URL"; o.Examined > 0 || len(o.Problems) > 0 || o.Reason != want {
		t.Errorf("every path leads away: examined %d, problems %v, reason %q", o.Examined, o.Problems, o.Reason)
	}
	most := realserver.Nginx("server { listen 127.0.0.1:{port}; root {dir}/www; location = / { return 301 https://www.shop.example/; } }").Start(t, map[string]string{"www/.env": "A=1\n"})
	o = probetest.Audit(t, exposedFiles(), most.URL, target.SiteOptions{})
	if len(o.Findings) != 1 || o.Findings[0].Rule != "dotenv" || len(o.Problems) > 0 {
		t.Errorf("only the first page leads away: %+v, problems %v", o.Findings, o.Problems)
	}
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.env" {
			_, _ = io.WriteString(w, "A=1\n")
			return
		}
		http.NotFound(w, r)
	}))
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secure.URL+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	defer plain.Close()
	o = probetest.Audit(t, exposedFiles(), plain.URL, target.SiteOptions{Insecure: true})
	if len(o.Findings) != 1 || o.Findings[0].Rule != "dotenv" || len(o.Problems) > 0 || o.Examined != len(exposedList)+1 {
		t.Errorf("http leads to https: %+v, problems %v, examined %d", o.Findings, o.Problems, o.Examined)
	}
}

func TestDotenvBody(t *testing.T) {
	for body, want := range map[string]string{
		"A=1\n":                                 "a file that sets A",
		"# c\n\nexport A=1\r\nB_2 = \"x\"\r\n":  "a file that sets A, B_2",
		"A='one\ntwo = 2\nthree'\nB=\nC=1\nD=2": "a file that sets A, B, C and 1 more",
		"":                                      "",
		"# only a comment\n":                    "",
		"not found\n":                           "",
		"<html a=b>\n":                          "",
		"{\"a\": 1}\n":                          "",
		"A=\"never closed\n":                    "",
		"A=1\x00\n":                             "",
		"A=\xff\n":                              "",
		"server {\n a=1\n}\n":                   "",
		strings.Repeat("A=1\n", 100000):         "",
	} {
		if got, ok := dotenvBody([]byte(body)); got != want || ok != (want != "") {
			t.Errorf("dotenvBody(%.40q) = %q, want %q", body, got, want)
		}
	}
}

func TestProofs(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		want       bool
	}{
		{"/.git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n", true},
		{"/.git/config", "[core]\n\tbare = false\n[x]\n\trepositoryformatversion = 0\n", false},
		{"/.git/config", "<html>[core]\n repositoryformatversion = 0", false},
		{"/.svn/wc.db", "SQLite format 3\x00\x10", true},
		{"/.svn/wc.db", "SQLite format 3", false},
		{"/.hg/requires", "dotencode\nfncache\nstore\n", true},
		{"/.hg/requires", "store locator\n", false},
		{"/.hg/requires", "hello\n", false},
		{"/.DS_Store", "\x00\x00\x00\x01Bud1\x00", true},
		{"/.htpasswd", "ana:$2y$05$abcdefghijklmnopqrstuv\n# c\nbo:$apr1$a$b\n", true},
		{"/.htpasswd", "ana:$2y$05$abcdefghijklmnopqrstuv\n<html>\n", false},
		{"/.htpasswd", "# only a comment\n", false},
		{"/backup.zip", "PK\x03\x04\x14", true},
		{"/backup.zip", "PKware", false},
		{"/backup.tar.gz", "\x1f\x8b\x08\x00", true},
		{"/backup.sql", "-- PostgreSQL database dump\n", true},
		{"/dump.sql", "create table a (b int);\ninsert into a values (1);\n", true},
		{"/dump.sql", "<!doctype html><html><pre>\nCREATE TABLE a\nCREATE TABLE b\n", false},
		{"/dump.sql", "CREATE TABLE explained\n", false},
		{"/wp-config.php.bak", "<?php\ndefine('DB_NAME', 'x');", true},
		{"/wp-config.php.bak", "<p>&lt;?php define(", false},
	} {
		i := slices.IndexFunc(exposedList, func(f exposedFile) bool { return f.path == tt.path })
		if _, ok := exposedList[i].proof([]byte(tt.body)); ok != tt.want {
			t.Errorf("%s proven by %q: %v, expected %v", tt.path, tt.body, ok, tt.want)
		}
	}
}

func FuzzExposed(f *testing.F) {
	f.Add([]byte("ref: refs/heads/main\n"))
	f.Add([]byte("export A='x\ny'\n"))
	f.Add([]byte("<title>Index of /</title><h1>Index of /</h1><a href=x>x</a>"))
	f.Fuzz(func(_ *testing.T, body []byte) {
		for _, file := range exposedList {
			file.proof(body)
		}
		directories([]*checks.Exchange{{URL: "https://shop.example/", Header: map[string][]string{"Content-Type": {"text/html"}}, Body: body}})
		listingOf(&checks.Exchange{URL: "https://shop.example/", Status: 200, Header: map[string][]string{"Content-Type": {"text/html"}}, Body: body})
	})
}
