package permissions

import (
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
		"www/index.html":      "<title>Shop</title>",
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
			want := map[string]int{"dotenv": 1, "git-directory": 1, "directory-listing": 2}
			if diff := cmp.Diff(want, got); diff != "" || len(o.Problems) > 0 || o.Examined != 5 {
				t.Errorf("findings (-want +got):\n%s\nproblems %v, examined %d", diff, o.Problems, o.Examined)
			}
		})
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

func FuzzExposed(f *testing.F) {
	f.Add([]byte("ref: refs/heads/main\n"))
	f.Add([]byte("export A='x\ny'\n"))
	f.Add([]byte("<title>Index of /</title><h1>Index of /</h1><a href=x>x</a>"))
	f.Fuzz(func(_ *testing.T, body []byte) {
		gitHead(body)
		dotenvBody(body)
		listingOf(&checks.Exchange{URL: "https://shop.example/", Status: 200, Header: map[string][]string{"Content-Type": {"text/html"}}, Body: body})
	})
}
