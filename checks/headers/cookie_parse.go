package headers

import (
	"math"
	"strings"
	"time"
)

// cookie is one Set-Cookie line as a browser reads it (RFC 6265bis, 5.6). The value never leaves this type whole.
type cookie struct {
	name, value string
	secure      bool
	httpOnly    bool
	sameSite    string // in lower case; "" where absent
	hasSameSite bool
	path        string // "" where absent or not beginning with "/"
	domain      string
	gone        bool // the line deletes the cookie
}

// maxCookie is the size of name and value over which browsers drop a cookie.
const maxCookie = 4096

// parseCookie reads one Set-Cookie line. ok is false where a browser ignores the whole line.
func parseCookie(line string, now time.Time) (c cookie, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, hasValue := strings.Cut(pair, "=")
	if !hasValue {
		name, value = "", name // a nameless cookie
	}
	c.name, c.value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if c.name == "" && c.value == "" || len(c.name)+len(c.value) > maxCookie || strings.ContainsFunc(line, control) {
		return cookie{}, false
	}
	var expires, maxAge string
	for attributes != "" {
		var part string
		part, attributes, _ = strings.Cut(attributes, ";")
		key, arg, _ := strings.Cut(part, "=")
		key, arg = strings.ToLower(strings.Trim(key, " \t")), strings.Trim(arg, " \t")
		switch key {
		case "secure":
			c.secure = true
		case "httponly":
			c.httpOnly = true
		case "samesite":
			c.sameSite, c.hasSameSite = strings.ToLower(arg), true
		case "path":
			c.path = ""
			if strings.HasPrefix(arg, "/") {
				c.path = arg
			}
		case "domain":
			c.domain = strings.ToLower(strings.TrimPrefix(arg, "."))
		case "expires":
			expires = arg
		case "max-age":
			maxAge = arg
		}
	}
	c.gone = deletes(c.value, expires, maxAge, now)
	return c, true
}

func control(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }

// deletes reports whether the line's lifetime is over. Max-Age wins over Expires.
func deletes(value, expires, maxAge string, now time.Time) bool {
	if number := strings.TrimPrefix(maxAge, "-"); digits(number) {
		return number != maxAge || strings.Trim(number, "0") == ""
	}
	if at, ok := cookieDate(expires); ok {
		return at.Before(now)
	}
	return value == "" || value == `""`
}

// kindOfCookie says what a cookie is for, as far as its name and value tell.
type kindOfCookie int

const (
	plainCookie  kindOfCookie = iota
	publicCookie              // balances load, counts visits: nothing is asked of it
	csrfCookie                // scripts read it to send it back, so HttpOnly is not asked for
	sessionCookie
)

// sessionNames are the session cookies of frameworks and products, in lower case.
var sessionNames = map[string]bool{
	"sessionid": true, "session": true, "session_id": true, "session-id": true, "sid": true, "connect.sid": true,
	"phpsessid": true, "jsessionid": true, "laravel_session": true, "asp.net_sessionid": true, "aspsessionid": true,
	".aspnetcore.session": true, ".aspnetcore.cookies": true, ".aspnetcore.identity.application": true, ".aspxauth": true,
	"cfid": true, "cftoken": true, "cgisessid": true, "ci_session": true, "cakephp": true, "symfony": true,
	"rack.session": true, "play_session": true, "koa.sid": true, "koa.sess": true, "express.sid": true, "beaker.session.id": true,
	"auth": true, "token": true, "jwt": true, "auth_token": true, "access_token": true, "refresh_token": true, "id_token": true,
	"authtoken": true, "accesstoken": true, "remember_token": true, "remember_me": true, "rememberme": true, "remember-me": true,
	"next-auth.session-token": true, "authjs.session-token": true, "fastapiusersauth": true, "sails.sid": true,
	"wordpress_logged_in": true, "wordpress_sec": true, "grafana_session": true, "_gitlab_session": true, "user_session": true,
}

// sessionParts are words of a name that, with a random value, make it a session.
var sessionParts = []string{"sess", "auth", "token", "sid", "jwt", "login", "remember", "sso"}

// publicNames begin the names of cookies that balance load, measure visits or keep bots out; they identify nobody who is logged in.
var publicNames = []string{"_ga", "_gid", "_gat", "_gcl", "_fbp", "_hj", "__utm", "_pk_", "__cf", "cf_", "awsalb", "ak_bmsc",
	"bm_", "_abck", "incap_", "visid_", "nlbi_", "heroku-session-affinity", "route", "serverid", "arraffinity", "optimizely", "amplitude",
	"mp_", "ajs_", "intercom-", "_dd_s", "datadome", "cookieconsent", "consent"}

// kind tells session cookies by the names frameworks give them, or by a telling name with a random value.
func (c *cookie) kind() kindOfCookie {
	name := strings.ToLower(c.name)
	for _, prefix := range []string{"__host-http-", "__host-", "__secure-", "__http-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	for _, p := range publicNames {
		if strings.HasPrefix(name, p) {
			return publicCookie
		}
	}
	if strings.Contains(name, "csrf") || strings.Contains(name, "xsrf") {
		return csrfCookie
	}
	if sessionNames[name] || strings.HasPrefix(name, "_") && strings.HasSuffix(name, "_session") ||
		strings.HasPrefix(name, "wordpress_logged_in_") || strings.HasPrefix(name, "aspsessionid") || jwt(c.value) {
		return sessionCookie
	}
	for _, part := range sessionParts {
		if strings.Contains(name, part) && random(c.value) {
			return sessionCookie
		}
	}
	return plainCookie
}

// jwt reports whether the value is a signed JSON web token: two base64 objects and a signature.
func jwt(value string) bool {
	return strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2
}

// random reports whether the value looks drawn by lot: 16 characters or more with 3 bits of entropy each.
func random(value string) bool {
	if len(value) < 16 {
		return false
	}
	var count [256]int
	for i := range len(value) {
		count[value[i]]++
	}
	bits := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(value))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= 3
}
