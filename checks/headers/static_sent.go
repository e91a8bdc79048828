package headers

import (
	"cmp"

	"hardcheck/checks"
)

// sent is the header lines that a scope's configuration gives an answer of that status, to which an application
// behind it sent the upstream lines. made says that the server itself makes the answer: a redirect or an error page
// of its own, whose upstream is nil.
func (f front) sent(s *checks.Scope, status int, made bool, upstream []field) []field {
	r := &response{https: f.tls(s), class: f.class(s), status: status, made: made}
	for _, line := range upstream {
		line.upstream = true
		r.headers = append(r.headers, line)
	}
	f.apply(s, r)
	return r.headers
}

// code is the status of the answer, 200 where none is given.
func (r *response) code() int { return cmp.Or(r.status, 200) }
