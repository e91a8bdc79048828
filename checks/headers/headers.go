// Package headers is the headers chapter of the checklist.
//
// One judging function per header works on a response: the answer of a live site, or the one that a configuration in a
// tree gives. It judges the effect in a browser, not the presence of the header.
package headers

import "hardcheck/checks"

// Checks lists the chapter's checks in report order.
func Checks() []*checks.Check {
	list := []*checks.Check{
		tlsCheck(),
		httpsRedirect(),
		hsts(),
		contentSecurityPolicy(),
		cspHardening(),
		framing(),
		nosniff(),
		referrerPolicy(),
		permissionsPolicy(),
		crossOrigin(),
		cookies(),
		cors(),
		informationLeak(),
		contentType(),
		cache(),
		clearSiteData(),
		integrity(),
		mixedContent(),
		deprecated(),
		wellFormed(),
		exposure(),
		consistentPages(),
		serverMistakes(),
		deployed(),
	}
	for _, c := range list {
		c.Foreign = thirdParty
	}
	return list
}
