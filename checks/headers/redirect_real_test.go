package headers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// hostAnswer is what a server is made to answer at one origin: content, or a redirect. {tls} and {plain} are its ports.
type hostAnswer struct {
	origin string // "http://example.com"
	status int
	to     string
	header string // "NAME: VALUE"
}

func (a hostAnswer) host() string { return a.origin[strings.Index(a.origin, "//")+2:] }
func (a hostAnswer) tls() bool    { return strings.HasPrefix(a.origin, "https:") }

// listen is the port placeholder of the origin.
func (a hostAnswer) listen() string {
	if a.tls() {
		return "{port}"
	}
	return "{plain}"
}

func (a hostAnswer) named() (name, value string) {
	name, value, _ = strings.Cut(a.header, ": ")
	return name, value
}

// frontProducts write answers as configurations of real servers.
var frontProducts = map[string]func([]hostAnswer) (string, []string){
	"nginx":   nginxWays,
	"apache":  apacheWays,
	"caddy":   caddyWays,
	"haproxy": haproxyWays,
}

func nginxWays(answers []hostAnswer) (string, []string) {
	var b strings.Builder
	b.WriteString("pid {dir}/pid; error_log stderr; daemon off; events {}\nhttp { access_log off; types { text/html html; }\n" +
		"client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3; uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;\n" +
		"ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;\n")
	for _, a := range answers {
		tls, body := "", "root {dir}/www;"
		if a.tls() {
			tls = " ssl"
		}
		if a.to != "" {
			body = fmt.Sprintf("return %d %s;", a.status, a.to)
		}
		if name, value := a.named(); name != "" {
			body += fmt.Sprintf(" add_header %s \"%s\" always;", name, value)
		}
		fmt.Fprintf(&b, "server { listen 127.0.0.1:%s%s; server_name %s; %s }\n", a.listen(), tls, a.host(), body)
	}
	return "nginx.conf", []string{b.String() + "}\n", "nginx", "-p", "{dir}", "-c", "{dir}/nginx.conf"}
}

func apacheWays(answers []hostAnswer) (string, []string) {
	var b strings.Builder
	b.WriteString("ServerRoot {dir}\nServerName localhost\nPidFile {dir}/pid\nErrorLog {dir}/error.log\nListen 127.0.0.1:{port} https\nListen 127.0.0.1:{plain}\n")
	for _, m := range []string{"mpm_event", "authz_core", "dir", "mime", "headers", "alias", "socache_shmcb", "ssl"} {
		b.WriteString("LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n")
	}
	b.WriteString("TypesConfig /etc/mime.types\n")
	for _, a := range answers {
		fmt.Fprintf(&b, "<VirtualHost *:%s>\nServerName %s\nDocumentRoot {dir}/www\n", a.listen(), a.host())
		if a.tls() {
			b.WriteString("SSLEngine on\nSSLCertificateFile {dir}/cert.pem\nSSLCertificateKeyFile {dir}/key.pem\n")
		}
		if a.to != "" {
			fmt.Fprintf(&b, "Redirect %d / %s\n", a.status, a.to)
		}
		if name, value := a.named(); name != "" {
			fmt.Fprintf(&b, "Header always set %s \"%s\"\n", name, value)
		}
		b.WriteString("</VirtualHost>\n")
	}
	return "httpd.conf", []string{b.String(), "apache2", "-f", "{dir}/httpd.conf", "-DFOREGROUND"}
}

func caddyWays(answers []hostAnswer) (string, []string) {
	var b strings.Builder
	b.WriteString("{\n\tadmin off\n\tauto_https disable_redirects\n}\n")
	for _, a := range answers {
		fmt.Fprintf(&b, "%s:%s {\n", a.origin, a.listen())
		if a.tls() {
			b.WriteString("\ttls {dir}/cert.pem {dir}/key.pem\n")
		}
		if name, value := a.named(); name != "" {
			fmt.Fprintf(&b, "\theader %s \"%s\"\n", name, value)
		}
		if a.to != "" {
			fmt.Fprintf(&b, "\tredir %s %d\n}\n", a.to, a.status)
		} else {
			b.WriteString("\troot * {dir}/www\n\tfile_server\n}\n")
		}
	}
	return "Caddyfile", []string{b.String(), "caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile"}
}

