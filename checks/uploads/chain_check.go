package uploads

import (
	"fmt"

	"hardcheck/checks"
)

func layerChain() *checks.Check {
	return &checks.Check{
		ID:    "uploads/layer-chain",
		Title: "Limits of proxy, server and application fit together",
		Why: "A request passes several layers, each with a limit of its own. Where the outer one is lower, the feature behind it cannot be used and " +
			"users see a 413 that no log of the application tells of; where it is much higher, bodies are taken in, buffered and thrown away. A limit " +
			"that only reads Content-Length is none for a body in chunks, and more bodies at once than memory holds end the service (CWE-770, CWE-400).",
		Fix: "Decide on one largest body per route. Set it in the application, a little more in the proxy on that route, and give the service memory " +
			"and temporary space for as many of them as there are workers.",
		Expected:   "On every way to an application the outer limits are those of the inner ones with room for headers of a form, count bodies in chunks, and fit into memory.",
		Rollback:   "Put the old value back at the layer that was changed; the others are not affected.",
		Absent:     "No proxy with an application behind it, and no PHP configuration, was found",
		References: []string{"CWE-770", "CWE-400", "ASVS 5.2.1", "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size", "https://www.php.net/manual/en/ini.core.php#ini.post-max-size"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "proxy-below-application", Severity: checks.Low, Title: "A layer in front refuses what the application is set to take"},
			{ID: "application-below-proxy", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Title: "A layer in front takes in far more than the application accepts"},
			{ID: "post-below-upload", Severity: checks.Low, Title: "PHP's post_max_size is lower than its upload_max_filesize", Precision: checks.PrecisionVeryHigh,
				Fix: "Set post_max_size above upload_max_filesize: the form holds the file and its fields."},
			{ID: "declared-only", Title: "The only limit in the chain reads Content-Length, and a body in chunks has none",
				Fix: "Limit the body in the application or in a proxy that counts bytes (nginx client_max_body_size), or refuse requests without Content-Length with 411."},
			{ID: "wraps", Severity: checks.Low, Title: "The limit is compared as a number of 32 bits: a size over 4 GiB passes",
				Fix: "Add a rule on the length of the header: http-request deny deny_status 413 if { req.hdr(content-length) -m len gt 9 }, and compare req.body_size."},
			{ID: "memory-below-limit", Precision: checks.PrecisionMedium,
				Title: "The service has less memory or temporary space than the bodies that its workers take at once"},
		},
		Tree: layerChainOnTree,
	}
}

func layerChainOnTree(p *checks.Pass) error {
	m := &mismatches{pass: p, chains: chainsOf(p), reported: map[string]bool{}}
	for _, s := range p.Scopes("php", "apache") {
		m.phpForm(s)
	}
	m.memory(p.Scopes("compose"))
	m.unreachable()
	for i := range m.chains {
		c := &m.chains[i]
		if c.front() == nil || c.last().role == roleProxy {
			continue
		}
		if c.unsure {
			p.NotApplicable("Which application is behind a proxy cannot be told: " + c.front().scope.Place.String())
			continue
		}
		m.late(c)
		m.declaredOnly(c)
		m.wraps(c)
		if !m.failed(c) {
			p.OK(c.subject())
		}
	}
	return nil
}

// mismatches judges the chains of one tree.
type mismatches struct {
	pass     *checks.Pass
	chains   []chain
	reported map[string]bool // rule and places
	bad      map[*chain]bool
}

func (m *mismatches) failed(c *chain) bool { return m.bad[c] }

// subject is the chain by its first and last layers.
func (c *chain) subject() checks.Subject {
	first, last := &c.layers[0], c.last()
	name := first.scope.Subject().Name + " > " + last.scope.Subject().Name
	if c.route != "" {
		name += " (" + c.route + ")"
	}
	return checks.Subject{Kind: "chain", Name: name}
}

func (c *chain) last() *layer { return &c.layers[len(c.layers)-1] }

// front is the proxy whose limit is the lowest, or nil where the chain has no proxy.
func (c *chain) front() *layer {
	var out *layer
	for i := range c.layers {
		l := &c.layers[i]
		if l.role != roleProxy || !l.forwards {
			continue
		}
		if out == nil || l.limit.bounds() && (!out.limit.bounds() || l.limit.bytes < out.limit.bytes) {
			out = l
		}
	}
	return out
}

// bounds reports whether there is a limit that is known.
func (l *limit) bounds() bool { return l.known && !l.unlimited }

// fail reports a mismatch at one of the chain's settings, once for a pair of settings. by is the other one.
func (m *mismatches) fail(c *chain, rule string, at, by *layer, expected, message, fix string) {
	key := rule + "\x00" + at.set.Place.String()
	if by != nil {
		key += "\x00" + by.set.Place.String()
	}
	if m.bad == nil {
		m.bad = map[*chain]bool{}
	}
	m.bad[c] = true
	if m.reported[key] {
		return
	}
	m.reported[key] = true
	m.pass.Fail(checks.Finding{Rule: rule, Subject: c.subject(), Place: at.set.Place, Attribute: at.set.Name, Expected: expected,
		Actual: c.String(), Message: message, Fix: fix})
}

// limitLines write a limit in bytes in the language of the product.
var limitLines = map[string]string{
	"nginx":         "client_max_body_size %d;",
	"ingress-nginx": `nginx.ingress.kubernetes.io/proxy-body-size: "%d"`,
	"nginx-ingress": `nginx.org/client-max-body-size: "%d"`,
	"caddy":         "request_body { max_size %d }",
	"haproxy":       "http-request deny deny_status 413 if { req.body_size gt %d }",
	"traefik":       "buffering.maxRequestBodyBytes: %d",
	"envoy":         "max_request_bytes: %d",
	"apache":        "LimitRequestBody %d",
	"iis":           `<requestLimits maxAllowedContentLength="%d" />`,
}

// line is the layer's limit set to a size, as it is written there.
func (l *layer) line(bytes int64) string {
	if format, ok := limitLines[l.product]; ok {
		return fmt.Sprintf(format, bytes)
	}
	return fmt.Sprintf("%s = %d", l.set.Name, bytes)
}
