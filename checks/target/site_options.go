package target

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/idna"

	"hardcheck/checks"
)

// ownHeaders reads the user's headers and credentials, and lists the values that must not be shown.
func ownHeaders(o SiteOptions) (own, signedIn http.Header, secrets []string, err error) {
	own, signedIn = http.Header{}, http.Header{}
	if o.User != "" || o.Password != "" {
		value := basicAuth(o.User, o.Password)
		own.Set("Authorization", value)
		secrets = append(secrets, strings.TrimPrefix(value, "Basic "), o.Password)
	}
	for _, given := range []struct {
		to    http.Header
		lines []string
		what  string
	}{{own, o.Headers, "header "}, {signedIn, o.SignedIn, "header of the signed-in user "}} {
		for i, line := range given.lines {
			more, err := ownHeader(given.to, line, given.what+strconv.Itoa(i+1))
			if err != nil {
				return nil, nil, nil, err
			}
			secrets = append(secrets, more...)
		}
	}
	return own, signedIn, secrets, nil
}

// ownHeader adds one line and returns the forms of its value that must not be shown. what names it in an error: the
// line may hold a secret.
func ownHeader(to http.Header, line, what string) (secrets []string, err error) {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	bad := func(actual string) error {
		return &checks.Problem{Op: "read " + what, Expected: `"Name: value"`, Actual: actual, Retry: checks.RetryUseless}
	}
	switch {
	case !ok || !httpguts.ValidHeaderFieldName(name):
		return nil, bad("text without a valid header name and a colon")
	case !httpguts.ValidHeaderFieldValue(value):
		return nil, bad("a value with a control character")
	case strings.EqualFold(name, "Host"):
		return nil, bad("Host: give the host in the URL and its address with --resolve host:port:address")
	}
	to.Add(name, value)
	secrets = append(secrets, value)
	if strings.EqualFold(name, "Cookie") {
		for _, pair := range strings.Split(value, ";") {
			_, cookie, _ := strings.Cut(pair, "=")
			secrets = append(secrets, strings.TrimSpace(cookie))
		}
	}
	if _, token, ok := strings.Cut(value, " "); ok {
		secrets = append(secrets, token)
	}
	return secrets, nil
}

// parseResolve reads "host:port:address" entries, with an optional port after the address. IPv6 addresses stand
// in brackets; the last field may go without where no port follows.
func parseResolve(entries []string) (map[string]string, error) {
	out := map[string]string{}
	for _, entry := range entries {
		from, to, ok := splitResolve(entry)
		if !ok {
			return nil, &checks.Problem{Op: "read the resolve entry", Expected: "host:port:address, such as shop.example:443:10.0.0.5",
				Actual: strconv.Quote(entry), Retry: checks.RetryUseless}
		}
		out[from] = to
	}
	return out, nil
}

func splitResolve(entry string) (from, to string, ok bool) {
	host, rest := "", ""
	if strings.HasPrefix(entry, "[") {
		host, rest, ok = strings.Cut(entry[1:], "]:")
	} else {
		host, rest, ok = strings.Cut(entry, ":")
	}
	port, addr, more := strings.Cut(rest, ":")
	if !ok || !more || host == "" || !validPort(port) {
		return "", "", false
	}
	if name, err := idna.Lookup.ToASCII(strings.ToLower(host)); err == nil {
		host = name
	}
	from = net.JoinHostPort(strings.ToLower(host), port)
	if ap, err := netip.ParseAddrPort(addr); err == nil {
		return from, ap.String(), true
	}
	ip, err := netip.ParseAddr(strings.Trim(addr, "[]"))
	if err != nil {
		return "", "", false
	}
	return from, net.JoinHostPort(ip.String(), port), true
}
