package headers

import "hardcheck/checks"

// nextDeployed: who writes rules of headers, or sets headers in middleware, means to serve.
func nextDeployed(s *checks.Scope) bool {
	_, rules := s.Get("rules of headers()")
	return rules || setsByDesign(s)
}

// nextResponse is a page of Next.js. A static export is served by a host that knows nothing of next.config.
func nextResponse(s *checks.Scope) *response {
	r := appResponse(s, htmlPage)
	if set, ok := s.Get("output"); ok && (set.Dynamic() || set.Text() == "export") {
		r.elsewhere = "the site is exported (output): the host that serves the files sets their headers, and headers() does not count"
		return r
	}
	for _, set := range s.Settings {
		if set.Name == "headers()" {
			r.elsewhere = "a rule of headers() is not known until run time"
		}
	}
	unknownMiddleware(s, r)
	addHeaders(s, r)
	return r
}
