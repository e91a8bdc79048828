package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// pageHeaders matter on pages only: who sets one by hand serves pages.
var pageHeaders = []string{cspHeader, xfoHeader, referrerHeader, permissionsHeader}

// expressDeployed: its package says how it is started, or it sets headers.
func expressDeployed(s *checks.Scope) bool {
	if s.Kind == "routes" {
		return expressDeployed(s.Parent)
	}
	_, starts := s.Get("scripts.start")
	return starts || setsByDesign(s) || slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return strings.HasPrefix(set.Name, "helmet.") })
}

// expressResponse is what middleware sends with every answer. An application that renders nothing answers JSON.
func expressResponse(s *checks.Scope) *response {
	c := jsonAnswer
	if _, pages := s.Get("pages"); pages || s.Kind == "routes" || setsByHand(s, pageHeaders) {
		c = htmlPage
	}
	r := appResponse(s, c)
	unknownMiddleware(s, r)
	addHeaders(s, r)
	return r
}

// setsByHand reports whether the source names one of the headers, where a default would do without.
func setsByHand(s *checks.Scope, names []string) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return slices.Contains(names, set.Header) && set.Origin != checks.OriginDefault
	})
}

// unknownMiddleware notes what is given the answer, and may set what is not seen.
func unknownMiddleware(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		if name, ok := strings.CutPrefix(set.Name, "use "); ok && set.Has("unknown") {
			r.elsewhere = "what " + name + " sets is not known"
			return
		}
	}
}
