package uploads

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// proxyLimiters are the products that stand in front.
var proxyLimiters = []limiter{
	{product: "nginx", role: roleProxy, kinds: []string{"server", "location"}, find: nginxLimit,
		passes: append([]string{"try_files"}, nginxUpstreams...), route: nginxRoute},
	{product: "ingress-nginx", role: roleProxy, kinds: []string{"ingress"}, names: []string{"proxy-body-size"}, zero: true,
		gateway: true, passes: []string{"backend"}, held: everyBody},
	// httpd does not apply its limit to what mod_proxy passes on (seen with 2.4.71).
	{product: "apache", role: roleProxy, kinds: []string{"server", "virtualhost", "location"}, find: apacheLimit,
		passes: []string{"ProxyPass", "ProxyPassMatch", "SetHandler", "RewriteRule"}},
	{product: "caddy", role: roleProxy, kinds: []string{"site", "handle"}, find: caddyLayer,
		passes: []string{"reverse_proxy", "php_fastcgi"}, route: caddyRoute},
	{product: "haproxy", role: roleProxy, kinds: []string{"listen", "backend"}, find: haproxyLimit, passes: []string{"server"}, gateway: true},
	{product: "traefik", role: roleProxy, kinds: []string{"router"}, names: []string{"buffering.maxRequestBodyBytes"}, zero: true,
		unset: unlimited, held: everyBody, gateway: true, route: traefikRoute},
	{product: "envoy", role: roleProxy, kinds: []string{"route"}, names: []string{"max_request_bytes"}, unset: unlimited, held: everyBody,
		passes: []string{"cluster"}, route: nameRoute},
	{product: "lighttpd limits", role: roleProxy, find: lighttpdLimit, passes: lighttpdUpstreams, route: lighttpdRoute},
	{product: "nginx-ingress", role: roleProxy, names: []string{"client-max-body-size"}, zero: true, gateway: true, passes: []string{"backend"},
		held: everyBody},
	{product: "gateway policy", role: roleProxy, names: []string{"limit", "maxSize", "allowed_payload_size"}, zero: true, gateway: true, held: everyBody},
	{product: "edge", role: roleProxy, names: []string{"largest body"}, gateway: true, held: everyBody},
	{product: "iis limits", role: roleProxy, names: []string{"maxAllowedContentLength"}, optional: true,
		held: enforcement{countsDeclared: true, countsChunked: true, status: 413}, gateway: true},
}

var lighttpdUpstreams = []string{"proxy.server", "fastcgi.server", "scgi.server", "uwsgi.server"}

// passesOn tells the directives of httpd that pass requests on from their other uses.
func passesOn(set *checks.Setting) bool {
	words := strings.Fields(set.Text())
	switch {
	case len(words) == 0:
		return true
	case set.Name == "try_files": // on to another location
		last := words[len(words)-1]
		return last[0] == '@' || strings.Contains(last, ".php")
	case set.Name == "SetHandler":
		return strings.HasPrefix(strings.Trim(words[0], `"`), "proxy:")
	case set.Name == "RewriteRule":
		return hasFlag(words[len(words)-1], "P")
	case strings.HasPrefix(set.Name, "ProxyPass"):
		return words[len(words)-1] != "!"
	}
	return true
}

// nameRoute is the route that a scope's name ends in.
func nameRoute(s *checks.Scope) string {
	_, word, _ := cutLast(s.Name, " ")
	if word == "/" {
		return ""
	}
	return word
}

// traefikRoute is the path of a rule "Host(`a`) && PathPrefix(`/up`)".
func traefikRoute(s *checks.Scope) string {
	rule, _ := s.Get("rule")
	_, after, ok := strings.Cut(rule.Text(), "PathPrefix(`")
	path, _, _ := strings.Cut(after, "`")
	if !ok || path == "/" {
		return ""
	}
	return path
}

