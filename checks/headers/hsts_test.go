package headers

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/target"
)

func TestParseHSTS(t *testing.T) {
	const year = 365 * 24 * time.Hour
	tests := []struct {
		value string
		want  sts
		why   string // part of it; "" where the header counts
	}{
		{"max-age=31536000", sts{maxAge: year}, ""},
		{" Max-Age = 31536000 ; INCLUDESUBDOMAINS ", sts{maxAge: year, subDomains: true}, ""},
		{`max-age="31536000"`, sts{maxAge: year}, ""},
		{`max-age="3153\6000"`, sts{maxAge: year}, ""},
		{";;max-age=31536000;;", sts{maxAge: year, slips: []string{"an empty directive"}}, ""},
		{"max-age=31536000; other; more=x; preload", sts{maxAge: year, preload: true, unknown: []string{"other", "more"}}, ""},
		{"max-age=31536000; preload=1", sts{maxAge: year, slips: []string{"preload takes no value"}}, ""},
		{"max-age=031536000", sts{maxAge: year, slips: []string{"max-age begins with a zero"}}, ""},
		{"max-age=99999999999999999999", sts{maxAge: 100 * year}, ""},
		{"max-age=9223372036854775807", sts{maxAge: 100 * year}, ""},
		{"max-age=0", sts{}, ""},
		{"max-age=00", sts{slips: []string{"max-age begins with a zero"}}, ""},
		{"", sts{}, "empty"},
		{" \t", sts{}, "empty"},
		{";", sts{}, "max-age is missing"},
		{"includeSubDomains; preload", sts{}, "max-age is missing"},
		{"maxage=31536000", sts{}, "maxage means nothing"},
		{"max-age", sts{}, "not a whole number"},
		{"max-age=", sts{}, "malformed"},
		{`max-age=""`, sts{}, "not a whole number"},
		{"max-age=-1", sts{}, "not a whole number"},
		{"max-age=+1", sts{}, "not a whole number"},
		{"max-age=1.5", sts{}, "not a whole number"},
		{"max-age=1e9", sts{}, "not a whole number"},
		{"max-age=0x1", sts{}, "not a whole number"},
		{"max-age=banana", sts{}, "not a whole number"},
		{"max-age=31 536 000", sts{}, "unexpected"},
		{"max-age:31536000", sts{}, `unexpected ":"`},
		{`max-age="31536000`, sts{}, "malformed"},
		{`max-age='31536000'`, sts{}, "not a whole number"},
		{"max-age=“31536000”", sts{}, "curly quote"},
		{"“max-age=31536000”", sts{}, "curly quote"},
		{`"max-age=31536000"`, sts{}, "quotes stand around"},
		{"max-age=31536000; includeSubDomains, max-age=31536000", sts{}, "a comma"},
		{"max-age=1, includeSubDomains", sts{}, "a comma"},
		{"max-age=1; max-age=1", sts{}, "given twice"},
		{"max-age=1; MAX-AGE=2", sts{}, "given twice"},
		{"max-age=1; includeSubDomains; includesubdomains", sts{}, "given twice"},
		{"max-age=31536000; x; X; preload; preload", sts{maxAge: year, preload: true, unknown: []string{"x"},
			slips: []string{"preload is given twice"}}, ""}, // Chromium and Firefox heed those of the RFC only
		{"max-age=1; includeSubDomains=1", sts{}, "takes no value"},
		{`max-age=1; includeSubDomains=""`, sts{}, "takes no value"},
		{"max-age=1 includeSubDomains", sts{}, "unexpected"},
		{"max-age=1; ü", sts{}, `unexpected "ü"`},
		{"=1; max-age=1", sts{}, "unexpected"},
	}
	for _, tt := range tests {
		got, why := parseHSTS(tt.value)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(sts{})); diff != "" && tt.why == "" {
			t.Errorf("parseHSTS(%q) (-expected +found):\n%s", tt.value, diff)
		}
		if (why != "") != (tt.why != "") || !strings.Contains(why, tt.why) {
			t.Errorf("parseHSTS(%q) is refused because %q, expected %q", tt.value, why, tt.why)
		}
	}
}

