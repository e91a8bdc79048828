package headers

import "hardcheck/checks"

// railsResponse is what Rails sends in production. With api_only it answers JSON.
func railsResponse(s *checks.Scope) *response {
	c := htmlPage
	if set, ok := s.Get("api_only"); ok && (set.Dynamic() || isTrue(set)) {
		c = jsonAnswer
	}
	r := appResponse(s, c, "force_ssl")
	if set, ok := s.Get("default_headers"); ok && set.Dynamic() {
		r.elsewhere = "default_headers are not known until run time"
	}
	addHeaders(s, r)
	return r
}
