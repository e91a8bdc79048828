package uploads

import (
	"strings"

	"hardcheck/checks"
)

// proxyLimiters are the products that stand in front.
var proxyLimiters = []limiter{
	{product: "nginx", role: roleProxy, kinds: []string{"server", "location"}, names: []string{"client_max_body_size"}, zero: true,
		passes: nginxUpstreams, held: everyBody, route: nginxRoute},
	{product: "ingress-nginx", role: roleProxy, kinds: []string{"ingress"}, names: []string{"proxy-body-size"}, zero: true,
		gateway: true, passes: []string{"backend"}, held: everyBody},
	// httpd does not apply its limit to what mod_proxy passes on (seen with 2.4.71).
	{product: "apache", role: roleProxy, kinds: []string{"server", "virtualhost", "location"}, find: apacheLimit,
		passes: []string{"ProxyPass", "ProxyPassMatch", "SetHandler", "RewriteRule"}},
	{product: "caddy", role: roleProxy, kinds: []string{"site", "handle"}, find: caddyLayer,
		passes: []string{"reverse_proxy", "php_fastcgi"}, route: caddyRoute},
}

// passesOn tells the directives of httpd that pass requests on from their other uses.
func passesOn(set *checks.Setting) bool {
	words := strings.Fields(set.Text())
	switch {
	case len(words) == 0:
		return true
	case set.Name == "SetHandler":
		return strings.HasPrefix(strings.Trim(words[0], `"`), "proxy:")
	case set.Name == "RewriteRule":
		return hasFlag(words[len(words)-1], "P")
	case strings.HasPrefix(set.Name, "ProxyPass"):
		return words[len(words)-1] != "!"
	}
	return true
}

// nginxRoute is the path of a location: "/upload", "~ \.php$", and "" for a server.
func nginxRoute(s *checks.Scope) string {
	_, route, ok := cutLast(s.Name, "location ")
	if !ok || s.Kind != "location" {
		return ""
	}
	route = strings.TrimPrefix(route, "^~ ")
	if route == "/" {
		return ""
	}
	return route
}

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

// apacheLimit is LimitRequestBody where requests are not passed on, and no limit where they are.
func apacheLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("LimitRequestBody")
	if !ok {
		set = unsetLimit(s, []string{"LimitRequestBody"})
	}
	if apacheProxies(s) {
		set = unsetLimit(s, []string{"body limit of proxied requests"})
		return set, limit{size: unlimited}, true
	}
	return set, limit{sizeOf(set, true), everyBody}, ok
}

// caddyLayer is request_body max_size. Caddy before 2.11 counts only what it reads, and answers 502 for a
// declared size behind reverse_proxy.
func caddyLayer(s *checks.Scope) (checks.Setting, limit, bool) {
	held := everyBody
	held.late = true
	set, ok := caddyLimit(s)
	if !ok {
		return unsetLimit(s, []string{"request_body.max_size"}), limit{unlimited, held}, true
	}
	return set, limit{sizeOf(set, true), held}, true
}

// caddyRoute is the path of a handle: "/api/*" is the prefix "/api/".
func caddyRoute(s *checks.Scope) string {
	_, last, ok := cutLast(s.Name, " / ")
	if fields := strings.Fields(last); ok && len(fields) == 2 && strings.HasPrefix(fields[1], "/") {
		return strings.TrimSuffix(fields[1], "*")
	}
	return ""
}
