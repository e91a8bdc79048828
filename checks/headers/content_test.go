package headers

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestDecodeSplit(t *testing.T) {
	for value, want := range map[string][]string{
		"":                     {""},
		"a":                    {"a"},
		" a\t, b ,":            {"a", "b", ""},
		`"a, b", c`:            {`"a, b"`, "c"},
		`"a\", b", c`:          {`"a\", b"`, "c"},
		`a, "b, c`:             {"a", `"b, c`},
		`"\`:                   {`"\`},
		",":                    {"", ""},
		"nosniff, \"x\" y , z": {"nosniff", `"x" y`, "z"},
	} {
		if diff := cmp.Diff(want, decodeSplit(value)); diff != "" {
			t.Errorf("decodeSplit(%q) (-want +got):\n%s", value, diff)
		}
	}
}

func TestCacheControl(t *testing.T) {
	none := cacheControl{fresh: -1, shared: -1}
	for value, want := range map[string]cacheControl{
		"":                              none,
		"NO-STORE":                      cacheControl{noStore: true, fresh: -1, shared: -1},
		"private, no-cache":             cacheControl{private: true, noCache: true, fresh: -1, shared: -1},
		`private="Set-Cookie", public`:  cacheControl{public: true, fresh: -1, shared: -1},
		`no-cache="a, b"`:               none,
		`max-age="60", s-maxage=5`:      cacheControl{fresh: 60, shared: 5},
		"max-age=-1":                    cacheControl{fresh: 0, shared: -1},
		"max-age=x":                     cacheControl{fresh: 0, shared: -1},
		"no-store; private":             cacheControl{fresh: -1, shared: -1, unknown: []string{"no-store; private"}},
		"nostore, immutable, , max-age": cacheControl{fresh: 0, shared: -1, unknown: []string{"nostore"}},
	} {
		if diff := cmp.Diff(want, parseCacheControl(decodeSplit(value)), cmp.AllowUnexported(cacheControl{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	}
}

func TestDigests(t *testing.T) {
	const good = "sha384-zTm/dblzLXQNp3CgY+hfaC/WJ6h4XtNrePh2CW2+rO9GPuNiPb9jmthvAL+oI/dQ"
	for metadata, want := range map[string][2]bool{
		good:                                 {true, true},
		good + "?ct=text/css":                {true, true},
		strings.ToUpper(good[:7]) + good[7:]: {true, true},
		"sha256-AAAA " + good:                {true, true},  // the stronger one counts
		good + " sha512-AAAA":                {true, false}, // the stronger one matches nothing
		"sha384-AAAA " + good:                {true, true},  // one of the strongest is enough
		"sha384-AAAA":                        {true, false},
		"sha384-":                            {false, false},
		"sha1-AAAA":                          {false, false},
		"md5-AAAA " + "x":                    {false, false},
		"sha384 " + good[7:]:                 {false, false},
		"sha384-" + "%%%%":                   {false, false},
		"":                                   {false, false},
	} {
		known, fits := digests(metadata)
		if got := [2]bool{known, fits}; got != want {
			t.Errorf("digests(%q) = %v, expected %v", metadata, got, want)
		}
	}
}

func TestSameSite(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"https://shop.example", "https://cdn.shop.example.", true},
		{"https://shop.example", "http://SHOP.example:8080", true},
		{"https://shop.example", "https://other.example", false},
		{"https://a.co.uk", "https://b.co.uk", false},
		{"https://a.github.io", "https://b.github.io", false},
		{"https://10.0.0.1", "https://10.0.0.1", true},
		{"https://10.0.0.1", "https://11.0.0.1", false},
		{"https://xn--bcher-kva.example", "https://cdn.B\u00fccher.example", true},
		{"https://localhost", "https://localhost:1", true},
		{"https://localhost", "https://cdn.example.net", false},
		{"https://[::1]", "https://[::2]", false},
	} {
		a, err1 := url.Parse(tt.a)
		b, err2 := url.Parse(tt.b)
		if err1 != nil || err2 != nil || sameSite(a, b) != tt.want || sameSite(b, a) != tt.want {
			t.Errorf("sameSite(%s, %s) is not %v", tt.a, tt.b, tt.want)
		}
	}
}

func TestDeclaresCharset(t *testing.T) {
	for body, want := range map[string]bool{
		"<meta charset=utf-8>":                                             true,
		"\xff\xfea\x00":                                                    true,
		"<!-- <meta charset=x> -->":                                        false,
		"<script>'<meta charset=x>'</script>":                              false,
		"<meta name=x content='text/html; charset=utf-8'>":                 false,
		"<meta http-equiv=Content-Type content='text/html;charset=utf-8'>": true,
		"<meta http-equiv=Content-Type content='text/html'>":               false,
		strings.Repeat(" ", 1024) + "<meta charset=utf-8>":                 false,
		"<meta charset>":                                                   false,
	} {
		if got := declaresCharset([]byte(body)); got != want {
			t.Errorf("declaresCharset(%.60q) = %v", body, got)
		}
	}
}

// TestManyElements: a page of nothing but scripts is read to a bound.
func TestManyElements(t *testing.T) {
	at := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	d := readDocument([]byte(strings.Repeat("<script src=//cdn.example.net/a.js></script>", 50000)), at)
	if len(d.elements) != maxElements {
		t.Errorf("%d elements kept", len(d.elements))
	}
}

func FuzzValues(f *testing.F) {
	f.Add(`a, "b, c`)
	f.Add(`private="Set-Cookie", max-age=1`)
	f.Add("sha384-AAAA?x sha512-")
	f.Fuzz(func(t *testing.T, value string) {
		if strings.Join(decodeSplit(value), "") != strings.Join(decodeSplit(value+" "), "") {
			t.Errorf("%q is read otherwise with a space behind it", value)
		}
		parseCacheControl(decodeSplit(value))
		digests(value)
		mimeType(value)
		declaresCharset([]byte(value))
		for _, s := range strictHeaders {
			if fault := s.read([]string{value, value}); fault.rule != "" && fault.message == "" {
				t.Errorf("%s: %q has no message", s.header, value)
			}
		}
	})
}

// TestHostileValues: a header of the largest size that is read costs a bounded number of findings and comparisons.
func TestHostileValues(t *testing.T) {
	var many strings.Builder
	for i := range 40000 {
		fmt.Fprintf(&many, "x%d=(),", i)
	}
	value := strings.TrimSuffix(many.String(), ",")
	x := &checks.Exchange{URL: "https://shop.example/", Status: 200, TLS: &checks.TLSState{},
		Header: map[string][]string{typeHeader: {"text/html"}, permissionsHeader: {value}, xfoHeader: {value}, referrerHeader: {value}, "Timing-Allow-Origin": {value}}}
	for _, c := range []struct {
		check *checks.Check
		judge judge
		most  int
	}{{permissionsPolicy(), judgePermissions, maxFeatures}, {framing(), judgeFraming, 1}, {referrerPolicy(), judgeReferrer, 1}, {crossOrigin(), judgeCrossOrigin, 0}} {
		p := checks.NewPass(t.Context(), c.check, &checks.World{}, c.check.Defaults())
		if n := len(c.judge(p, fetched(x)).issues); n > c.most {
			t.Errorf("%s: %d findings", c.check.ID, n)
		}
	}
}
