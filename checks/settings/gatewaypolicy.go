package settings

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// gatewayPolicyReader reads the limits on bodies that Kubernetes gateways take from resources of their own: the Gateway API
// has none. One scope per resource.
func gatewayPolicyReader() reader {
	return reader{layer: "gateway policy", wants: wantsKube, read: readGatewayPolicies, resolve: standalone}
}

// gatewayPolicies are the kinds that hold a limit, and where.
var gatewayPolicies = []struct {
	kind, group string
	at          []string
	read        func(text string, spec *yaml.Node) (any, bool)
}{
	// https://gateway.envoyproxy.io/docs/tasks/traffic/request-buffering/
	{"BackendTrafficPolicy", "gateway.envoyproxy.io/", []string{"spec", "requestBuffer", "limit"}, kubeQuantity},
	// https://docs.nginx.com/nginx-gateway-fabric/traffic-management/client-settings/
	{"ClientSettingsPolicy", "gateway.nginx.org/", []string{"spec", "body", "maxSize"}, func(text string, _ *yaml.Node) (any, bool) { return nginxSize([]string{text}) }},
	// https://developer.konghq.com/plugins/request-size-limiting/
	{"KongPlugin", "configuration.konghq.com/", []string{"config", "allowed_payload_size"}, kongSize},
	{"KongClusterPlugin", "configuration.konghq.com/", []string{"config", "allowed_payload_size"}, kongSize},
}

func readGatewayPolicies(f *checks.File) (any, []checks.Problem) {
	if text := f.Text(); !strings.Contains(text, "requestBuffer") && !strings.Contains(text, "ClientSettingsPolicy") && !strings.Contains(text, "request-size-limiting") {
		return nil, nil
	}
	var out []*checks.Scope
	for _, doc := range yamldoc.Of(f).Docs {
		for _, object := range kubeItems(doc) {
			if s := gatewayPolicy(f, object); s != nil && len(out) < maxKubeObjects {
				out = append(out, s)
			}
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

func gatewayPolicy(f *checks.File, object *yaml.Node) *checks.Scope {
	kind, _ := yamldoc.Text(yamldoc.Get(object, "kind"))
	version, _ := yamldoc.Text(yamldoc.Get(object, "apiVersion"))
	name, _ := yamldoc.Text(yamldoc.Get(object, "metadata", "name"))
	for _, p := range gatewayPolicies {
		n := yamldoc.Get(object, p.at...)
		text, ok := yamldoc.Text(n)
		if plugin, named := yamldoc.Text(yamldoc.Get(object, "plugin")); named && plugin != "request-size-limiting" {
			return nil
		}
		if p.kind != kind || !strings.HasPrefix(version, p.group) || n == nil {
			continue
		}
		set := checks.Setting{Layer: "gateway policy", Name: p.at[len(p.at)-1], Raw: text, Origin: checks.OriginDynamic, Scope: kind + " " + name, Place: yamldoc.Place(f, n)}
		if v, known := p.read(text, object); ok && known && !yamldoc.Dynamic(n) {
			set.Value, set.Origin = v, checks.OriginSet
		}
		return &checks.Scope{Layer: "gateway policy", Kind: "policy", Name: kind + " " + name, Place: set.Place, Settings: []checks.Setting{set}}
	}
	return nil
}

// kubeUnits are the suffixes of quantities that bodies are written with (k8s.io/apimachinery/pkg/api/resource).
var kubeUnits = []struct {
	suffix string
	bytes  int64
}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"", 1}}

// kubeQuantity reads "4Mi", "1.5G" and "1048576": bytes, rounded up.
func kubeQuantity(text string, _ *yaml.Node) (any, bool) {
	for _, u := range kubeUnits {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(digits, 64)
		n *= float64(u.bytes)
		if err != nil || strings.Trim(digits, "0123456789.") != "" || !(n < 1<<53) {
			return nil, false
		}
		return int64(math.Ceil(n)), true
	}
	return nil, false
}

// kongSize is a whole number of size_unit: megabytes of 2^20 bytes unless it says kilobytes or bytes.
func kongSize(text string, object *yaml.Node) (any, bool) {
	unit, _ := yamldoc.Text(yamldoc.Get(object, "config", "size_unit"))
	shift, known := map[string]uint{"": 20, "megabytes": 20, "kilobytes": 10, "bytes": 0}[unit]
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !known || n < 0 || n > math.MaxInt64>>shift {
		return nil, false
	}
	return n << shift, true
}
