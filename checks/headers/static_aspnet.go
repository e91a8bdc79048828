package headers

import "hardcheck/checks"

// aspnetResponse is what an ASP.NET Core application sends outside development. What a web.config says of cookies tells
// nothing of headers.
func aspnetResponse(s *checks.Scope) *response {
	c := jsonAnswer
	if _, pages := s.Get("pages"); pages || s.Kind == "iis" || setsByHand(s, pageHeaders) {
		c = htmlPage
	}
	r := appResponse(s, c, "UseHttpsRedirection")
	if s.Kind == "iis" {
		r.elsewhere = "IIS, or the application behind it, may set it"
	}
	unknownMiddleware(s, r)
	addHeaders(s, r)
	return r
}
