package headers

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// redirectOfTree judges what the tree's servers answer on http: nginx and Apache servers beside a TLS server of the
// same name, Caddy sites, and a framework's own redirect where nothing stands in front of it.
func redirectOfTree(p *checks.Pass) error {
	nginxRedirects(p)
	apacheRedirects(p)
	caddyRedirects(p)
	outer, _ := outermost(p)
	if !slices.ContainsFunc(outer, place.passesOn) {
		appRedirects(p)
	}
	return nil
}

// nginxRedirects judges every server that listens on plain http and has a TLS server of the same name, or is it itself.
func nginxRedirects(p *checks.Pass) {
	var servers []*checks.Scope
	secure := map[string]bool{}
	in := audited(p)
	for _, s := range p.Scopes("nginx") {
		if s.Kind != "server" || !in(s.Place.Path) {
			continue
		}
		servers = append(servers, s)
		if nginxTLS(s) {
			for _, name := range serverNames(s) {
				secure[name] = true
			}
		}
	}
	for _, s := range servers {
		if !nginxPlain(s) {
			if nginxTLS(s) {
				p.OK(s.Subject()) // not served on http here
			}
			continue
		}
		if slices.ContainsFunc(serverNames(s), func(n string) bool { return secure[n] }) {
			judgeNginxPlain(p, s)
		}
	}
}

// serverNames are the names of the server; "_" stands for a server without a name, which takes what no other does.
func serverNames(s *checks.Scope) []string {
	set, _ := s.Get("server_name")
	names := slices.DeleteFunc(strings.Fields(set.Raw), func(n string) bool { return n == `""` })
	if len(names) == 0 {
		return []string{"_"}
	}
	return names
}

// nginxPlain reports whether the server listens without TLS. Without any listen it listens on port 80.
func nginxPlain(s *checks.Scope) bool {
	listens := s.All("listen")
	return len(listens) == 0 || slices.ContainsFunc(listens, func(l checks.Setting) bool {
		return !listensTLS(l) && !l.Dynamic() && !strings.HasPrefix(l.Raw, "unix:")
	})
}

func judgeNginxPlain(p *checks.Pass, s *checks.Scope) {
	if set, ok := nginxWayOut(p, s); ok {
		judgeReturn(p, s, set)
		return
	}
	for _, in := range nginxFront().serving(p) {
		if within(in, s) && !strings.Contains(in.Name, ".well-known") {
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: "listen",
				Expected: "return 301 https://$host$request_uri", Actual: "content on plain http (" + in.Place.String() + ")",
				Message: "The server answers http with content although https is configured for " + strings.Join(serverNames(s), " ")})
			return
		}
	}
	p.OK(s.Subject())
}

func within(in, s *checks.Scope) bool {
	for ; in != nil; in = in.Parent {
		if in == s {
			return true
		}
	}
	return false
}

// nginxWayOut finds the redirect that answers every http request of the server: its own return, the one of location /,
// or the one under if ($scheme = http).
func nginxWayOut(p *checks.Pass, s *checks.Scope) (checks.Setting, bool) {
	for _, in := range p.Scopes("nginx") {
		everything := in == s || in.Parent == s && (strings.HasSuffix(in.Name, "/ location /") ||
			in.Kind == "if" && (strings.Contains(in.Name, "$scheme") || strings.Contains(in.Name, "$https")))
		if set, ok := in.Get("return"); ok && everything && nginxStatus(set)/100 == 3 {
			return set, true
		}
	}
	return checks.Setting{}, false
}

func judgeReturn(p *checks.Pass, s *checks.Scope, set checks.Setting) {
	words := strings.Fields(set.Raw)
	target := words[len(words)-1]
	i := issue{attribute: "return", expected: "return 301 https://$host$request_uri", actual: "return " + set.Raw, place: set.Place}
	host, _, _ := strings.Cut(strings.TrimPrefix(target, "https://"), "/")
	host, _, _ = strings.Cut(host, "$request_uri")
	switch status := nginxStatus(set); {
	case strings.HasPrefix(target, "http://"), strings.HasPrefix(target, "/"):
		i.rule, i.message = "over-http", "the redirect stays on plain http, where anyone on the path answers in its place"
	case !strings.HasPrefix(target, "https://"):
		p.NotApplicable("the redirect's target is not known until run time: " + target)
		return
	case !strings.Contains(host, "$") && !slices.Contains(serverNames(s), host):
		i.rule, i.message = "other-host-first", "browsers never see https on "+strings.Join(serverNames(s), " ")+", so its HSTS is never learnt"
	case status != 301 && status != 308:
		i.rule, i.actual = "temporary", strconv.Itoa(status)
		i.message = "browsers do not remember a temporary redirect, so every visit starts on http again"
	default:
		p.OK(s.Subject())
		return
	}
	i.header = locationHeader
	r := &response{subject: s.Subject(), place: set.Place, layer: s.Layer}
	r.fail(p, i)
}

