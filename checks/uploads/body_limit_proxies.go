package uploads

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// nginx judges each place that sets client_max_body_size, and the default of servers that do not.
func (b *bodyLimits) nginx(s *checks.Scope) {
	set, ok := s.Get("client_max_body_size")
	switch {
	case !ok || set.Inherited:
		return // judged where it is set
	case set.Origin == checks.OriginDefault && s.Kind != "server":
		return // the server's default is the same
	case s.Kind == "http" && !b.reachesServer(s, set):
		return // every server replaces it
	}
	if ret, ok := s.Get("return"); ok && s.Kind == "server" && !ret.Inherited {
		return // answered before a body is looked at
	}
	b.judge(s, set, sizeOf(set, true), "")
}

// reachesServer reports whether a server or location has the setting in effect, or the tree shows none.
func (b *bodyLimits) reachesServer(http *checks.Scope, set checks.Setting) bool {
	servers := 0
	for _, s := range b.scopes {
		if s.Layer != "nginx" || !within(s, http) {
			continue
		}
		servers++
		if inner, ok := s.Get(set.Name); ok && inner.Place == set.Place {
			return true
		}
	}
	return servers == 0
}

func within(s, outer *checks.Scope) bool {
	for s = s.Parent; s != nil; s = s.Parent {
		if s == outer {
			return true
		}
	}
	return false
}

// apache judges LimitRequestBody where it is set and where it is applied: httpd does not apply it to requests that
// mod_proxy passes on (seen with 2.4.71), so a proxy is not examined here. Of the default, 1 GiB since 2.4.54 and
// no limit before, it tells once for a server.
func (b *bodyLimits) apache(s *checks.Scope) {
	set, ok := s.Get("LimitRequestBody")
	if !ok || set.Inherited || apacheProxies(s) {
		return
	}
	if set.Origin == checks.OriginDefault && (s.Kind != "server" && s.Parent != nil || !b.apacheServes(s)) {
		return
	}
	b.judge(s, set, sizeOf(set, true), "")
}

// apacheServes reports whether the server answers requests of its own with the default limit: it has a document
// root or a handler, or a virtual host that has one and sets no limit.
func (b *bodyLimits) apacheServes(server *checks.Scope) bool {
	serves := func(s *checks.Scope) bool {
		set, _ := s.Get("LimitRequestBody")
		root, ok := s.Get("DocumentRoot")
		return ok && !root.Dynamic() && set.Origin == checks.OriginDefault && !apacheProxies(s) && !apacheRedirects(s)
	}
	hosts := 0
	for _, s := range b.scopes {
		if s.Layer == "apache" && s.Parent == server && s.Kind == "virtualhost" {
			if hosts++; serves(s) {
				return true
			}
		}
	}
	return hosts == 0 && serves(server)
}

func apacheRedirects(s *checks.Scope) bool {
	return slices.ContainsFunc(s.All("Redirect"), func(r checks.Setting) bool {
		return slices.Contains(strings.Fields(r.Text()), "/")
	})
}

// apacheProxies reports whether the scope passes all its requests on.
func apacheProxies(s *checks.Scope) bool {
	for _, set := range s.Settings {
		words := strings.Fields(set.Text())
		if len(words) == 0 {
			continue
		}
		switch set.Name {
		case "ProxyPass": // with a path, or inside a Location with the target only
			if words[len(words)-1] != "!" && (words[0] == "/" || strings.Contains(words[0], "://") && s.Kind == "location") {
				return true
			}
		case "ProxyPassMatch":
			if words[0] == "^/" || words[0] == "^/(.*)$" || words[0] == "^(.*)$" || words[0] == "/" {
				return true
			}
		case "SetHandler":
			if strings.HasPrefix(strings.Trim(words[0], `"`), "proxy:") {
				return true
			}
		case "RewriteRule":
			if flags := words[len(words)-1]; hasFlag(flags, "P") && (words[0] == "^" || words[0] == "^/?(.*)" || words[0] == "^/(.*)$" || words[0] == ".*" || words[0] == "^(.*)$") {
				return true
			}
		}
	}
	return false
}

// hasFlag reads "[P,L]".
func hasFlag(flags, name string) bool {
	inner, ok := strings.CutPrefix(flags, "[")
	return ok && slices.Contains(strings.Split(strings.TrimSuffix(inner, "]"), ","), name)
}

// caddy judges each place that passes requests on: Caddy has no limit unless request_body.max_size sets one.
func (b *bodyLimits) caddy(s *checks.Scope) {
	set, ok := caddyLimit(s)
	if ok && !set.Inherited && set.Scope == s.Name {
		b.judge(s, set, sizeOf(set, true), "")
		return
	}
	proxy, proxies := s.Get("reverse_proxy")
	if !proxies || proxy.Inherited || ok {
		return
	}
	set.Name = "request_body.max_size"
	b.passesAnything(s, set, proxy.Place)
}

// passesAnything judges a proxy that has no limit by the applications of the tree.
func (b *bodyLimits) passesAnything(s *checks.Scope, set checks.Setting, at checks.Place) {
	if app := b.limitedApps(); app != nil {
		b.ok(s, "no limit here; the application has one: "+app.Place.String())
		return
	}
	set.Place = at
	b.fail(s, set, "proxy-without-limit", "no limit", s.Layer+" passes bodies of any size on: "+set.Name+" is not set")
}

// caddyLimit is the limit in effect in a scope, by itself or by what it is inside of.
func caddyLimit(s *checks.Scope) (checks.Setting, bool) {
	for ; s != nil; s = s.Parent {
		if set, ok := s.Get("request_body.max_size"); ok && set.Origin != checks.OriginDefault {
			return set, true
		}
	}
	return checks.Setting{}, false
}

var nginxUpstreams = []string{"proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass", "scgi_pass"}

// fronts are the proxies of the tree that pass requests on, by what they do to the body: the first of each kind.
// Apache never is one, since it does not limit what it passes on and mostly stands behind or beside another.
type fronts struct {
	limited   *checks.Scope
	unlimited *checks.Scope
	unknown   *checks.Scope // its limit is set at run time
}

// limits returns the proxy that limits what reaches the applications, or nil where one of the tree's proxies does
// not: which of them an application is behind cannot be told.
func (f fronts) limits() *checks.Scope {
	if f.unlimited != nil || f.unknown != nil {
		return nil
	}
	return f.limited
}

// frontsOf sorts the chains that begin with a proxy by what their proxies do.
func frontsOf(chains []chain) fronts {
	var f fronts
	for i := range chains {
		c := chain{layers: chains[i].proxies()}
		if len(c.layers) == 0 {
			continue
		}
		slot := &f.unlimited
		if _, by := c.effective("", false); by != nil {
			slot = &f.limited
		} else if slices.ContainsFunc(c.layers, func(l layer) bool { return !l.limit.known }) {
			slot = &f.unknown
		}
		if *slot == nil {
			*slot = c.layers[0].scope
		}
	}
	return f
}

// proxies are the layers of a chain that pass requests on, but for httpd, which does not limit what it passes on and
// mostly stands behind or beside another. A server that counts bodies is one too.
func (c *chain) proxies() []layer {
	return slices.DeleteFunc(slices.Clone(c.layers), func(l layer) bool {
		if l.role == roleServer {
			return l.limit.unlimited || l.limit.covers != ""
		}
		return l.role != roleProxy || l.product == "apache" || !l.forwards
	})
}