func TestEvaluateHSTS(t *testing.T) {
	const half = 180 * 24 * time.Hour
	tests := []struct {
		value string
		want  stsDemand
		rules string // RULE:ATTRIBUTE, separated by spaces
	}{
		{"max-age=31536000", stsDemand{least: half}, ""},
		{"max-age=31536000; includeSubDomains", stsDemand{least: half, subDomains: true}, ""},
		{"max-age=63072000; includeSubDomains; preload", stsDemand{least: half, subDomains: true, preload: true}, ""},
		{"max-age=15552000", stsDemand{least: half}, ""},
		{"max-age=31536000 ; includeSubDomains", stsDemand{least: half, subDomains: true}, ""}, // Spring Security
		{"max-age=63072000; includeSubDomains", stsDemand{least: half, subDomains: true}, ""},  // Rails
		{"max-age=2592000", stsDemand{least: half}, "too-short:" + stsHeader},                  // ASP.NET Core's 30 days
		{"max-age=31536000;", stsDemand{least: half}, ""},                                      // the grammar allows an empty directive
		{"max-age=031536000", stsDemand{least: half}, ""},                                      // and a leading zero
		{`max-age="31536000"`, stsDemand{least: half}, ""},                                     // and quotes
		{"MAX-AGE=31536000", stsDemand{least: half}, ""},                                       // and any case
		{"max-age=31536000 ;x", stsDemand{least: half}, "unknown-directive:x"},
		{"max-age=15551999", stsDemand{least: half}, "too-short:" + stsHeader},
		{"max-age=60", stsDemand{least: half, subDomains: true}, "too-short:" + stsHeader + " no-subdomains:" + stsHeader},
		{"max-age=0", stsDemand{least: half, preload: true}, "disabled:" + stsHeader},
		{"max-age=0", stsDemand{}, "disabled:" + stsHeader},
		{"banana", stsDemand{least: half, preload: true}, "invalid:" + stsHeader},
		{"max-age=31536000; includeSubDomain", stsDemand{least: half}, "misspelt-directive:includeSubDomain"},
		{"max-age=31536000; includeSubDomains; preloaded", stsDemand{least: half}, "misspelt-directive:preloaded"},
		{"max-age=31536000; includeSubDomains; env", stsDemand{least: half}, "unknown-directive:env"},
		{"max-age=31536000; preload", stsDemand{least: half}, "preload-claim:includeSubDomains"},
		{"max-age=31535999; includeSubDomains; preload", stsDemand{least: half}, "preload-claim:max-age"},
		{"max-age=31536000; includeSubDomains; preload;", stsDemand{least: half}, "preload-warning:an empty directive"},
		{"max-age=031536000; includeSubDomains; preload", stsDemand{least: half}, "preload-warning:max-age begins with a zero"},
		{"max-age=15768000", stsDemand{least: half, preload: true}, "not-preloadable:max-age not-preloadable:includeSubDomains not-preloadable:preload"},
		{"max-age=31536000; includeSubDomains", stsDemand{least: half, preload: true}, "not-preloadable:preload"},
	}
	rules := hsts().Rules
	for _, tt := range tests {
		var got []string
		for _, i := range evaluateHSTS(tt.value, tt.want) {
			got = append(got, i.rule+":"+i.attribute)
			if hsts().Rule(i.rule) == nil || i.message == "" || i.expected == "" {
				t.Errorf("%q: unfinished issue %+v; the rules are %v", tt.value, i, rules)
			}
		}
		if joined := strings.Join(got, " "); joined != tt.rules {
			t.Errorf("%q with %+v: %q, expected %q", tt.value, tt.want, joined, tt.rules)
		}
	}
}

func TestCovered(t *testing.T) {
	w := wayOf(t, "http://www.shop.example/ 301 https://www.shop.example/", "https://www.shop.example/ 301 https://shop.example/", "https://shop.example/ 200")
	w.answers[2].Header.Set(stsHeader, "max-age=31536000; includeSubDomains")
	for host, want := range map[string]bool{"www.shop.example": true, "shop.example": true, "example": false, "othershop.example": false, "a.b.shop.example": true} {
		if got := covered(host, w); got != want {
			t.Errorf("%s is covered: %v, expected %v", host, got, want)
		}
	}
}

func FuzzParseHSTS(f *testing.F) {
	for _, seed := range []string{"max-age=31536000; includeSubDomains; preload", `max-age="1"`, "max-age=banana", `a="\`, ";=;", "max-age=1; x; y; z=\"a\\b\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		s, why := parseHSTS(value)
		if why == "" && (s.maxAge < 0 || s.maxAge > maxSTS || !strings.Contains(strings.ToLower(value), "max-age")) {
			t.Errorf("%q read as %+v", value, s)
		}
		issues := evaluateHSTS(value, stsDemand{least: time.Hour, subDomains: true, preload: true})
		if (why != "") != slices.ContainsFunc(issues, func(i issue) bool { return i.rule == "invalid" }) {
			t.Errorf("%q: %q, but the issues are %+v", value, why, issues)
		}
		for _, i := range issues {
			if hsts().Rule(i.rule) == nil || i.message == "" {
				t.Errorf("%q: unfinished issue %+v", value, i)
			}
		}
	})
}

// TestHSTSBehindRefusedCertificate: what browsers do not heed is no pass, and what is wrong with it is told all the same.
func TestHSTSBehindRefusedCertificate(t *testing.T) {
	for value, want := range map[string]string{"max-age=31536000": "", "max-age=banana": "invalid", "": "missing"} {
		srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if value != "" {
				w.Header().Set(stsHeader, value)
			}
		}))
		defer srv.Close()
		port := srv.Listener.Addr().(*net.TCPAddr).Port
		at := fmt.Sprintf("shop.test:%d", port)
		o := probetest.Audit(t, hsts(), "https://"+at, target.SiteOptions{Insecure: true, PlainPort: 1, Resolve: []string{at + ":127.0.0.1", "shop.test:1:127.0.0.1"}})
		var got []string
		for _, f := range o.Findings {
			got = append(got, f.Rule)
		}
		if strings.Join(got, " ") != want || len(o.Problems) > 0 {
			t.Errorf("%q: %q, problems %v, want %q", value, got, o.Problems, want)
		}
		if want == "" && (o.Examined > 0 || !strings.Contains(o.Reason, "RFC 6797, 8.1")) {
			t.Errorf("%q: examined %d, reason %q, want not applicable", value, o.Examined, o.Reason)
		}
	}
}
