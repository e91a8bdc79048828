package target

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
)

// bounded runs f and fails the test where it allocates more than most bytes in all, or does not end in time.
func bounded(t *testing.T, most uint64, f func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f(ctx)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("allocated %d bytes, want %d at most", n, most)
	}
	if ctx.Err() != nil {
		t.Error("did not end by itself")
	}
}

// TestMalformedAnswers: what is no HTTP answer is a problem that shows nothing raw.
func TestMalformedAnswers(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for name, answer := range map[string]string{
		"HTTP/0.9":             "<html>hello</html>\n",
		"another protocol":     "ICY 200 OK\r\n\r\n",
		"version":              "HTTP/x.y 200 OK\r\n\r\n",
		"letters for a status": "HTTP/1.1 2x0 OK\r\n\r\n",
		"long status":          "HTTP/1.1 2000000 OK\r\n\r\n",
		"negative status":      "HTTP/1.1 -20 OK\r\n\r\n",
		"escape in the status": "HTTP/1.1 \x1b[2J\u202e OK\r\n\r\n",
		"no colon":             head + "X-A\x1b[31m\r\n\r\n",
		"escape in a value":    head + "X-A: \x1b]0;owned\x07\r\n\r\n",
		"NUL in a value":       head + "X-A: a\x00b\r\n\r\n",
		"NUL in a name":        head + "X-A\x00: b\r\n\r\n",
		"two lengths":          head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"negative length":      head + "Content-Length: -1\r\n\r\nab",
		"letters for a length": head + "Content-Length: \x1b[31m\r\n\r\nab",
		"chunks are garbage":   head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
		"huge chunk":           head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab\r\n",
		"chunk breaks off":     head + "Transfer-Encoding: chunked\r\n\r\nff\r\nab",
		"unknown transfer":     head + "Transfer-Encoding: \u202egzip\r\n\r\nab",
		"empty":                "\r\n\r\n",
		"truncated":            head + "X-A: b",
	} {
		url := serveRaw(t, func(c net.Conn) { readHead(c); io.WriteString(c, answer) })
		for _, page := range openTest(t, url, SiteOptions{}).Pages() {
			bounded(t, 8<<20, func(ctx context.Context) {
				x, err := openTest(t, url, SiteOptions{}).Visit(ctx, page)
				if err == nil {
					t.Errorf("%s: %+v, want a problem", name, x)
					return
				}
				if p := problemOf(t, err); !p.Blind || strings.ContainsFunc(p.Error(), unprintable) {
					t.Errorf("%s: %q; want a blind problem without control characters", name, p.Error())
				}
			})
		}
	}
}

func unprintable(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e }

// TestStrangeAnswers: answers that a browser would take are taken, whole or cut, and cost what the bounds allow.
func TestStrangeAnswers(t *testing.T) {
	const end = "\r\nok"
	for name, tt := range map[string]struct {
		head string
		see  func(*checks.Exchange) bool
	}{
		"folded line": {"HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length: 2\r\n", func(x *checks.Exchange) bool { return x.Header.Get("X-A") == "one two" }},
		"10,000 lines": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + strings.Repeat("X-A: b\r\n", 10000),
			func(x *checks.Exchange) bool { return len(x.Header["X-A"]) == 10000 }},
		"long line": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: " + strings.Repeat("b", 100<<10) + "\r\n",
			func(x *checks.Exchange) bool { return len(x.Header.Get("X-A")) == 100<<10 }},
		"direction and C1":   {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: \u202e\x9b31m\r\n", func(x *checks.Exchange) bool { return x.Header.Get("X-A") != "" }},
		"space before colon": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX A : b\r\n", func(x *checks.Exchange) bool { return x.Header.Get("X-A") == "" }},
		"line feeds":         {"HTTP/1.1 200 OK\nContent-Length: 2\nX-A: b\n", func(x *checks.Exchange) bool { return x.Header.Get("X-A") == "b" }},
		"same length twice":  {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n", func(x *checks.Exchange) bool { return string(x.Body) == "ok" }},
	} {
		url := serveRaw(t, func(c net.Conn) { readHead(c); io.WriteString(c, tt.head+end) })
		b := quick
		b.HeaderLen = 0
		bounded(t, 16<<20, func(ctx context.Context) {
			x, err := openTest(t, url, SiteOptions{Bounds: b}).Page(ctx, "/")
			if err != nil || !tt.see(x) {
				t.Errorf("%s: %v, %v", name, x != nil, err)
			}
		})
	}
}

