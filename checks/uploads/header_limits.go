package uploads

import (
	"fmt"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func headerLimits() *checks.Check {
	return &checks.Check{
		ID:    "uploads/header-limits",
		Title: "The head of a request is limited",
		Why: "The address and the header fields of a request are held in memory before anything else is decided, for every connection. A limit " +
			"that is turned off, or raised to megabytes because of one large cookie, lets a few clients fill the memory (CWE-770).",
		Fix: "Leave the product's default, which is 8 to 64 KiB; shorten the cookie or the address that does not fit. nginx `large_client_header_buffers 4 16k;`, " +
			"Apache `LimitRequestFields 100`, gunicorn limit_request_line 4094.",
		Expected:   "A line of the head is at most {max} long, and neither its size nor the number of fields is unlimited.",
		Rollback:   "Put the old number back.",
		Absent:     "No server whose configuration limits the head of requests was found",
		References: []string{"CWE-770", "CWE-400", "https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestfields", "https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers", "RFC 6585, 5"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "unlimited", Title: "A setting turns a limit on the head of requests off", Precision: checks.PrecisionVeryHigh},
			{ID: "too-large", Title: "The head of a request may be larger than the policy allows"},
		},
		Params: []checks.Param{{Name: "max", Kind: checks.ParamSize, Default: int64(64 << 10), Doc: "the largest line or field that the head of a request may have"}},
		Tree:   headerLimitsOnTree,
	}
}

// headLimit is a setting about the head of requests.
type headLimit struct {
	product, name string
	unit          int64 // bytes of one; 0 for a number of fields, whose size is not judged
	zero          bool  // 0 is no limit
	// mistaken: a mebibyte or more is meant for bodies, which misleading-limit tells.
	mistaken bool
}

var headLimits = []headLimit{
	{product: "nginx", name: "large_client_header_buffers", unit: 1},
	{product: "apache", name: "LimitRequestFields", zero: true},
	{product: "apache", name: "LimitRequestFieldSize", unit: 1},
	{product: "apache", name: "LimitRequestLine", unit: 1},
	{product: "caddy", name: "servers.max_header_size", unit: 1},
	{product: "gunicorn", name: "limit_request_line", unit: 1, zero: true, mistaken: true},
	{product: "gunicorn", name: "limit_request_field_size", unit: 1, zero: true, mistaken: true},
	{product: "uvicorn", name: "h11_max_incomplete_event_size", unit: 1, mistaken: true},
	{product: "waitress", name: "max_request_header_size", unit: 1},
	{product: "lighttpd limits", name: "server.max-request-field-size", unit: 1},
	{product: "envoy", name: "max_request_headers_kb", unit: 1 << 10},
	{product: "tomcat", name: "maxHttpHeaderSize", unit: 1},
	{product: "tomcat", name: "maxHttpRequestHeaderSize", unit: 1},
	{product: "iis limits", name: "maxUrl", unit: 1},
	{product: "iis limits", name: "maxQueryString", unit: 1},
}

func headerLimitsOnTree(p *checks.Pass) error {
	most := p.Int("max")
	var products []string
	for _, row := range headLimits {
		products = append(products, row.product)
	}
	failed := map[checks.Place]bool{}
	for _, s := range p.Scopes(products...) {
		examined, bad := false, false
		for _, row := range headLimits {
			set, ok := s.Get(row.name)
			if s.Layer != row.product || !ok || set.Inherited || set.Origin == checks.OriginDefault || notDeployed(s.Place.Path) {
				continue // defaults are safe
			}
			n, known := row.bytes(&set)
			if !known {
				p.NotApplicable("A limit on the head of requests is not known until run time: " + set.Place.String())
				continue
			}
			examined = true
			f := checks.Finding{Subject: s.Subject(), Place: set.Place, Attribute: set.Name, Expected: "at most " + checks.FormatSize(most)}
			switch {
			case n == 0 && row.zero:
				f.Rule, f.Actual, f.Message = "unlimited", "no limit", row.name+" 0 turns the limit off"
			case row.unit != 0 && n > most && (!row.mistaken || n < 1<<20):
				f.Rule, f.Actual, f.Message = "too-large", checks.FormatSize(n), fmt.Sprintf("%s lets one line of the head be %s long", row.name, checks.FormatSize(n))
			default:
				continue
			}
			if bad = true; !failed[set.Place] {
				failed[set.Place] = true
				p.Fail(f)
			}
		}
		if examined && !bad {
			p.OK(s.Subject())
		}
	}
	return nil
}

// bytes is the value in bytes. nginx writes a number of buffers and the size of each, which one line has to fit into.
func (r *headLimit) bytes(set *checks.Setting) (int64, bool) {
	if set.Dynamic() {
		return 0, false
	}
	if fields := strings.Fields(set.Text()); r.product == "nginx" && len(fields) == 2 {
		return nginxBuffer(fields[1])
	}
	n, ok := set.Int()
	return n * max(r.unit, 1), ok && n >= 0
}

// nginxBuffer reads bytes with an optional k or m (ngx_parse_size).
func nginxBuffer(text string) (int64, bool) {
	digits := strings.TrimRight(strings.ToLower(text), "km")
	shift, ok := map[string]uint{"": 0, "k": 10, "m": 20}[strings.ToLower(text[len(digits):])]
	n, err := strconv.ParseInt(digits, 10, 32)
	return n << shift, ok && err == nil
}
