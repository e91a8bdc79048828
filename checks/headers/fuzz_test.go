package headers

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hardcheck/checks"
)

// FuzzPolicies judges any header and page without a panic, and the same way twice.
func FuzzPolicies(f *testing.F) {
	f.Add("default-src 'self'; script-src 'nonce-abc' 'strict-dynamic', frame-ancestors *", "<head><meta http-equiv=Content-Security-Policy content=x></head>")
	f.Add("script-src self object-src", "<meta")
	f.Fuzz(func(t *testing.T, header, body string) {
		x := &checks.Exchange{URL: "https://shop.example/", Status: 200, Body: []byte(body), TLS: &checks.TLSState{},
			Header: http.Header{cspHeader: {header}, permissionsHeader: {header}, coopHeader: {header}, xfoHeader: {header}, referrerHeader: {header}}}
		for _, check := range []struct {
			check *checks.Check
			judge judge
		}{{contentSecurityPolicy(), judgeCSP}, {cspHardening(), judgeHardening}, {framing(), judgeFraming}, {permissionsPolicy(), judgePermissions}, {crossOrigin(), judgeCrossOrigin}, {referrerPolicy(), judgeReferrer}} {
			strict := check.check.Defaults()
			if _, ok := strict["require"]; ok {
				strict["require"] = true
			}
			p := checks.NewPass(context.Background(), check.check, &checks.World{}, strict)
			r := fetched(x)
			for _, i := range check.judge(p, r).issues {
				found := r.finding(i)
				if check.check.Rule(i.rule) == nil || found.Message == "" || found.Actual == "" || found.Expected == "" || strings.Contains(found.Message, "\n") {
					t.Errorf("%s: unfinished finding %+v", check.check.ID, found)
				}
			}
		}
	})
}
