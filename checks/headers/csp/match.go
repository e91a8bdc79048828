package csp

import (
	"net/url"
	"strconv"
	"strings"
)

// URL is what matching needs of an address. Scheme and host are in lower case.
type URL struct {
	Scheme string
	Host   string // empty where there is none, as in data:
	Port   int    // 0 means the scheme's own
	Path   string
}

// ParseURL reads an absolute address; what cannot be read is the zero URL, which matches nothing.
func ParseURL(text string) URL {
	u, err := url.Parse(text)
	if err != nil {
		return URL{}
	}
	out := URL{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Hostname()), Path: u.EscapedPath()}
	if port, err := strconv.Atoi(u.Port()); err == nil && port != defaultPort(out.Scheme) {
		out.Port = port
	}
	if out.Host != "" && out.Path == "" {
		out.Path = "/"
	}
	return out
}

func defaultPort(scheme string) int {
	switch scheme {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	case "ftp":
		return 21
	}
	return 0
}

func (u URL) port() int {
	if u.Port != 0 {
		return u.Port
	}
	return defaultPort(u.Scheme)
}

// match is "does url match source list" (CSP3, 6.7.2.7): the source that matches, or nil. After a redirect the path of
// a source does not count.
func (d *Directive) match(u URL, self URL, redirected bool) *Source {
	for i := range d.Sources {
		if d.Sources[i].matches(u, self, redirected) {
			return &d.Sources[i]
		}
	}
	return nil
}

// matches is "does url match expression in origin" (CSP3, 6.7.2.8). 'none' beside other sources matches nothing either.
func (s *Source) matches(u, origin URL, redirected bool) bool {
	switch {
	case s.everywhere():
		return u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ws" || u.Scheme == "wss" || u.Scheme == origin.Scheme
	case s.Kind == Scheme:
		return schemeMatches(s.scheme, u.Scheme)
	case s.Kind == Host:
		return s.hostMatches(u, origin, redirected)
	case s.word == keywordSelf:
		return selfMatches(u, origin)
	}
	return false
}

func (s *Source) hostMatches(u, origin URL, redirected bool) bool {
	scheme := s.scheme
	if scheme == "" {
		scheme = origin.Scheme
	}
	if u.Host == "" || !schemeMatches(scheme, u.Scheme) || !hostPartMatches(s.host, u.Host) {
		return false
	}
	upgraded := !strings.EqualFold(scheme, u.Scheme)
	return portMatches(s.port, u, upgraded) && (redirected || pathMatches(s.path, u.Path))
}

// schemeMatches is "scheme-part match" (CSP3, 6.7.2.9): a secure scheme stands in for the insecure one, never the
// other way round.
func schemeMatches(a, b string) bool {
	switch {
	case strings.EqualFold(a, b):
		return true
	case strings.EqualFold(a, "http"):
		return b == "https"
	case strings.EqualFold(a, "ws"):
		return b == "wss" || b == "http" || b == "https"
	case strings.EqualFold(a, "wss"):
		return b == "https"
	}
	return false
}

// hostPartMatches is "host-part match" (CSP3, 6.7.2.10). Both are in lower case. Of addresses only 127.0.0.1 matches.
func hostPartMatches(a, b string) bool {
	if a != "" && a[0] == '*' {
		return strings.HasSuffix(b, a[1:])
	}
	return a == b && (!isIPv4(a) || a == "127.0.0.1")
}

func isIPv4(host string) bool {
	parts, digits := 1, 0
	for i := range len(host) {
		switch c := host[i]; {
		case digit(c) && digits < 3:
			digits++
		case c == '.' && digits > 0:
			parts, digits = parts+1, 0
		default:
			return false
		}
	}
	return parts == 4 && digits > 0
}

// portMatches is "port-part match" (CSP3, 6.7.2.11). Where the scheme was upgraded, port 80 stands for 443 as well, as
// in browsers.
func portMatches(a string, u URL, upgraded bool) bool {
	switch a {
	case "*":
		return true
	case "":
		return u.port() == defaultPort(u.Scheme)
	}
	n, _ := strconv.Atoi(a)
	return n == u.port() || upgraded && n == 80 && u.port() == 443
}

// pathMatches is "path-part match" (CSP3, 6.7.2.12): a path that ends in "/" allows what is below it, another one only
// itself. Both are compared decoded.
func pathMatches(a, b string) bool {
	if a == "" || a == "/" && b == "" {
		return true
	}
	below := a[len(a)-1] == '/'
	for {
		pieceA, restA, moreA := strings.Cut(a, "/")
		pieceB, restB, moreB := strings.Cut(b, "/")
		if below && !moreA {
			return true // the empty piece after the last "/"
		}
		if moreA && !moreB || !below && moreA != moreB || decoded(pieceA) != decoded(pieceB) {
			return false
		}
		if !moreA {
			return true
		}
		a, b = restA, restB
	}
}

// decoded is percent-decoding that leaves what it cannot decode.
func decoded(piece string) string {
	if !strings.Contains(piece, "%") {
		return piece
	}
	out := make([]byte, 0, len(piece))
	for i := 0; i < len(piece); i++ {
		if c, err := strconv.ParseUint(piece[min(i+1, len(piece)):min(i+3, len(piece))], 16, 8); piece[i] == '%' && i+2 < len(piece) && err == nil {
			out = append(out, byte(c))
			i += 2
			continue
		}
		out = append(out, piece[i])
	}
	return string(out)
}

// selfMatches is the part of 6.7.2.8 about 'self': the page's own origin, or its secure twin.
func selfMatches(u, origin URL) bool {
	if u.Host == "" || u.Host != origin.Host {
		return false
	}
	if u.Scheme == origin.Scheme && u.port() == origin.port() {
		return true
	}
	samePort := u.Port == origin.Port || u.port() == defaultPort(u.Scheme) && origin.port() == defaultPort(origin.Scheme)
	secure := u.Scheme == "https" || u.Scheme == "wss"
	return samePort && (secure || origin.Scheme == "http" && (u.Scheme == "http" || u.Scheme == "ws"))
}
