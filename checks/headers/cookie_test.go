package headers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
)

func TestParseCookie(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	long := strings.Repeat("x", 4095)
	tests := []struct {
		line    string
		want    cookie
		dropped string // part of it; "" where the line counts
	}{
		{"a=b", cookie{name: "a", value: "b"}, ""},
		{" a = b ; SECURE ; HttpOnly; sameSITE=Lax; path=/x; Domain=.Shop.Example", cookie{name: "a", value: "b", secure: true, httpOnly: true,
			sameSite: "lax", hasSameSite: true, path: "/x", domain: "shop.example"}, ""},
		{"a=b; Secure=false; HttpOnly=0; Partitioned; Priority=High; SameParty; x", cookie{name: "a", value: "b", secure: true, httpOnly: true, partitioned: true}, ""},
		{"a=b; path=x; path=/; path=y", cookie{name: "a", value: "b"}, ""},
		{"a=b; SameSite=Strict; SameSite=None", cookie{name: "a", value: "b", sameSite: "none", hasSameSite: true}, ""},
		{"a=b; SameSite", cookie{name: "a", value: "b", hasSameSite: true}, ""},
		{"a=b; Domain=x.example; Domain=", cookie{name: "a", value: "b"}, ""},
		{"a=b; Domain=..x.example", cookie{name: "a", value: "b", domain: ".x.example"}, ""},
		{"a=b; Path=/" + strings.Repeat("p", 1024), cookie{name: "a", value: "b"}, ""}, // longer than browsers read
		{"a=b=c; ; ;Secure", cookie{name: "a", value: "b=c", secure: true}, ""},
		{`a="quoted, value"`, cookie{name: "a", value: `"quoted, value"`}, ""},
		{"lonely", cookie{value: "lonely"}, ""},
		{"=v", cookie{value: "v"}, ""},
		{"a=x; Max-Age=0", cookie{name: "a", value: "x", gone: true}, ""},
		{"a=x; Max-Age=-5; Expires=Wed, 21 Oct 2037 07:28:00 GMT", cookie{name: "a", value: "x", gone: true}, ""},
		{"a=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", cookie{name: "a", value: "x"}, ""},
		{"a=x; Max-Age=1h; Expires=Thu, 01 Jan 1970 00:00:00 GMT", cookie{name: "a", value: "x", gone: true}, ""},
		{"a=x; Max-Age=60; Max-Age=soon", cookie{name: "a", value: "x"}, ""},
		{"a=x; Max-Age=+0", cookie{name: "a", value: "x"}, ""},
		{"a=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT", cookie{name: "a", value: "x", gone: true}, ""},
		{"a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=never", cookie{name: "a", value: "x", gone: true}, ""},
		{"a=; Path=/", cookie{name: "a", path: "/", gone: true}, ""},
		{"a=" + long, cookie{name: "a", value: long}, ""},
		{"a=" + long + "x", cookie{}, "4096"},
		{"=", cookie{}, "neither"},
		{" ; Secure", cookie{}, "neither"},
		{"a=b\x00c", cookie{}, "control"},
		{"a=b; Path=/\x1b[31m", cookie{}, "control"},
		{"a=b\tc", cookie{name: "a", value: "b\tc"}, ""},
	}
	for _, tt := range tests {
		got, dropped := parseCookie(tt.line, now)
		if tt.dropped == "" && got != tt.want || (dropped != "") != (tt.dropped != "") || !strings.Contains(dropped, tt.dropped) {
			t.Errorf("parseCookie(%.60q) = %+v, %q; expected %+v, %q", tt.line, got, dropped, tt.want, tt.dropped)
		}
	}
}

