package csp

import (
	"strings"
	"testing"
)

var ruleOf = map[gadgetClass]string{published: "shared-host", rented: "shared-host", callback: "jsonp-host", container: "jsonp-host", library: "gadget-host", seized: "seized-host"}

// TestEveryGadgetIsFound names each host of the table in a policy: as it is, by a wildcard, and with a path that leaves
// its script out.
func TestEveryGadgetIsFound(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range gadgets {
		if g.host != strings.ToLower(g.host) || g.path == "" || g.path[0] != '/' || seen[g.host+g.path] {
			t.Errorf("%+v is not written as the others, or twice", g)
		}
		seen[g.host+g.path] = true
		host := g.host
		if host[0] == '.' {
			host = "*" + host
		}
		eval := ""
		if g.class == container {
			eval = "'unsafe-eval' "
		}
		for policy, want := range map[string]bool{
			"script-src " + eval + host: true, "script-src " + eval + "https://" + host + g.path: true, "script-src " + eval + "https://" + host + "/own/app.js": false,
			"script-src " + eval + "https://" + host + ":8443": false, "script-src 'strict-dynamic' " + fresh + " " + host: false,
		} {
			got := strings.Fields(evaluated(policy+"; object-src 'none'; base-uri 'none'", Page{}))
			if found := strings.Contains(" "+strings.Join(got, " ")+" ", " "+ruleOf[g.class]+" "); found != want {
				t.Errorf("%s: %v, expected %s %v", policy, got, ruleOf[g.class], want)
			}
		}
	}
}

// TestNeighboursOfGadgetsAreNot names hosts that look like those of the table.
func TestNeighboursOfGadgetsAreNot(t *testing.T) {
	for _, host := range []string{"jsdelivr.net.shop.example", "cdn.jsdelivr.net.evil.example", "notunpkg.com", "js.stripe.com", "apis.google.com", "www.gstatic.com/recaptcha/", "github.githubassets.com",
		"fonts.googleapis.com", "static.cloudflareinsights.com", "challenges.cloudflare.com", "connect.facebook.net", "code.jquery.com", "kit.fontawesome.com", "js.hcaptcha.com", "our-bucket.s3.amazonaws.com",
		"d111111abcdef8.cloudfront.net", "shop.github.io", "*.shop.example", "*.shop.co.uk", "*.static.shop.example", "*.paypal.com", "www.paypalobjects.com", "player.vimeo.com", "*.sentry.io", "browser.sentry-cdn.com"} {
		if got := evaluated("script-src "+host+"; object-src 'none'; base-uri 'none'", Page{}); got != "" {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestAttackerBelow(t *testing.T) {
	for source, want := range map[string]string{"*.com": "attacker.com", "*.co.uk": "attacker.co.uk", "*.github.io": "attacker.github.io", "*.kawasaki.jp": "x.attacker.kawasaki.jp",
		"*.shop.example": "", "*.internal": "", "*.localhost": "", "shop.com": "", "*": "", "*.shop.github.io": ""} {
		s := parseSource(source)
		if got, _ := s.attackerBelow(); got != want {
			t.Errorf("%s: %q, expected %q", source, got, want)
		}
	}
}
