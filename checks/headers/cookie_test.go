package headers

import (
	"strings"
	"testing"
	"time"
)

func TestParseCookie(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		line string
		want cookie
		ok   bool
	}{
		{"a=b", cookie{name: "a", value: "b"}, true},
		{" a = b ; SECURE ; HttpOnly; sameSITE=Lax; path=/x; Domain=.Shop.Example", cookie{name: "a", value: "b", secure: true, httpOnly: true,
			sameSite: "lax", hasSameSite: true, path: "/x", domain: "shop.example"}, true},
		{"a=b; path=x; path=/; path=y", cookie{name: "a", value: "b"}, true},
		{"lonely", cookie{value: "lonely"}, true},
		{"=v", cookie{value: "v"}, true},
		{"a=x; Max-Age=0", cookie{name: "a", value: "x", gone: true}, true},
		{"a=x; Max-Age=-5; Expires=Wed, 21 Oct 2037 07:28:00 GMT", cookie{name: "a", value: "x", gone: true}, true},
		{"a=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", cookie{name: "a", value: "x"}, true},
		{"a=x; Expires=Thu, 01-Jan-1970 00:00:00 GMT", cookie{name: "a", value: "x", gone: true}, true},
		{"a=; Path=/", cookie{name: "a", path: "/", gone: true}, true},
		{"=", cookie{}, false},
		{"a=b\x00c", cookie{}, false},
		{"a=" + strings.Repeat("x", 4096), cookie{}, false},
	}
	for _, tt := range tests {
		got, ok := parseCookie(tt.line, now)
		if ok != tt.ok || got != tt.want {
			t.Errorf("parseCookie(%.60q) = %+v, %v; expected %+v, %v", tt.line, got, ok, tt.want, tt.ok)
		}
	}
}

func TestKindOfCookie(t *testing.T) {
	const lot = "4kq8s0d9f8a7s6d5f4g3h2j1"
	tests := []struct {
		name, value string
		want        kindOfCookie
	}{
		{"sessionid", "x", sessionCookie}, {"__Host-PHPSESSID", "x", sessionCookie}, {"_shop_session", "x", sessionCookie},
		{"ASP.NET_SessionId", "x", sessionCookie}, {"shop_sid", lot, sessionCookie}, {"anything", "eyJ" + "a.b.c", sessionCookie},
		{"csrftoken", lot, csrfCookie}, {"XSRF-TOKEN", lot, csrfCookie},
		{"_ga", lot, publicCookie}, {"__cf_bm", lot, publicCookie},
		{"theme", "dark", plainCookie}, {"cart", lot, plainCookie}, {"residence", "de", plainCookie}, {"token_kind", "short", plainCookie},
	}
	for _, tt := range tests {
		if c := (cookie{name: tt.name, value: tt.value}); c.kind() != tt.want {
			t.Errorf("%s is kind %v, expected %v", tt.name, c.kind(), tt.want)
		}
	}
}

func FuzzParseCookie(f *testing.F) {
	for _, seed := range []string{"sid=abc; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=1", "=;=;=", "a; expires=Thu, 01 Jan 1970 00:00:00 GMT"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := parseCookie(line, time.Unix(0, 0))
		if !ok {
			return
		}
		for _, i := range judgeCookie(c, true, true) {
			if secret := c.value; len(secret) > 40 && !strings.Contains(c.name, secret) && strings.Contains(i.message+i.actual+i.expected, secret) {
				t.Errorf("%q: the finding shows the value", line)
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
