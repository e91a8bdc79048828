package target

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/realserver"
)

// pemOf is the certificate and its key as files for a server.
func pemOf(t *testing.T, c tls.Certificate) (cert, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

const nginxTLS = `daemon off; pid {dir}/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
types { text/html html; }
server {
	listen 127.0.0.1:{port} ssl http2; ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;
	root {dir}/www;
	location /private { auth_basic shop; auth_basic_user_file {dir}/users; try_files /index.html =404; }
	location /old { return 301 /index.html; }
	location /away { return 302 https://elsewhere.example/; }
	location /down { return 503; }
} }`

const caddyTLS = `{
	admin off
	auto_https off
}
https://127.0.0.1:{port}, https://shop.example:{port} {
	tls {dir}/cert.pem {dir}/key.pem
	root * {dir}/www
	redir /old /index.html 301
	redir /away https://elsewhere.example/ 302
	respond /down 503
	respond /private 401
	file_server
}
`

const apacheTLS = `ServerRoot {dir}
ServerName localhost
PidFile {dir}/pid
ErrorLog {dir}/error.log
Listen 127.0.0.1:{port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
Protocols h2 http/1.1
TypesConfig /etc/mime.types
DocumentRoot {dir}/www
SSLEngine on
SSLCertificateFile {dir}/cert.pem
SSLCertificateKeyFile {dir}/key.pem
Redirect 301 /old /index.html
Redirect 302 /away https://elsewhere.example/
Redirect 401 /private
Redirect 503 /down
`

func TestRealServers(t *testing.T) {
	ca := newCA(t)
	cert, key := pemOf(t, ca.issue(t, nil))
	for name, tt := range map[string]struct {
		conf string
		args []string
	}{
		"nginx":  {nginxTLS, []string{"nginx", "-c", "{dir}/conf"}},
		"caddy":  {caddyTLS, []string{"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/conf"}},
		"apache": {apacheTLS, []string{"apache2", "-f", "{dir}/conf", "-D", "FOREGROUND"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := realserver.Start(t, map[string]string{"conf": tt.conf, "cert.pem": cert, "key.pem": key,
				"www/index.html": "<title>Shop</title>", "users": "ada:{PLAIN}open" + "sesame\n"}, tt.args[0], tt.args[1:]...)
			base := strings.Replace(srv.URL, "http://127.0.0.1", "https://shop.example", 1)
			o := SiteOptions{CAFile: ca.file, Bounds: SiteBounds{Gap: time.Millisecond},
				Resolve: []string{"shop.example:" + strings.TrimPrefix(srv.URL, "http://127.0.0.1:") + ":127.0.0.1"}}
			s := openTest(t, base+"/", o)

			x, err := s.Page(t.Context(), "/old")
			if err != nil || x.Doubt != nil || len(x.Chain) != 1 || x.Status != 200 || x.TLS == nil || x.Proto != "HTTP/2.0" {
				t.Fatalf("/old: %+v, %v; want the page behind one redirect over HTTP/2", x, err)
			}
			for path, want := range map[string]string{"/away": "elsewhere.example", "/down": "status 503", "/private": "HARDCHECK_USER", "/none": "status 404"} {
				x, err := s.Page(t.Context(), path)
				if err != nil || x.Doubt == nil || !strings.Contains(x.Doubt.Actual, want) {
					t.Errorf("%s: %+v, %v; want doubt with %q", path, x, err, want)
				}
			}
			raw, err := s.Raw(t.Context(), checks.RawRequest{Data: "GET / HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n",
				First: 5 * time.Second, Then: 5 * time.Second})
			if err != nil || !strings.HasPrefix(string(raw.Data), "HTTP/1.1 200") || !raw.Closed {
				t.Errorf("raw: %+v, %v", raw, err)
			}
			if _, err := openTest(t, base, SiteOptions{Resolve: o.Resolve}).Page(t.Context(), "/"); err == nil || !strings.Contains(err.Error(), "--cacert") {
				t.Errorf("without the authority: %v", err)
			}
			if name != "nginx" {
				return
			}
			o.User, o.Password = "ada", "open"+"sesame"
			if x, err := openTest(t, base, o).Page(t.Context(), "/private"); err != nil || x.Doubt != nil || x.Status != 200 {
				t.Errorf("/private with credentials: %+v, %v", x, err)
			}
		})
	}
}
