package headers

import (
	"strings"

	"hardcheck/checks"
)

// springDeployed: who writes a filter chain, or sets headers, means to serve.
func springDeployed(s *checks.Scope) bool { return s.Kind == "chain" || setsByDesign(s) }

// springResponse is what Spring Security sends with the answers of one filter chain.
func springResponse(s *checks.Scope) *response {
	c := jsonAnswer
	_, pages := s.Get("pages")
	matcher, part := s.Get("securityMatcher")
	if pages && !(part && strings.Contains(matcher.Raw, "/api")) || setsByHand(s, []string{cspHeader}) {
		c = htmlPage
	}
	r := appResponse(s, c, "requiresSecure", "redirectToHttps")
	unknownMiddleware(s, r)
	addHeaders(s, r)
	return r
}
