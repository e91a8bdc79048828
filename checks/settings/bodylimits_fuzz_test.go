package settings

import "testing"

// FuzzBodyLimitReaders feeds one text to each reader of limits: whatever it holds, no limit is negative, none is a guess.
func FuzzBodyLimitReaders(f *testing.F) {
	for _, s := range []string{
		"server.max-request-size = \"10\"\n$HTTP[\"url\"] =~ \"^/up/\" { server.max-request-size := 4294967296 }\nproxy.server = ( \"\" => ())",
		"<a><location path='x'><requestLimits maxAllowedContentLength='4294967296'/><httpRuntime maxRequestLength='-1'/></location>",
		"<Server><Connector port='1' maxPostSize='-5' connectionTimeout='9223372036854775807'/><multipart-config><max-file-size>1</max-file-size>",
		"frontend a\n mode http\n acl b req.body_size gt 1\n http-request deny if b !{ req.hdr(content-length) -m int le 9 }\n timeout http-request 10d\n",
		"a: &a\n  typed_config: {\"@type\": x.HttpConnectionManager, http_filters: [*a], request_timeout: 1e99s}\nname: envoy.filters.http.buffer\n",
		"kind: VirtualServer\nmetadata: {name: nginx.org/}\nspec: {upstreams: [{name: a, client-max-body-size: 9g}, 1, []]}\n",
		"http:\n  routers: {a: {middlewares: [b], entryPoints: [c]}}\n  middlewares: {b: {buffering: {maxRequestBodyBytes: -9}}}\nentryPoints: {c: {transport: {respondingTimeouts: {readTimeout: 5}}}}\n",
	} {
		f.Add(s)
	}
	files := map[string]reader{"lighttpd/lighttpd.conf": lighttpdLimitsReader(), "web.config": iisLimitsReader(), "server.xml": tomcatReader(),
		"haproxy.cfg": haproxyReader(), "envoy.yaml": envoyReader(), "k8s.yaml": nginxIncReader(), "traefik.yml": traefikReader()}
	f.Fuzz(func(t *testing.T, text string) {
		for name, r := range files {
			docs := docOf(r, fileOf(name, []byte(text)))
			if docs == nil {
				continue
			}
			scopes, _ := r.resolve(docs)
			for _, s := range scopes {
				for _, set := range s.Settings {
					n, isInt := set.Value.(int64)
					if set.Dynamic() && set.Value != nil || isInt && n < 0 || set.Name == "" || set.Layer != r.layer {
						t.Fatalf("%s: bad setting %+v", s.Name, set)
					}
				}
			}
		}
	})
}
