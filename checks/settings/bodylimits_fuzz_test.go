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
		"http_content_length_limit 1_0 * 5.megabytes\nhttp_content_length_limit(\nport 9",
		"<a class='org.eclipse.jetty.x.SizeLimitHandler'><New class='.SizeLimitHandler'><Arg>1</Arg></New><Set name='maxFormKeys'>-1</Set>org.eclipse.jetty.server.Request.maxFormKeys",
		"apiVersion: gateway.envoyproxy.io/v1\nkind: BackendTrafficPolicy\nspec: {requestBuffer: {limit: 9.9Gi}}\n---\nkind: KongPlugin\nplugin: request-size-limiting\napiVersion: configuration.konghq.com/v1\nconfig: {allowed_payload_size: 99999999999999}",
		"provider: {name: aws}\nfunctions: {a: {events: [{http: 1}, 2, {alb: }]}}\nResources: {A: {Type: AWS::ApiGateway::RestApi}, B: 1}",
		"resource \"aws_lb_target_group\" \"a\" {\ntarget_type = \"lambda\"",
	} {
		f.Add(s)
	}
	files := map[string]reader{"lighttpd/lighttpd.conf": lighttpdLimitsReader(), "web.config": iisLimitsReader(), "server.xml": tomcatReader(),
		"haproxy.cfg": haproxyReader(), "envoy.yaml": envoyReader(), "k8s.yaml": nginxIncReader(), "traefik.yml": traefikReader(),
		"puma.rb": pumaReader(), "jetty.xml": jettyReader(), "policy.yaml": gatewayPolicyReader(), "serverless.yml": edgeReader(), "main.tf": edgeReader()}
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
