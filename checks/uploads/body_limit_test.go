package uploads

import (
	"testing"

	"hardcheck/checks"
)

func TestLimitingMiddleware(t *testing.T) {
	for name, want := range map[string]bool{
		"MaxBodySizeMiddleware": true, "LimitUploadSize": true, "ContentSizeLimitMiddleware": true, "check_content_length": true,
		"RequestSizeLimitMiddleware": true, "limit_body": true, "RateLimitMiddleware": false, "SlowAPIMiddleware": false,
		"GZipMiddleware": false, "RequestRateLimiter": false, "CORSMiddleware": false, "limit": false, "ContentSecurityPolicyMiddleware": false,
	} {
		if limitingMiddleware.MatchString(name) != want {
			t.Errorf("%s limits bodies: want %v", name, want)
		}
	}
}

func TestSizeOf(t *testing.T) {
	for _, c := range []struct {
		set  checks.Setting
		zero bool
		want size
	}{
		{checks.Setting{Value: int64(10)}, true, size{bytes: 10, known: true}},
		{checks.Setting{Value: int64(0)}, true, size{unlimited: true, known: true}},
		{checks.Setting{Value: int64(0)}, false, size{known: true}},
		{checks.Setting{Value: 2621440.0}, false, size{bytes: 2621440, known: true}},
		{checks.Setting{Value: nil}, false, size{unlimited: true, known: true}},
		{checks.Setting{Value: int64(-1)}, false, size{}},
		{checks.Setting{Value: "ten"}, false, size{}},
		{checks.Setting{Origin: checks.OriginDynamic}, false, size{}},
	} {
		if got := sizeOf(c.set, c.zero); got != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.set, got, c.want)
		}
	}
}

func TestApacheProxies(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"ProxyPass", "/ http://127.0.0.1:8000/", true},
		{"ProxyPass", "/api http://127.0.0.1:8000/", false},
		{"ProxyPass", "/ !", false},
		{"ProxyPassMatch", "^/(.*)$ http://127.0.0.1/$1", true},
		{"SetHandler", "proxy:unix:/run/php.sock|fcgi://localhost", true},
		{"SetHandler", "server-status", false},
		{"RewriteRule", "^/(.*)$ http://127.0.0.1/$1 [P,L]", true},
		{"RewriteRule", "^/(.*)$ https://shop.example/$1 [R,L]", false},
	} {
		s := &checks.Scope{Layer: "apache", Kind: "virtualhost", Settings: []checks.Setting{{Name: c.name, Value: c.value}}}
		if apacheProxies(s) != c.want {
			t.Errorf("%s %s passes everything on: want %v", c.name, c.value, c.want)
		}
	}
}
