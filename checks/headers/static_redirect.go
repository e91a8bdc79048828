package headers

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// redirectOfTree judges what the tree's servers answer on http: nginx and Apache servers beside a TLS server of the
// same name, Caddy sites, HAProxy frontends, Traefik's routers, the rules of gateways, and a framework's own redirect where nothing stands in front of it.
func redirectOfTree(p *checks.Pass) error {
	nginxRedirects(p)
	apacheRedirects(p)
	caddyRedirects(p)
	haproxyRedirects(p)
	traefikRedirects(p)
	gatewayRedirects(p)
	ingressRedirects(p)
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
	found := waysOfNginx(p)
	for _, s := range servers {
		if out, ok := found.out(s); ok && nginxTLS(s) && strings.HasPrefix(out.target, "http://") {
			judgeSecureOut(p, s, out)
			continue
		}
		if !nginxPlain(s) {
			if nginxTLS(s) {
				p.OK(s.Subject()) // not served on http here
			}
			continue
		}
		if slices.ContainsFunc(serverNames(s), func(n string) bool { return secure[n] }) {
			judgeNginxPlain(p, s, found)
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

// ways are by server what may lead its visitors elsewhere, and the first scope that answers them with content.
type ways struct {
	leading map[*checks.Scope][]*checks.Scope
	content map[*checks.Scope]*checks.Scope
}

// waysOfNginx looks through the scopes once: a tree may have thousands of servers. A server is led by its own return or
// rewrite, by that of location /, or by the one under if ($scheme = http).
func waysOfNginx(p *checks.Pass) ways {
	w := ways{map[*checks.Scope][]*checks.Scope{}, map[*checks.Scope]*checks.Scope{}}
	for _, in := range p.Scopes("nginx") {
		switch {
		case in.Kind == "server":
			w.leading[in] = append(w.leading[in], in)
		case in.Parent != nil && (strings.HasSuffix(in.Name, "/ location /") ||
			in.Kind == "if" && (strings.Contains(in.Name, "$scheme") || strings.Contains(in.Name, "$https"))):
			w.leading[in.Parent] = append(w.leading[in.Parent], in)
		}
	}
	for _, in := range nginxFront().serving(p) {
		for s := in; s != nil && !strings.Contains(in.Name, ".well-known"); s = s.Parent {
			if w.content[s] == nil {
				w.content[s] = in
			}
		}
	}
	return w
}

func judgeNginxPlain(p *checks.Pass, s *checks.Scope, found ways) {
	if out, ok := found.out(s); ok {
		judgeOut(p, s, out, serverNames(s))
		return
	}
	if in := found.content[s]; in != nil {
		p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: "listen",
			Expected: "return 301 https://$host$request_uri", Actual: "content on plain http (" + in.Place.String() + ")",
			Message: "The server answers http with content although https is configured for " + strings.Join(serverNames(s), " "),
			Snippet: paste(s, locationHeader)})
		return
	}
	p.OK(s.Subject())
}

// out finds the redirect that answers every http request of the server.
func (w ways) out(s *checks.Scope) (wayOut, bool) {
	for _, in := range w.leading[s] {
		if set, ok := in.Get("return"); ok && nginxStatus(set)/100 == 3 {
			words := strings.Fields(set.Raw)
			return wayOut{set, nginxStatus(set), words[len(words)-1]}, true
		}
		for _, set := range in.All("rewrite") {
			if words := strings.Fields(set.Raw); len(words) > 1 && nginxAway(in) {
				status := 302
				if words[len(words)-1] == "permanent" {
					status = 301
				}
				return wayOut{set, status, strings.Trim(words[1], `"'`)}, true
			}
		}
	}
	return wayOut{}, false
}

// wayOut is a setting that redirects every request of a server.
type wayOut struct {
	set    checks.Setting
	status int
	target string // as written, variables and all
}

// judgeOut judges where a server that listens without TLS sends its visitors, under any of its names.
func judgeOut(p *checks.Pass, s *checks.Scope, out wayOut, names []string) {
	i := issue{attribute: out.set.Name, expected: "301 to https on the same host", actual: out.set.Name + " " + out.set.Raw, place: out.set.Place, header: locationHeader}
	scheme, rest, absolute := strings.Cut(out.target, "://")
	host := literalHost(rest)
	same := host == "" || slices.Contains(names, host)
	switch {
	case strings.HasPrefix(out.target, "/"), scheme == "http" && absolute && same:
		i.rule, i.message = "no-redirect", "the redirect stays on plain http of the same host: anyone on the path answers in its place"
	case scheme == "http" && absolute:
		i.rule, i.message = "over-http", "the redirect stays on plain http, where anyone on the path answers in its place"
	case scheme != "https" || !absolute:
		p.NotApplicable("the redirect's target is not known until run time: " + out.target)
		return
	case !same:
		i.rule, i.message = "other-host-first", "browsers never see https on "+strings.Join(names, " ")+", so its HSTS is never learnt"
	case out.status != 301 && out.status != 308:
		i.rule, i.actual = "temporary", strconv.Itoa(out.status)
		i.message = "browsers do not remember a temporary redirect, so every visit starts on http again"
	default:
		p.OK(s.Subject())
		return
	}
	r := &response{subject: s.Subject(), place: out.set.Place, layer: s.Layer}
	r.fail(p, i)
}

// judgeSecureOut judges where a server with TLS sends all its visitors: anywhere but back to http.
func judgeSecureOut(p *checks.Pass, s *checks.Scope, out wayOut) {
	if !strings.HasPrefix(out.target, "http://") {
		p.OK(s.Subject())
		return
	}
	r := &response{subject: s.Subject(), place: out.set.Place, layer: s.Layer}
	r.fail(p, issue{rule: "downgrade", attribute: out.set.Name, expected: "an https address", actual: out.set.Name + " " + out.set.Raw, place: out.set.Place,
		header: locationHeader, message: "the way to the page goes over http, where anyone on the path sends the visitor elsewhere"})
}

// literalHost is the host at the front of what follows "://", without a port; "" where a variable makes it.
func literalHost(rest string) string {
	host, _, _ := strings.Cut(rest, "/")
	for _, path := range []string{"$request_uri", "$uri", "$1", "{uri}", "{path}", "%{REQUEST_URI}"} {
		host, _, _ = strings.Cut(host, path)
	}
	if strings.ContainsAny(host, "${%") {
		return ""
	}
	name, _, _ := strings.Cut(host, ":")
	return strings.ToLower(name)
}
