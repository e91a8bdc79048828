package headers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
)

func corsAnswer(https bool, role checks.Role, lines ...string) *response {
	x := &checks.Exchange{URL: "https://www.shop.example/", Status: 200, Header: http.Header{}, Role: role}
	if https {
		x.TLS = &checks.TLSState{}
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		x.Header.Add(name, value)
	}
	return fetched(x)
}

func rulesWithSeverity(t *testing.T, issues []issue) string {
	t.Helper()
	var out []string
	for _, i := range issues {
		out = append(out, strings.TrimSuffix(i.rule+"="+i.severity.String(), "="))
		if cors().Rule(i.rule) == nil || i.message == "" || i.expected == "" {
			t.Errorf("unfinished issue %+v", i)
		}
	}
	return strings.Join(out, " ")
}

func TestJudgeCORS(t *testing.T) {
	const acao, acac = acaoHeader + ": ", acacHeader + ": "
	tests := []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{acao + "*"}, ""},
		{[]string{acao + "https://partner.example", acac + "true"}, ""},
		{[]string{acao + "https://partner.example:8443"}, ""},
		{[]string{acao + "chrome-extension://abcdef", acac + "true"}, ""},
		{[]string{acao + probeOrigin, acac + "true", "Vary: Origin"}, "any-origin-credentials"},
		{[]string{acao + probeOrigin, "Vary: Origin"}, ""},
		{[]string{acao + probeOrigin}, "no-vary"},
		{[]string{acao + probeOrigin, "Vary: *"}, ""},
		{[]string{acao + probeOrigin, acac + "True", "Vary: Origin"}, "ignored-value=info"},
		{[]string{acao + probeOrigin, acac + "false", "Vary: Origin"}, ""},
		{[]string{acao + "*", acac + "true"}, "star-credentials"},
		{[]string{acao + "*", acao + "*"}, "ignored-value"},
		{[]string{acao + "https://a.example, https://b.example"}, "ignored-value"},
		{[]string{acao + "https://*.shop.example"}, "ignored-value"},
		{[]string{acao + "https://shop.example/"}, "ignored-value"},
		{[]string{acao + "https://shop.example:443"}, "ignored-value"},
		{[]string{acao + "https://Shop.example"}, "ignored-value"},
		{[]string{acao + "shop.example"}, "ignored-value"},
		{[]string{acao + ""}, "ignored-value"},
		{[]string{acao + "null"}, "null-origin=low"},
		{[]string{acao + "null", acac + "true"}, "null-origin=high"},
		{[]string{acao + "http://partner.example", acac + "true"}, "http-origin"},
		{[]string{acao + "http://partner.example"}, ""},
		{[]string{acao + "http://localhost:3000", acac + "true"}, "http-origin=info"},
	}
	for _, tt := range tests {
		if got := rulesWithSeverity(t, judgeCORS(nil, corsAnswer(true, checks.RolePublic, tt.lines...)).issues); got != tt.want {
			t.Errorf("%q: %q, expected %q", tt.lines, got, tt.want)
		}
	}
	if got := rulesWithSeverity(t, judgeCORS(nil, corsAnswer(true, checks.RoleAuthenticated, acao+"*")).issues); got != "personal-answer" {
		t.Errorf("* for a signed-in user: %q", got)
	}
	if got := rulesWithSeverity(t, judgeCORS(nil, corsAnswer(false, checks.RolePublic, acao+"http://partner.example", acac+"true")).issues); got != "" {
		t.Errorf("an http origin of an http site: %q", got)
	}
}

func TestCloserOrigins(t *testing.T) {
	origins := func(url string, thorough bool) (out []string) {
		x := &checks.Exchange{URL: url, Header: http.Header{}}
		if strings.HasPrefix(url, "https:") {
			x.TLS = &checks.TLSState{}
		}
		for _, o := range closerOrigins(fetched(x), thorough) {
			out = append(out, o.origin)
		}
		return out
	}
	for url, want := range map[string][]string{
		"https://shop.example/":      {"https://shop.example.hardcheck-probe-shop.example", "https://wwwxshop.example", "https://hardcheck-probe.shop.example.hardcheck-probe.example", "null", "http://shop.example", "https://hardcheck-probe.shop.example"},
		"https://api.shop.co.uk/":    {"https://api.shop.co.uk.hardcheck-probe-shop.co.uk", "https://apixshop.co.uk", "https://hardcheck-probe.shop.co.uk.hardcheck-probe.example", "null", "http://api.shop.co.uk", "https://hardcheck-probe.shop.co.uk"},
		"http://shop.example:8080/":  {"https://shop.example.hardcheck-probe-shop.example", "https://wwwxshop.example", "https://hardcheck-probe.shop.example.hardcheck-probe.example", "null"},
		"https://192.0.2.7/":         {"https://192.0.2.7.hardcheck-probe.example", "null", "http://192.0.2.7"},
		"https://localhost:8443/":    {"https://localhost.hardcheck-probe.example", "null", "http://localhost"},
		"https://[2001:db8::1]:8443": {"null"},
	} {
		if got := origins(url, true); !slices.Equal(got, want) {
			t.Errorf("%s: %q, expected %q", url, got, want)
		}
		for _, origin := range origins(url, true) {
			if origin != "null" && !serialized(origin) {
				t.Errorf("%s: no browser sends the origin %s", url, origin)
			}
		}
		if got := origins(url, false); len(got) > 1 {
			t.Errorf("%s: %q for a further page", url, got)
		}
	}
}

