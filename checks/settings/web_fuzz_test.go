package settings

import (
	"testing"

	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

// FuzzWebReaders feeds one text to each web server's reader twice: as the main file and as what that includes.
func FuzzWebReaders(f *testing.F) {
	for _, s := range []string{
		"http { include conf.d/*.conf; add_header A b; server { listen 80; location / { client_max_body_size 1m; if ($a) { return 301 /; } } } }",
		"server { include /etc/nginx/a.conf; access_log off; more_set_headers -s 404 'A: b' 'C:'; }",
		"<VirtualHost *:80>\nHeader always edit* A b c env=d\n<Location ~ x>\nOptions +a -b\n</Location>\n</VirtualHost>\nInclude conf.d/*.conf\nDefine A ${A}${A}",
		"<IfVersion >= 2.4.9>\nLogFormat \"%{Cookie}i\"\n</IfVersion>\n<IfDefine !X>\nServerTokens\n</IfDefine>",
		"{\n servers {\n  log_credentials\n }\n}\n(a) {\n import a {args[0]}{args[:]}\n header >X {y}\n}\nb {\n import a 1\n handle {\n  request_body {\n   max_size 1.5MB\n  }\n }\n}\nimport conf.d/*",
	} {
		f.Add(s)
	}
	files := map[string][]string{
		"nginx":  {"nginx/nginx.conf", "nginx/conf.d/a.conf"},
		"apache": {"apache2/httpd.conf", "apache2/conf.d/a.conf", "www/.htaccess"},
		"caddy":  {"caddy/Caddyfile", "caddy/conf.d/a.caddy"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range []reader{nginxReader(), apacheReader(), caddyReader()} {
			var a txtar.Archive
			for _, name := range files[r.layer] {
				a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
			}
			scopes, _ := r.resolve(docsOf(r, string(txtar.Format(&a))))
			for _, s := range scopes {
				for _, set := range s.Settings {
					if set.Dynamic() && set.Value != nil || set.Name == "" || set.Layer != r.layer || set.Origin == checks.OriginSet && set.Place.Line == 0 {
						t.Fatalf("%s: bad setting %+v", s.Name, set)
					}
				}
			}
		}
	})
}