func haproxyWays(answers []hostAnswer) (string, []string) {
	var b strings.Builder
	b.WriteString("defaults\n\tmode http\n\ttimeout client 5s\n\ttimeout server 5s\n\ttimeout connect 5s\n")
	for _, front := range []struct{ name, bind string }{
		{"plain", "127.0.0.1:{plain}"}, {"tls", "127.0.0.1:{port} ssl crt {dir}/both.pem"},
	} {
		fmt.Fprintf(&b, "frontend %s\n\tbind %s\n\thttp-request set-var(txn.host) req.hdr(host),field(1,:)\n", front.name, front.bind)
		for _, a := range answers {
			if a.tls() != (front.name == "tls") {
				continue
			}
			when := " if { var(txn.host) -m str " + a.host() + " }\n"
			if name, value := a.named(); name != "" {
				fmt.Fprintf(&b, "\thttp-after-response set-header %s \"%s\"%s", name, value, when)
			}
			if a.to != "" {
				fmt.Fprintf(&b, "\thttp-request redirect location %s code %d%s", a.to, a.status, when)
			} else {
				b.WriteString("\thttp-request return status 200 content-type text/html string \"<title>Shop</title>\"" + when)
			}
		}
	}
	return "haproxy.cfg", []string{b.String(), "haproxy", "-db", "-f", "{dir}/haproxy.cfg"}
}

const goodSTS = stsHeader + ": max-age=31536000; includeSubDomains"

// waysIn are what servers are made to answer, and what must be found.
var waysIn = map[string]struct {
	answers []hostAnswer
	want    string
}{
	"good": {[]hostAnswer{
		{"http://example.com", 301, "https://example.com:{port}/", ""}, {"https://example.com", 200, "", goodSTS}}, ""},
	"308": {[]hostAnswer{
		{"http://example.com", 308, "https://example.com:{port}/", ""}, {"https://example.com", 200, "", goodSTS}}, ""},
	"temporary": {[]hostAnswer{
		{"http://example.com", 302, "https://example.com:{port}/", ""}, {"https://example.com", 200, "", goodSTS}}, "headers/https-redirect temporary"},
	"content": {[]hostAnswer{
		{"http://example.com", 200, "", ""}, {"https://example.com", 200, "", goodSTS}}, "headers/https-redirect no-redirect"},
	"refresh": {[]hostAnswer{
		{"http://example.com", 200, "", "Refresh: 0; url=https://example.com/"}, {"https://example.com", 200, "", goodSTS}}, "headers/https-redirect no-redirect"},
	"on http": {[]hostAnswer{
		{"http://example.com", 301, "https://example.com:{port}/", goodSTS}, {"https://example.com", 200, "", ""}}, "headers/hsts only-over-http"},
	"on both": {[]hostAnswer{
		{"http://example.com", 301, "https://example.com:{port}/", goodSTS}, {"https://example.com", 200, "", goodSTS}}, "headers/hsts also-over-http"},
	"over http": {[]hostAnswer{
		{"http://example.com", 301, "http://www.example.com:{plain}/", ""}, {"http://www.example.com", 301, "https://example.com:{port}/", ""},
		{"https://example.com", 200, "", goodSTS}}, "headers/https-redirect over-http"},
	"ends on http": {[]hostAnswer{
		{"http://example.com", 301, "http://www.example.com:{plain}/", ""}, {"http://www.example.com", 200, "", ""},
		{"https://example.com", 200, "", goodSTS}}, "headers/https-redirect ends-on-http"},
	"www first": {[]hostAnswer{
		{"http://example.com", 301, "https://www.example.com:{port}/", ""}, {"https://www.example.com", 301, "https://example.com:{port}/", goodSTS},
		{"https://example.com", 200, "", goodSTS}}, "headers/https-redirect other-host-first"},
	"off the domain": {[]hostAnswer{
		{"http://example.com", 301, "https://shop.test/", ""}, {"https://example.com", 200, "", goodSTS}}, "headers/https-redirect other-host-first"},
	"loop": {[]hostAnswer{
		{"http://example.com", 301, "http://www.example.com:{plain}/", ""}, {"http://www.example.com", 301, "http://example.com:{plain}/", ""},
		{"https://example.com", 200, "", goodSTS}}, "headers/https-redirect loop, headers/https-redirect over-http"},
	"preload": {[]hostAnswer{
		{"http://example.com", 301, "https://example.com:{port}/", ""}, {"https://example.com", 200, "", stsHeader + ": max-age=31536000; includeSubDomains; preload"},
		{"https://www.example.com", 200, "", goodSTS}}, ""},
	"preload, www first": {[]hostAnswer{
		{"http://example.com", 301, "https://www.example.com:{port}/", ""}, {"https://www.example.com", 200, "", goodSTS},
		{"https://example.com", 200, "", stsHeader + ": max-age=31536000; includeSubDomains; preload"}}, "headers/hsts preload-claim, headers/https-redirect other-host-first"},
	"bare redirect": {[]hostAnswer{
		{"http://example.com", 301, "https://www.example.com:{port}/", ""}, {"https://www.example.com", 302, "https://example.com:{port}/", ""},
		{"https://example.com", 200, "", stsHeader + ": max-age=31536000"}}, "headers/hsts unprotected-redirect, headers/https-redirect other-host-first"},
}

