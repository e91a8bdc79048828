package headers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// apacheRedirects judges the virtual hosts on port 80 whose name also has one with TLS, and where those with TLS lead.
func apacheRedirects(p *checks.Pass) {
	secure := map[string]bool{}
	var plain []*checks.Scope
	in := audited(p)
	for _, s := range p.Scopes("apache") {
		switch {
		case s.Kind != "virtualhost" || !in(s.Place.Path):
		case apacheTLS(s):
			for _, name := range apacheHosts(s) {
				secure[name] = true
			}
			if out, ok := apacheWayOut(s); ok {
				judgeSecureOut(p, s, out)
			}
		default:
			plain = append(plain, s)
		}
	}
	for _, s := range plain {
		out, leads := apacheWayOut(s)
		switch {
		case !slices.ContainsFunc(apacheHosts(s), func(n string) bool { return secure[n] }):
		case leads:
			judgeOut(p, s, out, apacheHosts(s))
		case apacheServes(s):
			p.Fail(checks.Finding{Rule: "no-redirect", Subject: s.Subject(), Place: s.Place, Attribute: "VirtualHost",
				Expected: "Redirect permanent / https://" + apacheHosts(s)[0] + "/", Actual: "content on plain http",
				Message: "The virtual host answers http with content although https is configured for " + apacheHosts(s)[0],
				Snippet: paste(s, locationHeader)})
		default:
			p.OK(s.Subject())
		}
	}
}

// apacheHosts are the names of a virtual host, at least one.
func apacheHosts(s *checks.Scope) []string {
	name := strings.TrimSuffix(s.Name, ":80")
	if set, ok := s.Get("ServerName"); ok {
		name = strings.TrimSuffix(set.Text(), ":80")
	}
	names := []string{name}
	for _, set := range s.All("ServerAlias") {
		names = append(names, strings.Fields(set.Raw)...)
	}
	return names
}

// apacheStatuses are the words of Redirect for its statuses; without one it is 302.
var apacheStatuses = map[string]int{"permanent": 301, "temp": 302, "seeother": 303}

// wholeSite are the paths and patterns of Redirect and RewriteRule that take in every request.
var wholeSite = []string{"/", "^", "^/", "^/(.*)", "^/(.*)$", "^(.*)$", "(.*)", ".*", "^.*$", "^/?(.*)", "^/?(.*)$"}

// apacheWayOut finds the redirect that answers every request of a virtual host.
func apacheWayOut(s *checks.Scope) (wayOut, bool) {
	for _, set := range slices.Concat(s.All("Redirect"), s.All("RedirectPermanent"), s.All("RedirectTemp"), s.All("RedirectMatch")) {
		words := strings.Fields(strings.ReplaceAll(set.Raw, `"`, ""))
		status := map[string]int{"RedirectPermanent": 301}[set.Name]
		if len(words) > 2 {
			status = apacheStatuses[strings.ToLower(words[0])]
			if n, err := strconv.Atoi(words[0]); err == nil {
				status = n
			}
			words = words[1:]
		}
		if len(words) == 2 && slices.Contains(wholeSite, words[0]) && (status == 0 || status/100 == 3) {
			return wayOut{set, cmp.Or(status, 302), words[1]}, true
		}
	}
	for _, set := range s.All("RewriteRule") {
		words := strings.Fields(strings.ReplaceAll(set.Raw, `"`, ""))
		if len(words) >= 2 && slices.Contains(wholeSite, words[0]) && strings.Contains(words[1], "://") && !apacheTLS(s) {
			return wayOut{set, rewriteStatus(words[2:]), words[1]}, true
		}
	}
	return wayOut{}, false
}

// rewriteStatus is the status of a RewriteRule with these flags, [L,R=301]; 302 where none says.
func rewriteStatus(flags []string) int {
	for flag := range strings.FieldsFuncSeq(strings.Join(flags, ""), func(r rune) bool { return strings.ContainsRune("[], ", r) }) {
		name, value, _ := strings.Cut(flag, "=")
		if name = strings.ToLower(name); name != "r" && name != "redirect" {
			continue
		}
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
		return cmp.Or(apacheStatuses[strings.ToLower(value)], 302)
	}
	return 302
}