// apacheRedirects judges the virtual hosts on port 80 whose name also has one with TLS.
func apacheRedirects(p *checks.Pass) {
	secure := map[string]bool{}
	var plain []*checks.Scope
	in := audited(p)
	for _, s := range p.Scopes("apache") {
		switch {
		case s.Kind != "virtualhost" || !in(s.Place.Path):
		case apacheTLS(s):
			secure[apacheName(s)] = true
		default:
			plain = append(plain, s)
		}
	}
	for _, s := range plain {
		switch {
		case !secure[apacheName(s)]:
		case apacheServes(s):
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: "VirtualHost",
				Expected: "Redirect permanent / https://" + apacheName(s) + "/", Actual: "content on plain http",
				Message: "The virtual host answers http with content although https is configured for " + apacheName(s)})
		default:
			p.OK(s.Subject())
		}
	}
}

func apacheName(s *checks.Scope) string {
	if set, ok := s.Get("ServerName"); ok {
		return set.Text()
	}
	return strings.TrimSuffix(s.Name, ":80")
}

// caddyRedirects: Caddy redirects every https site by itself; a site with http:// in its address turns that off.
func caddyRedirects(p *checks.Pass) {
	in := audited(p)
	for _, s := range p.Scopes("caddy") {
		if s.Kind != "site" || !in(s.Place.Path) || !caddyServes(s) {
			continue
		}
		plain := slices.IndexFunc(s.All("address"), caddyTurnedOff)
		switch {
		case plain >= 0:
			address := s.All("address")[plain].Text()
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: "address", Expected: "the address without http://",
				Actual: address, Message: "The address with http:// turns off Caddy's automatic https: the site is served over plain http"})
		case caddyTLS(s):
			p.OK(s.Subject())
		}
	}
}

// caddyTurnedOff reports whether an address names a public host with http://. A port alone, localhost or an inner
// address is what stands behind something else.
func caddyTurnedOff(address checks.Setting) bool {
	host, plain := strings.CutPrefix(address.Text(), "http://")
	host, _, _ = strings.Cut(host, "/")
	name, port, _ := strings.Cut(host, ":")
	return plain && !address.Dynamic() && strings.Contains(name, ".") && net.ParseIP(name) == nil && (port == "" || port == "80")
}

// appRedirects judges the frameworks' own redirect, where no front in the tree could do it.
func appRedirects(p *checks.Pass) {
	for _, app := range upstream(p) {
		s := app.scope
		switch s.Layer {
		case "django":
			judgeDjangoRedirect(p, s)
		case "flask":
			set, ok := s.Get("Talisman.force_https")
			if on, isBool := set.Bool(); ok && !set.Dynamic() && (!isBool || on) {
				p.OK(s.Subject())
			}
		case "fastapi":
			if _, ok := s.Get("middleware.HTTPSRedirectMiddleware"); ok {
				p.OK(s.Subject())
			}
		}
	}
}

func judgeDjangoRedirect(p *checks.Pass, s *checks.Scope) {
	set, ok := s.Get("SECURE_SSL_REDIRECT")
	switch {
	case set.Dynamic() && ok:
		p.NotApplicable("the value of SECURE_SSL_REDIRECT is not known until run time")
	case isTrue(set):
		p.OK(s.Subject())
	default:
		place := s.Place
		if ok && set.Origin == checks.OriginSet {
			place = set.Place
		}
		p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: place, Attribute: "SECURE_SSL_REDIRECT",
			Expected: "SECURE_SSL_REDIRECT = True", Actual: "False", Precision: checks.PrecisionMedium, Severity: checks.Medium,
			Message: "Nothing in the tree sends http requests to https: no web server stands in front, and Django does not",
			Fix:     "Set SECURE_SSL_REDIRECT = True, with SECURE_PROXY_SSL_HEADER behind a proxy that ends TLS."})
	}
}