func TestJudgeCloser(t *testing.T) {
	page := corsAnswer(true, checks.RolePublic)
	guarded := corsAnswer(true, checks.RolePublic, stsHeader+": max-age=31536000")
	for _, tt := range []struct {
		page                     *response
		kind, sent, answer, with string
		want                     string
	}{
		{page, "lookalike", "https://xshop.example", "https://xshop.example", "true", "lookalike-origin"},
		{page, "lookalike", "https://xshop.example", "https://xshop.example", "", "lookalike-origin=low"},
		{page, "lookalike", "https://xshop.example", "https://shop.example", "true", ""},
		{page, "lookalike", "https://xshop.example", "*", "", ""},
		{page, "null", "null", "null", "true", "null-origin=high"},
		{page, "http", "http://www.shop.example", "http://www.shop.example", "true", "http-origin"},
		{guarded, "http", "http://www.shop.example", "http://www.shop.example", "true", "http-origin=low"},
		{page, "http", "http://www.shop.example", "http://www.shop.example", "", ""},
		{page, "subdomain", "https://p.shop.example", "https://p.shop.example", "true", "any-subdomain"},
		{page, "subdomain", "https://p.shop.example", "https://p.shop.example", "True", ""},
	} {
		lines := []string{acaoHeader + ": " + tt.answer}
		if tt.with != "" {
			lines = append(lines, acacHeader+": "+tt.with)
		}
		if got := rulesWithSeverity(t, closerOrigin{tt.sent, tt.kind}.judge(tt.page, corsAnswer(true, checks.RolePublic, lines...), false)); got != tt.want {
			t.Errorf("%s answered with %q %q: %q, expected %q", tt.sent, tt.answer, tt.with, got, tt.want)
		}
	}
}

func TestJudgePreflight(t *testing.T) {
	const acao, acac = acaoHeader + ": ", acacHeader + ": true"
	for _, tt := range []struct {
		lines []string
		want  string
	}{
		{[]string{"Allow: GET, HEAD"}, ""},
		{[]string{acao + "*", "Access-Control-Allow-Methods: *"}, ""},
		{[]string{acao + "https://partner.example", acac, "Access-Control-Max-Age: 999999"}, ""},
		{[]string{acao + probeOrigin, acac}, "any-origin-credentials"},
		{[]string{acao + probeOrigin}, ""},
		{[]string{acao + probeOrigin, acac, "Access-Control-Allow-Headers: *", "Access-Control-Allow-Methods: GET, *"}, "any-origin-credentials star-credentials star-credentials"},
		{[]string{acao + "*", "Access-Control-Allow-Private-Network: true"}, "private-network"},
		{[]string{acao + "*", "Access-Control-Max-Age: 86401"}, "kept-long"},
		{[]string{acao + "*", "Access-Control-Max-Age: 86400"}, ""},
	} {
		if got := rulesWithSeverity(t, judgePreflight(corsAnswer(true, checks.RolePublic, tt.lines...), judgement{})); got != tt.want {
			t.Errorf("%q: %q, expected %q", tt.lines, got, tt.want)
		}
	}
}

func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{"https://shop.example", "null", "*", "http://localhost:3000", "https://a.example, https://b.example", "https://[::1]:8443", "x://y"} {
		f.Add(seed, "true", "https://shop.example/")
	}
	f.Fuzz(func(t *testing.T, origin, credentials, page string) {
		r := corsAnswer(true, checks.RolePublic, acaoHeader+": "+origin, acacHeader+": "+credentials)
		for _, i := range slices.Concat(judgeCORS(nil, r).issues, judgePreflight(r, judgement{})) {
			if cors().Rule(i.rule) == nil || i.message == "" {
				t.Errorf("%q: unfinished issue %+v", origin, i)
			}
		}
		for _, o := range closerOrigins(fetched(&checks.Exchange{URL: page, TLS: &checks.TLSState{}}), true) {
			if strings.ContainsAny(o.origin, " \r\n") {
				t.Errorf("the page %q gives the origin %q", page, o.origin)
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