// haproxyLimit is the smallest size that a rule refuses for all requests. A size is declared, or is that of what fits into
// the buffer: bodies in chunks pass. Rules on the header take it for a number of 32 bits.
func haproxyLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	mode, _ := s.Get("mode")
	if mode.Text() == "tcp" {
		return checks.Setting{}, limit{}, false
	}
	set, found := unsetLimit(s, []string{"http-request deny if { req.body_size gt ... }"}), limit{size: unlimited}
	for _, rule := range s.Settings {
		n := sizeOf(rule, false)
		if !isHaproxyLimit(&rule) || rule.Has("conditional") || !found.unlimited && n.known && n.bytes >= found.bytes {
			continue
		}
		set, found = rule, limit{n, enforcement{countsDeclared: true, status: haproxyStatus(&rule), wraps: strings.Contains(rule.Name, "hdr")}}
	}
	return set, found, true
}

// lighttpdLimit is server.max-request-size. Bytes in chunks are counted where the body is read to be passed on.
func lighttpdLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	held := everyBody
	held.countsChunked = false
	for _, name := range lighttpdUpstreams {
		_, reads := s.Get(name)
		held.countsChunked = held.countsChunked || reads
	}
	set, ok := s.Get("server.max-request-size")
	return set, limit{sizeOf(set, true), held}, ok
}

// lighttpdRoute is the path of a condition: "^/up/" is the prefix "/up/".
func lighttpdRoute(s *checks.Scope) string {
	if s.Kind != "path" {
		return ""
	}
	return strings.TrimPrefix(nameRoute(s), "^")
}

func isHaproxyLimit(set *checks.Setting) bool {
	return strings.HasPrefix(set.Name, "http-request ") && (strings.Contains(set.Name, " req.body_") || strings.Contains(set.Name, "(content-length)"))
}

func haproxyStatus(set *checks.Setting) int {
	for _, flag := range set.Flags {
		if text, ok := strings.CutPrefix(flag, "status="); ok {
			n, _ := strconv.Atoi(text)
			return n
		}
	}
	return 0
}

// nginxLimit is client_max_body_size. The declared size is looked at when the location is found, the bytes in chunks when
// the body is read: not where nginx answers by itself. A return of the server comes before either, and a named location
// is entered after.
func nginxLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("client_max_body_size")
	if !ok {
		set = unsetLimit(s, []string{"client_max_body_size"})
	}
	server := s
	for server.Kind != "server" && server.Parent != nil {
		server = server.Parent
	}
	if ret, returns := server.Get("return"); returns && server.Kind == "server" && !ret.Has("conditional") {
		return ret, limit{size: unlimited}, true
	}
	held := everyBody
	held.countsDeclared = !strings.HasPrefix(nginxRoute(s), "@")
	held.countsChunked = slices.ContainsFunc(nginxUpstreams, func(name string) bool { _, reads := s.Get(name); return reads })
	return set, limit{sizeOf(set, true), held}, true
}

// nginxRoute is the path of a location: "/upload", "~ \.php$", and "" for a server.
func nginxRoute(s *checks.Scope) string {
	_, route, ok := cutLast(s.Name, "location ")
	if !ok || s.Kind != "location" {
		return ""
	}
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
		if guard, ok := modSecurity(s); ok {
			return guard, limit{sizeOf(guard, false), everyBody}, true
		}
		return unsetLimit(s, []string{"body limit of proxied requests"}), limit{size: unlimited}, true
	}
	return set, limit{sizeOf(set, true), everyBody}, ok
}

// modSecurity is the limit of mod_security where it reads bodies and refuses requests; it looks at what is passed on too.
func modSecurity(s *checks.Scope) (checks.Setting, bool) {
	engine, _ := s.Get("SecRuleEngine")
	access, _ := s.Get("SecRequestBodyAccess")
	set, ok := s.Get("SecRequestBodyLimit")
	return set, ok && strings.EqualFold(engine.Text(), "On") && access.Value == true
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