// firstHops are the ways that the first redirect decides, which a configuration shows.
var firstHops = []string{"good", "308", "temporary", "content", "refresh", "www first", "over http", "off the domain", "bare redirect", "on both"}

// TestWaysIn compares what is found with what four servers really answer.
func TestWaysIn(t *testing.T) {
	cert, key, ca := certificate(t)
	jobs := []engine.Job{one(httpsRedirect())[0], one(hsts())[0]}
	for product, write := range frontProducts {
		for name, tt := range waysIn {
			t.Run(product+"/"+name, func(t *testing.T) {
				t.Parallel()
				file, rest := write(tt.answers)
				srv := realserver.Start(t, map[string]string{file: rest[0], "cert.pem": cert, "key.pem": key, "both.pem": cert + key,
					"www/index.html": "<title>Shop</title>"}, rest[1], rest[2:]...)
				site := openSite(t, srv, target.SiteOptions{CAFile: ca, PlainPort: srv.Plain, Resolve: []string{
					fmt.Sprintf("example.com:%d:127.0.0.1", srv.Plain), fmt.Sprintf("www.example.com:%d:127.0.0.1", srv.Plain),
					fmt.Sprintf("www.example.com:%d:127.0.0.1", srv.Port)}}, "/")
				got := verdicts(t, jobs, engine.RunSite(t.Context(), site, jobs, engine.Options{}))
				slices.Sort(got)
				if joined := strings.Join(got, ", "); joined != tt.want {
					t.Errorf("%q, expected %q", joined, tt.want)
				}
				if (product == "nginx" || product == "apache") && slices.Contains(firstHops, name) {
					said := strings.Join(judgeTree(t, one(httpsRedirect()), srv.Dir), ", ")
					if live := strings.Join(slices.DeleteFunc(got, func(v string) bool { return strings.HasPrefix(v, "headers/hsts") }), ", "); said != live {
						t.Errorf("the configuration is said to break %q, the server breaks %q", said, live)
					}
				}
			})
		}
	}
}
