package headers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

var (
	apacheHostLines = map[string]string{
		"nothing":  "",
		"plain":    "Header set X-Frame-Options DENY",
		"always":   "Header always set X-Frame-Options DENY\nHeader always set Referrer-Policy no-referrer",
		"both":     "Header set X-Frame-Options DENY\nHeader always set X-Frame-Options SAMEORIGIN",
		"modules":  "<IfModule mod_headers.c>\nHeader set X-Extra loaded\n</IfModule>\n<IfModule mod_brotli.c>\nHeader always set X-Frame-Options none\n</IfModule>\n<IfModule !brotli_module>\nHeader always set X-If unbrotli\n</IfModule>",
		"sections": "<FilesMatch \"\\.html$\">\nHeader set X-Extra page\n</FilesMatch>\n<If \"%{HTTPS} == 'on'\">\nHeader always set X-If secure\n</If>\n<If \"%{REQUEST_SCHEME} == 'http'\">\nHeader always set X-Mapped plain\n</If>\n<IfDefine NOTHING>\nHeader set X-If defined\n</IfDefine>",
		"types":    "Header set X-Extra page \"expr=%{CONTENT_TYPE} =~ m#^text/html#i\"\nHeader set X-If secure env=HTTPS\nHeader always set X-Mapped plain \"expr=%{REQUEST_SCHEME} == 'http'\"\nHeader always set Cache-Control no-store \"expr=%{REQUEST_STATUS} >= 400\"",
	}
	apacheLocationLines = map[string]string{
		"nothing": "",
		"set":     "Header set X-Frame-Options SAMEORIGIN\nHeader onsuccess set X-Extra \"100%%\"",
		"unset":   "Header unset X-Frame-Options\nHeader always unset Referrer-Policy",
		"always":  "Header always set X-Frame-Options SAMEORIGIN\nRequestHeader set X-Extra no",
		"append":  "Header append X-Frame-Options B\nHeader always append X-Extra a\nHeader always append X-Extra b",
		"merge":   "Header merge X-Frame-Options DENY\nHeader merge X-Extra a\nHeader merge X-Extra a",
		"add":     "Header add X-Frame-Options ADDED\nHeader always add X-Extra c",
		"edit":    "Header edit X-Frame-Options ^(D)ENY$ \"$1-edited\"\nHeader always edit* X-Frame-Options E e\nHeader edit X-Extra a b",
		"empty":   "Header setifempty X-Frame-Options IFEMPTY\nHeader always setifempty X-Frame-Options ALWAYSIFEMPTY",
		"wiped":   "Header set X-Frame-Options A\nHeader add X-Frame-Options B\nHeader unset X-Frame-Options\nHeader note X-Extra n\nHeader set X-Extra \"\"",
	}
)

// apacheUpstream is the application: the first virtual host, which a proxied request without its own Host reaches.
const apacheUpstream = `
<VirtualHost *:{port}>
  ServerName app.example
  DocumentRoot {dir}/app
  Header always set X-Frame-Options ALLOWALL
  Header always set X-Extra app
  Redirect 500 /fault
</VirtualHost>
`

var apacheUpstreamSends = []field{{name: xfoHeader, value: "ALLOWALL"}, {name: "X-Extra", value: "app"}}

const apacheSite = `
<VirtualHost *:{port}>
  ServerName %[3]s
  DocumentRoot {dir}/www
  %[1]s
  <Location "/file">
  %[2]s
  </Location>
  <Location "/moved">
  Redirect 301 https://shop.example/
  %[2]s
  </Location>
  <Location "/denied">
  Require all denied
  %[2]s
  </Location>
  <Location "/app">
  ProxyPass http://127.0.0.1:{port}
  %[2]s
  </Location>
  <Directory "{dir}/www/allowed">
  AllowOverride FileInfo
  </Directory>
  <Directory "{dir}/www/dir">
  %[2]s
  </Directory>
</VirtualHost>
`

func apacheAnswers(host string, inDirectory bool) []answer {
	in := func(path, section string, status int, made bool) answer {
		return answer{host: host, path: path, scope: strings.TrimSuffix("virtualhost "+host+" / "+section, " / "), status: status, made: made}
	}
	proxied := func(path string, status int) answer {
		a := in(path, "location /app", status, false)
		a.upstream = apacheUpstreamSends
		if status == 200 {
			a.upstream = append(slices.Clone(a.upstream), field{name: nosniffHeader, value: "nosniff"})
		}
		return a
	}
	out := []answer{in("/index.html", "", 200, false), in("/shut/index.html", "", 200, false)}
	if inDirectory {
		out = append(out, in("/file/index.html", "location /file", 200, false), in("/file/nothing.html", "location /file", 404, true),
			in("/moved/x.html", "location /moved", 301, true), in("/denied/index.html", "location /denied", 403, true),
			proxied("/app/index.html", 200), proxied("/app/nothing.html", 404), proxied("/app/fault", 500))
	}
	return out
}

// TestApacheAgrees compares the header lines of Apache with those that its configuration is judged to give.
func TestApacheAgrees(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app/index.html": "app", "www/index.html": "a page", "www/file/index.html": "a file", "www/dir/index.html": "in a directory",
		"www/denied/index.html": "denied", "www/allowed/index.html": "allowed", "www/shut/index.html": "shut",
		"www/allowed/.htaccess": "Header set X-If htaccess\nHeader always set X-Frame-Options HTACCESS\n",
		"www/shut/.htaccess":    "Header set X-If htaccess\n",
	}
	var conf strings.Builder
	conf.WriteString("<Directory />\nAllowOverride None\nHeader set X-Content-Type-Options nosniff\n</Directory>\n" + apacheUpstream)
	var all []answer
	for server, lines := range apacheHostLines {
		for location, inner := range apacheLocationLines {
			host := fmt.Sprintf("%s-%s.example", server, location)
			fmt.Fprintf(&conf, apacheSite, lines, inner, host)
			answers := apacheAnswers(host, inner != "")
			if inner != "" {
				answers = append(answers, answer{host: host, path: "/dir/index.html", scope: "virtualhost " + host + " / directory DIR/www/dir", status: 200})
			}
			answers = append(answers, answer{host: host, path: "/allowed/index.html", scope: "virtualhost " + host + " / directory www/allowed (.htaccess)", status: 200})
			all = append(all, answers...)
		}
	}
	srv := realserver.Apache(conf.String(), "headers", "alias", "proxy", "proxy_http", "setenvif").Start(t, files)
	for i := range all {
		all[i].scope = strings.Replace(all[i].scope, "DIR", srv.Dir, 1)
	}
	agree(t, srv, apacheFront(), all)
}
