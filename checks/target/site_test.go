package target

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

// quick bounds keep tests of silent servers short.
var quick = SiteBounds{Connect: 2 * time.Second, Handshake: 2 * time.Second, Header: 300 * time.Millisecond,
	Total: 900 * time.Millisecond, Gap: time.Millisecond, Body: 64 << 10, HeaderLen: 16 << 10, Redirects: 4}

func openTest(t *testing.T, rawURL string, o SiteOptions) *Site {
	t.Helper()
	if o.Bounds == (SiteBounds{}) {
		o.Bounds = quick
	}
	s, err := OpenSite(rawURL, o)
	if err != nil {
		t.Fatalf("OpenSite(%s): %v", rawURL, err)
	}
	t.Cleanup(s.Close)
	return s
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// problemOf fails the test unless err is a problem that says something in every field.
func problemOf(t *testing.T, err error) *checks.Problem {
	t.Helper()
	var p *checks.Problem
	if !errors.As(err, &p) {
		t.Fatalf("error %v (%T), want a *checks.Problem", err, err)
	}
	if p.Op == "" || p.Expected == "" || p.Actual == "" || p.Retry == "" {
		t.Errorf("problem leaves something out: %+v", p)
	}
	return p
}

func TestParseBase(t *testing.T) {
	for in, want := range map[string]string{
		"https://Shop.Example":           "https://shop.example/",
		"https://shop.example:443/a?b=c": "https://shop.example/a?b=c",
		"http://shop.example:8080":       "http://shop.example:8080/",
		"http://[::1]:80/x#frag":         "http://[::1]/x",
		"https://b\u00fccher.example/":   "https://xn--bcher-kva.example/",
	} {
		u, err := parseBase(in)
		if err != nil || u.String() != want {
			t.Errorf("parseBase(%s) = %v, %v; want %s", in, u, err, want)
		}
	}
	for _, in := range []string{"", "shop.example", "ftp://x/", "https://", "https://x:99999/", "https://u" + ":pw@x/", "u" + ":pw@x/", "https://a b/", "http://[::1"} {
		_, err := parseBase(in)
		if p := problemOf(t, err); strings.Contains(p.Error(), "pw") {
			t.Errorf("parseBase(%q) shows the password: %v", in, p)
		}
	}
	_, err := parseBase("https://u" + ":pw@x/")
	if !strings.Contains(err.Error(), "HARDCHECK_PASSWORD") {
		t.Errorf("user information in the URL: %v, want the way to give it", err)
	}
}

func TestOptionsRefused(t *testing.T) {
	for name, o := range map[string]SiteOptions{
		"header without colon": {Headers: []string{"sesame-open"}},
		"header with newline":  {Headers: []string{"X-A: sesame-\r\nX-B: c"}},
		"host header":          {Headers: []string{"Host: sesame-"}},
		"resolve":              {Resolve: []string{"shop.example:10.0.0.1"}},
		"resolve port":         {Resolve: []string{"shop.example:0:10.0.0.1"}},
		"missing CA":           {CAFile: "testdata/does-not-exist.pem"},
		"path off the site":    {Paths: []string{"//evil.example/"}},
		"relative path":        {Paths: []string{"login"}},
		"unknown probe":        {Active: []string{"declared"}},
	} {
		_, err := OpenSite("https://shop.example/", o)
		if p := problemOf(t, err); strings.Contains(p.Error(), "sesame-") {
			t.Errorf("%s: the problem shows the value: %v", name, p)
		}
	}
}

func TestSplitResolve(t *testing.T) {
	got, err := parseResolve([]string{"Shop.example:443:10.0.0.5", "MÜNCHEN.example:443:10.0.0.6", "a:80:[::1]", "b:80:::1", "[::2]:443:[::3]:8443", "c:443:127.0.0.1:9000"})
	want := map[string]string{"shop.example:443": "10.0.0.5:443", "xn--mnchen-3ya.example:443": "10.0.0.6:443", "a:80": "[::1]:80", "b:80": "[::1]:80",
		"[::2]:443": "[::3]:8443", "c:443": "127.0.0.1:9000"}
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
}

func TestPathsAndDo(t *testing.T) {
	var seen sync.Map
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := seen.LoadOrStore(r.URL.Path, new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		w.Header().Add("X-Two", "1")
		w.Header().Add("X-Two", "2")
		w.Write([]byte(r.Method + " " + r.Header.Get("Origin") + " " + r.UserAgent()))
	})
	s := openTest(t, srv.URL+"/app", SiteOptions{Version: "1.2", Paths: []string{"/login", "/app"}, Active: []string{"declare"}})
	if diff := cmp.Diff([]string{"/app", "/login"}, s.Paths()); diff != "" {
		t.Error(diff)
	}
	if !s.Active("declare") || s.Active("drip") {
		t.Error("Active does not follow the options")
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := s.Page(t.Context(), "/app"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	x, err := s.Do(t.Context(), checks.Request{Path: "/app", Header: http.Header{"Origin": {"https://evil.example"}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "GET https://evil.example hardcheck/1.2 (+security audit)"; string(x.Body) != want {
		t.Errorf("body %q, want %q", x.Body, want)
	}
	if diff := cmp.Diff([]string{"1", "2"}, x.Header["X-Two"]); diff != "" {
		t.Error(diff)
	}
	if n, _ := seen.Load("/app"); n.(*atomic.Int32).Load() != 2 || s.Requests() != 2 {
		t.Errorf("sent %d requests, want 2: every answer is remembered", s.Requests())
	}
	for _, path := range []string{"https://evil.example/", "//evil.example/", "/%zz"} {
		_, err := s.Do(t.Context(), checks.Request{Path: path})
		problemOf(t, err)
	}
}

func TestCredentialsStayOnTheirOrigin(t *testing.T) {
	type seen struct{ auth, extra string }
	var other, own seen
	note := func(to *seen, r *http.Request) { *to = seen{r.Header.Get("Authorization"), r.Header.Get("X-Token")} }
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) { note(&other, r) })
	ca := newCA(t)
	var target string
	home := ca.serve(t, func(w http.ResponseWriter, r *http.Request) {
		note(&own, r)
		http.Redirect(w, r, target, http.StatusFound)
	})
	o := SiteOptions{User: "ada", Password: "open" + "sesame", Headers: []string{"X-Token: t" + "123456"}, CAFile: ca.file}
	sent := seen{basicAuth("ada", "open"+"sesame"), "t" + "123456"}

	for name, to := range map[string]string{
		"another port":       elsewhere.URL + "/",
		"another host":       strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1) + "/",
		"with user in it":    strings.Replace(elsewhere.URL, "//", "//u:p@", 1) + "/",
		"an https downgrade": strings.Replace(home.URL, "https://", "http://", 1) + "/",
	} {
		other, own, target = seen{}, seen{}, to
		x, err := openTest(t, home.URL, o).Page(t.Context(), "/")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if own != sent || other != (seen{}) {
			t.Errorf("%s: own host got %v, the other %v; want the credentials on their own host only", name, own, other)
		}
		if x.Doubt == nil || x.Status != http.StatusFound {
			t.Errorf("%s: status %d, doubt %v; want the redirect itself, in doubt", name, x.Status, x.Doubt)
		}
	}

	// The plain port of the same host is followed, without credentials.
	other, own, target = seen{}, seen{}, elsewhere.URL+"/"
	o.PlainPort = portOf(t, elsewhere.URL)
	x, err := openTest(t, home.URL, o).Page(t.Context(), "/")
	if err != nil || x.HTTPS() || len(x.Chain) != 1 {
		t.Fatalf("downgrade to the plain port: %+v, %v", x, err)
	}
	if other != (seen{}) {
		t.Errorf("credentials were sent over plain http: %v", other)
	}
}

func TestPlain(t *testing.T) {
	ca := newCA(t)
	secure := ca.serve(t, func(w http.ResponseWriter, r *http.Request) {})
	plain := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://shop.example"+r.URL.Path, http.StatusMovedPermanently)
	})
	s := openTest(t, secure.URL+"/x", SiteOptions{CAFile: ca.file, PlainPort: portOf(t, plain.URL)})
	x, err := s.Plain(t.Context())
	if err != nil || x.Status != 301 || x.Header.Get("Location") != "https://shop.example/x" || x.HTTPS() || x.Doubt != nil {
		t.Errorf("Plain = %+v, %v; want the redirect itself", x, err)
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	_, err = openTest(t, secure.URL, SiteOptions{CAFile: ca.file, PlainPort: portOf(t, closed.URL)}).Plain(t.Context())
	if problemOf(t, err); !checks.NotServed(err) {
		t.Errorf("a closed port is %v, want NotServed", err)
	}
	_, err = openTest(t, secure.URL, SiteOptions{}).Page(t.Context(), "/")
	if problemOf(t, err); checks.NotServed(err) {
		t.Errorf("a bad certificate is %v, not NotServed", err)
	}
}

func TestBudget(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.URL.Path)) })
	b := quick
	b.Requests = 2
	s := openTest(t, srv.URL, SiteOptions{Bounds: b})
	var last error
	for _, p := range []string{"/", "/a", "/", "/b"} {
		_, last = s.Do(t.Context(), checks.Request{Path: p})
	}
	if p := problemOf(t, last); !strings.Contains(p.Actual, "budget") || s.Requests() != 2 {
		t.Errorf("%v after %d requests, want the budget after 2", p, s.Requests())
	}
}

