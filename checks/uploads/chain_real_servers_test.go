//go:build unix

package uploads

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

// TestApacheChains sets LimitRequestBody at each level of httpd, for files and for what it passes on.
func TestApacheChains(t *testing.T) {
	realserver.Require(t, "apache2")
	backend := reader(t)
	compared := 0
	for _, server := range []string{"", "LimitRequestBody 30000", "LimitRequestBody 0"} {
		var conf strings.Builder
		conf.WriteString("DocumentRoot {dir}/www\nUser www-data\nGroup www-data\n" + server + "\n")
		host := 0
		for _, vhost := range []string{"", "LimitRequestBody 40000", "LimitRequestBody 0"} {
			for _, location := range []string{"", "LimitRequestBody 20000", "LimitRequestBody 0"} {
				fmt.Fprintf(&conf, `<VirtualHost 127.0.0.1:{port}>
ServerName h%d.example
DocumentRoot {dir}/www
%s
<Location /static>
%s
Options +FollowSymLinks
</Location>
<Location /pass>
%s
ProxyPass %s/
</Location>
</VirtualHost>
`, host, vhost, location, location, backend.URL)
				host++
			}
		}
		srv := realserver.Apache(conf.String(), "proxy", "proxy_http").Start(t, map[string]string{"www/static/a.html": "a"})
		chains := chainsIn(t, map[string]string{"apache2.conf": conf.String()})
		for i := range host {
			name := fmt.Sprintf("h%d.example", i)
			for path, scope := range map[string]string{"/static/a.html": " / location /static", "/pass/x": " / location /pass", "/other": ""} {
				c := chainOf(t, chains, "virtualhost "+name+scope)
				if _, by := c.effective(coversAll, false); by != nil && by.limit.bytes > much {
					continue // the default of 1 GiB is not sent
				}
				compared += agree(t, c, srv.URL+path, name)
			}
		}
	}
	t.Logf("%d answers of Apache are as the chains say", compared)
}

// TestCaddyChains writes sizes in each unit at each level of Caddy.
func TestCaddyChains(t *testing.T) {
	realserver.Require(t, "caddy")
	backend := reader(t)
	var conf strings.Builder
	host := 0
	for _, site := range []string{"", "request_body {\n max_size 60KB\n}", "request_body {\n max_size 64KiB\n}", "request_body {\n max_size 0.05MB\n}"} {
		for _, handle := range []string{"", "request_body {\n max_size 20000\n}", "request_body {\n max_size 0.1mb\n}"} {
			fmt.Fprintf(&conf, "http://h%d.example:{port} {\n%s\nhandle /up/* {\n%s\nreverse_proxy %s\n}\nhandle /other/* {\nreverse_proxy %s\n}\n}\n",
				host, site, handle, backend.URL, backend.URL)
			host++
		}
	}
	srv := realserver.Caddy(conf.String()).Start(t, nil)
	chains := chainsIn(t, map[string]string{"Caddyfile": conf.String()})
	compared := 0
	for i := range host {
		name := fmt.Sprintf("h%d.example", i)
		for _, path := range []string{"up", "other"} {
			c := chainOf(t, chains, fmt.Sprintf("site http://%s:{port} / handle /%s/*", name, path))
			compared += agree(t, c, srv.URL+"/"+path+"/x", name)
		}
	}
	t.Logf("%d answers of Caddy are as the chains say", compared)
}

