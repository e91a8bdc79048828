package headers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestParseHSTS(t *testing.T) {
	year := 365 * 24 * time.Hour
	tests := []struct {
		value string
		want  sts
		bad   bool
	}{
		{"max-age=31536000", sts{maxAge: year}, false},
		{" Max-Age = 31536000 ; INCLUDESUBDOMAINS ", sts{year, true}, false},
		{`max-age="31536000"`, sts{maxAge: year}, false},
		{`max-age="3153\6000"`, sts{maxAge: year}, false},
		{";;max-age=31536000;;", sts{maxAge: year}, false},
		{"max-age=31536000; other; more=x; preload", sts{maxAge: year}, false},
		{"max-age=99999999999999999999", sts{maxAge: 100 * year}, false},
		{"max-age=0", sts{}, false},
		{"", sts{}, true},
		{"includeSubDomains", sts{}, true},
		{"max-age", sts{}, true},
		{"max-age=", sts{}, true},
		{"max-age=-1", sts{}, true},
		{"max-age=1.5", sts{}, true},
		{`max-age="31536000`, sts{}, true},
		{"max-age=“31536000”", sts{}, true},
		{`"max-age=31536000"`, sts{}, true},
		{"max-age=1, max-age=1", sts{}, true},
		{"max-age=1; includeSubDomains; includesubdomains", sts{}, true},
		{"max-age=1; includeSubDomains=1", sts{}, true},
		{"max-age=1 includeSubDomains", sts{}, true},
	}
	for _, tt := range tests {
		got, why := parseHSTS(tt.value)
		if got != tt.want || (why != "") != tt.bad {
			t.Errorf("parseHSTS(%q) = %+v, %q; expected %+v, bad %v", tt.value, got, why, tt.want, tt.bad)
		}
	}
}

func TestParsePolicies(t *testing.T) {
	show := func(text string) (out []string) {
		for _, p := range parsePolicies(text, checks.Place{}) {
			var parts []string
			for _, d := range p.directives {
				parts = append(parts, shown(d))
			}
			out = append(out, strings.Join(parts, " | "))
		}
		return out
	}
	tests := []struct {
		text string
		want []string
	}{
		{"Default-SRC 'self'; ; IMG-src\t* ;", []string{"default-src 'self' | img-src *"}},
		{"script-src a; script-src b", []string{"script-src a"}},
		{"default-src 'self', , script-src x", []string{"default-src 'self'", "script-src x"}},
		{"default-src ‘self’; img-src *", []string{"img-src *"}}, // not ASCII: the directive is dropped
		{" ; ", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, show(tt.text)); diff != "" {
			t.Errorf("%q (-expected +found):\n%s", tt.text, diff)
		}
	}
}

func TestSources(t *testing.T) {
	for source, want := range map[string]bool{"*": true, "https:": true, "HTTP:": true, "data:": true, "https://*": true, "https://*:443": true,
		"*:*": true, "'self'": false, "https://*.shop.example": false, "shop.example": false, "blob:": false, "wss:": false} {
		if got := anyHost(source); got != want {
			t.Errorf("anyHost(%q) = %v", source, got)
		}
	}
	for word, want := range map[string]string{"'nonce-abc123'": "abc123", "'NONCE-a_b-c=='": "a_b-c==", "nonce-abc": "", "'nonce-'": "",
		"'nonce-a b'": "", "'nonce-a==='": "", "'nonce-{{x}}'": ""} {
		if got := nonceOf(word); got != want {
			t.Errorf("nonceOf(%q) = %q, expected %q", word, got, want)
		}
	}
}

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

func TestVersion(t *testing.T) {
	for text, want := range map[string]bool{"nginx/1.24.0": true, "Apache/2.4.62 (Debian)": true, "PHP/8.2.1": true, "4.0.30319": true, "WordPress 6.4.2": true,
		"Werkzeug/3.0.1 Python/3.11.2": true, "nginx": false, "Apache": false, "Express": false, "ECS (dcb/7F83)": false, "AmazonS3": false,
		"H2O": false, "Apache/2": false, "mw1430.eqiad.wmnet": false, "ATS/9.1.10": true} {
		if version.MatchString(text) != want {
			t.Errorf("%q: expected %v", text, want)
		}
	}
}

func TestClassOfPath(t *testing.T) {
	for pattern, want := range map[string]class{"/": htmlPage, "/app/": htmlPage, `\.php$`: htmlPage, `\.html$`: htmlPage, "/static/": static,
		`\.(css|js|png|jpe?g)$`: static, `\.(?:ico|css|js)$`: static, `\.(js|html)$`: htmlPage, "/favicon.ico": static, "/api/": jsonAnswer,
		"/media/": download, "/app/main.js": static, "/statistics": htmlPage} {
		if got := classOfPath(pattern); got != want {
			t.Errorf("%q is %q, expected %q", pattern, got, want)
		}
	}
}

func TestMetaTags(t *testing.T) {
	page := `<!doctype html><html><head><meta http-equiv="content-security-policy" content=" default-src 'self' ">
<script>"<meta http-equiv=refresh content=1>"</script><noscript><meta name=referrer content=unsafe-url></noscript><meta name=Referrer content=origin><meta name=viewport content=x></head>
<meta http-equiv="X-Frame-Options" content="DENY">`
	want := []metaTag{{name: cspHeader, content: "default-src 'self'"}, {name: referrerHeader, content: "origin"}}
	if diff := cmp.Diff(want, metaTags([]byte(page)), cmp.AllowUnexported(metaTag{})); diff != "" {
		t.Errorf("(-expected +found):\n%s", diff)
	}
}

func TestMetaTagsEndWithTheHead(t *testing.T) {
	const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`
	for page, want := range map[string]int{
		policy: 1, "<title>a</title>" + policy: 1, "<!-- a --><html><head><link rel=x>" + policy: 1,
		"<p>" + policy: 0, "<head></head>" + policy: 0, "<head>text" + policy: 0, "<template>" + policy + "</template>": 0, "<script>" + policy: 0,
	} {
		if got := len(metaTags([]byte(page))); got != want {
			t.Errorf("%s: %d policies, expected %d", page, got, want)
		}
	}
}

func TestClosest(t *testing.T) {
	for word, want := range map[string]string{"scrip-src": "script-src", "frame-anchestors": "frame-ancestors", "x": "", "completely-other": ""} {
		if got := closest(word, directiveNames); got != want {
			t.Errorf("closest(%q) = %q, expected %q", word, got, want)
		}
	}
}