func TestInterrupted(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) })
	s := openTest(t, srv.URL, SiteOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Page(ctx, "/")
	problemOf(t, err)
	if x, err := s.Page(t.Context(), "/"); err != nil || string(x.Body) != "ok" {
		t.Errorf("after an interrupted request: %v; an interruption is not an answer", err)
	}
}

func portOf(t *testing.T, rawURL string) int {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range u.Port() {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 loopback: ", err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.Host)) }))
	srv.Listener.Close()
	srv.Listener = l
	srv.Start()
	t.Cleanup(srv.Close)
	host := l.Addr().String()
	if x, err := openTest(t, "http://"+host+"/", SiteOptions{}).Page(t.Context(), "/"); err != nil || string(x.Body) != host {
		t.Errorf("%+v, %v", x, err)
	}
	s := openTest(t, "https://[::1]/", SiteOptions{Resolve: []string{"[::1]:80:[::1]:" + strings.TrimPrefix(host, "[::1]:")}})
	if x, err := s.Plain(t.Context()); err != nil || string(x.Body) != "[::1]" {
		t.Errorf("Plain: %+v, %v", x, err)
	}
}

func TestSafeURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://u" + ":pw@shop.example/a@b?c=@d": "https://shop.example/a@b?c=@d",
		"https://u" + ":p@w@shop.example":         "https://shop.example",
		"https://u" + ":pw@[::1":                  "https://[::1",
		"u" + ":pw@shop.example/":                 "shop.example/",
		"https://shop.example/":                   "https://shop.example/",
		".":                                       ".",
	} {
		if got := SafeURL(in); got != want {
			t.Errorf("SafeURL(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestBodiesAlikeAreHeldOnce: what a site answers for every path it does not have is held and read once, whatever type it
// is declared as.
func TestBodiesAlikeAreHeldOnce(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		w.Write([]byte("<title>Just a moment...</title>"))
	})
	s := openTest(t, srv.URL, SiteOptions{})
	ask := func(path string) *checks.Exchange {
		x, err := s.Do(t.Context(), checks.Request{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	text, page, other := ask("/a?type=text/plain"), ask("/b?type=text/html"), ask("/c?type=text/html")
	if &text.Body[0] != &page.Body[0] || &page.Body[0] != &other.Body[0] {
		t.Error("the same body is held more than once")
	}
	if text.Doubt != nil || page.Doubt == nil {
		t.Errorf("doubts %v of a text and %v of a page: only the page is a wall", text.Doubt, page.Doubt)
	}
}
