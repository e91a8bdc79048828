package headers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// defaults are the header sets that frameworks send when their hardening is on and nothing is configured, as the
// projects document them, and what is truly missing in each.
var defaults = map[string]struct {
	headers []line
	cookies []string
	want    []string
}{
	"helmet 8": {headers: []line{
		{cspHeader, "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;" +
			"object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests"},
		{coopHeader, "same-origin"}, {corpHeader, "same-origin"}, {"Origin-Agent-Cluster", "?1"}, {referrerHeader, "no-referrer"},
		{stsHeader, "max-age=31536000; includeSubDomains"}, {nosniffHeader, "nosniff"}, {"X-DNS-Prefetch-Control", "off"},
		{"X-Download-Options", "noopen"}, {xfoHeader, "SAMEORIGIN"}, {"X-Permitted-Cross-Domain-Policies", "none"}, {"X-XSS-Protection", "0"},
	}, cookies: []string{"connect.sid=s%3A8f0c2ab94d17e6aa93c1d2f0; Path=/; HttpOnly; Secure; SameSite=Lax"}},
	"django with SecurityMiddleware": {headers: []line{
		{stsHeader, "max-age=31536000; includeSubDomains"}, {nosniffHeader, "nosniff"}, {referrerHeader, "same-origin"}, {coopHeader, "same-origin"},
		{xfoHeader, "DENY"}, {"Vary", "Cookie"},
	}, cookies: []string{
		"csrftoken=Zr8xQwTnR5kLw2Zr8xQwTnR5kLw2abcd; expires=Mon, 22 Nov 2027 08:00:00 GMT; Max-Age=31449600; Path=/; SameSite=Lax; Secure",
		"sessionid=k2r9x8f0c2ab94d17e6aa93c1d2f0zzz; HttpOnly; Path=/; SameSite=Lax; Secure",
	}, want: []string{"headers/csp missing"}},
	"spring security": {headers: []line{
		{nosniffHeader, "nosniff"}, {"X-XSS-Protection", "0"}, {"Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"}, {"Pragma", "no-cache"},
		{"Expires", "0"}, {stsHeader, "max-age=31536000 ; includeSubDomains"}, {xfoHeader, "DENY"},
	}, cookies: []string{"JSESSIONID=8F0C2AB94D17E6AA93C1D2F0; Path=/; Secure; HttpOnly; SameSite=Lax"}, want: []string{"headers/csp missing"}},
	"rails 7": {headers: []line{
		{xfoHeader, "SAMEORIGIN"}, {"X-XSS-Protection", "0"}, {nosniffHeader, "nosniff"}, {"X-Permitted-Cross-Domain-Policies", "none"},
		{referrerHeader, "strict-origin-when-cross-origin"}, {stsHeader, "max-age=63072000; includeSubDomains"}, {"Cache-Control", "max-age=0, private, must-revalidate"},
		{"X-Request-Id", "0d7ac1b0-6d1c-4b27-9a4f-2a83bd2a4a55"}, {"X-Runtime", "0.004512"}, {"ETag", `W/"8f0c2ab94d17e6aa93c1d2f0"`},
	}, cookies: []string{"_shop_session=8f0c2ab94d17e6aa93c1d2f0; path=/; secure; HttpOnly; SameSite=Lax"}, want: []string{"headers/csp missing"}},
	"flask-talisman": {headers: []line{
		{stsHeader, "max-age=31556926; includeSubDomains"}, {cspHeader, "default-src 'self'; object-src 'none'"}, {xfoHeader, "SAMEORIGIN"},
		{nosniffHeader, "nosniff"}, {referrerHeader, "strict-origin-when-cross-origin"}, {permissionsHeader, "browsing-topics=()"},
	}, cookies: []string{"session=eyJ1c2VyIjoiYW5hIn0.Zr8xQw.k2r9x8f0c2ab94d17e6; Secure; HttpOnly; Path=/; SameSite=Lax"}},
}

// TestFrameworkDefaults: what frameworks send by themselves gives no finding but what they truly leave out.
func TestFrameworkDefaults(t *testing.T) {
	for name, tt := range defaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, l := range tt.headers {
					w.Header().Set(l.name, l.value)
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if r.URL.Path != "/" {
					w.WriteHeader(http.StatusNotFound)
				} else {
					w.Header()["Set-Cookie"] = tt.cookies
				}
				fmt.Fprint(w, "<!DOCTYPE html><title>Shop</title><h1>Shop</h1>")
			}))
			t.Cleanup(srv.Close)
			at, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, _, ca := certificate(t)
			site, err := target.OpenSite("https://example.com:"+at.Port()+"/", target.SiteOptions{CAFile: ca,
				Resolve: []string{"example.com:" + at.Port() + ":127.0.0.1", "example.com:80:127.0.0.1:1", "www.example.com:443:127.0.0.1:1"}})
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			var jobs []engine.Job
			for _, c := range Checks() {
				if c.OnSite() {
					jobs = append(jobs, one(c)...)
				}
			}
			var got []string
			for i, o := range engine.RunSite(t.Context(), site, jobs, engine.Options{}).Observations {
				for _, f := range o.Findings {
					got = append(got, jobs[i].Check.ID+" "+f.Rule)
					t.Logf("%s %s %s: %s", jobs[i].Check.ID, f.Rule, f.Attribute, strings.TrimSpace(f.Message+" found: "+f.Actual))
				}
				for _, p := range o.Problems {
					t.Errorf("%s: %v", jobs[i].Check.ID, &p)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-truly missing +found):\n%s", diff)
			}
		})
	}
}
