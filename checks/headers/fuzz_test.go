package headers

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
)

func FuzzParseHSTS(f *testing.F) {
	for _, seed := range []string{"max-age=31536000; includeSubDomains; preload", `max-age="1"`, "max-age=banana", `a="\`, ";=;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		s, why := parseHSTS(value)
		if why == "" && (s.maxAge < 0 || !strings.Contains(strings.ToLower(value), "max-age")) {
			t.Errorf("%q read as %+v", value, s)
		}
	})
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
		}{{csp(), judgeCSP}, {framing(), judgeFraming}, {permissionsPolicy(), judgePermissions}, {crossOrigin(), judgeCrossOrigin}, {referrerPolicy(), judgeReferrer}} {
			p := checks.NewPass(context.Background(), check.check, &checks.World{}, check.check.Defaults())
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

func FuzzLookalike(f *testing.F) {
	for _, seed := range []string{`https://.*shop\.example`, `^https://(\w+\.)?shop\.example$`, `((`, `a.b.c.d`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if origin := lookalike([]string{pattern}, true); origin != "" && !strings.HasPrefix(origin, "https://") {
			t.Errorf("%q gives %q", pattern, origin)
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
