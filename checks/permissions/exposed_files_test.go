package permissions

import (
	"maps"
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
	for name, srv := range map[string]struct {
		config string
		args   []string
	}{
		"nginx": {`daemon off; pid {dir}/pid; error_log stderr; events {}
			http { access_log off; client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3;
			uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5; types { text/html html; }
			server { listen 127.0.0.1:{port}; root {dir}/www; autoindex on; } }`,
			[]string{"nginx", "-c", "{dir}/config"}},
		"apache2": {`ServerRoot {dir}
			ServerName localhost
			PidFile {dir}/pid
			ErrorLog {dir}/error.log
			Listen 127.0.0.1:{port}
			LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
			LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
			LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
			LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
			LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
			TypesConfig /etc/mime.types
			DocumentRoot {dir}/www
			<Directory {dir}/www>
			Options +Indexes
			</Directory>`,
			[]string{"apache2", "-f", "{dir}/config", "-D", "FOREGROUND"}},
		"caddy": {"{\n\tadmin off\n}\nhttp://127.0.0.1:{port} {\n\troot * {dir}/www\n\tfile_server browse\n}\n",
			[]string{"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/config"}},
		"http.server": {"", []string{"/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", "{dir}/www", "{port}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := maps.Clone(files)
			with["config"] = srv.config
			s := realserver.Start(t, with, srv.args[0], srv.args[1:]...)
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
