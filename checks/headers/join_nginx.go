package headers

import (
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hardcheck/checks"
)

// locateNginx chooses as nginx does: the server by listener, then name; the location by path ("server names" and
// ngx_http_core_module's "location" at nginx.org).
func locateNginx(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	var servers []*checks.Scope
	for _, s := range scopes {
		if s.Kind == "server" {
			servers = append(servers, s)
		}
	}
	if len(servers) == 0 {
		return nil, "the tree has no server block of nginx"
	}
	servers, why := nginxServers(listening(servers, at), at.host)
	var out []*checks.Scope
	for _, server := range servers {
		chosen := nginxLocation(scopes, server, at.path)
		if chosen == nil {
			return nil, "a location's pattern in " + server.Place.String() + " " + server.Name + " cannot be followed"
		}
		if by, ok := nginxRewritten(scopes, server, chosen, at.path); ok {
			return nil, "rewrite at " + by.Place.String() + " may lead to another location"
		}
		for _, s := range append([]*checks.Scope{chosen}, nginxRedirected(scopes, server, chosen, at)...) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		for _, s := range scopes { // an if with header directives of its own may take the answer over
			if s.Parent == chosen && nginxBranch(s) {
				out = append(out, s)
			}
		}
	}
	return out, why
}

// listening keeps the servers with a listener for the scheme, and of those the ones on the port where there are any:
// a container's port may be published under another number.
func listening(servers []*checks.Scope, at asked) []*checks.Scope {
	keep := func(list []*checks.Scope, fits func(*checks.Scope) bool) []*checks.Scope {
		if some := slices.DeleteFunc(slices.Clone(list), func(s *checks.Scope) bool { return !fits(s) }); len(some) > 0 {
			return some
		}
		return list
	}
	servers = keep(servers, func(s *checks.Scope) bool { return at.https && nginxTLS(s) || !at.https && nginxPlain(s) })
	return keep(servers, func(s *checks.Scope) bool {
		return slices.ContainsFunc(s.All("listen"), func(l checks.Setting) bool { return listenPort(l.Raw) == at.port }) ||
			len(s.All("listen")) == 0 && at.port == 80
	})
}

// listenPort is the port of "443 ssl", "[::]:443", "127.0.0.1:8080"; 80 where none is given.
func listenPort(listen string) int {
	address, _, _ := strings.Cut(listen, " ")
	if port, err := strconv.Atoi(address[strings.LastIndex(address, ":")+1:]); err == nil {
		return port
	}
	return 80
}

// nginxServers chooses by name: the exact one, the longest wildcard in front, the longest behind, the first pattern,
// the default server. Servers of one name on several ports are all returned.
func nginxServers(servers []*checks.Scope, host string) ([]*checks.Scope, string) {
	best, rank := []*checks.Scope(nil), 0
	for _, s := range servers {
		r := 0
		for _, name := range serverNames(s) {
			r = max(r, nginxNameRank(strings.ToLower(name), host))
		}
		switch {
		case r > rank:
			best, rank = []*checks.Scope{s}, r
		case r == rank && r > 0 && r != patternRank:
			best = append(best, s)
		}
	}
	if len(best) > 0 {
		return best, ""
	}
	for _, s := range servers {
		if slices.ContainsFunc(s.All("listen"), func(l checks.Setting) bool {
			return strings.Contains(l.Raw, " default_server") || strings.HasSuffix(l.Raw, " default")
		}) || slices.Contains(serverNames(s), "_") {
			return []*checks.Scope{s}, ""
		}
	}
	return onlyOne(servers, host, serverNames, "server_name")
}

// patternRank ranks a name given by a pattern: below every other.
const patternRank = 1

// nginxNameRank ranks how a server's name fits the host, higher is better, 0 not at all.
func nginxNameRank(name, host string) int {
	const exact, front, behind = 3 << 10, 2 << 10, 1 << 10
	suffix, wild := strings.CutPrefix(name, "*.")
	switch {
	case name == host, name == "."+host:
		return exact
	case strings.HasPrefix(name, ".") && strings.HasSuffix(host, name):
		return front + len(name)
	case wild && strings.HasSuffix(host, "."+suffix):
		return front + len(suffix)
	case strings.HasSuffix(name, ".*") && strings.HasPrefix(host, strings.TrimSuffix(name, "*")):
		return behind + len(name)
	case strings.HasPrefix(name, "~"):
		if re, err := regexp.Compile("(?i)" + strings.TrimPrefix(name, "~")); err == nil && re.MatchString(host) {
			return patternRank
		}
	}
	return 0
}

// onlyOne is the single server of a tree, for a host that none is named after: an address, or another name of the
// same domain (staging.shop.example for shop.example).
func onlyOne(servers []*checks.Scope, host string, names func(*checks.Scope) []string, what string) ([]*checks.Scope, string) {
	var all []string
	kin := net.ParseIP(host) != nil || host == "localhost"
	for _, s := range servers {
		for _, name := range names(s) {
			all = append(all, name)
			kin = kin || sameDomain(name, host)
		}
	}
	if len(servers) == 1 && kin {
		return servers, ""
	}
	slices.Sort(all)
	all = slices.Compact(all)
	shown := strings.Join(all[:min(len(all), 3)], ", ")
	return nil, "no server of the tree is named " + host + " (" + what + ": " + shown + ")"
}

func sameDomain(a, b string) bool {
	domainA, errA := publicsuffix.EffectiveTLDPlusOne(strings.Trim(a, "*."))
	domainB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && domainA == domainB
}
