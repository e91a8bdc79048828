package headers

import (
	"strings"
	"time"
)

// cookie is one Set-Cookie line as a browser reads it (RFC 6265bis, 5.6). The value never leaves this type whole.
type cookie struct {
	name, value string
	secure      bool
	httpOnly    bool
	partitioned bool
	sameSite    string // in lower case; "" where absent
	hasSameSite bool
	path        string // "" where absent or not beginning with "/"
	domain      string // in lower case without a leading dot; "" where absent
	gone        bool   // the line deletes the cookie, or leaves nothing in it
}

const (
	// maxCookie is the size of name and value over which browsers drop a cookie.
	maxCookie = 4096
	// maxCookieAttribute is the size of an attribute's value over which browsers ignore the attribute.
	maxCookieAttribute = 1024
)

// parseCookie reads one Set-Cookie line. dropped says why a browser ignores the whole line, "" where it does not; the
// name is read either way.
func parseCookie(line string, now time.Time) (c cookie, dropped string) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, hasValue := strings.Cut(pair, "=")
	if !hasValue {
		name, value = "", name // a nameless cookie
	}
	c.name, c.value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	switch {
	case strings.ContainsFunc(line, control):
		return c, "a control character in the line"
	case c.name == "" && c.value == "":
		return c, "neither name nor value"
	case len(c.name)+len(c.value) > maxCookie:
		return c, "a name and value of more than 4096 bytes"
	}
	life := lifetime{empty: c.value == "" || c.value == `""`}
	for attributes != "" {
		var part string
		part, attributes, _ = strings.Cut(attributes, ";")
		key, arg, _ := strings.Cut(part, "=")
		if arg = strings.Trim(arg, " \t"); len(arg) <= maxCookieAttribute {
			c.set(asciiLower(strings.Trim(key, " \t")), arg, &life)
		}
	}
	c.gone = life.over(now)
	return c, ""
}

// set takes one attribute. Of several of one name the last counts; unknown ones are ignored.
func (c *cookie) set(key, arg string, life *lifetime) {
	switch key {
	case "secure":
		c.secure = true
	case "httponly":
		c.httpOnly = true
	case "partitioned":
		c.partitioned = true
	case "samesite":
		c.sameSite, c.hasSameSite = asciiLower(arg), true
	case "path":
		c.path = ""
		if strings.HasPrefix(arg, "/") {
			c.path = arg
		}
	case "domain":
		c.domain = asciiLower(strings.TrimPrefix(arg, "."))
	case "expires":
		if at, ok := cookieDate(arg); ok {
			life.expires = at
		}
	case "max-age":
		if digits(strings.TrimPrefix(arg, "-")) {
			life.maxAge = arg
		}
	}
}

func control(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }

// lifetime is how long the line wants the cookie kept.
type lifetime struct {
	expires time.Time // zero where no date could be read
	maxAge  string    // a whole number; "" where there is none
	empty   bool      // nothing is kept
}

// over reports whether the cookie is gone as soon as it is set. Max-Age wins over Expires.
func (l lifetime) over(now time.Time) bool {
	switch {
	case l.maxAge != "":
		return l.maxAge[0] == '-' || strings.Trim(l.maxAge, "0") == ""
	case !l.expires.IsZero():
		return l.expires.Before(now)
	}
	return l.empty
}
