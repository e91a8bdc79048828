package headers

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// caddyRedirects: Caddy redirects every https site by itself; a site with http:// in its address turns that off.
func caddyRedirects(p *checks.Pass) {
	in := audited(p)
	for _, s := range p.Scopes("caddy") {
		out, leads := caddyWayOut(s)
		if s.Kind != "site" || !in(s.Place.Path) || !leads && !caddyServes(s) {
			continue
		}
		plain := slices.IndexFunc(s.All("address"), caddyTurnedOff)
		switch {
		case plain >= 0 && leads:
			judgeOut(p, s, out, []string{literalHost(strings.TrimPrefix(s.All("address")[plain].Text(), "http://"))})
		case leads && caddyTLS(s):
			judgeSecureOut(p, s, out)
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

// caddyWayOut finds the redirect that answers every request of a site. redir without a code is 302, and html a page.
func caddyWayOut(s *checks.Scope) (wayOut, bool) {
	for _, set := range s.All("redir") {
		words := strings.Fields(strings.ReplaceAll(set.Raw, `"`, ""))
		if len(words) > 0 && words[0] == "*" {
			words = words[1:]
		}
		if set.Dynamic() || len(words) == 0 || set.Has("conditional") {
			continue
		}
		status := 302
		if len(words) > 1 {
			if words[1] == "html" {
				return wayOut{}, false
			}
			n, err := strconv.Atoi(words[1])
			if status = n; err != nil {
				status = map[string]int{"permanent": 301}[words[1]]
			}
		}
		return wayOut{set, cmp.Or(status, 302), words[0]}, true
	}
	return wayOut{}, false
}

// haproxyRedirects judges the frontends that listen without TLS while another one, or they themselves, listen with it.
func haproxyRedirects(p *checks.Pass) {
	in := audited(p)
	scopes := slices.DeleteFunc(slices.Clone(p.Scopes("haproxy")), func(s *checks.Scope) bool {
		return !in(s.Place.Path) || len(s.All("bind")) == 0
	})
	secure := slices.ContainsFunc(scopes, haproxyTLS)
	seen := map[checks.Place]bool{}
	for _, s := range scopes {
		plain := slices.IndexFunc(s.All("bind"), haproxyPlain)
		if !secure || plain < 0 || seen[s.All("bind")[plain].Place] {
			continue
		}
		bind := s.All("bind")[plain]
		seen[bind.Place] = true
		out, leads, known := haproxyWayOut(s)
		switch {
		case leads && known:
			judgeOut(p, s, out, nil)
		case !known:
			p.NotApplicable("whether HAProxy redirects http is not known until run time: " + bind.Raw)
		case haproxyProxies(s) || haproxyReturns(s) || len(s.All("default_backend"))+len(s.All("use_backend")) > 0:
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: bind.Place, Attribute: "bind",
				Expected: "http-request redirect scheme https code 301 unless { ssl_fc }", Actual: "bind " + bind.Raw,
				Message: "HAProxy passes http on although it listens with TLS too: anyone on the network path reads and changes the page",
				Snippet: paste(s, locationHeader)})
		}
	}
}

// haproxyPlain reports whether a bind is on the port of http, without TLS.
func haproxyPlain(bind checks.Setting) bool {
	words := strings.Fields(bind.Raw)
	return len(words) > 0 && !bind.Dynamic() && strings.HasSuffix(words[0], ":80") && !slices.Contains(words, "ssl")
}

// haproxyWayOut finds the redirect that answers every http request of a frontend; known is false where a condition that
// nobody can tell decides.
func haproxyWayOut(s *checks.Scope) (out wayOut, leads, known bool) {
	known = true
	for _, set := range slices.Concat(s.All("http-request redirect"), s.All("redirect")) {
		holds, sure := haproxyHolds(set, &response{https: false})
		if set.Name == "redirect" { // whose condition stands in the text
			_, condition, conditional := strings.Cut(set.Raw, "{")
			sure = !conditional || strings.HasPrefix(strings.TrimSpace(condition), "ssl_fc")
		}
		if known = known && sure; !holds || !sure {
			continue
		}
		out = wayOut{set: set, status: 302}
		words := strings.Fields(set.Raw)
		for i := 0; i+1 < len(words); i++ {
			switch words[i] {
			case "scheme":
				out.target = words[i+1] + "://$host"
			case "location", "prefix":
				out.target = words[i+1]
			case "code":
				if n, err := strconv.Atoi(words[i+1]); err == nil {
					out.status = n
				}
			}
		}
		return out, out.target != "", true
	}
	return out, false, known
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
			Fix:     "Set SECURE_SSL_REDIRECT = True, with SECURE_PROXY_SSL_HEADER behind a proxy that ends TLS.",
			Snippet: paste(s, locationHeader)})
	}
}
