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

const nginxTLS = `server {
	listen 127.0.0.1:{port} ssl http2; ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;
	root {dir}/www;
	location /private { auth_basic shop; auth_basic_user_file {dir}/users; try_files /index.html =404; }
	location /old { return 301 /index.html; }
	location /away { return 302 https://elsewhere.example/; }
	location /down { return 503; }
}`

const caddyTLS = `https://127.0.0.1:{port}, https://shop.example:{port} {
	tls {dir}/cert.pem {dir}/key.pem
	root * {dir}/www
	redir /old /index.html 301
	redir /away https://elsewhere.example/ 302
	respond /down 503
	respond /private 401
	file_server
}
`

const apacheTLS = `Protocols h2 http/1.1
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
	for name, product := range map[string]realserver.Product{
		"nginx":  realserver.Nginx(nginxTLS),
		"caddy":  realserver.Caddy(caddyTLS),
		"apache": realserver.Apache(apacheTLS, "alias", "socache_shmcb", "ssl", "http2"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := product.Start(t, map[string]string{"cert.pem": cert, "key.pem": key,
				"www/index.html": "<title>Shop</title>", "users": "ada:{PLAIN}open" + "sesame\n"})
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
