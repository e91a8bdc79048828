package settings

import (
	"net/http"
	"slices"
	"strings"

	"hardcheck/checks"
)

// siteHeaders are the response headers that say something about a site's hardening (OWASP Secure Headers Project,
// Fetch and HTML standards), and those that tell what software answers.
var siteHeaders = []string{
	"Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin",
	"Access-Control-Expose-Headers", "Access-Control-Max-Age", "Allow", "Cache-Control", "Clear-Site-Data", "Content-Security-Policy",
	"Content-Security-Policy-Report-Only", "Content-Type", "Cross-Origin-Embedder-Policy", "Cross-Origin-Opener-Policy",
	"Cross-Origin-Resource-Policy", "Expect-Ct", "Feature-Policy", "Integrity-Policy", "Origin-Agent-Cluster", "Permissions-Policy",
	"Public-Key-Pins", "Referrer-Policy", "Reporting-Endpoints", "Server", "Set-Cookie", "Strict-Transport-Security", "Vary", "Via",
	"Www-Authenticate", "X-Aspnet-Version", "X-Aspnetmvc-Version", "X-Content-Type-Options", "X-Dns-Prefetch-Control",
	"X-Frame-Options", "X-Generator", "X-Permitted-Cross-Domain-Policies", "X-Powered-By", "X-Runtime", "X-Xss-Protection",
}

// OfExchange is what a live answer shows, as one scope of the layer "site". Cookies are named, their values are not
// kept.
func OfExchange(x *checks.Exchange) *checks.Scope {
	place := checks.Place{URL: x.URL}
	scope := &checks.Scope{Layer: "site", Kind: "response", Name: x.Method + " " + x.URL, Place: place}
	for _, name := range siteHeaders {
		for _, value := range x.Header[http.CanonicalHeaderKey(name)] {
			if name == "Set-Cookie" {
				value = withoutValue(value)
			}
			scope.Settings = append(scope.Settings, checks.Setting{Layer: "site", Name: name, Value: value, Raw: value,
				Origin: checks.OriginSet, Scope: scope.Name, Place: place, Header: name})
		}
	}
	if x.TLS != nil {
		scope.Settings = append(scope.Settings, checks.Setting{Layer: "site", Name: "TLS", Value: x.TLS.Version, Raw: x.TLS.Version,
			Origin: checks.OriginSet, Scope: scope.Name, Place: place})
	}
	return scope
}

// withoutValue replaces a cookie's value and keeps its name and attributes.
func withoutValue(cookie string) string {
	parts := strings.Split(cookie, ";")
	name, _, _ := strings.Cut(parts[0], "=")
	return strings.Join(slices.Concat([]string{name + "=(value)"}, parts[1:]), ";")
}
