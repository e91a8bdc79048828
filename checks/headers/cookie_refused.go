package headers

import (
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// refusal is why a browser does not take a cookie: what it would need, and what it has.
type refusal struct{ rule, want, have string }

// cookiePrefixes are the names' prefixes and what they promise (RFC 6265bis, 4.1.3, and its successor on layered
// cookies). Longer ones come first.
var cookiePrefixes = []struct {
	prefix         string
	host, httpOnly bool
}{
	{"__host-http-", true, true}, {"__host-", true, false}, {"__http-", false, true}, {"__secure-", false, false},
}

// refused says why a browser that got the cookie from that host, "" for one that is not known, does not store it (RFC
// 6265bis, 5.7), or nothing.
func refused(c cookie, host string) (refusal, bool) {
	if r, broken := brokenPrefix(c); broken {
		return r, true
	}
	switch {
	case c.domain != "" && host != "" && c.domain != host && !below(host, c.domain):
		return refusal{"refused", "the host's own domain or none", "Domain=" + c.domain + " on " + host}, true
	case c.domain != "" && c.domain != host && publicSuffix(c.domain):
		return refusal{"refused", "a domain that one owner holds", "Domain=" + c.domain + ", which is a public suffix"}, true
	case c.sameSite == "none" && !c.secure:
		return refusal{"samesite-none", "SameSite=None; Secure", "SameSite=None without Secure"}, true
	case c.partitioned && !c.secure:
		return refusal{"refused", "Partitioned; Secure", "Partitioned without Secure"}, true
	}
	return refusal{}, false
}

// brokenPrefix returns the first promise of the name's prefix that the attributes break. A nameless cookie must not
// look like a prefixed one.
func brokenPrefix(c cookie) (refusal, bool) {
	for _, p := range cookiePrefixes {
		name := asciiLower(c.name)
		if c.name == "" {
			name = asciiLower(c.value)
		}
		if !strings.HasPrefix(name, p.prefix) {
			continue
		}
		want, have := "", ""
		switch {
		case c.name == "":
			want, have = "a name", "a value with a prefix and no name"
		case !c.secure:
			want, have = "Secure", "no Secure"
		case p.host && c.domain != "":
			want, have = "no Domain", "Domain="+c.domain
		case p.host && c.path != "/":
			want, have = "Path=/", "Path="+c.path
		case p.httpOnly && !c.httpOnly:
			want, have = "HttpOnly", "no HttpOnly"
		}
		return refusal{"broken-prefix", want, have}, want != ""
	}
	return refusal{}, false
}

// below reports whether a host is a name below the domain.
func below(host, domain string) bool {
	return strings.HasSuffix(host, "."+domain) && net.ParseIP(host) == nil
}

func publicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}
