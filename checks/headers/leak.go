package headers

import (
	"regexp"
	"strings"

	"hardcheck/checks"
)

func informationLeak() *checks.Check {
	return &checks.Check{
		ID:    "headers/information-leak",
		Title: "Answers do not tell what runs behind the site",
		Why: "A version number in every answer lets an attacker search the whole network for hosts with a known hole on " +
			"the day it is published.",
		Fix:        "nginx `server_tokens off;`, Apache `ServerTokens Prod`, PHP `expose_php = Off`, Express `app.disable('x-powered-by')`; or remove the header at the edge.",
		Expected:   "No header and no error page carries a version number, an inner address or the data of a debugging tool.",
		Rollback:   "Turn the header on again; nothing depends on it but monitoring.",
		Absent:     "No answer and no nginx, Apache or PHP configuration was found",
		References: []string{"CWE-200", "CWE-497", "RFC 9110 (Server)", "ASVS 13.4.6"},
		Severity:   checks.Low,
		Rules: []checks.Rule{
			{ID: "version", Title: "A header tells a version number"},
			{ID: "version-in-error-page", Title: "An error page tells a version number",
				Fix: "nginx `server_tokens off;`, Apache `ServerSignature Off`, Tomcat `showServerInfo=\"false\"` on its ErrorReportValve; or error pages of your own."},
			{ID: "debug-header", Title: "A header of a debugging tool is sent", Fix: "Turn the tool off where the site runs."},
			{ID: "internal-address", Title: "A header tells an address of the inner network", Fix: "Remove the header at the edge."},
			{ID: "server-tokens", Title: "The server is configured to tell its version"},
		},
		Site:  func(p *checks.Pass) error { return eachPage(p, headerCheck{judge: judgeLeak}.report) },
		Entry: seeEnabled,
		Tree:  leaksOfTree,
	}
}

// telling are the headers that products name themselves in.
var telling = []string{"Server", "X-Powered-By", "X-Generator", "X-Aspnet-Version", "X-Aspnetmvc-Version", "X-Runtime-Version",
	"X-Powered-Cms", "X-Powered-By-Plesk", "X-Jenkins", "X-Drupal-Version", "X-Mod-Pagespeed", "X-Page-Speed", "X-Owa-Version",
	"Microsoftsharepointteamservices", "X-Litespeed-Version", "X-Php-Version", "Liferay-Portal", "X-Grafana-Version", "X-Kong-Version"}

// version is a number with a dot that stands by itself: 1.24.0, 8.2, v5.3.
var version = regexp.MustCompile(`(?:^|[ /_(-])v?[0-9]+\.[0-9]+(?:\.[0-9A-Za-z]+)*(?:$|[^0-9A-Za-z])`)

// release is a number by itself behind the name of a product, by which content systems count: Drupal 10.
var release = regexp.MustCompile(`[A-Za-z]{3}[ /]v?[0-9]{1,2}(?:$|[ ;,(])`)

// judgeLeak finds version numbers. The name of a product alone is no finding: it shows in a hundred other ways.
func judgeLeak(_ *checks.Pass, r *response) (j judgement) {
	for _, name := range telling {
		for _, f := range r.all(name) {
			if version.MatchString(f.value) || name == "X-Generator" && release.MatchString(f.value) {
				j.fail(leakIssue(name, f.value))
			}
		}
	}
	for _, f := range r.all("Via") {
		if _, comment, ok := strings.Cut(f.value, "("); ok && version.MatchString(comment) { // "1.1 proxy" is the protocol's version
			j.fail(leakIssue("Via", f.value))
		}
	}
	judgeDebugHeaders(r, &j)
	if len(j.issues) == 0 && r.class == errorDoc && r.answer != nil {
		if shown := errorVersion.FindSubmatch(r.answer.Body[:min(len(r.answer.Body), maxErrorScan)]); shown != nil {
			j.fail(issue{rule: "version-in-error-page", attribute: "error page", expected: "no version number", actual: string(shown[1]),
				message: "the error page tells the exact version: attackers look it up among the known holes"})
		}
	}
	return j
}

func leakIssue(name, value string) issue {
	return issue{rule: "version", attribute: name, expected: "no version number", actual: value,
		message: name + " tells the exact version: attackers look it up among the known holes"}
}

// leaksOfTree judges what nginx, Apache and PHP are told to say about themselves, once for every directive or default.
// Of PHP's default it makes no claim: another file, of the image for one, may set it.
func leaksOfTree(p *checks.Pass) error {
	for _, s := range topmost(serving(p, "nginx"), "server_tokens") {
		judgeTokens(p, s, "server_tokens", "off", func(v checks.Setting) bool {
			on, isBool := v.Bool()
			return isBool && on || v.Text() == "build" || v.Text() == "on"
		})
	}
	for _, s := range topmost(serving(p, "apache"), "ServerTokens") {
		judgeTokens(p, s, "ServerTokens", "Prod", func(v checks.Setting) bool {
			switch strings.ToLower(v.Text()) {
			case "prod", "productonly", "major":
				return false
			}
			return true
		})
	}
	in := audited(p)
	for _, s := range p.Scopes("php") {
		if set, ok := s.Get("expose_php"); ok && set.Origin != checks.OriginDefault && !set.Inherited && in(s.Place.Path) {
			judgeTokens(p, s, "expose_php", "= Off", func(v checks.Setting) bool { return v.Value == true })
		}
	}
	return nil
}

func judgeTokens(p *checks.Pass, s *checks.Scope, name, safe string, tells func(checks.Setting) bool) {
	set, ok := s.Get(name)
	switch {
	case !ok:
		return
	case set.Dynamic():
		p.NotApplicable("the value of " + name + " is not known until run time")
	case !tells(set):
		p.OK(s.Subject())
	default:
		actual, place := name+" "+set.Raw, set.Place
		if set.Origin == checks.OriginDefault {
			actual = name + " not set, the default tells the version"
			place = s.Place
		}
		p.Fail(checks.Finding{Rule: "server-tokens", Subject: s.Subject(), Place: place, Attribute: name, Expected: name + " " + safe,
			Actual: actual, Message: "Every answer and error page tells the exact version of " + s.Layer, Fix: "Write `" + name + " " + safe + "`.", Snippet: paste(s, "Server")})
	}
}
