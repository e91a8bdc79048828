package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hardcheck/checks"
)

// providerSecret stands for a token; none is live.
const providerSecret = "tok" + "_q7Zx0VbN2mKf8RtY4LpWcD6s"

// provider is a stand-in that answers over TLS as api.shop.example and other.example.
func provider(t *testing.T, h http.HandlerFunc, o OutboundOptions) *Outbound {
	t.Helper()
	ca := newCA(t)
	cert := ca.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{"api.shop.example", "other.example"} })
	return openOutbound(t, ca, ca.serveWith(t, h, cert), o)
}

func openOutbound(t *testing.T, ca *authority, srv *httptest.Server, o OutboundOptions) *Outbound {
	t.Helper()
	addr := strings.TrimPrefix(srv.URL, "https://")
	o.CAFile, o.Resolve = ca.file, []string{"api.shop.example:443:" + addr, "other.example:443:" + addr}
	if o.Bounds.Gap == 0 {
		o.Bounds.Gap = time.Microsecond
	}
	out, err := NewOutbound(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Close)
	return out
}

func askFor(n int) checks.OutboundRequest {
	return checks.OutboundRequest{URL: fmt.Sprintf("https://api.shop.example/me?n=%d&key=%s", n, providerSecret),
		Header: http.Header{"Authorization": {"Bearer " + providerSecret}}}
}

// unanswered fails the test unless err is a problem that blinds nothing and tells nothing of the request but its host.
func unanswered(t *testing.T, err error, want string) {
	t.Helper()
	p := problemOf(t, err)
	if p.Blind || !strings.Contains(p.Actual, want) {
		t.Errorf("%+v, want one with %q that is not blind", p, want)
	}
	if text := fmt.Sprintf("%+v %v", p, err); strings.Contains(text, providerSecret) || strings.Contains(text, "/me") {
		t.Errorf("the problem tells more of the request than its host: %s", text)
	}
}

func TestSendOnceAndFollowNothing(t *testing.T) {
	var asked atomic.Int32
	out := provider(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Location", "https://other.example/elsewhere")
		w.Header().Set("X-Saw", r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.UserAgent()[:10])
		w.WriteHeader(http.StatusFound)
		w.Write([]byte("moved"))
	}, OutboundOptions{})
	for range 3 {
		r, err := out.Send(t.Context(), askFor(1))
		if err != nil || r.Status != 302 || string(r.Body) != "moved" || r.Header.Get("X-Saw") != "GET /me Bearer "+providerSecret+" hardcheck/" {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if _, err := out.Send(t.Context(), askFor(2)); err != nil || asked.Load() != 2 {
		t.Errorf("another request: %v, asked %d times", err, asked.Load())
	}
}

func TestSendRefuses(t *testing.T) {
	out := provider(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }, OutboundOptions{})
	with := func(change func(*checks.OutboundRequest)) checks.OutboundRequest {
		r := askFor(1)
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		request checks.OutboundRequest
		want    string
	}{
		"http":                         {with(func(r *checks.OutboundRequest) { r.URL = strings.Replace(r.URL, "https", "http", 1) }), "not https"},
		"file":                         {with(func(r *checks.OutboundRequest) { r.URL = "file:///me" }), "not https"},
		"no host":                      {with(func(r *checks.OutboundRequest) { r.URL = "https:///me" }), "names no host"},
		"no URL":                       {with(func(r *checks.OutboundRequest) { r.URL = "https://%zz/me" + providerSecret }), "names no host"},
		"user":                         {with(func(r *checks.OutboundRequest) { r.URL = "https://" + providerSecret + "@api.shop.example/me" }), "not https"},
		"newline":                      {with(func(r *checks.OutboundRequest) { r.Header.Set("X", providerSecret+"\r\nHost: x") }), "HTTP cannot carry"},
		"name":                         {with(func(r *checks.OutboundRequest) { r.Header[providerSecret+":"] = []string{"x"} }), "HTTP cannot carry"},
		"loopback":                     {with(func(r *checks.OutboundRequest) { r.URL = "https://127.0.0.1/me" }), "private address"},
		"name of loopback":             {with(func(r *checks.OutboundRequest) { r.URL = "https://localhost/me" }), "private address"},
		"mapped":                       {with(func(r *checks.OutboundRequest) { r.URL = "https://[::ffff:10.0.0.1]/me" }), "private address"},
		"metadata":                     {with(func(r *checks.OutboundRequest) { r.URL = "https://169.254.169.254/me" }), "private address"},
		"another port of a named host": {with(func(r *checks.OutboundRequest) { r.URL = "https://127.0.0.1:8443/me" }), "private address"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := out.Send(t.Context(), c.request)
			unanswered(t, err, c.want)
		})
	}
}

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"140.82.121.6": true, "8.8.8.8": true, "2606:50c0:8000::153": true, "64:ff9b::8c52:7906": true,
		"127.0.0.1": false, "127.8.8.8": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fd00::1": false, "fc00::1": false, "fec0::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:192.168.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false,
		"2002:7f00:1::": false, "2001:0:7f00:1::": false, "64:ff9b:1::1": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("public(%s) = %t", text, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestSendKeepsItsBudget(t *testing.T) {
	var asked atomic.Int32
	out := provider(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) }, OutboundOptions{Bounds: OutboundBounds{Requests: 3}})
	for n := range 5 {
		_, err := out.Send(t.Context(), askFor(n))
		if n < 3 && err != nil {
			t.Fatal(err)
		}
		if n >= 3 {
			unanswered(t, err, "more tokens than that")
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times, want 3", n)
	}
}

