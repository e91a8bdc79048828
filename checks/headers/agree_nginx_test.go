package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

// Directives of one level, by what is combined. Debian's nginx is older than add_header_inherit; its rule is tested by
// the tables of the package settings, after the source of nginx 1.29.3.
var (
	nginxServerLines = map[string]string{
		"nothing": "",
		"plain":   `add_header X-Frame-Options DENY; add_header X-Mapped $bytype;`,
		"always":  `add_header X-Frame-Options DENY always; add_header Referrer-Policy no-referrer always;`,
		"include": `include inc/headers.conf;`,
	}
	nginxLocationLines = map[string]string{
		"nothing": "",
		"other":   `add_header X-Extra "loc";`,
		"same":    `add_header X-Frame-Options SAMEORIGIN always; add_header X-Extra "${scheme}" always;`,
		"empty":   `add_header X-Extra "";`,
		"cache":   `expires 1h; add_header Cache-Control private;`,
		"include": `include inc/hea*.conf; add_header X-Mapped $byscheme always;`,
		"set":     `set $who world; add_header X-Extra "hello ${who}" always;`,
	}
)

// nginxUpstream is the application: another server of the same nginx.
const nginxUpstream = `
server { listen 127.0.0.1:{port}; server_name app.example;
  add_header X-Frame-Options ALLOWALL always; add_header Cache-Control "max-age=5" always; add_header X-Extra app always;
  location /fine { return 200 fine; }
  location /named { return 200 named; }
  location /gone { return 404 gone; }
  location /fault { return 500 fault; }
}
`

var nginxUpstreamSends = []field{{name: xfoHeader, value: "ALLOWALL"}, {name: "Cache-Control", value: "max-age=5"}, {name: "X-Extra", value: "app"}}

// nginxSite is one server with a location of every kind, and the questions to it. %[1]s are the server's lines, %[2]s
// the locations'.
const nginxSite = `
server { listen 127.0.0.1:{port}; server_name %[3]s; root {dir}/www;
  proxy_set_header Host app.example;
  %[1]s
  location /file { %[2]s }
  location /missing { try_files $uri =404; %[2]s }
  location /moved { return 301 https://shop.example/; %[2]s }
  location /made { return 200 made; %[2]s }
  location /denied { deny all; %[2]s }
  location /app/ { proxy_pass http://127.0.0.1:{port}/; %[2]s }
  location /hidden/ { proxy_pass http://127.0.0.1:{port}/; proxy_hide_header X-Frame-Options; proxy_hide_header x-extra; %[2]s }
  location /shown/ { proxy_pass http://127.0.0.1:{port}/; proxy_hide_header X-Frame-Options; proxy_pass_header X-Frame-Options; %[2]s }
  location /outer { %[2]s location /outer/deep { } location /outer/own { add_header X-If inner; } }
  location /branch { %[2]s if ($arg_if) { add_header X-If yes; } }
  location /quiet { %[2]s if ($arg_if) { set $x 1; } }
  location /named { try_files /nothing @app; %[2]s }
  location @app { proxy_pass http://127.0.0.1:{port}; %[2]s }
  location /replaced { error_page 404 /own-error; try_files $uri =404; add_header X-If lost always; }
  location = /own-error { internal; %[2]s return 404 own; }
  location /intercepted { proxy_pass http://127.0.0.1:{port}/gone; proxy_intercept_errors on; error_page 404 /own-error; %[2]s }
}
`

func nginxAnswers(host string) []answer {
	in := func(path, location string, status int) answer {
		return answer{host: host, path: path, scope: strings.TrimSuffix("server "+host+" / "+location, " / "), status: status}
	}
	proxied := func(path, location string, status int) answer {
		a := in(path, location, status)
		a.upstream = nginxUpstreamSends
		return a
	}
	return []answer{
		in("/", "", 200), in("/nothing", "", 404),
		in("/file/index.html", "location /file", 200), in("/file/nothing", "location /file", 404),
		in("/missing", "location /missing", 404), in("/moved", "location /moved", 301), in("/made", "location /made", 200),
		in("/denied", "location /denied", 403),
		proxied("/app/fine", "location /app/", 200), proxied("/app/gone", "location /app/", 404), proxied("/app/fault", "location /app/", 500),
		proxied("/hidden/fine", "location /hidden/", 200), proxied("/hidden/fault", "location /hidden/", 500),
		proxied("/shown/fine", "location /shown/", 200),
		in("/outer/index.html", "location /outer", 200), in("/outer/deep/index.html", "location /outer / location /outer/deep", 200),
		in("/outer/deep/nothing", "location /outer / location /outer/deep", 404), in("/outer/own/index.html", "location /outer / location /outer/own", 200),
		in("/outer/own/nothing", "location /outer / location /outer/own", 404),
		in("/branch/index.html", "location /branch", 200), in("/branch/index.html?if=1", "location /branch / if ($arg_if)", 200),
		in("/branch/nothing?if=1", "location /branch / if ($arg_if)", 404),
		in("/quiet/index.html?if=1", "location /quiet / if ($arg_if)", 200),
		proxied("/named", "location @app", 200),
		in("/replaced", "location = /own-error", 404), in("/intercepted", "location = /own-error", 404),
	}
}

// TestNginxAgrees compares the header lines of nginx with those that its configuration is judged to give.
func TestNginxAgrees(t *testing.T) {
	files := map[string]string{"inc/headers.conf": "add_header X-Frame-Options DENY always;\nadd_header X-Content-Type-Options nosniff;\n"}
	for _, dir := range []string{"", "file", "outer", "outer/deep", "outer/own", "branch", "quiet"} {
		files[strings.TrimPrefix("www/"+dir+"/index.html", "/")] = "a page"
	}
	for name, http := range map[string]string{"bare": "", "http": `add_header X-Content-Type-Options nosniff; add_header X-Mapped $scheme$bytype always;`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var conf strings.Builder
			conf.WriteString("default_type text/html; server_names_hash_bucket_size 128;\n" + http + nginxUpstream +
				"map $sent_http_content_type $bytype { default \"\"; ~*text/html page; image/png picture; }\nmap $scheme $byscheme { https secure; default plain; }\n")
			var all []answer
			for server, lines := range nginxServerLines {
				for location, inner := range nginxLocationLines {
					host := fmt.Sprintf("%s-%s.example", server, location)
					fmt.Fprintf(&conf, nginxSite, lines, inner, host)
					all = append(all, nginxAnswers(host)...)
				}
			}
			srv := realserver.Nginx(conf.String()).Start(t, files)
			agree(t, srv, nginxFront(), all)
		})
	}
}