// TestEncodedBodies: a body in an encoding that was not asked for cannot be judged, whatever it would unpack to.
func TestEncodedBodies(t *testing.T) {
	for _, encoding := range []string{"br", "deflate", "zstd", "gzip, gzip", "x-\u202e"} {
		url := serveRaw(t, func(c net.Conn) {
			readHead(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: "+encoding+"\r\n\r\n\x1f\x8b\x08\x00bytes")
		})
		s := openTest(t, url, SiteOptions{})
		for _, page := range s.Pages() {
			x, err := s.Visit(t.Context(), page)
			if err != nil || x.Doubt == nil || !strings.Contains(x.Doubt.Actual, "Content-Encoding") || strings.ContainsFunc(x.Doubt.Actual, unprintable) {
				t.Errorf("%s, %s: %+v, %v; want doubt", encoding, page, x, err)
			}
		}
	}
}

// TestHugeBody: of a gigabyte two megabytes are kept, and of many pages what the site may cost in all.
func TestHugeBody(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(1<<30))
		flood(w, "", strings.Repeat("x", 64<<10))
	})
	s := openTest(t, srv.URL, SiteOptions{Bounds: SiteBounds{Bodies: 5 << 20}})
	kept := 0
	bounded(t, 64<<20, func(ctx context.Context) {
		for i := range 8 {
			x, err := s.Do(ctx, checks.Request{Path: fmt.Sprint("/", i)})
			if err != nil || !x.Cut {
				t.Fatalf("%v; want a cut body", err)
			}
			kept += len(x.Body)
		}
	})
	if most := 5<<20 + 7*leastBody; kept > most {
		t.Errorf("kept %d bytes, want %d at most", kept, most)
	}
}

// TestDrip: a site that sends a byte now and then is given up, header or body, and so is one that is slow in all.
func TestDrip(t *testing.T) {
	drip := func(c net.Conn, lead string) {
		readHead(c)
		io.WriteString(c, lead)
		for range time.Tick(20 * time.Millisecond) {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
		}
	}
	for name, lead := range map[string]string{"header": "HTTP/1.1 200 OK\r\nX-A: ", "body": "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "status": "HTTP/1.1 "} {
		url := serveRaw(t, func(c net.Conn) { drip(c, lead) })
		_, err := openTest(t, url, SiteOptions{}).Page(t.Context(), "/")
		if p := problemOf(t, err); !p.Blind {
			t.Errorf("%s: %v, want a blind problem", name, p)
		}
	}
	b := quick
	b.Site = time.Nanosecond
	s := openTest(t, serve(t, func(http.ResponseWriter, *http.Request) {}).URL, SiteOptions{Bounds: b})
	s.Do(t.Context(), checks.Request{Path: "/a"})
	if _, err := s.Do(t.Context(), checks.Request{Path: "/b"}); err == nil || !strings.Contains(err.Error(), "too slow") {
		t.Errorf("after the time of the site: %v", err)
	}
}

// TestRedirectsLeaveNothing: wherever a site points, nothing else is asked.
func TestRedirectsLeaveNothing(t *testing.T) {
	asked := make(chan string, 10)
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { asked <- r.Host })
	for _, location := range []string{"file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "//169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
		"http://[::1]:1/", "gopher://127.0.0.1/", other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1), "http://127.0.0.1:99999/", "http://user:pw@127.0.0.1/", "\x1b[31m", "http://evil\u202e.example/"} {
		srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
		s := openTest(t, srv.URL, SiteOptions{Headers: []string{"X-Token: s3same-open"}})
		x, err := s.Page(t.Context(), "/")
		if err != nil && strings.Contains(err.Error(), "malformed") {
			continue // refused by the client before anything is read
		}
		if err != nil || x.Doubt == nil || strings.ContainsFunc(x.Doubt.Error(), unprintable) {
			t.Errorf("%q: %+v, %v; want doubt", location, x, err)
		}
		if s.Requests() > 1 && !strings.HasPrefix(location, "\x1b") {
			t.Errorf("%q: %d requests", location, s.Requests())
		}
	}
	select {
	case host := <-asked:
		t.Errorf("%s was asked", host)
	default:
	}
}

// TestEndlessRedirects: every answer leads somewhere new on the host.
func TestEndlessRedirects(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	s := openTest(t, srv.URL, SiteOptions{})
	x, err := s.Page(t.Context(), "/")
	if err != nil || x.Doubt == nil || s.Requests() != int64(quick.Redirects)+1 {
		t.Errorf("%+v, %v after %d requests", x, err, s.Requests())
	}
}
