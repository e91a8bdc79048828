package settings

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEdges tells the edges of clouds by what puts an application behind them.
func TestEdges(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, want string }{
		"lambda by API Gateway": {"serverless.yml", "provider: {name: aws}\nfunctions: {a: {events: [{httpApi: '*'}]}}", edgeLambda},
		"lambda by ALB":         {"serverless.yaml", "provider: aws\nfunctions: {a: {events: [{alb: {priority: 1}}]}}", edgeALB},
		"lambda by a queue":     {"serverless.yml", "provider: {name: aws}\nfunctions: {a: {events: [{sqs: q}]}}", ""},
		"another cloud":         {"serverless.yml", "provider: {name: azure}\nfunctions: {a: {events: [{http: true}]}}", ""},
		"SAM":                   {"template.yaml", "Resources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Events: {A: {Type: Api}}}}", edgeLambda},
		"SAM, a schedule":       {"template.yaml", "Resources:\n  F: {Type: 'AWS::Serverless::Function', Properties: {Events: {A: {Type: Schedule}}}}", ""},
		"ALB to Lambda":         {"template.yaml", "Resources:\n  T: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {TargetType: lambda}}", edgeALB},
		"ALB to containers":     {"template.yaml", "Resources:\n  T: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {TargetType: ip}}", ""},
		"Terraform, API":        {"a.tf", "resource \"aws_api_gateway_rest_api\" \"a\" {\n}", edgeAPI},
		"Terraform, ALB":        {"a.tf", "resource \"aws_lb_target_group\" \"a\" {\n  port = 80\n  target_type = \"lambda\"\n}\n", edgeALB},
		"Terraform, next":       {"a.tf", "resource \"aws_lb_target_group\" \"a\" {\n  port = 80\n}\nresource \"aws_lb_target_group\" \"b\" {\n  target_type = \"instance\"\n}\n", ""},
		"Terraform, comment":    {"a.tf", "# resource \"aws_api_gateway_rest_api\" \"a\" {\n", ""},
		"Cloud Run":             {"run.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {annotations: {run.googleapis.com/client-name: a}}", edgeCloudRun},
		"Knative elsewhere":     {"run.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\n", ""},
		"App Engine":            {"app.yaml", "runtime: python312\n", edgeGAE},
		"App Engine, flexible":  {"app.yaml", "runtime: python\nenv: flex\n", ""},
		"another app.yaml":      {"app.yaml", "apiVersion: v1\nkind: Service\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			scopes, _ := edgeReader().resolve(docOf(edgeReader(), fileOf(tt.file, []byte(tt.text))))
			for _, s := range scopes {
				got = append(got, s.Name)
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("edges %q, want %q", got, tt.want)
			}
		})
	}
}

// TestSizesOfServers reads sizes in the grammar of each product.
func TestSizesOfServers(t *testing.T) {
	policy := func(kind, group, body string) string {
		return fmt.Sprintf("apiVersion: %s/v1\nkind: %s\nmetadata: {name: a}\n%s\n", group, kind, body)
	}
	envoy := func(text string) string {
		return policy("BackendTrafficPolicy", "gateway.envoyproxy.io", "spec: {requestBuffer: {limit: "+text+"}}")
	}
	kong := func(config string) string {
		return policy("KongPlugin", "configuration.konghq.com", "plugin: request-size-limiting\nconfig: {"+config+"}")
	}
	for _, tt := range []struct {
		r          reader
		file, text string
		want       any // nil with origin set is no limit, "?" is not known
	}{
		{pumaReader(), "puma.rb", "http_content_length_limit 1_000_000", int64(1000000)},
		{pumaReader(), "puma.rb", "http_content_length_limit(5 * 1024 * 1024)", int64(5 << 20)},
		{pumaReader(), "puma.rb", "http_content_length_limit 20.megabytes # large", int64(20 << 20)},
		{pumaReader(), "puma.rb", "http_content_length_limit nil", nil},
		{pumaReader(), "puma.rb", "http_content_length_limit ENV.fetch('A')", "?"},
		{pumaReader(), "puma.rb", "http_content_length_limit 9223372036854775807 * 9", "?"},
		{pumaReader(), "puma.rb", "http_content_length_limit 9999999999.gigabytes", "?"},
		{pumaReader(), "puma.rb", "http_content_length_limit -1", "?"},
		{jettyReader(), "jetty.xml", `<Configure class="org.eclipse.jetty.server.Server"><Set name="maxFormContentSize">70</Set></Configure>`, int64(70)},
		{jettyReader(), "jetty.xml", `<a><Call name="setAttribute"><Arg>org.eclipse.jetty.server.Request.maxFormContentSize</Arg><Arg>80</Arg></Call></a>`, int64(80)},
		{jettyReader(), "jetty.xml", `<a class="org.eclipse.jetty.A"><Set name="maxFormContentSize"><Property name="a" default="9"/></Set><Set name="maxFormContentSize">-1</Set></a>`, nil},
		{jettyReader(), "jetty.xml", `<a class="org.eclipse.jetty.A"><Set name="maxFormContentSize">${x}</Set></a>`, "?"},
		{gatewayPolicyReader(), "a.yaml", envoy("4Mi"), int64(4 << 20)},
		{gatewayPolicyReader(), "a.yaml", envoy("1.5G"), int64(1_500_000_000)},
		{gatewayPolicyReader(), "a.yaml", envoy("1000"), int64(1000)},
		{gatewayPolicyReader(), "a.yaml", envoy("-4Mi"), "?"},
		{gatewayPolicyReader(), "a.yaml", envoy("99999999Gi"), "?"},
		{gatewayPolicyReader(), "a.yaml", envoy("1e9"), "?"},
		{gatewayPolicyReader(), "a.yaml", kong("allowed_payload_size: 2"), int64(2 << 20)},
		{gatewayPolicyReader(), "a.yaml", kong("allowed_payload_size: 2, size_unit: kilobytes"), int64(2 << 10)},
		{gatewayPolicyReader(), "a.yaml", kong("allowed_payload_size: 9223372036854775807"), "?"},
		{gatewayPolicyReader(), "a.yaml", kong("allowed_payload_size: 2, size_unit: stones"), "?"},
	} {
		scopes, _ := tt.r.resolve(docOf(tt.r, fileOf(tt.file, []byte(tt.text))))
		names := []string{"http_content_length_limit", "maxFormContentSize", "limit", "allowed_payload_size"}
		found := false
		for _, s := range scopes {
			for _, set := range s.Settings {
				if !slices.Contains(names, set.Name) || found {
					continue
				}
				found = true
				if got := set.Value; set.Dynamic() != (tt.want == "?") || !set.Dynamic() && got != tt.want {
					t.Errorf("%s: %v (%s), want %v", tt.text, got, set.Origin, tt.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: no limit", tt.text)
		}
	}
}
