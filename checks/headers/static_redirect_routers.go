package headers

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// traefikRedirects judges the entry points that lead every request elsewhere, and the routers that answer plain http
// beside one of the same host with TLS.
func traefikRedirects(p *checks.Pass) {
	in := audited(p)
	scopes := slices.DeleteFunc(slices.Clone(p.Scopes("traefik")), func(s *checks.Scope) bool { return !in(s.Place.Path) })
	secure := map[string]bool{}
	for _, s := range scopes {
		for _, host := range traefikHosts(s) {
			secure[host] = secure[host] || s.Kind == "router" && tlsSetting(s)
		}
	}
	for _, s := range scopes {
		out, leads := routerWayOut(s, "redirections", "redirectscheme", "redirectregex")
		plain, onPlain := s.Get("plain entrypoints")
		switch {
		case s.Kind == "entrypoint" && leads:
			judgeOut(p, s, out, nil)
		case s.Kind != "router", strings.Contains(traefikPath(s), ".well-known"):
		case leads && onPlain:
			judgeOut(p, s, out, traefikHosts(s))
		case leads && tlsSetting(s):
			judgeSecureOut(p, s, out)
		case onPlain && traefikServes(s) && slices.ContainsFunc(traefikHosts(s), func(host string) bool { return secure[host] }):
			contentOnPlain(p, s, "entryPoints", plain.Text(), "the router answers http on "+plain.Text()+" with content although its host has a router with TLS")
		case tlsSetting(s):
			p.OK(s.Subject())
		}
	}
}

// contentOnPlain reports a rule that serves over plain http what https serves too.
func contentOnPlain(p *checks.Pass, s *checks.Scope, attribute, actual, message string) {
	p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: attribute, Expected: "a redirect to https",
		Actual: "content on plain http (" + actual + ")", Message: sentence(message), Snippet: paste(s, locationHeader)})
}

var traefikHostRule = regexp.MustCompile(`Host\(([^)]*)\)`)

// traefikHosts are the hosts of a router's rule, "" for one without.
func traefikHosts(s *checks.Scope) []string {
	rule, _ := s.Get("rule")
	var out []string
	for _, m := range traefikHostRule.FindAllStringSubmatch(rule.Raw, -1) {
		for host := range strings.SplitSeq(m[1], ",") {
			out = append(out, strings.ToLower(strings.Trim(host, " `'\"")))
		}
	}
	if out == nil {
		return []string{""}
	}
	return out
}

// routerWayOut is the first setting of those names that leads elsewhere.
func routerWayOut(s *checks.Scope, names ...string) (wayOut, bool) {
	for _, name := range names {
		set, ok := s.Get(name)
		if !ok || set.Dynamic() {
			continue
		}
		status := 302
		if set.Has("permanent") {
			status = 301
		}
		return wayOut{set, status, set.Text()}, true
	}
	return wayOut{}, false
}

// gatewayRedirects judges the rules of the Gateway API on listeners with plain http, beside ones with TLS, and what sends
// visitors of the others back to http.
func gatewayRedirects(p *checks.Pass) {
	in := audited(p)
	for _, s := range p.Scopes("gateway") {
		out, leads := routerWayOut(s, "RequestRedirect")
		plain, onPlain := s.Get("plain listener")
		switch {
		case !in(s.Place.Path) || !tlsSetting(s):
		case leads && onPlain:
			out.target = strings.Replace(out.target, "{scheme}", "http", 1)
			judgeOut(p, s, out, textsOf(s.All("hostname")))
		case leads:
			judgeSecureOut(p, s, out)
		case onPlain:
			contentOnPlain(p, s, "parentRefs", plain.Text(), "the rule answers on "+plain.Text()+", which speaks plain http, although the gateway has TLS")
		}
	}
}

func textsOf(list []checks.Setting) (out []string) {
	for _, set := range list {
		out = append(out, strings.ToLower(set.Text()))
	}
	return out
}

// ingressRedirects judges whether ingress-nginx leads http to https, as it does by itself where an Ingress has TLS.
func ingressRedirects(p *checks.Pass) {
	in := audited(p)
	for _, s := range p.Scopes("ingress-nginx") {
		set, ok := s.Get("ssl-redirect")
		switch {
		case !ok || !in(s.Place.Path):
		case set.Dynamic():
			p.NotApplicable("the value of ssl-redirect is not known until run time")
		case isTrue(set):
			p.OK(s.Subject())
		default:
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: set.Place, Attribute: "ssl-redirect", Expected: "ssl-redirect: \"true\"",
				Actual: "ssl-redirect: " + set.Raw, Message: "The Ingress has TLS, and answers http with content all the same", Snippet: paste(s, locationHeader)})
		}
	}
}
