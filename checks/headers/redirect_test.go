package headers

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"hardcheck/checks"
)

// wayOf builds a way from answers written "URL STATUS [LOCATION]".
func wayOf(t *testing.T, answers ...string) way {
	t.Helper()
	var w way
	for _, text := range answers {
		words := strings.Fields(text)
		status, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatal(err)
		}
		x := &checks.Exchange{URL: words[0], Status: status, Header: http.Header{}}
		if len(words) > 2 {
			x.Header.Set("Location", words[2])
		}
		w.answers = append(w.answers, x)
	}
	return w
}

func TestJudgeRedirects(t *testing.T) {
	const host, page = "http://shop.example/", "https://shop.example/ 200"
	for name, tt := range map[string]struct {
		answers []string
		stop    string
		want    string
	}{
		"permanent":           {answers: []string{host + " 301 https://shop.example/", page}},
		"308":                 {answers: []string{host + " 308 https://shop.example/", page}},
		"upper case":          {answers: []string{host + " 301 HTTPS://SHOP.example/", page}},
		"other port":          {answers: []string{host + " 301 https://shop.example:8443/", "https://shop.example:8443/ 200"}},
		"then www":            {answers: []string{host + " 301 https://shop.example/", "https://shop.example/ 301 https://www.shop.example/", "https://www.shop.example/ 200"}},
		"temporary":           {answers: []string{host + " 302 https://shop.example/", page}, want: "temporary"},
		"see other":           {answers: []string{host + " 303 https://shop.example/", page}, want: "temporary"},
		"www first":           {answers: []string{host + " 301 https://www.shop.example/", "https://www.shop.example/ 200"}, want: "other-host-first"},
		"off the domain":      {answers: []string{host + " 301 https://pay.example/"}, stop: "not followed", want: "other-host-first"},
		"over http":           {answers: []string{host + " 301 http://www.shop.example/", "http://www.shop.example/ 301 https://www.shop.example/", "https://www.shop.example/ 200"}, want: "over-http"},
		"ends on http":        {answers: []string{host + " 301 http://www.shop.example/", "http://www.shop.example/ 200"}, want: "ends-on-http"},
		"two hops, on http":   {answers: []string{host + " 301 http://www.shop.example/", "http://www.shop.example/ 302 http://www.shop.example/en/", "http://www.shop.example/en/ 200"}, want: "ends-on-http"},
		"down again":          {answers: []string{host + " 301 https://shop.example/", "https://shop.example/ 301 http://shop.example/en", "http://shop.example/en 200"}, want: "ends-on-http"},
		"same host":           {answers: []string{host + " 301 /en", "http://shop.example/en 301 https://shop.example/en", "https://shop.example/en 200"}, want: "no-redirect"},
		"relative to scheme":  {answers: []string{host + " 301 //www.shop.example/", "http://www.shop.example/ 301 https://www.shop.example/", "https://www.shop.example/ 200"}, want: "over-http"},
		"backslashes":         {answers: []string{host + ` 301 https:\\shop.example\`, page}},
		"loop":                {answers: []string{host + " 301 https://shop.example/", "https://shop.example/ 301 http://shop.example/"}, stop: stopLoop, want: "loop"},
		"too many":            {answers: []string{host + " 301 https://shop.example/", "https://shop.example/ 301 https://shop.example/1"}, stop: stopTooMany, want: "loop"},
		"no address":          {answers: []string{host + " 301 javascript:alert(1)"}, stop: stopUnread, want: "no-redirect"},
		"status not followed": {answers: []string{host + " 300 https://shop.example/"}, want: "no-redirect"},
	} {
		w := wayOf(t, tt.answers...)
		if w.stop = tt.stop; tt.stop != "" {
			w.next = w.last().Header.Get("Location")
		}
		var got []string
		for _, i := range judgeRedirects(w) {
			got = append(got, i.rule)
			if httpsRedirect().Rule(i.rule) == nil || i.message == "" || i.actual == "" || i.expected == "" {
				t.Errorf("%s: unfinished issue %+v", name, i)
			}
		}
		if joined := strings.Join(got, " "); joined != tt.want {
			t.Errorf("%s: %q, expected %q", name, joined, tt.want)
		}
	}
}

func TestContentOverHTTP(t *testing.T) {
	for name, tt := range map[string]struct {
		refresh, body string
		status        int
		actual        string
	}{
		"page":           {status: 200, body: "<title>Shop</title>", actual: "status 200"},
		"refresh header": {status: 200, refresh: "0; url=https://shop.example/", actual: "Refresh: 0"},
		"refresh meta":   {status: 200, body: `<meta http-equiv="refresh" content="0; url=https://shop.example/">`, actual: "refresh in the page"},
		"script":         {status: 200, body: `<script>location.protocol="https:"</script>`, actual: "status 200"},
		"no location":    {status: 301, actual: "without a Location"},
	} {
		x := &checks.Exchange{URL: "http://shop.example/", Status: tt.status, Header: http.Header{}, Body: []byte(tt.body)}
		if tt.refresh != "" {
			x.Header.Set("Refresh", tt.refresh)
		}
		if i := content(x); i.rule != "no-redirect" || !strings.Contains(i.actual, tt.actual) {
			t.Errorf("%s: %+v", name, i)
		}
	}
}

func TestLocation(t *testing.T) {
	for text, want := range map[string]string{
		"https://shop.example": "https://shop.example/", "/en?a=b\\c#x": "http://shop.example/en?a=b\\c", "//cdn.example/x": "http://cdn.example/x",
		" https://shop.example/ ": "https://shop.example/", "ftp://shop.example/": "", "https://": "", "https:\\\\shop.example\\a": "https://shop.example/a",
		"http://[::1": "",
	} {
		x := &checks.Exchange{URL: "http://shop.example/", Header: http.Header{"Location": {text}}}
		got := ""
		if u, ok := location(x); ok {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q leads to %q, expected %q", text, got, want)
		}
	}
}