// TestHaproxyChains writes rules on the size of bodies in several ways; none counts chunks.
func TestHaproxyChains(t *testing.T) {
	realserver.Require(t, "haproxy")
	backend, err := url.Parse(reader(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, rule := range []string{
		"", "http-request deny deny_status 413 if { req.body_size gt 30000 }", "http-request deny deny_status 413 unless { req.body_size le 30000 }",
		"acl big req.hdr(content-length) -m int gt 30000\n  http-request deny deny_status 413 if METH_POST big",
		"http-request return status 413 if { req.hdr_val(content-length) ge 30001 }",
		"http-request deny deny_status 413 if { req.body_size gt 90000 }\n  http-request deny deny_status 400 if { req.body_size gt 30000 }",
	} {
		conf := "defaults\n  mode http\n  timeout client 20s\n  timeout connect 5s\n  timeout server 20s\nfrontend web\n  bind 127.0.0.1:{port}\n  " + rule +
			"\n  default_backend app\nbackend app\n  server s " + backend.Host + "\n"
		srv := realserver.HAProxy(conf).Start(t, nil)
		chains := chainsIn(t, map[string]string{"haproxy.cfg": conf})
		compared += agree(t, chainOf(t, chains, "frontend web / backend app"), srv.URL+"/x", "")
	}
	t.Logf("%d answers of HAProxy are as the chains say", compared)
}

// TestLighttpdChains writes lighttpd's kibibytes, for all paths and for some, where it passes requests on and where not.
func TestLighttpdChains(t *testing.T) {
	realserver.Require(t, "lighttpd")
	backend, err := url.Parse(reader(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := fmt.Sprintf("server.modules += (\"mod_proxy\")\nproxy.server = ( \"\" => (( \"host\" => \"127.0.0.1\", \"port\" => %s )) )\n", backend.Port())
	compared := 0
	for _, passes := range []string{"", proxy} {
		for _, size := range []string{"", "server.max-request-size = 30", `server.max-request-size := "30"`, "server.max-request-size = 0"} {
			for _, inner := range []string{"", "server.max-request-size = 10", "server.max-request-size = 50"} {
				conf := "server.document-root = \"{dir}/www\"\nserver.bind = \"127.0.0.1\"\nserver.port = {port}\n" + passes + size +
					"\n$HTTP[\"url\"] =^ \"/in/\" {\n" + inner + "\n}\n"
				srv := realserver.Start(t, map[string]string{"lighttpd.conf": conf, "www/a.html": "a"}, "lighttpd", "-D", "-f", "{dir}/lighttpd.conf")
				chains := chainsIn(t, map[string]string{"lighttpd.conf": conf})
				compared += agree(t, chainOf(t, chains, "server"), srv.URL+"/a.html", "")
				if inner != "" {
					compared += agree(t, chainOf(t, chains, "path /in/"), srv.URL+"/in/x", "")
				}
			}
		}
	}
	t.Logf("%d answers of lighttpd are as the chains say", compared)
}

// phpForm tells how large a field PHP got, and how many files.
const phpForm = `<?php echo strlen($_POST["f"] ?? ""), " ", count(array_filter($_FILES, fn($f) => $f["error"] === 0));`

// TestPHPChains sets post_max_size in a pool behind nginx, in PHP's units. Over it the form is gone, and the answer is 200.
func TestPHPChains(t *testing.T) {
	realserver.Require(t, "php-fpm8.2")
	compared := 0
	for _, size := range []string{"40K", "40960", "40KB", "0x10k", "1.5M", ""} {
		pool := "[global]\nerror_log = /dev/stderr\n[www]\nuser = www-data\ngroup = www-data\nlisten = 127.0.0.1:{port}\npm = static\npm.max_children = 1\n"
		if size != "" {
			pool += "php_admin_value[post_max_size] = " + size + "\n"
		}
		nginx := "server { listen 127.0.0.1:{port}; root {dir}; client_max_body_size 200k; location ~ \\.php$ { fastcgi_pass 127.0.0.1:FPM;\n" +
			"fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type;" +
			" fastcgi_param CONTENT_LENGTH $content_length; } }"
		compared += phpAgrees(t, size, pool, nginx)
	}
	t.Logf("%d answers of PHP are as the chains say", compared)
}

func phpAgrees(t *testing.T, size, pool, nginx string) int {
	t.Helper()
	chains := chainsIn(t, map[string]string{"php-fpm.d/www.conf": pool, "nginx.conf": "events {}\nhttp {\n" + nginx + "\n}\n"})
	var c *chain
	for i := range chains {
		if chains[i].route == `~ \.php$` {
			c = &chains[i]
		}
	}
	if c == nil {
		t.Fatal("no chain to PHP")
	}
	fpm := realserver.Start(t, map[string]string{"pool.conf": pool, "form.php": phpForm}, "php-fpm8.2", "-n", "-F", "-y", "{dir}/pool.conf")
	filled := strings.NewReplacer("FPM", fmt.Sprint(fpm.Port), "{dir}", fpm.Dir).Replace(nginx)
	srv := realserver.Nginx(filled).Start(t, nil)
	limit, by := c.effective(coversForm, false)
	if by == nil {
		t.Fatalf("post_max_size %s: no limit", size)
	}
	n := 0
	for _, chunked := range []bool{false, true} {
		for extra, want := range map[int64]bool{0: true, 1: false} {
			n++
			if got := phpField(t, srv.URL, limit.bytes+extra, chunked); (got == limit.bytes+extra-2) != want {
				t.Errorf("post_max_size %q: a form of %d bytes, chunked=%v, gives a field of %d\n%s", size, limit.bytes+extra, chunked, got, c)
			}
		}
	}
	return n
}

// phpField posts a form "f=..." of n bytes and returns how long the field is that PHP got.
func phpField(t *testing.T, site string, n int64, chunked bool) int64 {
	t.Helper()
	var body io.Reader = strings.NewReader("f=" + strings.Repeat("x", int(n-2)))
	if chunked {
		body = smallChunks{body}
	}
	resp, err := http.Post(site+"/form.php", "application/x-www-form-urlencoded", body)
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var field, files int64
	if _, err := fmt.Fscan(resp.Body, &field, &files); err != nil {
		return -1
	}
	return field
}
