package target

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"hardcheck/checks"
)

// parseBase reads the URL of a site and normalises its host. User information in it is refused and never shown.
func parseBase(rawURL string) (*url.URL, error) {
	bad := func(actual string) error {
		return &checks.Problem{Op: "read the URL", Expected: "http:// or https://, a host and an optional path",
			Actual: actual, Retry: checks.RetryUseless}
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, bad("text that is not a URL")
	}
	if u.User != nil {
		return nil, bad("a user name or password in it: set HARDCHECK_USER and HARDCHECK_PASSWORD in the environment instead")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, bad("another scheme, or none")
	}
	host := strings.ToLower(u.Hostname())
	if net.ParseIP(host) == nil {
		if host, err = idna.Lookup.ToASCII(host); err != nil || host == "" {
			return nil, bad("a host name that is not valid: " + strconv.Quote(u.Hostname()))
		}
	}
	if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
		return nil, bad("port " + u.Port())
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		host += ":" + port
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// hostPort is where a URL is dialled: "host:port" in lower case.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// sameOrigin reports whether two URLs share scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && hostPort(a) == hostPort(b)
}

// plainOf is where the first path is asked for over http: the base itself where that is http, else the same host
// on port, 0 meaning 80.
func plainOf(base *url.URL, port int) *url.URL {
	plain := *base
	if base.Scheme == "http" {
		return &plain
	}
	plain.Scheme, plain.Host = "http", base.Hostname()
	switch {
	case port != 0 && port != 80:
		plain.Host = net.JoinHostPort(base.Hostname(), strconv.Itoa(port))
	case strings.Contains(plain.Host, ":"):
		plain.Host = "[" + plain.Host + "]"
	}
	return &plain
}

// SafeURL is a URL as it may be printed: without user name and password, whether it can be parsed or not.
func SafeURL(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, "//")
	if !ok {
		scheme, rest = "", rawURL
	} else {
		scheme += "//"
	}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	return scheme + rest[strings.LastIndexByte(rest[:end], '@')+1:]
}