func TestKindOfCookie(t *testing.T) {
	const (
		lot   = "4kq8s0d9f8a7s6d5f4g3h2j1"
		lot64 = "Zk3v9QpL2xTn8RwY5sBh7A"
		hex   = "9f8b2c47d1e05a6b93c8f7e21d4b60a5"
		token = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + "c2ln"
		flask = "eyJ1c2VyIjoiYWRhIn0.Z0EXQA." + "Zk3v9QpL2xTn8RwY5sBh7Acd0eF"
	)
	tests := []struct {
		name, value string
		want        kindOfCookie
	}{
		{"sessionid", "x", sessionCookie}, {"__Host-PHPSESSID", "x", sessionCookie}, {"_shop_session", "x", sessionCookie}, {"laravel_session", "x", sessionCookie},
		{"shop_session", "x", sessionCookie}, {"connect.sid", "x", sessionCookie}, {"JSESSIONID", "x", sessionCookie}, {"SESSION", "x", sessionCookie},
		{"ASP.NET_SessionId", "x", sessionCookie}, {".AspNetCore.Cookies", "x", sessionCookie}, {".AspNetCore.Identity.Application", "x", sessionCookie},
		{"__Secure-next-auth.session-token.0", "x", sessionCookie}, {"authjs.session-token", "x", sessionCookie}, {"rack.session", "x", sessionCookie},
		{"wordpress_logged_in_" + hex, "x", sessionCookie}, {"ASPSESSIONIDQADTBRCC", "x", sessionCookie}, {"remember_web_59ba36", lot, sessionCookie},
		{"shop_sid", lot, sessionCookie}, {"access_token", "x", sessionCookie}, {"sb-abc-auth-token", "x", sessionCookie}, {"anything", token, sessionCookie},
		{"__Http-sid", "x", sessionCookie}, {"__Host-Http-session", "x", sessionCookie}, {"session", flask, sessionCookie},
		{"csrftoken", lot, csrfCookie}, {"XSRF-TOKEN", lot, csrfCookie}, {"__Host-next-auth.csrf-token", lot, csrfCookie}, {".AspNetCore.Antiforgery.x", lot, csrfCookie},
		{"_ga", lot, publicCookie}, {"__cf_bm", lot, publicCookie}, {"AWSALB", lot64, publicCookie}, {"AWSALBCORS", lot64, publicCookie}, {"_uetsid", hex, publicCookie},
		{"heroku-session-affinity", lot, publicCookie}, {"BIGipServerpool", "1.2", publicCookie}, {"CookieConsent", "{stamp:x}", publicCookie},
		{"id", hex, guessedCookie}, {"u", lot64, guessedCookie}, {"x", flask, guessedCookie}, {"who", "s%3Aabc." + lot64 + lot64, guessedCookie}, {"app", "BAh7--" + hex + hex, guessedCookie},
		{"theme", "dark", plainCookie}, {"cart", lot64, plainCookie}, {"guest_id", hex, plainCookie}, {"residence", "de", plainCookie}, {"token_kind", "short", plainCookie},
		{"last_session", "1700000000", plainCookie}, {"has_session", "true", plainCookie}, {"seen", "2026-11-23T08:00:00", plainCookie}, {"phone", "004930123456789012345678", plainCookie},
		{"text", "thequickbrownfoxjumpsoverthelazydog", plainCookie}, {"visit", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", plainCookie}, {"notjwt", "eyJ.a.b", plainCookie},
		{"author", "ada", plainCookie}, {"version", hex, plainCookie}, {"oauth_state", lot64, plainCookie}, {"cookie_session", "x", sessionCookie},
	}
	for _, tt := range tests {
		if c := (cookie{name: tt.name, value: tt.value}); c.kind() != tt.want {
			t.Errorf("%s=%.20s is kind %v, expected %v", tt.name, tt.value, c.kind(), tt.want)
		}
	}
}

func TestJudgeCookie(t *testing.T) {
	const lot64 = "Zk3v9QpL2xTn8RwY5sBh7A"
	shop := setter{host: "www.shop.example", https: true}
	hsts := setter{host: "www.shop.example", https: true, hsts: true}
	tests := []struct {
		from setter
		line string
		want string // RULE or RULE=SEVERITY, separated by spaces
	}{
		{shop, "sessionid=1; Secure; HttpOnly; SameSite=Lax; Path=/", ""},
		{shop, "__Host-sid=1; Secure; HttpOnly; Path=/", ""},
		{shop, "__host-http-sid=1; Secure; HttpOnly; Path=/", ""},
		{shop, "sessionid=1", "session-not-secure session-not-httponly"},
		{hsts, "sessionid=1; HttpOnly", "session-not-secure=medium"},
		{hsts, "sessionid=1; HttpOnly; Domain=shop.example", "session-not-secure wide-domain"},
		{hsts, "theme=1", "not-secure=info"},
		{shop, "theme=1", "not-secure"},
		{shop, "_ga=GA1.2.3", ""},
		{shop, "csrftoken=1; Secure", ""},
		{shop, "csrftoken=1", "not-secure"},
		{shop, "id=" + lot64, "session-not-secure=medium session-not-httponly=low"},
		{shop, "id=" + lot64 + "; Secure; HttpOnly", ""},
		{setter{host: "shop.example"}, "sessionid=1; HttpOnly", ""}, // over http
		{shop, "sessionid=1; Secure; HttpOnly; SameSite=None", "samesite-off=low"},
		{shop, "sessionid=1; Secure; HttpOnly; SameSite=None; Partitioned", ""},
		{shop, "widget=1; SameSite=None", "samesite-none=low"},
		{shop, "sid=1; SameSite=None", "samesite-none session-not-httponly"},
		{shop, "widget=1; Secure; SameSite=None", ""},
		{shop, "sessionid=1; Secure; HttpOnly; SameSite=", "samesite-invalid"},
		{shop, "widget=1; Secure; SameSite=True", "samesite-invalid"},
		{setter{host: "shop.example", https: true, requireSameSite: true}, "sessionid=1; Secure; HttpOnly", "samesite-missing"},
		{shop, "sessionid=1; Secure; HttpOnly; Domain=www.shop.example", ""},
		{shop, "sessionid=1; Secure; HttpOnly; Domain=.shop.example", "wide-domain"},
		{shop, "widget=1; Secure; Domain=shop.example", ""},
		{shop, "sessionid=1; Secure; HttpOnly; Domain=other.example", "refused"},
		{shop, "sessionid=1; Secure; HttpOnly; Domain=app.www.shop.example", "refused"},
		{setter{host: "shop.co.uk", https: true}, "a=1; Secure; Domain=co.uk", "refused"},
		{setter{host: "me.github.io", https: true}, "a=1; Secure; Domain=github.io", "refused"},
		{setter{host: "localhost", https: true}, "a=1; Secure; Domain=localhost", ""},
		{setter{host: "192.0.2.7", https: true}, "a=1; Secure; Domain=0.2.7", "refused"},
		{setter{host: "192.0.2.7", https: true}, "a=1; Secure; Domain=192.0.2.7", ""},
		{shop, "a=1; Partitioned", "refused"},
		{shop, "a=1; Partitioned; Secure; SameSite=None; Path=/", ""},
		{shop, "__Host-a=1; Secure; Path=/; Domain=www.shop.example", "broken-prefix"},
		{shop, "__HOST-a=1; Secure", "broken-prefix"},
		{shop, "__Secure-a=1", "broken-prefix"},
		{shop, "__Http-a=1; Secure", "broken-prefix"},
		{shop, "__Host-Http-a=1; Secure; Path=/", "broken-prefix"},
		{shop, "=__Host-a; Secure; Path=/", "broken-prefix"},
		{shop, "__Secure-a=1; Secure", ""},
		{shop, "__Hosta=1; Secure", ""},
		{shop, "sessionid=; Max-Age=0", ""},
		{shop, "sessionid=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ""},
		{shop, "__Host-sid=; Max-Age=0", "broken-prefix"}, // the browser keeps the old one
		{shop, "a=\x01", "refused"},
		{setter{host: "shop.example", https: true, shared: "Cache-Control: public"}, "sessionid=1; Secure; HttpOnly", "shared-cache"},
		{setter{host: "shop.example", https: true, shared: "Cache-Control: public"}, "a=1; Secure", ""},
	}
	for _, tt := range tests {
		c, dropped := parseCookie(tt.line, time.Now())
		var got []string
		for _, i := range tt.from.judge(c, dropped) {
			got = append(got, strings.TrimSuffix(i.rule+"="+i.severity.String(), "="))
			if cookies().Rule(i.rule) == nil || i.message == "" || i.expected == "" || i.actual == "" {
				t.Errorf("%q: unfinished issue %+v", tt.line, i)
			}
		}
		if joined := strings.Join(got, " "); joined != tt.want {
			t.Errorf("%q from %s: %q, expected %q", tt.line, tt.from.host, joined, tt.want)
		}
	}
}

func TestSharable(t *testing.T) {
	for text, want := range map[string]bool{
		"Cache-Control: public":                                             true,
		"Cache-Control: public, max-age=60":                                 true,
		"Cache-Control: max-age=60":                                         true,
		"Cache-Control: s-maxage=60, max-age=0":                             true,
		"Cache-Control: public|Vary: Cookie":                                true, // all first visits are alike
		"Expires: Wed, 21 Oct 2099 07:28:00 GMT":                            true,
		"Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT":                      true,
		"Cache-Control: private, max-age=60":                                false,
		"Cache-Control: no-store":                                           false,
		"Cache-Control: public, no-store":                                   false,
		"Cache-Control: no-cache":                                           false,
		"Cache-Control: public, max-age=0":                                  false,
		"Cache-Control: max-age=60, s-maxage=0":                             false,
		`Cache-Control: public, no-cache="Set-Cookie"`:                      false,
		`Cache-Control: max-age=60, private="x, Set-Cookie"`:                false,
		"Expires: Thu, 01 Jan 1970 00:00:00 GMT":                            false,
		"Expires: 0":                                                        false,
		"Expires: -1|Last-Modified: Wed, 21 Oct 2015 07:28:00":              false,
		"Cache-Control: public|Vary: *":                                     false,
		"Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT|Vary: Accept, Cookie": false,
		"Content-Type: text/html":                                           false,
	} {
		x := &checks.Exchange{Status: 200, Header: http.Header{}}
		for _, line := range strings.Split(text, "|") {
			name, value, _ := strings.Cut(line, ": ")
			x.Header.Add(name, value)
		}
		if got := sharable(x); (got != "") != want {
			t.Errorf("%s: %q, expected %v", text, got, want)
		}
	}
}

func FuzzParseCookie(f *testing.F) {
	for _, seed := range []string{"sid=abc; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=1", "=;=;=", "a; expires=Thu, 01 Jan 1970 00:00:00 GMT",
		"__Host-Http-x=1; Domain=.", "s=s%3A4kq8.4kq8; Partitioned", "t=eyJhbGciOiJIUzI1NiJ9.e.c"} {
		f.Add(seed, "shop.example")
	}
	f.Fuzz(func(t *testing.T, line, host string) {
		c, dropped := parseCookie(line, time.Unix(0, 0))
		for _, i := range (setter{host: host, https: true, requireSameSite: true}).judge(c, dropped) {
			if secret := c.value; len(secret) > 40 && !strings.Contains(c.name, secret) && strings.Contains(i.message+i.actual+i.expected, secret) {
				t.Errorf("%q: the finding shows the value", line)
			}
			if cookies().Rule(i.rule) == nil || i.message == "" || strings.Contains(i.attribute, "\n") {
				t.Errorf("%q: unfinished issue %+v", line, i)
			}
		}
	})
}

func FuzzCookieDate(f *testing.F) {
	for _, seed := range []string{"Thu, 01 Jan 1970 00:00:00 GMT", "Thu Jan 1 00:00:01 1970", "1-jan-70 0:0:0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, ok := cookieDate(text); ok && at.Year() < 1601 {
			t.Errorf("%q is read as %v", text, at)
		}
	})
}