func TestSendStopsWhereItIsTooMuch(t *testing.T) {
	for _, status := range []int{429, 503} {
		var asked atomic.Int32
		out := provider(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if r.Host == "api.shop.example" {
				w.WriteHeader(status)
			}
		}, OutboundOptions{})
		if r, err := out.Send(t.Context(), askFor(1)); err != nil || r.Status != status {
			t.Fatalf("%+v, %v", r, err)
		}
		_, err := out.Send(t.Context(), askFor(2))
		unanswered(t, err, fmt.Sprintf("status %d", status))
		if r, err := out.Send(t.Context(), checks.OutboundRequest{URL: "https://other.example/"}); err != nil || r.Status != 200 {
			t.Errorf("another host: %+v, %v", r, err)
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
	}
}

func TestSendStopsWhereItIsSilent(t *testing.T) {
	var asked atomic.Int32
	out := provider(t, func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-r.Context().Done()
	}, OutboundOptions{Bounds: OutboundBounds{Total: 400 * time.Millisecond, AtOnce: 1}})
	for n, want := range []string{"silence", "silence", "silence before"} {
		_, err := out.Send(t.Context(), askFor(n))
		unanswered(t, err, want)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestSendBoundsTheAnswer(t *testing.T) {
	out := provider(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			w.Write([]byte(strings.Repeat("x", 1000)))
		}
	}, OutboundOptions{})
	r, err := out.Send(t.Context(), askFor(1))
	if err != nil || len(r.Body) != 64<<10 {
		t.Errorf("%d bytes, %v; want 64 KiB", len(r.Body), err)
	}
}

func TestSendAtOnce(t *testing.T) {
	var under, most atomic.Int32
	out := provider(t, func(http.ResponseWriter, *http.Request) {
		n := under.Add(1)
		for {
			seen := most.Load()
			if n <= seen || most.CompareAndSwap(seen, n) {
				break
			}
		}
		under.Add(-1)
	}, OutboundOptions{})
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			if _, err := out.Send(t.Context(), askFor(n)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := most.Load(); n > 2 {
		t.Errorf("%d requests at once, want at most 2", n)
	}
}

func TestGapBetweenRequests(t *testing.T) {
	out, err := NewOutbound(OutboundOptions{Bounds: OutboundBounds{Gap: time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	for n, host := range []string{"api.shop.example", "api.shop.example", "api.shop.example", "other.example"} {
		wait, err := out.reserve(&url.URL{Host: host})
		least := []time.Duration{0, 59 * time.Minute, 119 * time.Minute, 0}[n]
		if err != nil || wait < least || wait > least+time.Minute {
			t.Errorf("request %d to %s waits %v (%v), want about %v", n, host, wait, err, least)
		}
	}
}

// TestErrorsRepeatNothing has the host choose what goes wrong, with the secret in it.
func TestErrorsRepeatNothing(t *testing.T) {
	for name, answer := range map[string]string{
		"no HTTP":        "your " + providerSecret + "\r\n\r\n",
		"status":         "HTTP/1.1 2x0 " + providerSecret + "\r\n\r\n",
		"header":         "HTTP/1.1 200 OK\r\n" + providerSecret + "\r\n\r\n",
		"length":         "HTTP/1.1 200 OK\r\nContent-Length: " + providerSecret + "\r\n\r\n",
		"encoding":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + providerSecret + "\r\n\r\n",
		"broken off":     "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + providerSecret,
		"chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + providerSecret + "\r\n",
		"no answer":      "",
		"header too big": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat(providerSecret, 1<<13) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			ca := newCA(t)
			cert := ca.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{"api.shop.example"} })
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				conn.Write([]byte(answer))
				conn.Close()
			}))
			srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
			srv.StartTLS()
			t.Cleanup(srv.Close)
			_, err := openOutbound(t, ca, srv, OutboundOptions{}).Send(t.Context(), askFor(1))
			unanswered(t, err, "")
		})
	}
}

func TestSendExplainsTLS(t *testing.T) {
	ca := newCA(t)
	srv := ca.serveWith(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") }, newCA(t).issue(t, nil))
	_, err := openOutbound(t, ca, srv, OutboundOptions{}).Send(t.Context(), askFor(1))
	unanswered(t, err, "a certificate")
	old := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked over TLS 1.1") }))
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		Certificates: []tls.Certificate{ca.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{"api.shop.example"} })}}
	old.StartTLS()
	t.Cleanup(old.Close)
	_, err = openOutbound(t, ca, old, OutboundOptions{}).Send(t.Context(), askFor(1))
	unanswered(t, err, "")
}

func TestSendIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := provider(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, OutboundOptions{Bounds: OutboundBounds{AtOnce: 1}})
	for n := range 2 {
		_, err := out.Send(ctx, askFor(n))
		unanswered(t, err, "interrupted")
	}
}

func TestAnnounceSaysWhatIsLeft(t *testing.T) {
	var left []int
	out := provider(t, func(http.ResponseWriter, *http.Request) {}, OutboundOptions{Announce: func(_ []checks.Intent, budget int) { left = append(left, budget) }})
	out.Announce(nil)
	if _, err := out.Send(t.Context(), askFor(1)); err != nil {
		t.Fatal(err)
	}
	out.Announce(nil)
	if fmt.Sprint(left) != "[200 199]" {
		t.Errorf("budgets %v", left)
	}
}

func TestOutboundOptionsAreChecked(t *testing.T) {
	for _, o := range []OutboundOptions{{Resolve: []string{"nonsense"}}, {CAFile: "no/such/file"}} {
		if _, err := NewOutbound(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
