package settings

import (
	"strings"
	"testing"

	"hardcheck/checks"
)

// TestBodyLimits tells what the readers of servers say of the size of requests.
func TestBodyLimits(t *testing.T) {
	compare(t, `
lighttpd limits server: server @etc/lighttpd/lighttpd.conf:1
  server.port=8080 @1
  server.max-request-size=10485760 @2
  proxy.server=proxy.server @4
  server.max-read-idle=30 @etc/lighttpd/conf-enabled/idle.conf:1
lighttpd limits path: path ^/up/ @etc/lighttpd/lighttpd.conf:3
  server.max-request-size=104857600 @3
  proxy.server=proxy.server (inherited) @4
`, lines(scopesOf(t, lighttpdLimitsReader(), `-- etc/lighttpd/lighttpd.conf --
server.port = 8080
server.max-request-size = 10240 # KiB; server.max-request-size = 1
$HTTP["url"] =~ "^/up/" { server.max-request-size = "102400" }
proxy.server = ( "" => (( "host" => "127.0.0.1" )) )
-- etc/lighttpd/conf-enabled/idle.conf --
server.max-read-idle := 30
-- etc/lighttpd/conf-available/other.conf --
server.max-request-size = 1
`), false))

	compare(t, `
iis limits path: path @web.config:1
  maxAllowedContentLength=52428800 @1
  maxRequestLength=10485760 @2
iis limits path: path /upload @web.config:3
  maxAllowedContentLength~$(limit) @3
`, lines(scopesOf(t, iisLimitsReader(), `-- web.config --
<configuration><system.webServer><security><requestFiltering><requestLimits maxAllowedContentLength="52428800" /></requestFiltering></security></system.webServer>
<system.web><httpRuntime MaxRequestLength="10240"/></system.web>
<location path="upload"><system.webServer><security><requestFiltering><requestLimits maxAllowedContentLength="$(limit)"/></requestFiltering></security></system.webServer></location>
</configuration>
`), false))

	compare(t, `
tomcat servlet: servlet 1 @WEB-INF/web.xml:1
  multipart-config.max-file-size=1048576 @1
  multipart-config.max-request-size= @1
tomcat connector: connector 8080 @conf/server.xml:2
  listen=8080 @2
  connectionTimeout=20 @2
  maxPostSize= @2
tomcat connector: connector 8443 @conf/server.xml:3
  listen=8443 @3
  maxSwallowSize~${swallow} @3
`, lines(scopesOf(t, tomcatReader(), `-- WEB-INF/web.xml --
<web-app><servlet><multipart-config><location>/tmp</location><max-file-size> 1048576 </max-file-size><max-request-size>-1</max-request-size></multipart-config></servlet></web-app>
-- conf/server.xml --
<Server><Service name="Catalina">
<Connector port="8080" connectionTimeout="20000" maxPostSize="-1"/>
<Connector port="8443" maxSwallowSize="${swallow}"/>
<!-- <Connector port="8009"/> -->
</Service></Server>
`), false))

	compare(t, `
envoy manager: manager in @envoy.yaml:6
  max_request_bytes=10485760 @16
  request_headers_timeout=10 @11
envoy route: manager in / prefix /up @envoy.yaml:20
  max_request_bytes=104857600 @23
  cluster=app @21
envoy route: manager in / prefix /raw @envoy.yaml:24
  max_request_bytes= @27
  cluster=app @25
envoy route: manager in / prefix / @envoy.yaml:28
  max_request_bytes=10485760 (inherited) @16
  cluster=app @29
`, lines(scopesOf(t, envoyReader(), `-- envoy.yaml --
static_resources:
  listeners:
  - name: main
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          codec_type: AUTO
          request_headers_timeout: 10s
          http_filters:
          - name: envoy.filters.http.buffer
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer
              max_request_bytes: 10485760
          route_config:
            virtual_hosts:
            - routes:
              - match: {prefix: /up}
                route: {cluster: app}
                typed_per_filter_config:
                  envoy.filters.http.buffer: {buffer: {max_request_bytes: 104857600}}
              - match: {prefix: /raw}
                route: {cluster: app}
                typed_per_filter_config:
                  envoy.filters.http.buffer: {disabled: true}
              - match: {prefix: /}
                route: {cluster: app}
`), false))

	compare(t, `
nginx-ingress ingress: ingress shop @k8s.yaml:2
  client-max-body-size=8388608 @2
  backend=app:80 @4
nginx-ingress upstream: upstream cafe / tea @k8s.yaml:10
  client-max-body-size=2097152 @10
  backend=tea-svc @10
nginx-ingress upstream: upstream cafe / cof @k8s.yaml:11
  backend=cof @11
  client-max-body-size=4194304 (inherited) @15
`, lines(scopesOf(t, nginxIncReader(), `-- k8s.yaml --
kind: Ingress
metadata: {name: shop, annotations: {nginx.org/client-max-body-size: 8m}}
spec:
  defaultBackend: {service: {name: app, port: {number: 80}}}
---
kind: VirtualServer
metadata: {name: cafe}
spec:
  upstreams:
  - {name: tea, service: tea-svc, client-max-body-size: 2m}
  - {name: cof, service: cof}
---
kind: ConfigMap
metadata: {name: nginx-config}
data: {client-max-body-size: "4m"}
`), false))
}

func TestHaproxyBodyLimit(t *testing.T) {
	for rule, want := range map[string]string{
		"deny deny_status 413 if { req.body_size gt 1048576 }":               "http-request deny req.body_size=1048576[status=413]",
		"deny if { req.body_size ge 1048577 }":                               "http-request deny req.body_size=1048576[status=403]",
		"deny unless { req.body_size le 100 }":                               "http-request deny req.body_size=100[status=403]",
		"deny if !{ req.body_size lt 101 }":                                  "http-request deny req.body_size=100[status=403]",
		"deny if METH_POST { req.hdr_val(content-length) gt 5 }":             "http-request deny req.hdr_val(content-length)=5[status=403]",
		"deny if { req.hdr(content-length) -m int gt 5 }":                    "http-request deny req.hdr(content-length)=5[status=403]",
		"return status 413 if { req.body_size 101: }":                        "http-request return req.body_size=100[status=413]",
		"tarpit if { req.body_len gt 100 }":                                  "http-request tarpit req.body_len=100[status=500]",
		"deny if { path_beg /api } { req.body_size gt 7 }":                   "http-request deny req.body_size=7[status=403 conditional if={ path_beg /api } { req.body_size gt 7 }]",
		"deny if { req.body_size gt 7 } or { src 10.0.0.1 }":                 "",
		"deny if { req.body_size lt 7 }":                                     "",
		"deny if big":                                                        "http-request deny req.body_size=9[status=403]",
		"deny if { hdr_cnt(content-length) gt 1 }":                           "",
		"set-header X-Size %[req.body_size] if { req.body_size gt 1048576 }": "",
	} {
		scopes := scopesOf(t, haproxyReader(), "-- haproxy.cfg --\nfrontend web\n  mode http\n  acl big req.body_size gt 9\n  http-request "+rule+"\n")
		got := ""
		for _, s := range scopes[0].Settings {
			if strings.HasPrefix(s.Name, "http-request ") && s.Name != "http-request return" {
				got += effect(&checks.Scope{Settings: []checks.Setting{s}}, "http-request")[0]
			}
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", rule, got, want)
		}
	}
}

func TestTraefikBuffering(t *testing.T) {
	scopes := scopesOf(t, traefikReader(), `-- docker-compose.yml --
services:
  shop:
    image: shop
    labels:
      - traefik.http.routers.shop.rule=Host("a.example")
      - traefik.http.routers.shop.middlewares=size,open,var
      - traefik.http.middlewares.size.buffering.maxRequestBodyBytes=1000
      - traefik.http.middlewares.open.buffering.memRequestBodyBytes=1
      - traefik.http.middlewares.var.buffering.maxRequestBodyBytes=${MAX}
`)
	compare(t, "buffering.maxRequestBodyBytes~${MAX}\nbuffering.maxRequestBodyBytes=0 (default)\nbuffering.maxRequestBodyBytes=1000",
		strings.Join(effect(scopes[0], "buffering.maxRequestBodyBytes"), "\n"))
}
